package io.runnel.connectors.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.runnel.event.Event;
import io.runnel.event.EventTime;
import io.runnel.plugins.BuiltinPlugins;
import io.runnel.testkit.Await;
import io.runnel.testkit.DebianServer;
import io.runnel.testkit.EventSender;
import io.runnel.testkit.MemoryChunk;
import io.runnel.testkit.OutputDriver;
import io.runnel.testkit.RunnelProcess;
import io.runnel.testkit.ServerProcess;
import io.runnel.time.Zone;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;

/** Against Debian's Redis, which writes every change to its file before it answers. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RedisIT {
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final String PASSWORD = "pass-word";

  @TempDir Path temporary;
  private final int port = ServerProcess.freePort();
  private Path folder;
  private ServerProcess server;

  @BeforeAll
  void serve() {
    Optional<Path> program = DebianServer.program("redis-server", "/usr/bin/redis-server");
    assumeTrue(program.isPresent(), "redis-server is not installed and cannot be");
    folder = DebianServer.folder("redis", "redis");
    List<String> command = new ArrayList<>(DebianServer.as("redis"));
    command.addAll(
        List.of(
            program.get().toString(),
            "--port",
            Integer.toString(port),
            "--bind",
            "127.0.0.1",
            "--dir",
            folder.toString(),
            "--appendonly",
            "yes",
            "--appendfsync",
            "always",
            "--requirepass",
            PASSWORD));
    server =
        ServerProcess.of(folder, command)
            .readyWhen(
                () -> {
                  try (Jedis ready = client()) {
                    return ready.ping().equals("PONG");
                  }
                })
            .start();
  }

  @AfterAll
  void close() {
    if (server != null) {
      server.close();
      DebianServer.delete(folder);
    }
  }

  @BeforeEach
  void empty() {
    try (Jedis client = client()) {
      client.flushAll();
    }
  }

  private Jedis client() {
    Jedis client = new Jedis("127.0.0.1", port);
    client.auth(PASSWORD);
    return client;
  }

  private String login() {
    return "host 127.0.0.1\nport " + port + "\npassword " + PASSWORD + "\n";
  }

  private static MemoryChunk at(MemoryChunk chunk) {
    return chunk.withTimekey(1_700_000_040L, Zone.UTC);
  }

  @Test
  void eachEventIsAHashAndChunksOfOneSliceDoNotOverwriteEachOther() throws Exception {
    String config = login() + "ttl 300\ninsert_key_prefix ${tag[1]}\nstrftime_format %Y%m%d";
    try (OutputDriver driver =
            new OutputDriver(new BuiltinPlugins(), "tag", "time").start(RedisOutput.TYPE, config);
        Jedis client = client()) {
      MemoryChunk first =
          at(driver.chunk("app.web", Map.of("n", 1L), Map.of("n", 2L, "m", Map.of("a", 1))));
      MemoryChunk second = at(driver.chunk("app.web", Map.of("n", 3L)));
      driver.write(first);
      driver.write(second);
      driver.write(first);
      assertThat(client.keys("web.*"))
          .containsExactlyInAnyOrder("web.20231114.0", "web.20231114.1", "web.20231114.2");
      assertThat(client.hgetAll("web.20231114.1")).isEqualTo(Map.of("n", "2", "m", "{\"a\":1}"));
      assertThat(client.hget("web.20231114.2", "n")).isEqualTo("3");
      assertThat(client.ttl("web.20231114.0")).isBetween(200L, 300L);
    }
  }

  @Test
  void withDuplicateKeysAnEventChangesTheOneBefore() throws Exception {
    String config =
        login() + "allow_duplicate_key true\ndb_number 2\n<inject>\ntag_key t\n</inject>";
    try (OutputDriver driver =
            new OutputDriver(new BuiltinPlugins(), "tag", "time").start(RedisOutput.TYPE, config);
        Jedis client = client()) {
      driver.write(at(driver.chunk("app", Map.of("a", 1L), Map.of("b", 2L))));
      client.select(2);
      assertThat(client.hgetAll("app")).isEqualTo(Map.of("a", "1", "b", "2", "t", "app"));
    }
  }

  @Test
  void whatRedisRefusesGoesToTheErrorLabelAndTheOthersAreWritten() throws Exception {
    try (OutputDriver driver =
            new OutputDriver(new BuiltinPlugins(), "tag", "time").start(RedisOutput.TYPE, login());
        Jedis client = client()) {
      client.set("app.1700000040.1", "no hash");
      driver.write(
          at(driver.chunk("app", Map.of("n", 1L), Map.of("n", 2L), Map.of(), Map.of("n", 4L))));
      assertThat(client.hget("app.1700000040.3", "n")).isEqualTo("4");
      assertThat(driver.context().emitter().errors())
          .extracting(e -> e.error().getMessage().replaceAll("(WRONGTYPE).*", "$1"))
          .containsExactlyInAnyOrder(
              "Redis does not take it: the record has no fields",
              "Redis does not take it: WRONGTYPE");
    }
  }

  @Test
  void everyKindOfStoreTakesValues() throws Exception {
    try (OutputDriver driver = new OutputDriver(new BuiltinPlugins());
        Jedis client = client()) {
      store(
          driver,
          "store_type string\n"
              + "key_path user.name\n"
              + "key_prefix a.\n"
              + "key_suffix .z\n"
              + "value_path user.age\n"
              + "key_expire 100");
      driver.write("app", Map.of("user", Map.of("name", "kei", "age", 7L)));
      assertThat(client.get("a.kei.z")).isEqualTo("7");
      assertThat(client.ttl("a.kei.z")).isPositive();
      store(driver, "store_type set\nkey set\nvalue_path v\nformat_type json");
      driver.write("app", Map.of("v", "x"), Map.of("v", "x"), Map.of("v", 1L));
      assertThat(client.smembers("set")).containsExactlyInAnyOrder("\"x\"", "1");
      store(driver, "key zset\nvalue_path v\nvalue_length 2");
      driver.write(
          driver.chunk(
              "app",
              new Event(EventTime.pack(30, 0), Map.of("v", "c")),
              new Event(EventTime.pack(10, 0), Map.of("v", "a")),
              new Event(EventTime.pack(20, 0), Map.of("v", "b"))));
      assertThat(client.zrange("zset", 0, -1)).containsExactly("b", "c");
      store(driver, "key scored\nvalue_path v\nscore_path s\nvalue_expire 60");
      driver.write(
          "app",
          Map.of("v", "old", "s", 5L),
          Map.of("v", "new", "s", 99_999_999_999L),
          Map.of("v", "none"));
      assertThat(client.zrange("scored", 0, -1)).containsExactly("new");
      assertThat(driver.context().emitter().errors()).hasSize(1);
      store(driver, "store_type string\nkey packed\nformat_type msgpack");
      driver.write("app", Map.of("a", 1L));
      assertThat(client.get("packed".getBytes())).containsExactly(0x81, 0xa1, 'a', 1);
      store(driver, "store_type publish\nkey channel");
      driver.write("app", Map.of("a", 1L));
    }
  }

  private void store(OutputDriver driver, String config) throws Exception {
    driver.start(RedisStoreOutput.TYPE, login() + config);
  }

  @Test
  void aListTakesAChunkOnce() throws Exception {
    try (OutputDriver driver = new OutputDriver(new BuiltinPlugins());
        Jedis client = client()) {
      store(driver, "store_type list\nkey l\nvalue_path v\nprevent_duplicate 1");
      MemoryChunk chunk = driver.chunk("app", Map.of("v", "a"), Map.of("v", "b"), Map.of("v", "a"));
      driver.write(chunk);
      driver.write(chunk);
      assertThat(client.lrange("l", 0, -1)).containsExactly("b", "a");
      assertThat(driver.context().log().contains("was written already")).isTrue();
      store(driver, "store_type list\nkey d\nvalue_path v\norder desc\nvalue_length 2");
      driver.write("app", Map.of("v", "a"), Map.of("v", "b"), Map.of("v", "c"));
      assertThat(client.lrange("d", 0, -1)).containsExactly("c", "b");
    }
  }

  @Test
  void whatTheOperatorCanMendIsSaidAndTriedAgain() throws Exception {
    try (OutputDriver driver = new OutputDriver(new BuiltinPlugins());
        Jedis client = client()) {
      driver.start(RedisStoreOutput.TYPE, login().replace(PASSWORD, "not-the-one") + "key k");
      MemoryChunk chunk = driver.chunk("app", Map.of("a", 1L));
      assertThatThrownBy(() -> driver.write(chunk))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("cannot write to Redis at 127.0.0.1:" + port + "/0: WRONGPASS")
          .hasMessageEndingWith("(check password)")
          .hasMessageNotContaining("not-the-one");
      driver.start(RedisStoreOutput.TYPE, "host nowhere.invalid\nkey k");
      assertThatThrownBy(() -> driver.write(chunk))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("unknown host nowhere.invalid");
      store(driver, "key k");
      client.configSet("maxmemory", "1");
      try {
        assertThatThrownBy(() -> driver.write(chunk))
            .isInstanceOf(IOException.class)
            .hasMessageContaining("OOM");
      } finally {
        client.configSet("maxmemory", "0");
      }
      driver.write(chunk);
      assertThat(client.zcard("k")).isEqualTo(1);
    }
  }

  /** Every event that was accepted is in the list once, whoever was killed when. */
  @Test
  void nothingIsLostOrDoubledWhenServerAndDaemonAreKilled() throws Exception {
    Optional<Path> image = RunnelProcess.image();
    assumeTrue(image.isPresent(), "no image: run scripts/build-image");
    int http = ServerProcess.freePort();
    try (RunnelProcess runnel =
            RunnelProcess.of(image.get(), temporary.resolve("runnel"), config(http));
        EventSender sender = new EventSender(http, "app")) {
      runnel.start();
      send(sender, 0);
      server.kill();
      send(sender, 1000);
      runnel.awaitLog("failed to flush the buffer");
      server.start();
      send(sender, 2000);
      runnel.kill();
      runnel.start();
      send(sender, 3000);
      Await.await(
          PATIENCE,
          () -> "missing events\n" + runnel.log(),
          () -> new HashSet<>(list()).size() == 4000);
      runnel.stop();
      List<String> all = list();
      Set<String> different = new HashSet<>(all);
      assertThat(all).as("with duplicates").hasSameSizeAs(different);
    }
  }

  private List<String> list() {
    try (Jedis client = client()) {
      return client.lrange("events", 0, -1);
    }
  }

  private static void send(EventSender sender, int from) {
    for (int n = from; n < from + 1000; n += 100) {
      sender.send(n, n + 100, each -> "{\"n\":" + each + "}");
    }
  }

  private String config(int http) {
    return """
    <source>
      @type http
      bind 127.0.0.1
      port %d
    </source>
    <match app>
      @type redis_store
      %s
      store_type list
      key events
      value_path n
      <buffer>
        @type file
        path @@DIR@@/buffer
        flush_mode interval
        flush_interval 0.3
        flush_thread_interval 0.1
        retry_type periodic
        retry_wait 1s
      </buffer>
    </match>
    """
        .formatted(http, login());
  }
}
