package io.runnel.plugins.output;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.runnel.config.ConfigException;
import io.runnel.event.Event;
import io.runnel.event.EventCursor;
import io.runnel.event.EventTime;
import io.runnel.event.RawBytes;
import io.runnel.plugin.BufferConfig;
import io.runnel.plugin.BufferedOutput;
import io.runnel.plugin.Chunk;
import io.runnel.plugin.UnrecoverableException;
import io.runnel.testkit.Await;
import io.runnel.testkit.MemoryChunk;
import io.runnel.testkit.TestContext;
import io.runnel.testkit.TestPlugins;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ForwardOutputTest {
  private static final long TIME = EventTime.pack(1_700_000_000L, 750_000_000L);

  private final TestContext context =
      new TestContext().buffer(Buffers.of(List.of("tag"), 0, "text"));
  private ForwardOutput output;

  @TempDir Path dir;

  @AfterEach
  void stop() {
    if (output != null) {
      output.stop();
      output.close();
    }
    context.close();
  }

  private ForwardOutput start(String config) throws IOException {
    output = (ForwardOutput) TestPlugins.output(ForwardOutput.TYPE, config, context);
    output.start();
    return output;
  }

  private static String server(int port) {
    return "<server>\nhost 127.0.0.1\nport " + port + "\n</server>\n";
  }

  private static MemoryChunk chunk(Object... values) {
    Event[] events = new Event[values.length];
    for (int i = 0; i < values.length; i++) {
      events[i] = new Event(TIME, Map.of("v", values[i]));
    }
    return MemoryChunk.of("app.a", events);
  }

  private static List<?> only(FakeForwardServer server) {
    Await.await(() -> server.messages().size() == 1);
    return server.messages().getFirst();
  }

  private static byte[] entries(Object value) {
    return value instanceof RawBytes raw ? raw.bytes() : value.toString().getBytes(UTF_8);
  }

  /** Nobody listens there any more. */
  private static int deadPort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** The end of a delayed delivery. */
  private static final class Outcome implements BufferedOutput.Commit {
    private final CompletableFuture<String> end = new CompletableFuture<>();

    @Override
    public void commit() {
      end.complete("committed");
    }

    @Override
    public void rollback(Throwable error) {
      end.complete("rolled back, error " + error);
    }

    String get() throws Exception {
      return end.get(20, TimeUnit.SECONDS);
    }
  }

  @Test
  void sendsTheChunkAsOnePackedMessage() throws Exception {
    try (FakeForwardServer server = new FakeForwardServer()) {
      start("heartbeat_type none\n" + server(server.port())).write(chunk("x", "y"));
      List<?> message = only(server);
      assertThat(message.get(0)).isEqualTo("app.a");
      assertThat(entries(message.get(1))).isEqualTo(chunk("x", "y").content());
      assertThat(message.get(2)).isEqualTo(Map.of("size", 2L, "compressed", "text"));
    }
  }

  @Test
  void largeChunksGoFromTheFileToTheSocket() throws Exception {
    MemoryChunk memory = chunk("x".repeat(300_000), "y".repeat(3_000_000));
    try (FakeForwardServer server = new FakeForwardServer()) {
      start("heartbeat_type none\n" + server(server.port()));
      output.write(StoredChunk.in(dir.resolve("chunk"), memory));
      assertThat(entries(only(server).get(1))).isEqualTo(memory.content());
    }
  }

  @Test
  void compressedChunksAreSentAsTheyAreStored() throws Exception {
    context.buffer(Buffers.of(List.of("tag"), 0, "gzip"));
    try (FakeForwardServer server = new FakeForwardServer()) {
      start("compress gzip\nheartbeat_type none\n" + server(server.port()));
      Chunk stored = StoredChunk.in(dir.resolve("chunk"), chunk("x").gzipped());
      output.write(stored);
      List<?> message = only(server);
      assertThat(entries(message.get(1))).isEqualTo(Files.readAllBytes(dir.resolve("chunk")));
      assertThat(message.get(2)).isEqualTo(Map.of("size", 1L, "compressed", "gzip"));
    }
  }

  @Test
  void aSecondaryCompressesWhatThePrimaryDidNot() throws Exception {
    context.secondary(true);
    try (FakeForwardServer server = new FakeForwardServer()) {
      start("compress gzip\nheartbeat_type none\n" + server(server.port()));
      output.write(chunk("x"));
      byte[] sent = entries(only(server).get(1));
      assertThat(new GZIPInputStream(new ByteArrayInputStream(sent)).readAllBytes())
          .isEqualTo(chunk("x").content());
    }
  }

  @Test
  void timeAsIntegerDropsTheFraction() throws Exception {
    start("time_as_integer true\nheartbeat_type none\n" + server(1));
    MemoryChunk chunk =
        MemoryChunk.of("t", TestPlugins.stream(TIME, Map.of("v", 1)), output.chunkFormat());
    assertThat(chunk.content()).startsWith(0x92, 0xce, 0x65, 0x53, 0xf1, 0x00, 0x81);
    EventCursor cursor = new EventCursor(chunk.content(), 0, chunk.content().length);
    assertThat(cursor.next()).isTrue();
    assertThat(cursor.record()).isEqualTo(Map.of("v", 1L));
  }

  @Test
  void theChunkIsCommittedWhenTheServerAcknowledgesIt() throws Exception {
    try (FakeForwardServer server = new FakeForwardServer()) {
      start("require_ack_response true\nheartbeat_type none\n" + server(server.port()));
      assertThat(output.isDelayedCommit()).isTrue();
      Outcome outcome = new Outcome();
      output.tryWrite(chunk("x"), outcome);
      assertThat(outcome.get()).isEqualTo("committed");
      assertThat(((Map<?, ?>) only(server).get(2)).get("chunk"))
          .isEqualTo("YKGyw9Tl9gcYKTpLXG1+jw==\n");
    }
  }

  @Test
  void aLostAckGivesTheChunkBackAndTakesTheNodeOut() throws Exception {
    try (FakeForwardServer server = new FakeForwardServer().acks(FakeForwardServer.Acks.NONE)) {
      start(
          "require_ack_response true\nack_response_timeout 0.2\nheartbeat_interval 100\n"
              + server(server.port()));
      Outcome outcome = new Outcome();
      output.tryWrite(chunk("x"), outcome);
      assertThat(outcome.get()).isEqualTo("rolled back, error null");
      assertThat(context.log().contains("no response from node. regard it as unavailable."))
          .isTrue();
      assertThatThrownBy(() -> output.tryWrite(chunk("y"), outcome))
          .hasMessage("no nodes are available");
      assertThat(context.metrics().snapshot()).containsEntry("healthy_nodes_count", 0L);
    }
  }

  @Test
  void aWrongAckGivesTheChunkBack() throws Exception {
    try (FakeForwardServer server = new FakeForwardServer().acks(FakeForwardServer.Acks.WRONG)) {
      start("require_ack_response true\n" + server(server.port()));
      Outcome outcome = new Outcome();
      output.tryWrite(chunk("x"), outcome);
      assertThat(outcome.get()).isEqualTo("rolled back, error null");
      assertThat(context.log().contains("ack in response and chunk id in sent data are different"))
          .isTrue();
    }
  }

  @Test
  void aConnectionClosedInPlaceOfAnAckGivesTheChunkBack() throws Exception {
    try (FakeForwardServer server = new FakeForwardServer().acks(FakeForwardServer.Acks.CLOSE)) {
      start("require_ack_response true\n" + server(server.port()));
      Outcome outcome = new Outcome();
      output.tryWrite(chunk("x"), outcome);
      assertThat(outcome.get()).isEqualTo("rolled back, error null");
    }
  }

  @Test
  void aSecondaryWaitsForTheAckAtOnce() throws Exception {
    context.secondary(true);
    try (FakeForwardServer server = new FakeForwardServer().acks(FakeForwardServer.Acks.CLOSE)) {
      start("require_ack_response true\nheartbeat_type none\n" + server(server.port()));
      assertThat(output.isDelayedCommit()).isFalse();
      assertThatThrownBy(() -> output.write(chunk("x"))).isInstanceOf(IOException.class);
      server.acks(FakeForwardServer.Acks.RIGHT);
      output.write(chunk("x"));
    }
  }

  @Test
  void theNextNodeIsTriedWhereOneIsDown() throws Exception {
    try (FakeForwardServer server = new FakeForwardServer()) {
      start("heartbeat_type none\n" + server(deadPort()) + server(server.port()));
      for (int i = 0; i < 4; i++) {
        output.write(chunk(i));
      }
      Await.await(() -> server.messages().size() == 4);
    }
  }

  @Test
  void theErrorOfTheLastNodeIsRaised() throws Exception {
    start("heartbeat_type none\n" + server(deadPort()));
    assertThatThrownBy(() -> output.write(chunk("x"))).hasMessageContaining("refused");
  }

  @Test
  void loadIsSpreadByWeight() throws Exception {
    try (FakeForwardServer one = new FakeForwardServer();
        FakeForwardServer two = new FakeForwardServer();
        FakeForwardServer none = new FakeForwardServer()) {
      start(
          "heartbeat_type none\n"
              + weighted(one.port(), 20)
              + weighted(two.port(), 60)
              + weighted(none.port(), 0));
      for (int i = 0; i < 40; i++) {
        output.write(chunk(i));
      }
      Await.await(() -> one.messages().size() == 10 && two.messages().size() == 30);
      assertThat(none.messages()).isEmpty();
    }
  }

  private static String weighted(int port, int weight) {
    return "<server>\nhost 127.0.0.1\nport " + port + "\nweight " + weight + "\n</server>\n";
  }

  @Test
  void aSilentNodeIsDetachedAStandbyUsedAndTheNodeRecovered() throws Exception {
    FakeForwardServer first = new FakeForwardServer();
    int port = first.port();
    try (FakeForwardServer standby = new FakeForwardServer()) {
      start(
          "heartbeat_interval 0.05\nhard_timeout 0.5\nrecover_wait 0.1\n"
              + server(port)
              + "<server>\nhost 127.0.0.1\nport "
              + standby.port()
              + "\nstandby true\n</server>");
      output.write(chunk("x"));
      only(first);
      first.close();
      String node = "forwarding server '127.0.0.1:" + port + "'";
      Await.await(() -> context.log().contains("detached " + node));
      Await.await(() -> context.log().contains("using standby node 127.0.0.1:" + standby.port()));
      output.write(chunk("y"));
      only(standby);
      try (FakeForwardServer again = new FakeForwardServer(port)) {
        Await.await(() -> context.log().contains("recovered " + node));
        output.write(chunk("z"));
        only(again);
        assertThat(standby.messages()).hasSize(1);
      }
    }
  }

  @Test
  void aStalledServerIsLeftAfterSendTimeout() throws Exception {
    MemoryChunk large = chunk("x".repeat(16_000_000));
    try (FakeForwardServer slow = new FakeForwardServer().stalled();
        FakeForwardServer server = new FakeForwardServer()) {
      start("heartbeat_type none\nsend_timeout 1\n" + server(slow.port()) + server(server.port()));
      output.write(large);
      output.write(large);
      Await.await(() -> !server.messages().isEmpty());
      assertThat(context.log().contains("no progress within send_timeout")).isTrue();
    }
  }

  @Test
  void authenticatesWithSharedKeyUserAndPassword() throws Exception {
    try (FakeForwardServer server = new FakeForwardServer().security("secret", "pw")) {
      start(
          "heartbeat_type none\n<security>\nself_hostname client\nshared_key secret\n</security>\n"
              + "<server>\nhost 127.0.0.1\nport "
              + server.port()
              + "\nusername bob\npassword pw\n</server>");
      output.write(chunk("x"));
      only(server);
    }
  }

  @Test
  void aWrongKeyDeliversNothing() throws Exception {
    try (FakeForwardServer server = new FakeForwardServer().security("right", null)) {
      start(
          "heartbeat_type none\n<security>\nself_hostname client\nshared_key wrong\n</security>\n"
              + server(server.port()));
      assertThatThrownBy(() -> output.write(chunk("x")))
          .hasMessage("authentication failed: shared_key mismatch");
      assertThat(server.messages()).isEmpty();
      assertThat(context.log().texts().toString()).doesNotContain("wrong");
    }
  }

  @Test
  void anEqualHostnameIsRefused() throws Exception {
    try (FakeForwardServer server = new FakeForwardServer().security("k", null)) {
      start(
          "heartbeat_type none\n<security>\nself_hostname server\nshared_key k\n</security>\n"
              + server(server.port()));
      assertThatThrownBy(() -> output.write(chunk("x")))
          .hasMessageStartingWith("same hostname between input and output: invalid configuration");
    }
  }

  @Test
  void keptConnectionsAreUsedAgainUnlessTheServerClosedThem() throws Exception {
    FakeForwardServer first = new FakeForwardServer();
    int port = first.port();
    start("keepalive true\nheartbeat_type none\n" + server(port));
    output.write(chunk("x"));
    output.write(chunk("y"));
    Await.await(() -> first.messages().size() == 2);
    assertThat(first.connections()).isEqualTo(1);
    first.close();
    try (FakeForwardServer again = new FakeForwardServer(port)) {
      output.write(chunk("z"));
      only(again);
    }
  }

  @Test
  void udpHeartbeatsKeepANodeAlive() throws Exception {
    try (FakeForwardServer server = new FakeForwardServer();
        DatagramSocket udp = new DatagramSocket(server.port(), InetAddress.getLoopbackAddress())) {
      Thread echo =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      while (true) {
                        var packet = new DatagramPacket(new byte[1], 1);
                        udp.receive(packet);
                        udp.send(packet);
                      }
                    } catch (IOException e) {
                      // closed
                    }
                  });
      start(
          "heartbeat_type udp\nheartbeat_interval 0.05\nhard_timeout 0.4\n"
              + server(server.port()));
      Thread.sleep(700); // longer than hard_timeout: without an answer the node would be lost
      assertThat(context.metrics().snapshot()).containsEntry("healthy_nodes_count", 1L);
      udp.close();
      echo.join();
      Await.await(() -> context.metrics().snapshot().get("healthy_nodes_count") == 0L);
    }
  }

  @Test
  void verifyConnectionAtStartupFailsTheStart() throws Exception {
    int port = deadPort();
    assertThatThrownBy(() -> start("verify_connection_at_startup true\n" + server(port)))
        .isInstanceOf(UnrecoverableException.class);
  }

  @Test
  void serversInAFileAreFollowed() throws Exception {
    Path file = dir.resolve("sd.yaml");
    try (FakeForwardServer one = new FakeForwardServer();
        FakeForwardServer two = new FakeForwardServer()) {
      Files.writeString(file, "- host: 127.0.0.1\n  port: " + one.port() + "\n");
      start(
          "heartbeat_type none\n<service_discovery>\n@type file\npath "
              + file
              + "\n</service_discovery>");
      output.write(chunk("x"));
      only(one);
      Files.writeString(
          file, "[{\"host\": \"127.0.0.1\", \"port\": " + two.port() + ", \"weight\": 10}]");
      Await.await(
          () -> context.log().contains("adding forwarding server '127.0.0.1:" + two.port() + "'"));
      Await.await(() -> context.metrics().snapshot().get("registered_nodes_count") == 1L);
      output.write(chunk("y"));
      only(two);
    }
  }

  @Test
  void wrongConfigurationsAreRefusedInFluentdsWords() {
    assertRefused(
        Buffers.keys("time"), server(1), "buffer chunk key must include 'tag' for forward output");
    BufferConfig tag = Buffers.keys("tag");
    assertRefused(
        tag,
        "",
        "forward output plugin requires at least one node is required. Add <server> or"
            + " <service_discovery>");
    assertRefused(
        tag,
        "host a\n" + server(1),
        "'host' parameter is already removed: Use <server> section instead.");
    assertRefused(
        Buffers.of(List.of("tag"), 0, "zstd"),
        "compress gzip\n" + server(1),
        "compress gzip conflicts with compress zstd of <buffer>");
    assertThat(
            ForwardOutput.TYPE
                .buffer()
                .apply(TestPlugins.section("match", "compress gzip"))
                .parameters())
        .containsEntry("compress", "gzip");
  }

  private void assertRefused(BufferConfig buffer, String config, String message) {
    context.buffer(buffer);
    assertThatThrownBy(() -> TestPlugins.output(ForwardOutput.TYPE, config, context))
        .isInstanceOf(ConfigException.class)
        .hasMessage(message);
  }

  @Test
  void theBufferWaitsALittleLongerThanTheAckMayTake() {
    var section =
        TestPlugins.section("match", "require_ack_response true\nack_response_timeout 5s");
    assertThat(ForwardOutput.TYPE.buffer().apply(section).parameters())
        .containsEntry("delayed_commit_timeout", "7.0");
  }

  @Test
  void aChunkThatLostItsTagIsNotRetried() throws Exception {
    start("heartbeat_type none\n" + server(1));
    assertThatThrownBy(() -> output.write(chunk("x").withTag(null)))
        .isInstanceOf(UnrecoverableException.class)
        .hasMessageContaining("has no tag");
  }
}
