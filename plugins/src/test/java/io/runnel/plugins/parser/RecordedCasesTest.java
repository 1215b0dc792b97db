package io.runnel.plugins.parser;

import static org.assertj.core.api.Assertions.assertThat;

import io.runnel.config.ConfigElement;
import io.runnel.config.ConfigReader;
import io.runnel.config.PluginSection;
import io.runnel.event.Bytes;
import io.runnel.event.EventBuilder;
import io.runnel.event.EventCursor;
import io.runnel.event.EventTime;
import io.runnel.event.Json;
import io.runnel.event.MsgpackToJson;
import io.runnel.plugin.ParseException;
import io.runnel.plugin.Parser;
import io.runnel.plugins.BuiltinPlugins;
import io.runnel.testkit.TestContext;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * What real Fluentd made of the lines of the recorded cases {@code parser-*}: those where the
 * filter only replaces the record by the parsed one.
 */
class RecordedCasesTest {
  private static final Path CASES =
      Path.of(System.getProperty("runnel.basedir", ".."), "conformance", "cases");

  /** Filter parameters that change nothing about what a parser returns. */
  private static final Set<String> NEUTRAL = Set.of("@type", "key_name", "reserve_time");

  private static final long REQUEST_TIME = EventTime.pack(1_700_000_000L, 0);

  private static final DateTimeFormatter SECONDS =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss+00:00").withZone(ZoneOffset.UTC);

  @Test
  void parsesAsFluentdDid() throws IOException {
    List<String> run = new ArrayList<>();
    try (Stream<Path> cases = Files.list(CASES)) {
      for (Path folder : cases.sorted().toList()) {
        String name = folder.getFileName().toString();
        if (name.startsWith("parser-") && check(folder)) {
          run.add(name);
        }
      }
    }
    assertThat(run).hasSizeGreaterThanOrEqualTo(28);
  }

  private static boolean check(Path folder) throws IOException {
    ConfigElement filter =
        ConfigReader.parse(Files.readString(folder.resolve("fluent.conf"))).sections().stream()
            .filter(section -> section.name().equals("filter"))
            .findFirst()
            .orElse(null);
    if (filter == null || !NEUTRAL.containsAll(filter.parameters().keySet())) {
      return false;
    }
    Map<?, ?> recorded = (Map<?, ?>) Json.parse(Files.readAllBytes(folder.resolve("case.json")));
    Map<?, ?> expected =
        (Map<?, ?>) Json.parse(Files.readAllBytes(folder.resolve("expected.json")));
    Parser parser = parser(filter.section("parse").orElseThrow());
    boolean keepsTime = "true".equals(filter.peek("reserve_time"));
    List<String> good = new ArrayList<>();
    List<String> bad = new ArrayList<>();
    for (Object step : (List<?>) recorded.get("steps")) {
      if (((Map<?, ?>) step).get("body") instanceof String body) {
        for (Object record : (List<?>) Json.parse(body)) {
          String line = (String) ((Map<?, ?>) record).get("line");
          if (!parse(parser, line, keepsTime, good)) {
            bad.add(line);
          }
        }
      }
    }
    List<String> wanted = lines(expected.get("0"));
    boolean withTime = wanted.stream().allMatch(line -> line.contains("\t"));
    List<String> found =
        good.stream()
            .map(line -> withTime ? line : line.substring(line.indexOf('\t') + 1))
            .toList();
    if (wanted.getFirst().startsWith("YEAR")) {
      found = found.stream().map(line -> line.replaceFirst("^\\d{4}-", "YEAR-")).toList();
    }
    if (folder.endsWith("parser-time-type-float")) {
      found = good.stream().map(line -> line.replace("+00:00", "")).toList();
      wanted = wanted.stream().map(line -> line.replaceFirst("\\.\\d+", "")).toList();
    }
    assertThat(found).as("%s", folder.getFileName()).containsExactlyInAnyOrderElementsOf(wanted);
    List<String> refused =
        lines(expected.get("1")).stream()
            .map(line -> (String) ((Map<?, ?>) Json.parse(line)).get("line"))
            .toList();
    assertThat(bad).as("refused in %s", folder.getFileName()).containsExactlyElementsOf(refused);
    return true;
  }

  private static Parser parser(ConfigElement section) {
    return new TestContext(new BuiltinPlugins())
        .parser(new PluginSection(section, section.type(), true));
  }

  /** The lines of an output without the tag: time, tab, record. */
  private static List<String> lines(Object recorded) {
    return ((List<?>) recorded)
        .stream()
            .map(String.class::cast)
            .filter(line -> !line.isEmpty())
            .map(line -> line.replace("\tapp.p\t", "\t"))
            .toList();
  }

  private static boolean parse(Parser parser, String line, boolean keepsTime, List<String> good) {
    byte[] text = line.getBytes(StandardCharsets.UTF_8);
    EventBuilder out = new EventBuilder();
    out.defaultTime(REQUEST_TIME);
    try {
      parser.parse(text, 0, text.length, out);
    } catch (ParseException e) {
      assertThat(out.count()).isZero();
    }
    int count = out.count();
    for (EventCursor cursor = out.take().cursor(); cursor.next(); ) {
      Bytes json = new Bytes();
      MsgpackToJson.write(cursor.bytes(), cursor.recordOffset(), cursor.recordLength(), json);
      long time = keepsTime ? REQUEST_TIME : cursor.time();
      good.add(SECONDS.format(Instant.ofEpochSecond(EventTime.seconds(time))) + "\t" + json);
    }
    return count > 0;
  }
}
