package io.runnel.plugins.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.runnel.event.EventBuilder;
import io.runnel.event.EventTime;
import io.runnel.plugin.BufferedOutput;
import io.runnel.plugin.Input;
import io.runnel.plugins.input.ForwardInput;
import io.runnel.testkit.Await;
import io.runnel.testkit.Emitted;
import io.runnel.testkit.MemoryChunk;
import io.runnel.testkit.TestContext;
import io.runnel.testkit.TestPlugins;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Our own output and input against each other. */
class ForwardPairTest {
  private static final long TIME = EventTime.pack(1_700_000_000L, 5);
  private static final String SECURITY =
      "<security>\nself_hostname %s\nshared_key secret\n%s</security>\n";
  private static final String TLS_SERVER = "<transport tls>\ninsecure true\n</transport>\n";

  private final TestContext receiver = new TestContext();
  private final TestContext sender = new TestContext().buffer(Buffers.keys("tag"));
  private Input input;
  private ForwardOutput output;

  @AfterEach
  void stop() {
    if (output != null) {
      output.stop();
      output.close();
    }
    if (input != null) {
      input.stop();
      input.close();
    }
    sender.close();
    receiver.close();
  }

  private int listen(String config) throws Exception {
    input = TestPlugins.input(ForwardInput.TYPE, "bind 127.0.0.1\nport 0\n" + config, receiver);
    input.start();
    Matcher port =
        Pattern.compile("listening port port=(\\d+)").matcher(receiver.log().texts().toString());
    assertThat(port.find()).isTrue();
    return Integer.parseInt(port.group(1));
  }

  private void send(int port, String config, MemoryChunk chunk) throws Exception {
    String server =
        "<server>\nhost 127.0.0.1\nport " + port + "\nusername bob\npassword pw\n</server>\n";
    output = (ForwardOutput) TestPlugins.output(ForwardOutput.TYPE, config + server, sender);
    output.start();
    if (!output.isDelayedCommit()) {
      output.write(chunk);
      return;
    }
    CompletableFuture<String> end = new CompletableFuture<>();
    output.tryWrite(
        chunk,
        new BufferedOutput.Commit() {
          @Override
          public void commit() {
            end.complete("committed");
          }

          @Override
          public void rollback(Throwable error) {
            end.complete("rolled back");
          }
        });
    assertThat(end.get(20, TimeUnit.SECONDS)).isEqualTo("committed");
  }

  private static MemoryChunk chunk(String value) {
    EventBuilder events = new EventBuilder();
    events.add(TIME, Map.of("v", value));
    events.add(TIME, Map.of("v", "end"));
    return MemoryChunk.of("app", events.take());
  }

  private void assertReceived(String value) {
    Await.await(() -> receiver.emitter().events().size() == 2);
    assertThat(receiver.emitter().events())
        .containsExactly(
            new Emitted("app", TIME, Map.of("v", value)),
            new Emitted("app", TIME, Map.of("v", "end")));
  }

  @Test
  void plainWithAck() throws Exception {
    send(listen(""), "require_ack_response true\nkeepalive true\n", chunk("x"));
    assertReceived("x");
  }

  @Test
  void tlsWithKeyUserAndAck() throws Exception {
    String users = "user_auth true\n<user>\nusername bob\npassword pw\n</user>\n";
    int port = listen(TLS_SERVER + SECURITY.formatted("receiver", users));
    send(
        port,
        "transport tls\ntls_insecure_mode true\nrequire_ack_response true\n"
            + SECURITY.formatted("sender", ""),
        chunk("x".repeat(1_000_000)));
    assertReceived("x".repeat(1_000_000));
  }

  @Test
  void aCertificateOfNobodyKnownIsRefused() throws Exception {
    int port = listen(TLS_SERVER);
    assertThatThrownBy(() -> send(port, "transport tls\nheartbeat_type none\n", chunk("x")))
        .isInstanceOf(SSLException.class);
    assertThat(receiver.emitter().events()).isEmpty();
  }

  @Test
  void keptTlsConnectionsAreUsedAgain() throws Exception {
    int port = listen(TLS_SERVER);
    send(
        port,
        """
        transport tls
        tls_insecure_mode true
        keepalive true
        heartbeat_type none
        tls_version TLSv1_2
        """,
        chunk("a"));
    output.write(chunk("b"));
    Await.await(() -> receiver.emitter().events().size() == 4);
  }

  @Test
  void compressed() throws Exception {
    for (String compression : List.of("gzip", "zstd")) {
      // as a secondary it has to compress the primary's plain chunk
      sender.secondary(true).buffer(Buffers.keys("tag"));
      receiver.emitter().clear();
      int port = listen("");
      send(port, "compress " + compression + "\nheartbeat_type none\n", chunk("x"));
      assertReceived("x");
      input.stop();
      input.close();
      receiver.log().clear();
    }
  }

  @Test
  void heartbeatsOverUdpAreAnswered() throws Exception {
    int port = listen("");
    send(port, "heartbeat_type udp\nheartbeat_interval 0.05\nhard_timeout 0.3\n", chunk("x"));
    assertReceived("x");
    Thread.sleep(500); // longer than hard_timeout
    assertThat(sender.metrics().snapshot()).containsEntry("healthy_nodes_count", 1L);
  }

  @Test
  void chunksArriveInTheirOrder() throws Exception {
    int port = listen("");
    send(port, "heartbeat_type none\n", chunk("0"));
    for (int i = 1; i < 50; i++) {
      output.write(chunk(Integer.toString(i)));
    }
    Await.await(() -> receiver.emitter().events().size() == 100);
    List<Object> values = new ArrayList<>();
    for (Emitted event : receiver.emitter().events()) {
      values.add(event.record().get("v"));
    }
    values.removeIf("end"::equals);
    assertThat(values).isEqualTo(IntStream.range(0, 50).mapToObj(Integer::toString).toList());
  }
}
