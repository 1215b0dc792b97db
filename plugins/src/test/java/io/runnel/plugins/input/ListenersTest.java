package io.runnel.plugins.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.runnel.config.ConfigException;
import io.runnel.net.TlsClientConfig;
import io.runnel.plugin.Input;
import io.runnel.plugin.PluginContext;
import io.runnel.plugin.PluginKind;
import io.runnel.plugin.PluginType;
import io.runnel.plugins.BuiltinPlugins;
import io.runnel.testkit.Await;
import io.runnel.testkit.RecordedSockets;
import io.runnel.testkit.TestContext;
import io.runnel.testkit.TestPlugins;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The sockets of all inputs that listen: where, how many may wait, how they are kept alive. */
@Timeout(60)
class ListenersTest {
  private static final String TAG_AND_PARSER = "tag t\n<parse>\n@type none\n</parse>\n";
  private static final String OTHER_ADDRESS = "127.0.0.2";

  @TempDir Path dir;
  private final RecordedSockets sockets = new RecordedSockets();
  private final TestContext context = new TestContext(new BuiltinPlugins()).sockets(sockets);
  private Input input;

  @AfterEach
  void stop() {
    stopInput();
    context.close();
  }

  private void stopInput() {
    if (input != null) {
      input.stop();
      input.close();
    }
  }

  /** The least that each input needs besides its address. */
  private static String needs(String type) {
    return switch (type) {
      case "tcp", "udp" -> TAG_AND_PARSER;
      case "syslog", "gelf" -> "tag t\n";
      case "secure_forward" -> "self_hostname s\nshared_key k\nsecure no\ncert_auto_generate yes\n";
      default -> "";
    };
  }

  private void start(String type, String parameters) throws Exception {
    stopInput();
    @SuppressWarnings("unchecked") // it is found as an input
    PluginType<?, PluginContext, Input> found =
        (PluginType<?, PluginContext, Input>) new BuiltinPlugins().find(PluginKind.INPUT, type);
    input = TestPlugins.input(found, needs(type) + parameters, context);
    input.start();
  }

  /** A port that is free on all addresses, for TCP and UDP. */
  private static int freePort() {
    for (int i = 0; i < 100; i++) {
      try (ServerSocket stream = new ServerSocket(0);
          DatagramSocket ignored = new DatagramSocket(stream.getLocalPort())) {
        return stream.getLocalPort();
      } catch (IOException e) {
        continue; // the number is taken for UDP
      }
    }
    throw new AssertionError("no port is free for TCP and UDP");
  }

  private static boolean isTaken(String address, int port, boolean datagrams) {
    InetSocketAddress where = new InetSocketAddress(address, port);
    try {
      if (datagrams) {
        new DatagramSocket(where).close();
      } else {
        try (ServerSocket socket = new ServerSocket()) {
          socket.setReuseAddress(false);
          socket.bind(where);
        }
      }
      return false;
    } catch (BindException e) {
      return true;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "forward",
        "gelf",
        "http",
        "monitor_agent",
        "prometheus",
        "secure_forward",
        "syslog",
        "tcp",
        "udp"
      })
  void listensOnTheAddressAndThePortAskedFor(String type) throws Exception {
    boolean datagrams = List.of("gelf", "syslog", "udp").contains(type);
    int port = freePort();
    start(type, "bind " + OTHER_ADDRESS + "\nport " + port);
    assertThat(isTaken(OTHER_ADDRESS, port, datagrams)).isTrue();
    assertThat(isTaken("127.0.0.1", port, datagrams)).isFalse();
  }

  @Test
  void theBacklogIsTheOneAskedFor() throws Exception {
    String local = "bind 127.0.0.1\nport 0\nbacklog 7";
    start("forward", local);
    assertThat(sockets.asked()).contains("tcp backlog 7").hasSize(2); // and its heartbeats
    start("http", local);
    assertThat(sockets.asked()).filteredOn("tcp backlog 7"::equals).hasSize(2);
    start("unix", "path " + dir.resolve("u.sock") + "\nbacklog 9");
    assertThat(sockets.asked()).contains("unix backlog 9");
  }

  @Test
  void theKernelKeepsAsManyBytesAsAskedFor() throws Exception {
    String local = "bind 127.0.0.1\nport 0\n";
    start("udp", local + "receive_buffer_size 20k");
    start("udp", local + "<transport udp>\nreceive_buffer_size 30k\n</transport>");
    start("syslog", local + "<transport udp>\nreceive_buffer_size 40k\n</transport>");
    assertThat(sockets.asked())
        .containsExactly(
            "udp receive buffer 20480", "udp receive buffer 30720", "udp receive buffer 40960");
  }

  @ParameterizedTest
  @ValueSource(strings = {"forward", "tcp", "syslog"})
  void silentClientsAreProbedWhereWished(String type) throws Exception {
    int port = freePort();
    start(
        type,
        "bind 127.0.0.1\nport "
            + port
            + "\nsend_keepalive_packet true\n<transport tcp>\n</transport>");
    try (Socket client = new Socket(InetAddress.getLoopbackAddress(), port)) {
      Await.await(() -> hasKeepaliveTimer(port, client.getLocalPort()));
    }
  }

  /** Whether the kernel runs such a timer: 02 in the column {@code tr} of its table. */
  private static boolean hasKeepaliveTimer(int local, int remote) {
    String from = ":%04X".formatted(local);
    String to = ":%04X".formatted(remote);
    return Stream.of("/proc/net/tcp", "/proc/net/tcp6")
        .flatMap(ListenersTest::lines)
        .map(line -> line.strip().split("\\s+"))
        .anyMatch(
            columns ->
                columns[1].endsWith(from)
                    && columns[2].endsWith(to)
                    && columns[5].startsWith("02:"));
  }

  private static Stream<String> lines(String file) {
    try {
      return Files.readAllLines(Path.of(file)).stream();
    } catch (IOException e) {
      return Stream.empty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"forward", "http", "monitor_agent", "prometheus", "syslog", "tcp"})
  void talksTlsWhereAskedTo(String type) throws Exception {
    int port = freePort();
    start(
        type,
        "bind 127.0.0.1\nport "
            + port
            + "\n<transport tls>\ninsecure true\ngenerate_cert_common_name made.here\n"
            + "generate_private_key_length 1024\n</transport>");
    try (SSLSocket client =
        (SSLSocket)
            lenient().getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port)) {
      client.setSoTimeout(Math.toIntExact(Await.DEADLINE.toMillis()));
      client.startHandshake();
      X509Certificate shown = (X509Certificate) client.getSession().getPeerCertificates()[0];
      assertThat(shown.getSubjectX500Principal().getName()).contains("CN=made.here");
    }
  }

  @Test
  void udpKnowsNoOtherTransport() {
    assertThatThrownBy(() -> start("udp", "<transport tcp>\n</transport>"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("valid options are udp but got tcp");
  }

  /** A client that trusts everybody. */
  private static SSLContext lenient() {
    return new TlsClientConfig(
            List.of(),
            true,
            false,
            false,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            "TLSv1_2",
            Optional.empty(),
            Optional.empty(),
            "ALL:!aNULL:!eNULL:!SSLv2")
        .context()
        .context();
  }
}
