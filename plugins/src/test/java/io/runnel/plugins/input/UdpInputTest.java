package io.runnel.plugins.input;

import static io.runnel.testkit.Emitted.of;
import static org.assertj.core.api.Assertions.assertThat;

import io.runnel.plugins.BuiltinPlugins;
import io.runnel.testkit.ManualClock;
import io.runnel.testkit.TestContext;
import io.runnel.testkit.TestPlugins;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class UdpInputTest {
  private static final long T = 1_700_000_000;

  private final TestContext context =
      new TestContext(new BuiltinPlugins()).clock(ManualClock.standard());
  private UdpInput input;

  private void start(String config) throws Exception {
    input =
        (UdpInput)
            TestPlugins.input(UdpInput.TYPE, "port 0\nbind 127.0.0.1\ntag t\n" + config, context);
    input.start();
  }

  @AfterEach
  void stop() {
    input.stop();
    context.close();
  }

  @Test
  void aDatagramIsAnEvent() throws Exception {
    start("message_length_limit 10\n<parse>\n@type none\n</parse>");
    Sockets.udp(input.port(), "plain one\n", "two\nlines", "cut off here", "");
    assertThat(context.emitter().await(4))
        .extracting(event -> event.record().get("message"))
        .containsExactly("plain one", "two\nlines", "cut off he", "");
  }

  @Test
  void addsTheSenderAndSurvivesWhatDoesNotParse() throws Exception {
    start(
        "source_address_key addr\nsource_hostname_key host\n<parse>\n@type json\ntime_key t\n"
            + "time_type unixtime\n</parse>");
    Sockets.udp(
        input.port(), "{\"t\":1700000003,\"a\":1}", "broken", "{\"t\":{},\"a\":2}", "{\"a\":3}");
    String name = java.net.InetAddress.getLoopbackAddress().getCanonicalHostName();
    assertThat(context.emitter().await(2))
        .containsExactly(
            of("t", T + 3, Map.of("a", 1L, "addr", "127.0.0.1", "host", name)),
            of("t", T, Map.of("a", 3L, "addr", "127.0.0.1", "host", name)));
    assertThat(context.log().texts())
        .anyMatch(line -> line.startsWith("warn: pattern not matched"))
        .anyMatch(line -> line.startsWith("error: invalid input"));
  }

  @Test
  void stopEndsTheThread() throws Exception {
    start("<parse>\n@type none\n</parse>");
    int port = input.port();
    input.stop();
    Sockets.udp(port, "late");
    assertThat(context.emitter().events()).isEmpty();
  }
}
