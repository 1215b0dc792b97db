package io.runnel.plugins.formatter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.runnel.config.ConfigException;
import io.runnel.event.Bytes;
import io.runnel.event.EventTime;
import io.runnel.event.MsgpackReader;
import io.runnel.event.RawBytes;
import io.runnel.plugin.FormatException;
import io.runnel.plugin.Formatter;
import io.runnel.plugin.PluginContext;
import io.runnel.plugin.PluginKind;
import io.runnel.plugin.PluginType;
import io.runnel.plugins.BuiltinPlugins;
import io.runnel.testkit.TestContext;
import io.runnel.testkit.TestPlugins;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FormattersTest {
  private static final long TIME = EventTime.pack(1_700_000_000L, 250_000_000);

  private final TestContext context =
      new TestContext(new BuiltinPlugins()).zone(ZoneOffset.ofHours(9));

  @SuppressWarnings("unchecked") // the catalogue gives formatters for this kind
  private Formatter make(String type, String config) {
    PluginType<?, PluginContext, Formatter> found =
        (PluginType<?, PluginContext, Formatter>)
            new BuiltinPlugins().find(PluginKind.FORMATTER, type);
    Formatter formatter = TestPlugins.formatter(found, config, context);
    assertThat(formatter.type()).isEqualTo(type);
    return formatter;
  }

  private String format(String type, String config, Map<String, ?> record) throws FormatException {
    return TestPlugins.format(make(type, config), "app.f", TIME, record);
  }

  private static Map<String, Object> record(Object... keysAndValues) {
    Map<String, Object> map = new LinkedHashMap<>();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      map.put((String) keysAndValues[i], keysAndValues[i + 1]);
    }
    return map;
  }

  private static Map<String, Object> sample() {
    return record("a", 1L, "b", null, "c", "t\tx", "d", Map.of("e", List.of(1.0)), "f", true);
  }

  @Test
  void json() throws FormatException {
    String line = "{\"a\":1,\"b\":null,\"c\":\"t\\tx\",\"d\":{\"e\":[1.0]},\"f\":true}";
    assertThat(format("json", "", sample())).isEqualTo(line + "\n");
    assertThat(format("json", "newline crlf", sample())).isEqualTo(line + "\r\n");
    assertThat(format("json", "add_newline false", sample())).isEqualTo(line);
    assertThat(format("json", "json_parser yajl", Map.of())).isEqualTo("{}\n");
  }

  @Test
  void outFile() throws FormatException {
    assertThat(format("out_file", "utc true", Map.of("m", 1L)))
        .isEqualTo("2023-11-14T22:13:20Z\tapp.f\t{\"m\":1}\n");
    assertThat(format("out_file", "timezone +05:30", Map.of("m", 1L)))
        .isEqualTo("2023-11-15T03:43:20+05:30\tapp.f\t{\"m\":1}\n");
    assertThat(
            format(
                "out_file",
                "utc true\noutput_tag false\ntime_format %Y/%m/%d %H:%M:%S.%L\ndelimiter COMMA",
                Map.of("m", 1L)))
        .isEqualTo("2023/11/14 22:13:20.250,{\"m\":1}\n");
    assertThat(format("out_file", "output_time false\ndelimiter SPACE", Map.of("m", "é")))
        .isEqualTo("app.f {\"m\":\"é\"}\n");
    assertThat(format("out_file", "utc true\ntime_type unixtime\nnewline crlf", Map.of()))
        .isEqualTo("1700000000\tapp.f\t{}\r\n");
  }

  @Test
  void outFileRefusesTwoZones() {
    assertThatThrownBy(() -> make("out_file", "utc true\nlocaltime true"))
        .isInstanceOf(ConfigException.class)
        .hasMessage("both of utc and localtime are specified, use only one of them");
    assertThatThrownBy(() -> make("out_file", "timezone JST")).isInstanceOf(ConfigException.class);
  }

  @Test
  void brokenRecordsLeaveNothingBehind() {
    byte[] broken = {(byte) 0x81, (byte) 0xa1, 'k', (byte) 0xdb, 0x7f, 0, 0, 0};
    for (String type : List.of("json", "out_file", "stdout")) {
      Bytes out = new Bytes();
      Formatter formatter = make(type, "");
      assertThatThrownBy(() -> formatter.format("t", TIME, broken, 0, broken.length, out))
          .isInstanceOf(FormatException.class);
      assertThat(out.length()).as(type).isZero();
    }
  }

  @Test
  void stdout() throws FormatException {
    assertThat(format("stdout", "", Map.of("m", "x")))
        .isEqualTo("2023-11-15 07:13:20.250000000 +0900 app.f: {\"m\":\"x\"}\n");
    assertThat(format("stdout", "output_type ltsv\nlabel_delimiter =", record("m", "x", "n", 1L)))
        .isEqualTo("2023-11-15 07:13:20.250000000 +0900 app.f: m=x\tn=1\n");
    assertThat(format("stdout", "time_format %H", Map.of("m", 0.0)))
        .isEqualTo("07 app.f: {\"m\":0.0}\n");
    assertThatThrownBy(() -> make("stdout", "output_type nope"))
        .isInstanceOf(ConfigException.class);
  }

  @Test
  void csv() throws FormatException {
    Map<String, Object> record =
        record("a", 1L, "b", "q\"uote, comma", "c", null, "n", Map.of("k", List.of(1L, "é")));
    assertThat(format("csv", "fields a,b,c,missing,n", record))
        .isEqualTo("\"1\",\"q\"\"uote, comma\",\"\",\"\",\"{\"\"k\"\":[1,\"\"é\"\"]}\"\n");
    assertThat(format("csv", "fields a,b,$.n.k[1]\nforce_quotes false\ndelimiter ;", record))
        .isEqualTo("1;\"q\"\"uote, comma\";é\n");
    assertThat(format("csv", "fields a,b\nforce_quotes false\ndelimiter TAB", record("b", "x\ty")))
        .isEqualTo("\t\"x\ty\"\n");
    assertThat(format("csv", "fields a,b\ndelimiter \\t\nadd_newline false", record("a", 1.5)))
        .isEqualTo("\"1.5\"\t\"\"");
    assertThat(
            format(
                "csv", "fields a,b,c\nforce_quotes false", record("a", "", "b", " x", "c", "l\n")))
        .isEqualTo("\"\",\" x\",\"l\n\"\n");
    assertThatThrownBy(() -> make("csv", ""))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("'fields' parameter is required");
    assertThatThrownBy(() -> make("csv", "fields $..a")).isInstanceOf(ConfigException.class);
  }

  @Test
  void tsv() throws FormatException {
    assertThat(format("tsv", "keys a,b,c,d,f,g", sample()))
        .isEqualTo("1\t\tt\tx\t{\"e\":[1.0]}\ttrue\t\n");
    assertThat(format("tsv", "keys c,a\ndelimiter |\nadd_newline false", sample()))
        .isEqualTo("t\tx|1");
    assertThatThrownBy(() -> make("tsv", "")).isInstanceOf(ConfigException.class);
  }

  @Test
  void ltsv() throws FormatException {
    assertThat(format("ltsv", "", sample())).isEqualTo("a:1\tb:\tc:t x\td:{\"e\":[1.0]}\tf:true\n");
    assertThat(
            format(
                "ltsv",
                "delimiter |\nlabel_delimiter =\nreplacement _\nadd_newline false",
                record("a", "x|y||z|", "b", "|")))
        .isEqualTo("a=x_y__z_|b=_");
    assertThat(format("ltsv", "delimiter ab", record("k", "aab", "l", "a")))
        .isEqualTo("k:a abl:a\n");
  }

  @Test
  void singleValue() throws FormatException {
    assertThat(format("single_value", "", record("message", "plain"))).isEqualTo("plain\n");
    assertThat(format("single_value", "", record("message", 7L))).isEqualTo("7\n");
    assertThat(format("single_value", "", record("other", 7L))).isEqualTo("\n");
    assertThat(format("single_value", "message_key $.a\nadd_newline false", record("$.a", 1e20)))
        .isEqualTo("1.0e+20");
  }

  @Test
  void msgpackIsTheRecordAlone() throws FormatException {
    Bytes packed = new Bytes();
    new io.runnel.event.MsgpackWriter(packed).value(sample());
    Bytes out = new Bytes();
    make("msgpack", "").format("t", TIME, packed.array(), 0, packed.length(), out);
    assertThat(new MsgpackReader(out.array(), 0, out.length()).readRecord()).isEqualTo(sample());
  }

  @Test
  void hash() throws FormatException {
    assertThat(
            format(
                "hash",
                "",
                record(
                    "a", 1L, "b", "q\"uote, #{x}", "n", record("k", List.of(1L, "z")), "z", null)))
        .isEqualTo(
            "{\"a\"=>1, \"b\"=>\"q\\\"uote, \\#{x}\", \"n\"=>{\"k\"=>[1, \"z\"]}, \"z\"=>nil}\n");
    assertThat(format("hash", "add_newline false", record("a", "\t\u0001\u007fé\u2028#")))
        .isEqualTo("{\"a\"=>\"\\t\\u0001\\x7Fé\\u2028#\"}");
    assertThat(format("hash", "", record("a", new RawBytes(new byte[] {'x', (byte) 0xff}, false))))
        .isEqualTo("{\"a\"=>\"x\\xFF\"}\n");
  }

  @Test
  void unknownTypesAreNotFound() {
    assertThat(new BuiltinPlugins().find(PluginKind.FORMATTER, "nope")).isNull();
    for (String name : new BuiltinPlugins().names(PluginKind.FORMATTER)) {
      assertThat(new BuiltinPlugins().find(PluginKind.FORMATTER, name).name()).isEqualTo(name);
    }
  }

  @Test
  void newlineCrlfEndsTheLinesOfEachFormat() throws FormatException {
    Map<String, Object> record = record("message", 1L);
    assertThat(format("hash", "newline crlf", record)).isEqualTo("{\"message\"=>1}\r\n");
    assertThat(format("ltsv", "newline crlf", record)).isEqualTo("message:1\r\n");
    assertThat(format("tsv", "keys message\nnewline crlf", record)).isEqualTo("1\r\n");
    assertThat(format("single_value", "newline crlf", record)).isEqualTo("1\r\n");
  }
}
