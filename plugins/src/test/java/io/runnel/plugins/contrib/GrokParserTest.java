package io.runnel.plugins.contrib;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.runnel.config.ConfigException;
import io.runnel.event.Event;
import io.runnel.event.EventTime;
import io.runnel.event.MsgpackToJson;
import io.runnel.plugin.Parser;
import io.runnel.plugins.BuiltinPlugins;
import io.runnel.regexp.Regexps;
import io.runnel.testkit.TestContext;
import io.runnel.testkit.TestPlugins;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GrokParserTest {
  private final TestContext context = new TestContext(new BuiltinPlugins()).zone(ZoneOffset.UTC);

  private Parser grok(String config) {
    return TestPlugins.parser(GrokParser.TYPE, config, context);
  }

  private String parse(String config, String text) throws Exception {
    return MsgpackToJson.text(TestPlugins.parse(grok(config), text).getFirst().record());
  }

  @Test
  void combinedLogOfApache() throws Exception {
    Event event =
        TestPlugins.parse(
                grok(
                    "grok_pattern %{COMBINEDAPACHELOG}\ntime_key timestamp\n"
                        + "time_format %d/%b/%Y:%H:%M:%S %z"),
                "192.0.2.7 - frank [14/Nov/2023:22:13:20 +0000] \"GET /a.gif?x=1 HTTP/1.0\" 200"
                    + " 2326 \"http://ref/\" \"Mozilla/4.08 [en]\"")
            .getFirst();
    assertThat(EventTime.seconds(event.time())).isEqualTo(1_700_000_000L);
    assertThat(MsgpackToJson.text(event.record()))
        .isEqualTo(
            "{\"clientip\":\"192.0.2.7\",\"ident\":\"-\",\"auth\":\"frank\",\"verb\":\"GET\","
                + "\"request\":\"/a.gif?x=1\",\"httpversion\":\"1.0\",\"response\":\"200\","
                + "\"bytes\":\"2326\",\"referrer\":\"\\\"http://ref/\\\"\","
                + "\"agent\":\"\\\"Mozilla/4.08 [en]\\\"\"}");
  }

  @Test
  void namesOfEcsAndWrongPatterns() throws Exception {
    assertThat(parse("grok_pattern %{WORD:[log][level]} %{INT:[n]:integer}", "warn 7"))
        .isEqualTo("{\"log.level\":\"warn\",\"n\":7}");
    assertThat(
            parse(
                "custom_pattern_path /not/there\ngrok_name_key by\n<grok>\npattern (\n</grok>\n"
                    + "<grok>\npattern %{WORD:w}\n</grok>",
                "a"))
        .isEqualTo("{\"w\":\"a\",\"by\":1}");
    assertThat(context.log().contains("a pattern cannot be used: (")).isTrue();
    assertThat(context.log().contains("custom_pattern_path is not there")).isTrue();
  }

  @Test
  void typesOfFields() throws Exception {
    assertThat(
            parse(
                "grok_pattern %{WORD:w} %{INT:i:integer} %{NUMBER:f:float} %{WORD:b:bool}"
                    + " %{NOTSPACE:a:array}",
                "x 12 1.5 true p,q"))
        .isEqualTo("{\"w\":\"x\",\"i\":12,\"f\":1.5,\"b\":true,\"a\":[\"p\",\"q\"]}");
  }

  @Test
  void severalPatternsInTheirOrder() throws Exception {
    String config =
        "grok_name_key which\ngrok_failure_key failed\n<grok>\nname ip\n"
            + "pattern ^%{IP:ip}$\n</grok>\n"
            + "<grok>\npattern %{TIMESTAMP_ISO8601:time} %{GREEDYDATA:rest}\n"
            + "time_format %Y-%m-%dT%H:%M:%S%z\n</grok>";
    assertThat(parse(config, "2001:db8::1")).isEqualTo("{\"ip\":\"2001:db8::1\",\"which\":\"ip\"}");
    assertThat(parse(config, "192.0.2.1")).isEqualTo("{\"ip\":\"192.0.2.1\",\"which\":\"ip\"}");
    Event timed = TestPlugins.parse(grok(config), "2023-11-14T22:13:20Z hello world").getFirst();
    assertThat(timed)
        .isEqualTo(new Event(1_700_000_000L << 32, Map.of("rest", "hello world", "which", 1L)));
    assertThat(parse(config, "?"))
        .isEqualTo("{\"message\":\"?\",\"failed\":\"No grok pattern matched\"}");
    assertThat(parse("grok_pattern %{IP:ip}", "?")).isEqualTo("{\"message\":\"?\"}");
  }

  @Test
  void patternsOfAFile(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("mine");
    Files.writeString(file, "# mine\nORDER [A-Z]{2}-\\d+\nLINE %{ORDER:order} by %{USER:user}\n");
    for (Path path : new Path[] {file, folder}) {
      assertThat(parse("custom_pattern_path " + path + "\ngrok_pattern %{LINE}", "AB-12 by joe"))
          .isEqualTo("{\"order\":\"AB-12\",\"user\":\"joe\"}");
    }
  }

  @Test
  void severalLines() throws Exception {
    Parser parser =
        TestPlugins.parser(
            GrokParser.MULTILINE,
            "grok_pattern %{IP:ip}%{GREEDYDATA:rest}\nmultiline_start_regexp /^\\d/",
            context);
    assertThat(TestPlugins.parse(parser, "192.0.2.1 a\nb").getFirst().record())
        .isEqualTo(Map.of("ip", "192.0.2.1", "rest", " a\nb"));
  }

  @Test
  void usualSyslogLine() throws Exception {
    assertThat(
            parse("grok_pattern %{SYSLOGLINE}", "Nov  4 22:13:20 box sshd[12]: Accepted key: yes"))
        .isEqualTo(
            "{\"timestamp\":\"Nov  4 22:13:20\",\"logsource\":\"box\",\"program\":\"sshd\","
                + "\"pid\":\"12\",\"message\":\"Accepted key: yes\"}");
  }

  @Test
  void wrongConfigurations() {
    assertThatThrownBy(() -> grok("")).hasMessageStartingWith("no grok patterns.");
    assertThatThrownBy(() -> grok("grok_pattern %{NOPE:x}"))
        .isInstanceOf(ConfigException.class)
        .hasMessage("grok pattern not found: %{NOPE:x}");
  }

  @Test
  void allBuiltinPatternsAreExpressions() throws Exception {
    GrokPatterns patterns = GrokPatterns.builtin();
    String text;
    try (InputStream in = GrokPatterns.class.getResourceAsStream("grok-patterns")) {
      text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
    int count = 0;
    for (String line : text.lines().toList()) {
      if (!line.isBlank() && !line.startsWith("#")) {
        String name = line.substring(0, line.indexOf(' '));
        Regexps.compile(patterns.expand("%{" + name + "}").expression(), false, false);
        count++;
      }
    }
    assertThat(count).isGreaterThan(80);
  }

  @Test
  void selfReferenceIsRefused(@TempDir Path folder) throws Exception {
    Path file = Files.writeString(folder.resolve("x"), "LOOP a%{LOOP}b%{LOOP}");
    assertThatThrownBy(() -> grok("custom_pattern_path " + file + "\ngrok_pattern %{LOOP:x}"))
        .hasMessageContaining("too long or stands for itself");
  }

  @Test
  void timesOfEachPattern() throws Exception {
    String pattern = "pattern %{NOTSPACE:t} %{WORD:w}\ntime_key t\ntime_format %Y_%m_%d_%H\n";
    String text = "2023_11_14_22 x";
    Event plain = TestPlugins.parse(grok("<grok>\n" + pattern + "</grok>"), text).getFirst();
    assertThat(plain).isEqualTo(new Event(1_699_999_200L << 32, Map.of("w", "x")));
    Event kept =
        TestPlugins.parse(
                grok("<grok>\n" + pattern + "keep_time_key true\ntimezone +02:00\n</grok>"), text)
            .getFirst();
    assertThat(kept)
        .isEqualTo(new Event(1_699_992_000L << 32, Map.of("t", "2023_11_14_22", "w", "x")));
  }

  @Test
  void timesOfAllPatterns() throws Exception {
    String config = "grok_pattern %{NOTSPACE:time}\ntime_format %Y_%m_%d_%H\ntimezone +02:00";
    assertThat(TestPlugins.parse(grok(config), "2023_11_14_22").getFirst().time())
        .isEqualTo(1_699_992_000L << 32);
  }
}
