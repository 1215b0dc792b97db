package io.runnel.plugins.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.runnel.event.EventTime;
import io.runnel.testkit.Await;
import io.runnel.testkit.ManualClock;
import io.runnel.testkit.MemoryChunk;
import io.runnel.testkit.TestContext;
import io.runnel.testkit.TestPlugins;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Parameters of the forward output that need a network, or a clock, of their own. */
class ForwardParametersTest {
  private static final String NONE = "heartbeat_type none\n";

  private final ManualClock clock = ManualClock.standard();
  private final TestContext context = new TestContext().buffer(Buffers.keys("tag"));
  private ForwardOutput output;

  @AfterEach
  void stop() {
    if (output != null) {
      output.stop();
      output.close();
    }
    context.close();
  }

  private void start(String config) throws IOException {
    output = (ForwardOutput) TestPlugins.output(ForwardOutput.TYPE, config, context);
    output.start();
  }

  private static String server(String host, int port, String... more) {
    return "<server>\nhost %s\nport %d\n%s\n</server>\n"
        .formatted(host, port, String.join("\n", more));
  }

  private static MemoryChunk chunk() {
    return MemoryChunk.of("app", TestPlugins.stream(EventTime.pack(7, 0), Map.of("a", 1)));
  }

  private static FakeForwardServer second(FakeForwardServer first) throws IOException {
    return new FakeForwardServer(InetAddress.getByName("127.0.0.2"), first.port());
  }

  @Test
  void connectTimeoutIsHowLongAConnectionMayTake() throws Exception {
    try (FullBacklog full = new FullBacklog()) {
      start(NONE + "connect_timeout 0.3\n" + server("127.0.0.1", full.port()));
      CompletableFuture<Throwable> error =
          CompletableFuture.supplyAsync(
              () -> catchThrowable(() -> output.write(chunk())), Thread::startVirtualThread);
      Await.await(error::isDone);
      assertThat(error.join()).hasMessageContaining("timed out");
    }
  }

  @Test
  void dnsRoundRobinUsesAllAddressesOfAName() throws Exception {
    try (FakeForwardServer one = new FakeForwardServer();
        FakeForwardServer two = second(one)) {
      start(NONE + "dns_round_robin true\n" + server("both.test", one.port()));
      for (int i = 0; i < 4; i++) {
        output.write(chunk());
      }
      Await.await(() -> one.messages().size() == 2 && two.messages().size() == 2);
    }
  }

  @Test
  void expireDnsCacheAsksForTheAddressAgain() throws Exception {
    try (FakeForwardServer one = new FakeForwardServer();
        FakeForwardServer two = second(one)) {
      start(NONE + "expire_dns_cache 0\n" + server("turns.test", one.port()));
      output.write(chunk());
      output.write(chunk());
      Await.await(() -> one.messages().size() == 1 && two.messages().size() == 1);
    }
  }

  @Test
  void ignoreNetworkErrorsAtStartupStartsWithoutTheServer() throws Exception {
    String server = server("nowhere.test", 1);
    assertThatThrownBy(() -> start(server)).isInstanceOf(UnknownHostException.class);
    output.close();
    start("ignore_network_errors_at_startup true\n" + server);
    assertThat(context.log().contains("failed to resolve node name when configured")).isTrue();
  }

  @Test
  void heartbeatTypeUdpSendsDatagrams() throws Exception {
    try (DatagramSocket udp = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
      udp.setSoTimeout((int) Await.DEADLINE.toMillis());
      start("heartbeat_type udp\n" + server("127.0.0.1", udp.getLocalPort()));
      DatagramPacket packet = new DatagramPacket(new byte[8], 8);
      udp.receive(packet);
      assertThat(packet.getLength()).isEqualTo(1);
    }
  }

  @Test
  void keepaliveTimeoutEndsUnusedConnections() throws Exception {
    context.clock(clock);
    try (FakeForwardServer server = new FakeForwardServer()) {
      start(NONE + "keepalive true\nkeepalive_timeout 30s\n" + server("127.0.0.1", server.port()));
      output.write(chunk());
      output.write(chunk());
      Await.await(() -> server.messages().size() == 2);
      assertThat(server.connections()).isEqualTo(1);
      clock.advance(Duration.ofSeconds(31));
      output.write(chunk());
      Await.await(() -> server.messages().size() == 3);
      assertThat(server.connections()).isEqualTo(2);
    }
  }

  /** The message about a server that is silent, which the clock makes come. */
  private String detached(String config) throws Exception {
    context.clock(clock);
    try (FakeForwardServer server = new FakeForwardServer()) {
      // no heartbeat comes before the first hour has passed: the server is silent from the start
      start("heartbeat_type udp\n" + config + server("127.0.0.1", server.port()));
      String message = "detached forwarding server";
      for (int i = 0; i < 200 && !context.log().contains(message); i++) {
        clock.advanceMillis(1000);
        Thread.yield();
      }
      Await.await(
          () -> {
            clock.advanceMillis(1000);
            return context.log().contains(message);
          });
      return context.log().texts().stream()
          .filter(text -> text.contains(message))
          .findFirst()
          .get();
    }
  }

  @Test
  void phiThresholdSaysHowSureTheDetectorMustBe() throws Exception {
    assertThat(detached("phi_threshold 2\nhard_timeout 1h\n")).contains("phi_threshold=2");
  }

  @Test
  void withoutTheDetectorOnlyTheTimeoutCounts() throws Exception {
    assertThat(detached("phi_failure_detector false\nphi_threshold 2\nhard_timeout 100s\n"))
        .contains("hard_timeout=true");
  }

  @Test
  void sendKeepalivePacketLetsTheSystemTestTheConnection() throws Exception {
    Path table = Path.of("/proc/net/tcp");
    assumeTrue(Files.isReadable(table), "needs Linux's table of connections");
    try (FakeForwardServer server = new FakeForwardServer()) {
      start(
          NONE
              + "keepalive true\nsend_keepalive_packet true\n"
              + server("127.0.0.1", server.port()));
      output.write(chunk());
      // the timer of a connection is 02 while the system means to test it
      String toServer = ":%04X 01 ".formatted(server.port()).toUpperCase(Locale.ROOT);
      Await.await(() -> connections(table).anyMatch(line -> isTested(line, toServer)));
    }
  }

  private static Stream<String> connections(Path table) {
    try {
      return Stream.concat(
          Files.readAllLines(table).stream(),
          Files.readAllLines(Path.of("/proc/net/tcp6")).stream());
    } catch (IOException e) {
      return Stream.empty();
    }
  }

  private static boolean isTested(String line, String toServer) {
    return line.contains(toServer) && line.strip().split("\\s+")[5].startsWith("02:");
  }

  @Test
  void serversHaveNamesAndKeysOfTheirOwn() throws Exception {
    try (FakeForwardServer server = new FakeForwardServer().security("its own", null)) {
      start(
          NONE
              + "<security>\nself_hostname me\nshared_key of others\n</security>\n"
              + server("127.0.0.1", server.port(), "name the first", "shared_key its own"));
      output.write(chunk());
      Await.await(() -> server.messages().size() == 1);
      assertThat(context.log().contains("adding forwarding server 'the first'")).isTrue();
    }
  }

  @Test
  void everyServerNeedsAnAddress() {
    for (String wrong : List.of("", "port 1")) {
      assertThatThrownBy(() -> start("<server>\n" + wrong + "\n</server>"))
          .hasMessageContaining("'host' parameter is required");
    }
  }
}
