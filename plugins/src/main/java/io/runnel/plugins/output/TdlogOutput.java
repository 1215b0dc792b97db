package io.runnel.plugins.output;

import io.runnel.config.Alias;
import io.runnel.config.ConfigElement;
import io.runnel.config.ConfigException;
import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.config.LegacyParameters;
import io.runnel.config.Secret;
import io.runnel.event.Bytes;
import io.runnel.event.Json;
import io.runnel.net.TlsClientConfig;
import io.runnel.plugin.BufferDefaults;
import io.runnel.plugin.Chunk;
import io.runnel.plugin.Formatter;
import io.runnel.plugin.Output;
import io.runnel.plugin.OutputContext;
import io.runnel.plugin.PluginType;
import io.runnel.plugin.UnrecoverableException;
import io.runnel.plugins.client.HttpBody;
import io.runnel.plugins.client.HttpClient;
import io.runnel.plugins.client.HttpClientOutput;
import io.runnel.plugins.client.HttpResponse;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Uploads events to tables of Treasure Data (fluent-plugin-td). */
public final class TdlogOutput implements HttpClientOutput {
  public static final PluginType<Config, OutputContext, Output> TYPE =
      PluginType.output("tdlog", Config.class, TdlogOutput::new)
          .legacy(LegacyParameters.BUFFER)
          .buffered(
              BufferDefaults.of(
                  List.of("tag"),
                  "@type",
                  "file",
                  "flush_interval",
                  "300",
                  "chunk_limit_size",
                  "33554432",
                  "chunk_limit_records",
                  "8096"));

  private static final int NOT_FOUND = 404;
  private static final int CONFLICT = 409;
  private static final int TOO_MANY_REQUESTS = 429;

  @Doc("Uploads events to Treasure Data; the tag's last two parts name database and table.")
  public record Config(
      @Doc("Key of the API.") @Secret("") String apikey,
      @Doc("Makes tables and databases that do not exist.") @Default("true")
          boolean autoCreateTable,
      @Doc("Database, together with table; from the tag where one is absent.")
          Optional<String> database,
      @Doc("Table, together with database; from the tag where one is absent.")
          Optional<String> table,
      @Doc("Compresses file chunks with the gzip command.") @Default("false")
          boolean useGzipCommand,
      @Doc("Host, host:port or URL that records are uploaded to.") @Alias("endpoint")
          Optional<String> importEndpoint,
      @Doc("Host, host:port or URL for all else.") Optional<String> apiEndpoint,
      @Doc("https, for endpoints that are no URL.") @Default("true") boolean useSsl,
      @Doc("Folder for compressed chunks on their way.") Optional<String> tmpdir,
      @Doc("URL of a proxy.") Optional<String> httpProxy,
      @Doc("Seconds that a connection may take; 60 where absent.") Optional<Integer> connectTimeout,
      @Doc("Seconds to wait for the answer; 600 where absent.") Optional<Integer> readTimeout,
      @Doc("Seconds that an upload may make no progress; 600 where absent.")
          Optional<Integer> sendTimeout,
      @Doc("Not used: the time is always in whole seconds.") @Default("false")
          boolean timeAsInteger,
      @Doc("Seconds after which a flush is reported as slow.") @Default("20.0")
          double slowFlushLogThreshold) {}

  private final Config config;
  private final OutputContext context;
  private final boolean fixed;
  private final Path folder;
  private final HttpClient http;
  private final TdApi api;

  TdlogOutput(Config config, OutputContext context) {
    this.config = config;
    this.context = context;
    fixed = config.database().isPresent() && config.table().isPresent();
    ConfigElement element = context.element();
    if (fixed) {
      TdNames.validate("database", config.database().get());
      TdNames.validate("table", config.table().get());
    } else if (!context.buffer().hasTag()) {
      throw new ConfigException(
          "'tag' must be included in <buffer ARG> when database and table are not specified",
          element.place());
    }
    if (config.useGzipCommand() && !isInPath("gzip")) {
      throw new ConfigException(
          "'gzip' utility must be in PATH for use_gzip_command parameter",
          element.placeOf("use_gzip_command"));
    }
    folder = Path.of(config.tmpdir().orElse(System.getProperty("java.io.tmpdir")));
    try {
      ChunkFiles.createDirectories(folder.toAbsolutePath(), context.system());
    } catch (IOException e) {
      throw new ConfigException(
          "cannot make tmpdir " + folder + ": " + e.getMessage(), element.placeOf("tmpdir"), e);
    }
    http = client();
    api = new TdApi(http, config.apikey(), importBase(), apiBase());
  }

  private static boolean isInPath(String command) {
    String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
    for (String part : path.split(File.pathSeparator)) {
      if (!part.isEmpty() && Files.isExecutable(Path.of(part, command))) {
        return true;
      }
    }
    return false;
  }

  private URI importBase() {
    String endpoint = config.importEndpoint().orElse(TdApi.IMPORT_HOST);
    return TdApi.importBase(TdApi.base(endpoint, config.useSsl()));
  }

  private URI apiBase() {
    String server = System.getenv("TD_API_SERVER");
    String endpoint = config.apiEndpoint().orElse(server == null ? TdApi.API_HOST : server);
    return TdApi.base(endpoint, config.useSsl());
  }

  private HttpClient client() {
    String proxy = config.httpProxy().orElse(System.getenv("HTTP_PROXY"));
    return new HttpClient(
        context,
        new HttpClient.Settings(
            Duration.ofSeconds(config.connectTimeout().orElse(60)),
            Duration.ofSeconds(config.connectTimeout().orElse(60)),
            Duration.ofSeconds(config.readTimeout().orElse(600)),
            Duration.ofSeconds(config.sendTimeout().orElse(600)),
            proxy == null || proxy.isBlank() ? null : TdApi.base(proxy, false),
            () ->
                new TlsClientConfig(
                        List.of(),
                        false,
                        true,
                        false,
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        "TLSv1_2",
                        Optional.of("TLSv1_2"),
                        Optional.of("TLSv1_3"),
                        "ALL:!aNULL:!eNULL:!SSLv2")
                    .context(),
            false));
  }

  @Override
  public void start() throws IOException {
    http.start();
    if (!fixed) {
      return;
    }
    String database = config.database().get();
    String table = config.table().get();
    if (config.autoCreateTable()) {
      create(database, table);
      return;
    }
    HttpResponse answer;
    try {
      answer = api.probe(database, table, HttpBody.of(gzip(new Bytes(0))));
    } catch (IOException e) {
      context.log().warn("failed to check whether the table exists", e, "table", table);
      return;
    }
    if (answer.status() == NOT_FOUND) {
      String message =
          "Table \"%s.%s\" does not exist on Treasure Data. Use 'td table:create %s %s' to create it."
              .formatted(database, table, database, table);
      context.log().error(message);
      throw new UnrecoverableException(message);
    }
    if (!answer.isSuccess()) {
      context.log().warn("failed to check whether the table exists: " + text(answer));
    }
  }

  private static Bytes gzip(Bytes content) throws IOException {
    Bytes out = new Bytes(64);
    try (OutputStream gzip = Compression.GZIP.wrap(out)) {
      content.writeTo(gzip);
    }
    return out;
  }

  @Override
  public HttpClient http() {
    return http;
  }

  @Override
  public Formatter chunkFormat() {
    return new TdRecordFormat();
  }

  @Override
  public void write(Chunk chunk) throws IOException, InterruptedException {
    String database;
    String table;
    if (fixed) {
      database = config.database().get();
      table = config.table().get();
    } else {
      String[] parts = ChunkTags.required(chunk).split("\\.", -1);
      database = TdNames.normalize(parts.length < 2 ? null : parts[parts.length - 2]);
      table = TdNames.normalize(parts[parts.length - 1]);
    }
    String part = database + "." + table;
    Path file =
        Files.createTempFile(folder, "tdlog-" + part.replaceAll("[^a-z0-9_.]", "_") + "-", "");
    try {
      compress(chunk, file);
      HttpBody body = new HttpBody(Files.size(file), out -> Files.copy(file, out));
      upload(database, table, chunk.hexId(), body);
    } finally {
      Files.deleteIfExists(file);
    }
  }

  private void compress(Chunk chunk, Path target) throws IOException, InterruptedException {
    boolean stored = chunk.compression().equals(Compression.GZIP.text());
    boolean plainFile =
        chunk.file().isPresent() && chunk.compression().equals(Compression.TEXT.text());
    if (config.useGzipCommand() && plainFile && gzipCommand(chunk.file().get(), target)) {
      return;
    }
    try (OutputStream out = Files.newOutputStream(target)) {
      if (stored) {
        try (InputStream in = chunk.openRaw()) {
          in.transferTo(out);
        }
        return;
      }
      try (OutputStream gzip = Compression.GZIP.wrap(out)) {
        chunk.writeTo(gzip);
      }
    }
  }

  private boolean gzipCommand(Path source, Path target) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder("gzip", "-c", source.toString())
            .redirectOutput(target.toFile())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      int status = process.waitFor();
      if (status != 0) {
        context
            .log()
            .warn("failed to execute gzip command. Fallback to GzipWriter.", "status", status);
      }
      return status == 0;
    } finally {
      process.destroy();
    }
  }

  private void upload(String database, String table, String id, HttpBody body) throws IOException {
    long start = context.clock().nanos();
    HttpResponse answer;
    try {
      answer = api.upload(database, table, id, body);
      if (answer.status() == NOT_FOUND && config.autoCreateTable()) {
        create(database, table);
        answer = api.upload(database, table, id, body);
      }
    } catch (IOException e) {
      throw failed(database, table, e.getMessage(), body, start, e);
    }
    if (answer.isSuccess()) {
      return;
    }
    refuse(answer);
    throw failed(database, table, text(answer), body, start, null);
  }

  private IOException failed(
      String database, String table, String why, HttpBody body, long start, Throwable cause) {
    return new IOException(
        "Failed to upload to Treasure Data '%s.%s' table: %s (%d bytes; %.1f seconds)"
            .formatted(
                database, table, why, body.length(), (context.clock().nanos() - start) / 1e9),
        cause);
  }

  /** Makes the table, and its database where that is missing; another worker may be faster. */
  private void create(String database, String table) throws IOException {
    context.log().info("Creating table " + database + "." + table + " on TreasureData");
    HttpResponse answer = api.createTable(database, table);
    if (answer.status() == NOT_FOUND) {
      check(api.createDatabase(database), "create the database " + database);
      answer = api.createTable(database, table);
    }
    check(answer, "create the table " + database + "." + table);
  }

  private static void check(HttpResponse answer, String what) throws IOException {
    if (answer.isSuccess() || answer.status() == CONFLICT) {
      return;
    }
    refuse(answer);
    throw new IOException("cannot " + what + ": " + text(answer));
  }

  /** Answers that another try would only get again. */
  private static void refuse(HttpResponse answer) {
    int status = answer.status();
    if (status >= 400 && status < 500 && status != TOO_MANY_REQUESTS) {
      throw new UnrecoverableException("Treasure Data refused the request: " + text(answer));
    }
  }

  /** What the server says: the message in its JSON, where there is one. */
  private static String text(HttpResponse answer) {
    try {
      if (Json.parse(answer.body()) instanceof Map<?, ?> map) {
        Object message = map.get("error") != null ? map.get("error") : map.get("message");
        if (message != null) {
          return answer.status() + " " + message;
        }
      }
    } catch (IllegalArgumentException e) {
      // no JSON: shown as it is
    }
    return answer.toString();
  }
}
