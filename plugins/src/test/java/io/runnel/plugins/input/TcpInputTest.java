package io.runnel.plugins.input;

import static io.runnel.testkit.Emitted.of;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.runnel.config.ConfigException;
import io.runnel.plugins.BuiltinPlugins;
import io.runnel.testkit.Await;
import io.runnel.testkit.ManualClock;
import io.runnel.testkit.TestContext;
import io.runnel.testkit.TestPlugins;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class TcpInputTest {
  private static final long T = 1_700_000_000;
  private static final String NONE = "\n<parse>\n@type none\n</parse>";

  private final TestContext context =
      new TestContext(new BuiltinPlugins()).clock(ManualClock.standard());
  private TcpInput input;

  private void start(String config) throws Exception {
    input =
        (TcpInput)
            TestPlugins.input(TcpInput.TYPE, "port 0\nbind 127.0.0.1\ntag t\n" + config, context);
    input.start();
  }

  @AfterEach
  void stop() {
    if (input != null) {
      input.stop();
    }
    context.close();
  }

  @Test
  void aLineIsAnEventAndTheRestIsNone() throws Exception {
    start(NONE);
    Sockets.tcp(input.port(), "one\ntwo\nthr", "ee\n", "rest without end");
    context.emitter().await(3);
    Sockets.tcp(input.port(), "other connection\n");
    assertThat(context.emitter().await(4))
        .containsExactly(
            of("t", T, Map.of("message", "one")),
            of("t", T, Map.of("message", "two")),
            of("t", T, Map.of("message", "three")),
            of("t", T, Map.of("message", "other connection")));
  }

  @Test
  void aDelimiterMayHaveSeveralCharactersAndComeInPieces() throws Exception {
    start("delimiter \"||\"" + NONE);
    Sockets.tcp(input.port(), "a\nb|", "|c|d||", "e");
    assertThat(context.emitter().await(2))
        .extracting(event -> event.record().get("message"))
        .containsExactly("a\nb", "c|d");
  }

  @Test
  void dropsLongMessagesOnly() throws Exception {
    start("message_length_limit 16" + NONE);
    Sockets.tcp(
        input.port(),
        "short\nthis one is far too long for it\nok again\n" + "x".repeat(300_000),
        "y".repeat(100_000),
        "z\nexactly 16 chars\nend\n");
    assertThat(context.emitter().await(4))
        .extracting(event -> event.record().get("message"))
        .containsExactly("short", "ok again", "exactly 16 chars", "end");
    assertThat(context.log().contains("'message_length_limit', dropped")).isTrue();
  }

  @Test
  void addsTheSourceAndWarnsOfMismatches() throws Exception {
    start("source_address_key addr\n<parse>\n@type json\ntime_key t\ntime_type unixtime\n</parse>");
    Sockets.tcp(input.port(), "{\"t\":1700000005,\"a\":1}\nnot json\n{\"a\":2}\n");
    assertThat(context.emitter().await(2))
        .containsExactly(
            of("t", T + 5, Map.of("a", 1L, "addr", "127.0.0.1")),
            of("t", T, Map.of("a", 2L, "addr", "127.0.0.1")));
    assertThat(context.log().contains("pattern not matched message=\"not json\"")).isTrue();
  }

  @Test
  void extractsTagAndTime() throws Exception {
    start(
        "<extract>\n"
            + "tag_key k\n"
            + "time_key at\n"
            + "time_type unixtime\n"
            + "</extract>\n"
            + "<parse>\n"
            + "@type json\n"
            + "</parse>");
    Sockets.tcp(input.port(), "{\"k\":\"own\",\"at\":1700000007,\"a\":1}\n{\"a\":2}\n");
    assertThat(context.emitter().await(2))
        .containsExactlyInAnyOrder(of("own", T + 7, Map.of("a", 1L)), of("t", T, Map.of("a", 2L)));
  }

  @Test
  void letsOnlyListedClientsIn() throws Exception {
    start("<security>\n<client>\nnetwork 10.0.0.0/8\n</client>\n</security>" + NONE);
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), input.port())) {
      assertThat(Sockets.readAll(socket)).isEmpty();
    }
    assertThat(context.log().contains("denied")).isTrue();
    input.stop();
    start("<security>\n<client>\nhost 127.0.0.1\n</client>\n</security>" + NONE);
    Sockets.tcp(input.port(), "in\n");
    context.emitter().await(1);
  }

  @Test
  void needsATagAndAParser() {
    assertThatThrownBy(() -> TestPlugins.input(TcpInput.TYPE, NONE, context))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("'tag' parameter is required");
    assertThatThrownBy(() -> TestPlugins.input(TcpInput.TYPE, "tag t", context))
        .isInstanceOf(ConfigException.class);
  }

  @Test
  void garbageHurtsNobody() throws Exception {
    start("<parse>\n@type json\n</parse>");
    Random random = new Random(5);
    for (int i = 0; i < 50; i++) {
      byte[] bytes = new byte[random.nextInt(3000)];
      random.nextBytes(bytes);
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), input.port())) {
        socket.getOutputStream().write(bytes);
      } catch (IOException closed) {
        // the server has seen enough
      }
    }
    Sockets.tcp(input.port(), "{\"ok\":1}\n");
    Await.await(() -> context.emitter().records().contains(Map.<String, Object>of("ok", 1L)));
  }
}
