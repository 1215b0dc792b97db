import com.sun.management.ThreadMXBean;
import io.runnel.testkit.fuzz.FuzzCorpus;
import io.runnel.testkit.fuzz.FuzzTarget;
import io.runnel.testkit.fuzz.FuzzTargets;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.stream.Stream;
import org.jacoco.agent.rt.IAgent;
import org.jacoco.agent.rt.RT;
import org.jacoco.cli.internal.core.analysis.Analyzer;
import org.jacoco.cli.internal.core.analysis.CoverageBuilder;
import org.jacoco.cli.internal.core.analysis.IClassCoverage;
import org.jacoco.cli.internal.core.data.ExecutionData;
import org.jacoco.cli.internal.core.data.ExecutionDataReader;
import org.jacoco.cli.internal.core.data.ExecutionDataStore;

/**
 * What inputs reach, measured by JaCoCo; started by {@code bench/fuzz keep} and {@code bench/fuzz
 * coverage}.
 */
final class FuzzCoverage {
  /** Inputs that are kept have at most that size: what is longer reaches little more. */
  private static final int LONGEST_KEPT = 1024;

  /** Inputs that make more garbage are not kept: a loop that runs into its limit of steps. */
  private static final long MOST_BYTES = 64L << 20;

  /** Classes of a decoder, by the part of their path behind {@code io/runnel/}. */
  private record Decoder(String name, List<String> targets, List<String> classes) {
    static Decoder of(String name, String targets, String folder, String classes) {
      return new Decoder(
          name,
          List.of(targets.split(" ")),
          Stream.of(classes.split(" ")).map(one -> folder + "/" + one).toList());
    }
  }

  private static final List<Decoder> DECODERS =
      List.of(
          Decoder.of(
              "forward",
              "forward forward_entries",
              "plugins/forward",
              "Decompressed Entries EntryRuns ForwardFrames ForwardReceiver LongMessage MessageOption"
                  + " MessageScanner"),
          Decoder.of("MessagePack", "msgpack parse_msgpack", "event", "MsgpackReader PackedToJson"),
          Decoder.of("JSON", "json parse_json", "event", "JsonToMsgpack MsgpackWriter"),
          Decoder.of("record accessor", "record_accessor", "event", "RecordAccessor"),
          Decoder.of("HTTP", "http http_body", "net/http", "HttpParser ContentDecoder HttpRequest"),
          Decoder.of(
              "syslog",
              "parse_syslog",
              "plugins/parser",
              "Rfc3164Reader Rfc5424Reader SyslogFields SyslogParser"),
          Decoder.of(
              "csv, tsv",
              "parse_csv parse_tsv",
              "plugins/parser",
              "CsvColumns CsvParser TsvParser ColumnRecords Delimiters"),
          Decoder.of("ltsv", "parse_ltsv", "plugins/parser", "LtsvParser"),
          Decoder.of(
              "other parsers",
              "parse_regexp parse_none parse_apache parse_apache2 parse_apache_error parse_nginx"
                  + " parse_multiline parse_in_http parse_json parse_msgpack",
              "plugins/parser",
              "AccessLog Apache2Parser ApacheErrorParser ApacheParser CaptureRecords InHttpParser"
                  + " JsonParser MsgpackParser MultilineParser NginxParser NoneParser PatternParser"
                  + " RegexpParser RecordRules TypeConversion"),
          Decoder.of(
              "tcp, syslog frames",
              "frames_delimited frames_counted",
              "plugins/input",
              "MessageFrames"),
          Decoder.of(
              "gelf, journal", "gelf journal", "plugins/contrib", "GelfDecoder JournalEntries"),
          Decoder.of(
              "chunk",
              "chunk sums chunk_name",
              "buffer",
              "ChunkCheck ChunkEvents ChunkRepair ChunkSums SumsReader ChunkId FileLayout"),
          Decoder.of(
              "gzip, zstd",
              "gzip zstd",
              "buffer",
              "GunzipStream UnzstdStream MemberStream LimitedStream"),
          Decoder.of("meta", "meta", "buffer", "MetaFile Metadata"),
          Decoder.of(
              "pos_file and beside it",
              "pos_file pos_emitted",
              "plugins/tail",
              "PositionFile FastPositions FileHeads"),
          Decoder.of(
              "config",
              "config_v1 config_v0 config_yaml config_json",
              "config",
              "V1Parser V0Parser YamlConfig Inline EmbeddedCode SourceText Literals"),
          Decoder.of(
              "Ruby expressions",
              "ruby config_v1",
              "ruby",
              "RubyParser PrimaryParser LiteralParser Scanner Node Patterns Format"),
          Decoder.of("regexp", "regexp", "regexp", "FastRegexp JavaSyntax JoniRegexp"),
          Decoder.of(
              "time", "time_format time_text", "time", "Strptime Strftime FreeForm FreeFormTime"));

  private final IAgent agent = RT.getAgent();
  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private final Map<String, FuzzTarget> targets = new LinkedHashMap<>();
  private final Map<String, Path> modules = new HashMap<>();

  private FuzzCoverage() {
    for (ServiceLoader.Provider<FuzzTargets> provider :
        ServiceLoader.load(FuzzTargets.class).stream().toList()) {
      String place = provider.type().getProtectionDomain().getCodeSource().getLocation().getPath();
      Path module = Path.of(place.contains("/plugins/") ? "plugins" : "testkit");
      for (FuzzTarget target : provider.get().targets()) {
        targets.put(target.name(), target);
        modules.put(target.name(), module.resolve("src/test/fuzz"));
      }
    }
  }

  public static void main(String[] arguments) throws Exception {
    FuzzCoverage coverage = new FuzzCoverage();
    if (arguments[0].equals("keep")) {
      for (String name :
          arguments[2].equals("all") ? coverage.targets.keySet() : List.of(arguments[2])) {
        coverage.keep(name, Path.of(arguments[1]).resolve(name));
      }
    } else {
      coverage.table();
    }
  }

  /** Keeps of all inputs, the short ones first, those that reach what none before has reached. */
  private void keep(String name, Path learned) throws IOException {
    List<byte[]> inputs = new ArrayList<>(inputs(name));
    if (Files.isDirectory(learned)) {
      try (Stream<Path> files = Files.list(learned)) {
        for (Path file : files.sorted().toList()) {
          inputs.add(Files.readAllBytes(file));
        }
      }
    }
    inputs.removeIf(input -> input.length > LONGEST_KEPT);
    inputs.sort(
        Comparator.comparingInt((byte[] input) -> input.length)
            .thenComparing(java.util.Arrays::compare));
    Map<Long, boolean[]> reached = new HashMap<>();
    List<byte[]> kept = new ArrayList<>();
    for (byte[] input : inputs) {
      agent.reset();
      long before = threads.getCurrentThreadAllocatedBytes();
      run(name, input);
      boolean cheap = threads.getCurrentThreadAllocatedBytes() - before < MOST_BYTES;
      if (cheap && isNew(read(), reached)) {
        kept.add(input);
      }
    }
    Path file = FuzzCorpus.file(modules.get(name), name);
    FuzzCorpus.write(file, kept);
    System.out.printf(
        "%s: %d of %d inputs, %d bytes%n", name, kept.size(), inputs.size(), Files.size(file));
  }

  private static boolean isNew(ExecutionDataStore data, Map<Long, boolean[]> reached) {
    boolean found = false;
    for (ExecutionData one : data.getContents()) {
      boolean[] probes = one.getProbes();
      boolean[] known = reached.computeIfAbsent(one.getId(), ignored -> new boolean[probes.length]);
      for (int i = 0; i < probes.length; i++) {
        found |= probes[i] && !known[i];
        known[i] |= probes[i];
      }
    }
    return found;
  }

  private List<byte[]> inputs(String name) throws IOException {
    List<byte[]> inputs = new ArrayList<>(targets.get(name).seeds());
    inputs.addAll(FuzzCorpus.of(modules.get(name), name));
    return inputs;
  }

  private void run(String name, byte[] input) {
    try {
      targets.get(name).body().run(input.clone());
    } catch (Throwable e) {
      System.out.printf("%s: a finding: %s%n", name, e);
    }
  }

  private ExecutionDataStore read() throws IOException {
    ExecutionDataStore store = new ExecutionDataStore();
    ExecutionDataReader reader =
        new ExecutionDataReader(new ByteArrayInputStream(agent.getExecutionData(false)));
    reader.setExecutionDataVisitor(store);
    reader.setSessionInfoVisitor(info -> {});
    reader.read();
    return store;
  }

  private void table() throws IOException {
    System.out.println("| decoder | targets | inputs | lines | branches |");
    System.out.println("|---|---|---|---|---|");
    for (Decoder decoder : DECODERS) {
      int inputs = 0;
      agent.reset();
      for (String name : decoder.targets()) {
        for (byte[] input : inputs(name)) {
          run(name, input);
          inputs++;
        }
      }
      System.out.printf(
          "| %s | %s | %d | %s |%n",
          decoder.name(), String.join(", ", decoder.targets()), inputs, reached(decoder, read()));
    }
  }

  private static String reached(Decoder decoder, ExecutionDataStore data) throws IOException {
    CoverageBuilder builder = new CoverageBuilder();
    Analyzer analyzer = new Analyzer(data, builder);
    for (String module : List.of("core", "plugins")) {
      Path root = Path.of(module, "target/classes/io/runnel");
      try (Stream<Path> files = Files.walk(root)) {
        for (Path file : files.filter(f -> f.toString().endsWith(".class")).toList()) {
          String path = root.relativize(file).toString().replace(".class", "");
          int nested = path.indexOf('$');
          if (decoder.classes().contains(nested < 0 ? path : path.substring(0, nested))) {
            analyzer.analyzeClass(Files.readAllBytes(file), path);
          }
        }
      }
    }
    int lines = 0;
    int allLines = 0;
    int branches = 0;
    int allBranches = 0;
    for (IClassCoverage one : builder.getClasses()) {
      lines += one.getLineCounter().getCoveredCount();
      allLines += one.getLineCounter().getTotalCount();
      branches += one.getBranchCounter().getCoveredCount();
      allBranches += one.getBranchCounter().getTotalCount();
    }
    return "%d of %d, %d %% | %d of %d, %d %%"
        .formatted(
            lines,
            allLines,
            100 * lines / Math.max(1, allLines),
            branches,
            allBranches,
            100 * branches / Math.max(1, allBranches));
  }
}
