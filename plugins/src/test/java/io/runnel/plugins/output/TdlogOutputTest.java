package io.runnel.plugins.output;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.runnel.config.ConfigException;
import io.runnel.plugin.BufferConfig;
import io.runnel.plugin.UnrecoverableException;
import io.runnel.testkit.Await;
import io.runnel.testkit.FakeHttpServer;
import io.runnel.testkit.FakeHttpServer.Answer;
import io.runnel.testkit.FakeHttpServer.Request;
import io.runnel.testkit.MemoryChunk;
import io.runnel.testkit.TestContext;
import io.runnel.testkit.TestPlugins;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TdlogOutputTest {
  private static final String KEY = "1/0123456789abcdef";

  private final Set<String> databases = ConcurrentHashMap.newKeySet();
  private final Set<String> tables = ConcurrentHashMap.newKeySet();
  private final TestContext context = new TestContext().buffer(Buffers.keys("tag"));
  private TdlogOutput output;

  @TempDir Path dir;

  @AfterEach
  void stop() {
    if (output != null) {
      output.stop();
      output.close();
    }
    assertThat(context.log().texts().toString()).doesNotContain(KEY);
    context.close();
  }

  /** The service, with the databases and tables of this test. */
  private Answer serve(Request request) {
    String[] path = request.target().split("/");
    return switch (path[2] + " " + path[3]) {
      case "table import_with_id", "table import" ->
          tables.contains(path[4] + "." + path[5])
              ? new Answer(200, "{}")
              : new Answer(404, "{\"error\":\"no table\"}");
      case "table create" -> {
        if (!databases.contains(path[4])) {
          yield new Answer(404, "{\"message\":\"no database\"}");
        }
        yield new Answer(tables.add(path[4] + "." + path[5]) ? 200 : 409, "{}");
      }
      case "database create" -> new Answer(databases.add(path[4]) ? 200 : 409, "{}");
      default -> new Answer(400, "");
    };
  }

  private TdlogOutput make(FakeHttpServer server, String config) {
    String endpoint = "127.0.0.1:" + server.port();
    output =
        (TdlogOutput)
            TestPlugins.output(
                TdlogOutput.TYPE,
                "apikey "
                    + KEY
                    + "\nuse_ssl false\nendpoint "
                    + endpoint
                    + "\napi_endpoint "
                    + endpoint
                    + "\ntmpdir "
                    + dir
                    + "/tmp\n"
                    + config,
                context);
    return output;
  }

  private static MemoryChunk chunk(String tag) {
    return MemoryChunk.ofContent("maps".getBytes(UTF_8), 1).withTag(tag);
  }

  @Test
  void uploadsACompressedChunkIntoTheTableOfTheTag() throws Exception {
    tables.add("my_db.access_log");
    try (FakeHttpServer server = new FakeHttpServer(this::serve)) {
      make(server, "").start();
      output.write(chunk("td.My-Db.access_log"));
      Request request = server.requests().getFirst();
      assertThat(request.method()).isEqualTo("PUT");
      assertThat(request.target())
          .isEqualTo(
              "/v3/table/import_with_id/my_db/access_log/60a1b2c3d4e5f60718293a4b5c6d7e8f/msgpack.gz");
      assertThat(request.headers())
          .containsEntry("authorization", "TD1 " + KEY)
          .containsEntry("content-type", "application/octet-stream");
      assertThat(request.headers().get("user-agent")).startsWith("fluent-plugin-td: ");
      try (var in = new GZIPInputStream(new ByteArrayInputStream(request.body()))) {
        assertThat(new String(in.readAllBytes(), UTF_8)).isEqualTo("maps");
      }
      assertThat(dir.resolve("tmp")).isEmptyDirectory();
    }
  }

  @Test
  void makesTableAndDatabaseAndUploadsAgain() throws Exception {
    try (FakeHttpServer server = new FakeHttpServer(this::serve)) {
      make(server, "").start();
      output.write(chunk("td.db.tbl"));
      assertThat(databases).containsExactly("db_");
      assertThat(tables).containsExactly("db_.tbl");
      assertThat(server.requests())
          .extracting(request -> request.target().split("/")[3])
          .containsExactly("import_with_id", "create", "create", "create", "import_with_id");
      assertThat(context.log().contains("Creating table db_.tbl on TreasureData")).isTrue();
    }
  }

  @Test
  void answersDecideAboutRetries() throws Exception {
    try (FakeHttpServer server = new FakeHttpServer(this::serve)) {
      make(server, "auto_create_table false").start();
      assertThatThrownBy(() -> output.write(chunk("td.data.tbl")))
          .isInstanceOf(UnrecoverableException.class)
          .hasMessageContaining("404 no table");
    }
    try (FakeHttpServer server = FakeHttpServer.answering(401, "{\"error\":\"bad key\"}")) {
      make(server, "");
      assertThatThrownBy(() -> output.write(chunk("td.data.tbl")))
          .isInstanceOf(UnrecoverableException.class)
          .hasMessageContaining("401 bad key");
    }
    for (int status : new int[] {429, 500}) {
      try (FakeHttpServer server = FakeHttpServer.answering(status, "")) {
        make(server, "");
        assertThatThrownBy(() -> output.write(chunk("td.data.tbl")))
            .isInstanceOf(IOException.class)
            .hasMessageStartingWith(
                "Failed to upload to Treasure Data 'data.tbl' table: " + status);
      }
    }
  }

  @Test
  void aFixedTableIsMadeOrLookedForAtStart() throws Exception {
    try (FakeHttpServer server = new FakeHttpServer(this::serve)) {
      make(server, "database some_db\ntable some_table").start();
      assertThat(tables).containsExactly("some_db.some_table");
      output.write(chunk("any"));
      make(server, "database some_db\ntable other\nauto_create_table false");
      assertThatThrownBy(output::start)
          .isInstanceOf(UnrecoverableException.class)
          .hasMessageStartingWith("Table \"some_db.other\" does not exist on Treasure Data.");
    }
  }

  @Test
  void fileChunksCanBeCompressedByGzip() throws Exception {
    tables.add("data.tbl");
    try (FakeHttpServer server = new FakeHttpServer(this::serve)) {
      make(server, "use_gzip_command true").start();
      output.write(StoredChunk.in(dir.resolve("chunk"), chunk("td.data.tbl")));
      byte[] body = server.requests().getFirst().body();
      assertThat(body[3]).as("the command writes the file's name").isEqualTo((byte) 8);
      try (var in = new GZIPInputStream(new ByteArrayInputStream(body))) {
        assertThat(new String(in.readAllBytes(), UTF_8)).isEqualTo("maps");
      }
    }
  }

  @Test
  void namesAreNormalised() throws Exception {
    assertThat(TdNames.normalize("a")).isEqualTo("a__");
    assertThat(TdNames.normalize("Ab.C-d")).isEqualTo("ab_c_d");
    assertThat(TdNames.normalize("x".repeat(300))).hasSize(255).endsWith("x__");
    assertThatThrownBy(() -> TdNames.normalize("")).hasMessage("Empty name is not allowed");
  }

  @Test
  void endpointsAreHostsOrUrls() {
    assertThat(TdApi.base("h:8080", true)).hasToString("https://h:8080");
    assertThat(TdApi.base("http://h/p", true)).hasToString("http://h/p");
    assertThat(TdApi.importBase(TdApi.base("api.treasuredata.com", true)))
        .hasToString("https://api-import.treasuredata.com");
  }

  @Test
  void wrongConfigurationsAreRefused() {
    assertRefused(
        Buffers.keys("tag"),
        "database ab\ntable abc",
        "Invalid database name \"ab\": Database name must be between 3 and 255 characters long."
            + " Got 2 characters.");
    assertRefused(
        Buffers.keys("tag"),
        "database abc\ntable A-b",
        "Invalid table name \"A-b\": Table name must only consist of lower-case alpha-numeric"
            + " characters and '_'.");
    assertRefused(
        Buffers.of(List.of(), 0, "text"),
        "table abc",
        "'tag' must be included in <buffer ARG> when database and table are not specified");
  }

  private void assertRefused(BufferConfig buffer, String config, String message) {
    context.buffer(buffer);
    assertThatThrownBy(
            () -> TestPlugins.output(TdlogOutput.TYPE, "apikey " + KEY + "\n" + config, context))
        .isInstanceOf(ConfigException.class)
        .hasMessage(message);
  }

  private void assertLeft(int port, String config, String error) throws IOException {
    output =
        (TdlogOutput)
            TestPlugins.output(
                TdlogOutput.TYPE,
                "apikey " + KEY + "\nuse_ssl false\nendpoint 127.0.0.1:" + port + "\n" + config,
                context);
    output.start();
    byte[] noise = new byte[16_000_000]; // more than the sockets take while nobody reads
    new Random(1).nextBytes(noise);
    CompletableFuture<Object> end =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                output.write(MemoryChunk.ofContent(noise, 1).withTag("td.data.tbl"));
                return "delivered";
              } catch (Exception e) {
                return e;
              }
            },
            Thread::startVirtualThread);
    Await.await(end::isDone);
    assertThat(end.join().toString()).contains("Failed to upload to Treasure Data").contains(error);
  }

  @Test
  void aServerThatDoesNotAnswerIsLeft() throws Exception {
    try (FullBacklog full = new FullBacklog()) {
      assertLeft(full.port(), "connect_timeout 1", "Connect timed out");
    }
    try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      assertLeft(silent.getLocalPort(), "send_timeout 1", "send_timeout");
    }
  }

  @Test
  void anAnswerIsWaitedForWithinReadTimeout() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      Thread.startVirtualThread(
          () -> {
            try (var client = silent.accept()) {
              client.getInputStream().transferTo(java.io.OutputStream.nullOutputStream());
            } catch (IOException e) {
              // closed
            }
          });
      assertLeft(silent.getLocalPort(), "read_timeout 1", "Read timed out");
    }
  }

  @Test
  void requestsGoThroughAProxy() throws Exception {
    try (FakeHttpServer proxy = FakeHttpServer.answering(200, "{}")) {
      output =
          (TdlogOutput)
              TestPlugins.output(
                  TdlogOutput.TYPE,
                  "apikey "
                      + KEY
                      + "\nuse_ssl false\nendpoint td.invalid\nhttp_proxy http://127.0.0.1:"
                      + proxy.port(),
                  context);
      output.start();
      output.write(chunk("td.data.tbl"));
      assertThat(proxy.requests().getFirst().target()).startsWith("http://td.invalid");
    }
  }
}
