package io.runnel.plugins.input;

import static org.assertj.core.api.Assertions.assertThat;

import io.runnel.plugins.BuiltinPlugins;
import io.runnel.testkit.Emitted;
import io.runnel.testkit.ManualClock;
import io.runnel.testkit.TestContext;
import io.runnel.testkit.TestPlugins;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SyslogInputTest {
  private final TestContext context =
      new TestContext(new BuiltinPlugins()).clock(ManualClock.standard());
  private SyslogInput input;

  private void start(String config) throws Exception {
    input =
        (SyslogInput)
            TestPlugins.input(
                SyslogInput.TYPE, "port 0\nbind 127.0.0.1\ntag sys\n" + config, context);
    input.start();
  }

  @AfterEach
  void stop() {
    input.stop();
    context.close();
  }

  private List<String> await(int count) {
    return context.emitter().await(count).stream()
        .sorted(Comparator.comparing(Emitted::time))
        .map(event -> event.tag() + " " + event.record())
        .toList();
  }

  @Test
  void theTagEndsInFacilityAndSeverity() throws Exception {
    start("severity_key sev\nfacility_key fac\nsource_address_key addr");
    Sockets.udp(
        input.port(),
        "<6>Nov 14 22:13:20 web01 nginx[123]: hello",
        "<165>Nov 14 22:13:21 db-2 kernel: [1.0] Out of memory: Kill\n",
        "no priority",
        "<999>Nov 14 22:13:22 h p: q",
        "<34>Nov 14 22:13:23 10.1.2.3 su: 'su root' failed");
    assertThat(await(3))
        .containsExactly(
            "sys.kern.info {host=web01, ident=nginx, pid=123, message=hello, sev=info, fac=kern,"
                + " addr=127.0.0.1}",
            "sys.local4.notice {host=db-2, ident=kernel, message=[1.0] Out of memory: Kill,"
                + " sev=notice, fac=local4, addr=127.0.0.1}",
            "sys.auth.crit {host=10.1.2.3, ident=su, message='su root' failed, sev=crit, fac=auth,"
                + " addr=127.0.0.1}");
    assertThat(context.log().contains("failed to parse message data=\"no priority\"")).isTrue();
    assertThat(context.log().contains("<999>")).isTrue();
  }

  @Test
  void unmatchedLinesMayBeEmitted() throws Exception {
    start("emit_unmatched_lines true\nsource_address_key addr");
    Sockets.udp(input.port(), "nothing like syslog");
    assertThat(await(1))
        .containsExactly("sys.unmatched {unmatched_line=nothing like syslog, addr=127.0.0.1}");
  }

  @Test
  void linesOverTcp() throws Exception {
    start("<transport tcp>\n</transport>\n<parse>\nmessage_format auto\n</parse>");
    Sockets.tcp(
        input.port(),
        "<13>Nov 14 22:13:20 h1 app[9]: old\n<13>1 2023-11-14T22:13:21Z h2 app 9 - - n",
        "ew\nbroken\n"
            + "x".repeat(5000)
            + "\n<30>1 2023-11-14T22:13:22.123Z h2 app 9 id7 [a@1 b=\"c\"] last\n");
    assertThat(await(3))
        .containsExactly(
            "sys.user.notice {host=h1, ident=app, pid=9, message=old}",
            "sys.user.notice {host=h2, ident=app, pid=9, msgid=-, extradata=-, message=new}",
            "sys.daemon.info {host=h2, ident=app, pid=9, msgid=id7, extradata=[a@1 b=\"c\"],"
                + " message=last}");
    assertThat(context.log().contains("'message_length_limit', dropped")).isTrue();
  }

  @Test
  void octetCountedFrames() throws Exception {
    start("frame_type octet_count\nprotocol_type tcp\n<parse>\nmessage_format rfc5424\n</parse>");
    Sockets.tcp(
        input.port(),
        "55 <13>1 2023-11-14T22:13:20Z h a 1 - - first\nwith newline4",
        "3 <14>1 2023-11-14T22:13:21Z h a 1 - - second3000 "
            + "x".repeat(3000)
            + "42 <14>1 2023-11-14T22:13:22Z h a 1 - - third",
        "nonsense");
    assertThat(await(3))
        .extracting(text -> text.replaceAll(".*message=(?s)", ""))
        .containsExactly("first\nwith newline}", "second}", "third}");
    Sockets.tcp(input.port(), "43 <14>1 2023-11-14T22:13:23Z h a 1 - - fourth");
    await(4);
  }

  @Test
  void anotherParserGetsTheRestOfTheLine() throws Exception {
    start("<parse>\n@type none\n</parse>");
    Sockets.udp(input.port(), "<13>anything goes: here");
    context.emitter().await(1);
    Sockets.udp(input.port(), "<191>more", "without");
    assertThat(await(2))
        .containsExactly(
            "sys.user.notice {message=anything goes: here}", "sys.local7.debug {message=more}");
  }

  @Test
  void theStringEngineWritesThePriorityElsewhere() throws Exception {
    start("<parse>\nmessage_format rfc5424\nparser_engine string\n</parse>");
    Sockets.udp(input.port(), "<14>1 2023-11-14T22:13:21Z h a 1 - - second");
    assertThat(await(1)).first().asString().startsWith("sys.user.info {").doesNotContain("pri=");
  }
}
