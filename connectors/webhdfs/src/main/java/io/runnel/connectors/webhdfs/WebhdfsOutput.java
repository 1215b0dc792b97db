package io.runnel.connectors.webhdfs;

import com.github.luben.zstd.ZstdOutputStream;
import io.runnel.config.ConfigElement;
import io.runnel.config.ConfigException;
import io.runnel.config.LegacyParameters;
import io.runnel.net.TlsClientConfig;
import io.runnel.plugin.BufferDefaults;
import io.runnel.plugin.Chunk;
import io.runnel.plugin.Formatter;
import io.runnel.plugin.Output;
import io.runnel.plugin.OutputContext;
import io.runnel.plugin.PluginType;
import io.runnel.plugins.client.HttpBody;
import io.runnel.plugins.client.HttpClient;
import io.runnel.plugins.client.HttpClientOutput;
import io.runnel.plugins.client.HttpDestination;
import io.runnel.plugins.common.Injector;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPOutputStream;

/** Writes chunks into files of HDFS: each at the end of a file, or as a file of its own. */
final class WebhdfsOutput implements HttpClientOutput {
  static final PluginType<WebhdfsConfig, OutputContext, Output> TYPE =
      PluginType.output("webhdfs", WebhdfsConfig.class, WebhdfsOutput::new)
          .legacy(LegacyParameters.BUFFER, LegacyParameters.FORMAT, LegacyParameters.INJECT)
          .buffered(WebhdfsOutput::bufferDefaults);

  private static final Pattern NODE = Pattern.compile("([a-zA-Z0-9][-a-zA-Z0-9.]*):(\\d{1,5})");
  private static final String CHUNK_ID = "${chunk_id}";
  private static final List<String> UUIDS =
      List.of("%{uuid}", "%{uuid_flush}", "${uuid}", "${uuid:random}", "__UUID__");
  private static final List<String> HOSTNAMES =
      List.of("${hostname}", "%{hostname}", "__HOSTNAME__");

  private final WebhdfsConfig config;
  private final OutputContext context;
  private final String path;
  private final Formatter formatter;
  private final HttpDestination destination;
  private final Appends appends;
  private NameNode active;
  private NameNode standby;
  private int failures;

  WebhdfsOutput(WebhdfsConfig config, OutputContext context) {
    this.config = config;
    this.context = context;
    refuse();
    path = path();
    formatter = formatter();
    destination =
        HttpDestination.of(context)
            .open(Duration.ofSeconds(config.openTimeout()))
            .read(Duration.ofSeconds(config.readTimeout()))
            .tls(
                TlsClientConfig.of(
                    config.sslCaFile().map(List::of).orElse(List.of()),
                    config.sslVerifyMode() == WebhdfsConfig.VerifyMode.PEER,
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty()))
            .build();
    nodes();
    appends = new Appends(context.workers() == 1 && context.buffer().flushThreadCount() == 1);
  }

  private void refuse() {
    if (config.kerberos() || config.renewKerberosDelegationToken()) {
      throw fault("kerberos", "kerberos is not supported: use HttpFS with pseudo authentication");
    }
    if (config.outputDataType().isPresent()) {
      throw fault(
          "output_data_type",
          "output_data_type is not supported: use <format> with @type json, ltsv, or tsv and keys");
    }
    if (!List.of("text", "gzip", "zstd").contains(config.compress())) {
      throw fault(
          "compress", "compress: valid options are text,gzip,zstd but got " + config.compress());
    }
  }

  private ConfigException fault(String parameter, String message) {
    return new ConfigException(message, context.element().placeOf(parameter));
  }

  /** The slices that the letters of the path ask for, where {@code <buffer>} says nothing. */
  private static BufferDefaults bufferDefaults(ConfigElement element) {
    String path = String.valueOf(element.peek("path"));
    String timekey =
        path.contains("%S")
            ? "1"
            : path.contains("%M") ? "60" : path.contains("%H") ? "3600" : "86400";
    return BufferDefaults.of(List.of("time"), "timekey", timekey);
  }

  private String path() {
    String given = config.path();
    if (!given.startsWith("/")) {
      throw fault("path", "Path on hdfs MUST starts with '/', but '" + given + "'");
    }
    if (!config.append() && !given.contains(CHUNK_ID)) {
      throw fault(
          "path",
          "path must contain ${chunk_id}, which is the placeholder for chunk_id, when append is"
              + " set to false.");
    }
    for (String hostname : HOSTNAMES) {
      given = given.replace(hostname, context.system().hostname());
    }
    for (String uuid : UUIDS) {
      given = given.replace(uuid, "%{uuid_flush}");
    }
    String extension =
        switch (config.compress()) {
          case "gzip" -> ".gz";
          case "zstd" -> ".zst";
          default -> "";
        };
    return given + config.extension().orElse(extension);
  }

  private Formatter formatter() {
    ConfigElement section = config.format().element();
    if (List.of("localtime", "utc", "timezone").stream().noneMatch(section::has)) {
      section.set("localtime", "false");
    }
    Formatter plain = context.formatter(config.format());
    Formatter injecting = Injector.of(config.inject(), context).wrap(plain);
    return config.endWithNewline() ? new LineEnds(injecting) : injecting;
  }

  private void nodes() {
    if (config.host().isPresent()) {
      active = node(config.host().get(), config.port());
    } else {
      active =
          node(
              "namenode",
              config
                  .namenode()
                  .orElseThrow(() -> fault("host", "WebHDFS host or namenode missing")));
    }
    if (config.standbyNamenode().isPresent()) {
      if (config.httpfs()) {
        throw fault(
            "standby_namenode",
            "Invalid configuration: specified to use both of standby_namenode and httpfs.");
      }
      standby = node("standby_namenode", config.standbyNamenode().get());
    }
  }

  private NameNode node(String parameter, String text) {
    Matcher node = NODE.matcher(text);
    if (!node.matches()) {
      throw fault(
          parameter,
          "Invalid config value about " + parameter + ": '" + text + "', needs HOST:PORT");
    }
    return node(node.group(1), Integer.parseInt(node.group(2)));
  }

  private NameNode node(String host, int port) {
    return new NameNode(
        destination, config.ssl(), host, port, config.username().orElse(""), config.httpfs());
  }

  @Override
  public HttpClient http() {
    return destination.client();
  }

  @Override
  public Formatter chunkFormat() {
    return formatter;
  }

  /** Whether it was written can only be told when its turn comes: then HDFS is asked. */
  @Override
  public boolean resume(Chunk chunk) throws IOException {
    appends.resume(chunk);
    return false;
  }

  @Override
  public void write(Chunk chunk) throws IOException {
    String target = chunk.expand(path).replace("%{uuid_flush}", uuid(chunk));
    Path file = Files.createTempFile("webhdfs-", ".tmp");
    try {
      compress(chunk, file);
      HttpBody body = new HttpBody(Files.size(file), out -> Files.copy(file, out));
      send(chunk, target, body);
    } finally {
      Files.deleteIfExists(file);
    }
  }

  /** Of the chunk, so that one that is sent again has the same. */
  private static String uuid(Chunk chunk) {
    return UUID.nameUUIDFromBytes(chunk.id()).toString();
  }

  private void compress(Chunk chunk, Path file) throws IOException {
    try (OutputStream out = Files.newOutputStream(file);
        OutputStream packed =
            switch (config.compress()) {
              case "gzip" -> new GZIPOutputStream(out, 64 * 1024);
              case "zstd" -> new ZstdOutputStream(out);
              default -> out;
            }) {
      chunk.writeTo(packed);
    }
  }

  private void send(Chunk chunk, String target, HttpBody body) throws IOException {
    NameNode node = node();
    try {
      put(node, chunk, target, body);
      succeeded();
    } catch (IOException e) {
      context.log().warn("failed to communicate hdfs cluster, path: " + target);
      boolean standbyAnswer = e instanceof NameNode.HdfsException hdfs && hdfs.isStandby();
      NameNode other = failover(node, standbyAnswer);
      if (other == null) {
        throw e;
      }
      put(other, chunk, target, body);
      succeeded();
    }
  }

  private synchronized NameNode node() {
    return active;
  }

  private synchronized void succeeded() {
    failures = 0;
  }

  /** The other name node, where it is time for it and it answers; else null. */
  private NameNode failover(NameNode failed, boolean standbyAnswer) {
    NameNode other;
    synchronized (this) {
      failures++;
      if (standby == null
          || failed != active
          || !standbyAnswer && failures < config.failuresBeforeUseStandby()) {
        return null;
      }
      other = standby;
    }
    try {
      other.check();
    } catch (IOException e) {
      context.log().warn("webhdfs check request failed. " + e.getMessage());
      return null;
    }
    synchronized (this) {
      standby = failed;
      active = other;
      failures = 0;
    }
    context.log().warn("Namenode failovered, now using " + other.named() + ".");
    return other;
  }

  private void put(NameNode node, Chunk chunk, String target, HttpBody body) throws IOException {
    if (!config.append()) {
      node.create(target, true, body);
      return;
    }
    OptionalLong length = node.length(target);
    if (appends.isDone(chunk, target, length)) {
      context.log().info("chunk " + chunk.hexId() + " was written already to " + target);
      return;
    }
    appends.begin(chunk, target, length, body.length());
    if (length.isPresent()) {
      node.append(target, body);
    } else {
      node.create(target, false, body);
    }
    appends.end(chunk);
  }
}
