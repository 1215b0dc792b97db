package io.runnel.plugins.filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.runnel.config.ConfigException;
import io.runnel.config.Default;
import io.runnel.event.Event;
import io.runnel.event.EventBuilder;
import io.runnel.event.EventStream;
import io.runnel.event.EventTime;
import io.runnel.event.MsgpackToJson;
import io.runnel.event.MsgpackWriter;
import io.runnel.event.RawBytes;
import io.runnel.plugin.Filter;
import io.runnel.plugin.ParseException;
import io.runnel.plugin.Parser;
import io.runnel.plugin.PluginCatalog;
import io.runnel.plugin.PluginContext;
import io.runnel.plugin.PluginKind;
import io.runnel.plugin.PluginType;
import io.runnel.testkit.EmittedError;
import io.runnel.testkit.ManualClock;
import io.runnel.testkit.TestContext;
import io.runnel.testkit.TestPlugins;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ParserFilterTest {
  private static final long TIME = EventTime.pack(1_600_000_000L, 5);
  private static final long NOW = EventTime.pack(1_700_000_000L, 0);

  /**
   * {@code a=1 b=2} lines; {@code time=N} sets the time; {@code /} divides events; ! is an error.
   */
  private record PairsParser(boolean estimatesTime) implements Parser {
    record Config(@Default("true") boolean estimate) {}

    static final PluginType<Config, PluginContext, Parser> TYPE =
        PluginType.parser("pairs", Config.class, (c, context) -> new PairsParser(c.estimate));

    @Override
    public int parse(byte[] text, int offset, int length, EventBuilder out) throws ParseException {
      String all = new String(text, offset, length, StandardCharsets.UTF_8);
      if (all.equals("!")) {
        throw new ParseException("invalid time format: value = !");
      }
      if (all.equals("?")) {
        throw new IllegalStateException("broken parser");
      }
      if (!all.contains("=")) {
        return 0;
      }
      String[] events = all.split("/");
      for (String event : events) {
        Map<String, Object> record = new LinkedHashMap<>();
        long time = EventTime.NONE;
        for (String pair : event.split(" ")) {
          String[] parts = pair.split("=");
          if (parts[0].equals("time")) {
            time = EventTime.pack(Long.parseLong(parts[1]), 0);
          } else {
            record.put(parts[0], parts[1]);
          }
        }
        MsgpackWriter writer = out.begin();
        writer.value(record);
        if (time != EventTime.NONE) {
          out.time(time);
        }
        out.commit();
      }
      return events.length;
    }
  }

  private static final class Pairs implements PluginCatalog {
    @Override
    public PluginType<?, ?, ?> find(PluginKind kind, String name) {
      return kind == PluginKind.PARSER && name.equals("pairs") ? PairsParser.TYPE : null;
    }

    @Override
    public List<String> names(PluginKind kind) {
      return List.of();
    }
  }

  private final TestContext context =
      new TestContext(new Pairs()).clock(ManualClock.at(1_700_000_000_000L));

  private static Map<String, Object> record(Object... keysAndValues) {
    Map<String, Object> map = new LinkedHashMap<>();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      map.put((String) keysAndValues[i], keysAndValues[i + 1]);
    }
    return map;
  }

  private List<Event> filter(String config, Map<String, Object> record) throws Exception {
    return filter(config, "", record);
  }

  private List<Event> filter(String config, String parse, Map<String, Object> record)
      throws Exception {
    Filter filter =
        TestPlugins.filter(
            ParserFilter.TYPE,
            (config.startsWith("key_name") ? "" : "key_name line\n")
                + config
                + "\n<parse>\n@type pairs\n"
                + parse
                + "\n</parse>",
            context);
    EventStream stream = EventStream.of(new Event(TIME, record));
    EventStream result = filter.filter("app.p", stream);
    assertThat(stream.events().getFirst().record()).isEqualTo(record);
    return EventStream.packed(result.bytes(), result.offset(), result.length(), result.count())
        .events();
  }

  private String json(String config, Map<String, Object> record) throws Exception {
    return filter(config, record).stream()
        .map(event -> MsgpackToJson.text(event.record()))
        .reduce("", String::concat);
  }

  @Test
  void recordIsReplacedAndTheTimeTaken() throws Exception {
    List<Event> events = filter("", record("line", "a=1 time=1650000000", "other", "gone"));
    assertThat(events)
        .containsExactly(new Event(EventTime.pack(1_650_000_000L, 0), Map.of("a", "1")));
  }

  @Test
  void timeWhereTheTextHasNone() throws Exception {
    assertThat(filter("", record("line", "a=1")).getFirst().time()).isEqualTo(NOW);
    assertThat(filter("", "estimate false", record("line", "a=1")).getFirst().time())
        .isEqualTo(TIME);
    assertThat(filter("reserve_time true", record("line", "a=1")).getFirst().time())
        .isEqualTo(TIME);
    assertThat(filter("reserve_time true", record("line", "a=1 time=7")).getFirst().time())
        .isEqualTo(TIME);
  }

  @Test
  void parsedFieldsWinAndKeepThePlace() throws Exception {
    Map<String, Object> record = record("line", "a=1 keep=new", "keep", "old", "n", 1L);
    assertThat(json("reserve_data true", record))
        .isEqualTo("{\"line\":\"a=1 keep=new\",\"keep\":\"new\",\"n\":1,\"a\":\"1\"}");
    assertThat(json("reserve_data true\nremove_key_name_field true", record))
        .isEqualTo("{\"keep\":\"new\",\"n\":1,\"a\":\"1\"}");
  }

  @Test
  void parsedFieldOfTheSameNameStaysAfterRemoval() throws Exception {
    assertThat(json("reserve_data true\nremove_key_name_field true", record("line", "line=x")))
        .isEqualTo("{\"line\":\"x\"}");
  }

  @Test
  void prefixAndHashField() throws Exception {
    Map<String, Object> record = record("line", "a=1 b=2", "x", 1L, "p.a", "own");
    assertThat(json("reserve_data true\ninject_key_prefix p.", record))
        .isEqualTo("{\"line\":\"a=1 b=2\",\"x\":1,\"p.a\":\"1\",\"p.b\":\"2\"}");
    assertThat(json("reserve_data true\nhash_value_field h\ninject_key_prefix p.", record))
        .isEqualTo(
            "{\"line\":\"a=1 b=2\",\"x\":1,\"p.a\":\"own\",\"h\":{\"p.a\":\"1\",\"p.b\":\"2\"}}");
    assertThat(json("hash_value_field h", record)).isEqualTo("{\"h\":{\"a\":\"1\",\"b\":\"2\"}}");
  }

  @Test
  void nestedField() throws Exception {
    Map<String, Object> record = record("log", record("msg", "a=1", "stay", 1L), "t", "x");
    assertThat(json("key_name $.log.msg\nreserve_data true\nremove_key_name_field true", record))
        .isEqualTo("{\"log\":{\"stay\":1},\"t\":\"x\",\"a\":\"1\"}");
  }

  @Test
  void severalEventsOfOneText() throws Exception {
    assertThat(json("", record("line", "a=1/a=2"))).isEqualTo("{\"a\":\"1\"}{\"a\":\"2\"}");
  }

  private void checkError(String message, Class<?> type, Map<String, Object> record) {
    assertThat(context.emitter().errors()).hasSize(1);
    EmittedError error = context.emitter().errors().getFirst();
    assertThat(error.error()).isInstanceOf(type).hasMessage(message);
    assertThat(error.record()).isEqualTo(record);
    assertThat(error.tag()).isEqualTo("app.p");
    assertThat(error.time()).isEqualTo(TIME);
    context.emitter().clear();
  }

  @Test
  void whatDoesNotMatchIsAnErrorEvent() throws Exception {
    Map<String, Object> record = record("line", "broken", "keep", "old");
    assertThat(filter("", record)).isEmpty();
    checkError("pattern not matched with data 'broken'", ParseException.class, record);
    assertThat(json("reserve_data true\nremove_key_name_field true", record))
        .isEqualTo("{\"line\":\"broken\",\"keep\":\"old\"}");
    checkError("pattern not matched with data 'broken'", ParseException.class, record);
    assertThat(json("reserve_data true\nemit_invalid_record_to_error false", record))
        .isEqualTo("{\"line\":\"broken\",\"keep\":\"old\"}");
    assertThat(context.emitter().errors()).isEmpty();
  }

  @Test
  void missingFieldIsAnErrorEvent() throws Exception {
    Map<String, Object> record = record("keep", "no line");
    assertThat(filter("", record)).isEmpty();
    checkError("line does not exist", RubyFault.class, record);
    assertThat(json("reserve_data true", record)).isEqualTo("{\"keep\":\"no line\"}");
    checkError("line does not exist", RubyFault.class, record);
  }

  @Test
  void otherFaultsDropTheRecord() throws Exception {
    assertThat(filter("reserve_data true", record("line", "!"))).isEmpty();
    checkError("invalid time format: value = !", ParseException.class, record("line", "!"));
    assertThat(filter("reserve_data true", record("line", "?"))).isEmpty();
    checkError("parse failed broken parser", ParseException.class, record("line", "?"));
  }

  @Test
  void otherValuesAreParsedAsText() throws Exception {
    assertThat(filter("", record("line", 5L))).isEmpty();
    checkError("pattern not matched with data '5'", ParseException.class, record("line", 5L));
    RawBytes raw = new RawBytes(new byte[] {'a', '=', (byte) 0xff}, false);
    assertThat(json("replace_invalid_sequence true", record("line", raw)))
        .isEqualTo("{\"a\":\"?\"}");
  }

  @Test
  void wrongConfigurations() {
    assertThatThrownBy(() -> TestPlugins.filter(ParserFilter.TYPE, "key_name a", context))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("@type is required");
    assertThatThrownBy(() -> filter("key_name $.a..b", Map.of()))
        .isInstanceOf(ConfigException.class);
  }

  @Test
  void manyFieldsAreMerged() throws Exception {
    StringBuilder line = new StringBuilder();
    Map<String, Object> record = new LinkedHashMap<>();
    Map<String, Object> expected = new LinkedHashMap<>();
    for (int i = 0; i < 40; i++) {
      record.put("k" + i, "old");
      expected.put("k" + i, i < 20 ? "old" : "new");
    }
    for (int i = 20; i < 100; i++) {
      line.append('k').append(i).append("=new ");
      expected.put("k" + i, "new");
    }
    record.put("line", line.toString());
    List<Event> events = filter("reserve_data true\nremove_key_name_field true", record);
    assertThat(events.getFirst().record()).isEqualTo(expected);
  }
}
