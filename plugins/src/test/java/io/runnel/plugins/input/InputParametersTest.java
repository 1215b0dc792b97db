package io.runnel.plugins.input;

import static io.runnel.testkit.Emitted.of;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.runnel.buffer.MessageMemory;
import io.runnel.config.ConfigException;
import io.runnel.plugin.EmitException;
import io.runnel.plugin.Input;
import io.runnel.plugin.PluginContext;
import io.runnel.plugin.PluginKind;
import io.runnel.plugin.PluginType;
import io.runnel.plugins.BuiltinPlugins;
import io.runnel.testkit.Await;
import io.runnel.testkit.Emitted;
import io.runnel.testkit.ManualClock;
import io.runnel.testkit.TestContext;
import io.runnel.testkit.TestPlugins;
import java.io.IOException;
import java.io.OutputStream;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Parameters of inputs that the tests of these inputs have no reason to set. */
@Timeout(60)
class InputParametersTest {
  private static final long T = 1_700_000_000;
  private static final String NONE = "\n<parse>\n@type none\n</parse>\n";
  private static final String JSON = "\n<parse>\n@type json\n</parse>\n";

  @TempDir Path dir;
  private final ManualClock clock = ManualClock.standard();
  private TestContext context = new TestContext(new BuiltinPlugins()).clock(clock);
  private final int port = freePort();
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
      input = null;
    }
  }

  private void start(String type, String parameters) throws Exception {
    stopInput();
    @SuppressWarnings("unchecked") // it is found as an input
    PluginType<?, PluginContext, Input> found =
        (PluginType<?, PluginContext, Input>) new BuiltinPlugins().find(PluginKind.INPUT, type);
    input = TestPlugins.input(found, parameters, context);
    input.start();
  }

  private void listen(String type, String parameters) throws Exception {
    start(type, "bind 127.0.0.1\nport " + port + "\n" + parameters);
  }

  /** A port that is free for TCP and UDP. */
  private static int freePort() {
    for (int i = 0; i < 100; i++) {
      try (ServerSocket stream = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
          DatagramSocket ignored =
              new DatagramSocket(stream.getLocalPort(), InetAddress.getLoopbackAddress())) {
        return stream.getLocalPort();
      } catch (IOException e) {
        continue; // the number is taken for UDP
      }
    }
    throw new AssertionError("no port is free for TCP and UDP");
  }

  private static String ownName() {
    return InetAddress.getLoopbackAddress().getCanonicalHostName();
  }

  private String message() {
    return String.valueOf(context.emitter().await(1).getFirst().record().get("message"));
  }

  @Test
  void tcpNamesItsClients() throws Exception {
    listen("tcp", "tag t\nsource_hostname_key from" + NONE);
    Sockets.tcp(port, "a\n");
    assertThat(context.emitter().await(1).getFirst())
        .isEqualTo(of("t", T, Map.of("message", "a", "from", ownName())));
    listen("tcp", "tag t\nsource_host_key old" + NONE);
    Sockets.tcp(port, "b\n");
    assertThat(context.emitter().await(2).getLast())
        .isEqualTo(of("t", T, Map.of("message", "b", "old", ownName())));
  }

  @Test
  void udpHasOldNamesForItsLimitAndItsSenders() throws Exception {
    listen("udp", "tag own\nbody_size_limit 4\nsource_host_key old" + NONE);
    Sockets.udp(port, "123456");
    assertThat(context.emitter().await(1).getFirst())
        .isEqualTo(of("own", T, Map.of("message", "1234", "old", ownName())));
  }

  @Test
  void udpMayKeepTheNewline() throws Exception {
    listen("udp", "tag t\nremove_newline false" + NONE);
    Sockets.udp(port, "line\n");
    assertThat(message()).isEqualTo("line\n");
  }

  @Test
  void udpTakesTagAndTimeFromTheRecord() throws Exception {
    listen(
        "udp", "tag t\n<extract>\ntag_key k\ntime_key at\ntime_type unixtime\n</extract>\n" + JSON);
    Sockets.udp(port, "{\"k\":\"own\",\"at\":" + (T + 5) + ",\"a\":1}");
    assertThat(context.emitter().await(1).getFirst()).isEqualTo(of("own", T + 5, Map.of("a", 1L)));
  }

  @Test
  void unixMayReplaceTags() throws Exception {
    Path path = dir.resolve("u.sock");
    start("unix", "path " + path + "\ntag own");
    try (SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
      client.write(ByteBuffer.wrap(ForwardClient.message("theirs", T, Map.of("a", 1))));
    }
    assertThat(context.emitter().await(1).getFirst()).isEqualTo(of("own", T, Map.of("a", 1L)));
  }

  @Test
  void syslogSeparatesMessagesAsAskedFor() throws Exception {
    listen("syslog", "tag s\ndelimiter ;\nmessage_length_limit 60\n<transport tcp>\n</transport>");
    Sockets.tcp(
        port,
        "<6>Nov 14 22:13:20 h a: one;<6>Nov 14 22:13:20 h a: " + "x".repeat(60) + ";",
        "<6>Nov 14 22:13:20 h a: two;");
    assertThat(context.emitter().await(2))
        .extracting(event -> event.record().get("message"))
        .containsExactly("one", "two");
    assertThat(context.emitter().events()).extracting(Emitted::tag).containsOnly("s.kern.info");
  }

  @Test
  void syslogNamesItsSenders() throws Exception {
    listen("syslog", "tag s\nsource_hostname_key from");
    Sockets.udp(port, "<6>Nov 14 22:13:20 h a: one");
    assertThat(context.emitter().await(1).getFirst().record()).containsEntry("from", ownName());
    listen("syslog", "tag s\ninclude_source_host true\nsource_host_key old");
    Sockets.udp(port, "<6>Nov 14 22:13:20 h a: one");
    assertThat(context.emitter().await(2).getLast().record()).containsEntry("old", "127.0.0.1");
    assertThatThrownBy(() -> listen("syslog", "tag s\nsource_hostname_key f\nresolve_hostname no"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("resolve_hostname must be true");
  }

  @Test
  void forwardRemembersMessagesForATime() throws Exception {
    context.messages(new MessageMemory(clock));
    listen("forward", "remember_chunks_for 1h");
    try (ForwardClient client = new ForwardClient(port)) {
      for (int minutes : new int[] {0, 30, 61}) {
        clock.advance(Duration.ofMinutes(minutes));
        client.send("t", T, Map.of("m", minutes), Map.of("chunk", "c"));
        client.receive();
        client.send("t", T, Map.of("m", 0), Map.of("chunk", "same"));
        client.receive();
      }
    }
    assertThat(context.emitter().records())
        .filteredOn(record -> record.equals(Map.of("m", 0L)))
        .hasSize(3); // two of the first turn, one of the last
  }

  @Test
  void forwardMayRefuseMessagesWithInvalidEvents() throws Exception {
    listen("forward", "skip_invalid_event false");
    try (ForwardClient client = new ForwardClient(port)) {
      client.send(
          "t", List.of(List.of(T, Map.of("m", 1)), List.of(T, "no record")), Map.of("chunk", "c"));
      assertThat(client.rest()).isEmpty(); // no acknowledgement
    }
  }

  @Test
  void forwardKnowsClientsByTheirAddress() throws Exception {
    listen(
        "forward",
        "<security>\nself_hostname server\nshared_key k\nallow_anonymous_source false\n"
            + "<client>\nhost 10.1.2.3\n</client>\n</security>");
    try (ForwardClient client = new ForwardClient(port)) {
      client.receive();
      client.send("PING", "client", "salt", "digest", "", "");
      assertThat(client.receive().toString()).contains("anonymous source host '127.0.0.1' denied");
    }
  }

  @Test
  void httpClosesSilentConnectionsInTime() throws Exception {
    listen("http", "keepalive_timeout 0.2");
    try (Socket client = new Socket(InetAddress.getLoopbackAddress(), port)) {
      client.setSoTimeout(8_000); // less than the default of the parameter
      client
          .getOutputStream()
          .write(
              "POST /t HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n"
                  .getBytes(StandardCharsets.US_ASCII));
      assertThat(new String(client.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
          .startsWith("HTTP/1.1 ");
    }
  }

  @Test
  void httpLogsItsFaultsUnlessToldNotTo() throws Exception {
    context.emitter().refuse(new EmitException("refused"));
    listen("http", "dump_error_log false");
    assertThat(post("{\"m\":1}")).startsWith("HTTP/1.1 500 ");
    assertThat(context.log().contains("failed to process request")).isFalse();
    listen("http", "dump_error_log true");
    assertThat(post("{\"m\":1}")).startsWith("HTTP/1.1 500 ");
    assertThat(context.log().contains("failed to process request")).isTrue();
  }

  private String post(String json) throws IOException {
    try (Socket client = new Socket(InetAddress.getLoopbackAddress(), port)) {
      OutputStream out = client.getOutputStream();
      out.write(
          ("POST /t HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Type: application/json\r\n"
                  + "Content-Length: "
                  + json.length()
                  + "\r\n\r\n"
                  + json)
              .getBytes(StandardCharsets.US_ASCII));
      return new String(Sockets.readAll(client), StandardCharsets.US_ASCII);
    }
  }

  @Test
  void httpReadsTheTimeAsItsParserIsTold() throws Exception {
    listen("http", "<parse>\n@type in_http\ntime_format %d.%Y.%m\n</parse>");
    post("{\"m\":1,\"time\":\"03.2001.02\"}");
    assertThat(context.emitter().await(1).getFirst().time() >>> 32)
        .isEqualTo(981_158_400L); // 2001-02-03T00:00:00Z
  }

  @Test
  void execEndsCommandsThatRunTooLong() throws Exception {
    start("exec", "tag t\ncommand sleep 60\ncommand_timeout 0.1" + NONE);
    Await.await(() -> context.log().contains("command runs too long, it is ended"));
  }

  @Test
  void execReadsItsEncoding() throws Exception {
    start("exec", "tag t\ncommand printf '\\244\\242\\n'\nencoding EUC-JP" + NONE);
    assertThat(message()).isEqualTo("あ");
  }

  @Test
  void sampleEmitsAtItsRate() throws Exception {
    start("sample", "tag own\nrate 500");
    assertThat(context.emitter().await(100)).extracting(Emitted::tag).containsOnly("own");
  }

  @Test
  void figuresOfTheRunTimeHaveTheirTag() throws Exception {
    context = new TestContext(new BuiltinPlugins());
    start("gc_stat", "tag gc\nemit_interval 0.05");
    assertThat(context.emitter().await(1)).extracting(Emitted::tag).containsOnly("gc");
    start("object_space", "tag objects\nemit_interval 0.05");
    Await.await(() -> context.emitter().events().getLast().tag().equals("objects"));
  }
}
