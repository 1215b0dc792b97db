package io.runnel.plugins.contrib;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.runnel.config.ConfigException;
import io.runnel.event.EventTime;
import io.runnel.event.RawBytes;
import io.runnel.plugin.UnbufferedOutput;
import io.runnel.plugins.BuiltinPlugins;
import io.runnel.testkit.Emitted;
import io.runnel.testkit.TestContext;
import io.runnel.testkit.TestPlugins;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ParserOutputTest {
  private static final long TIME = EventTime.pack(1_700_000_000L, 0);
  private static final String PARSE =
      "key_name log\nreserve_data yes\nreserve_time yes\n<parse>\n@type json\n</parse>";

  private final TestContext context = new TestContext(new BuiltinPlugins());

  private UnbufferedOutput output(String config) {
    return (UnbufferedOutput) TestPlugins.output(ParserOutput.TYPE, config + "\n" + PARSE, context);
  }

  private String tag(String config, String tag) throws Exception {
    context.emitter().clear();
    output(config).process(tag, TestPlugins.stream(TIME, Map.of("log", "{\"a\":1}")));
    assertThat(context.emitter().records()).containsExactly(Map.of("log", "{\"a\":1}", "a", 1L));
    Emitted event = context.emitter().events().getFirst();
    assertThat(event.time()).isEqualTo(TIME);
    return event.tag();
  }

  @Test
  void emitsParsedEventsWithAnotherTag() throws Exception {
    assertThat(tag("tag t", "a.b")).isEqualTo("t");
    assertThat(tag("remove_prefix a", "a.b")).isEqualTo("b");
    assertThat(tag("remove_prefix a", "ab.c")).isEqualTo("ab.c");
    assertThat(tag("add_prefix p", "a.b")).isEqualTo("p.a.b");
    assertThat(tag("remove_prefix a\nadd_prefix p", "a")).isEqualTo("p");
  }

  @Test
  void needsAnotherTag() {
    assertThatThrownBy(() -> output(""))
        .isInstanceOf(ConfigException.class)
        .hasMessage("missing both of remove_prefix and add_prefix");
  }

  private Map<String, Object> parsed(String config, Object log) throws Exception {
    UnbufferedOutput output =
        (UnbufferedOutput)
            TestPlugins.output(
                ParserOutput.TYPE,
                "tag t\nkey_name log\n" + config + "\n<parse>\n@type json\n</parse>",
                context);
    output.process("app", TestPlugins.stream(TIME, Map.of("log", log)));
    return context.emitter().records().getFirst();
  }

  @Test
  void whatWasParsedMayStandInAFieldOrBehindAPrefix() throws Exception {
    assertThat(parsed("hash_value_field h", "{\"a\":1}")).isEqualTo(Map.of("h", Map.of("a", 1L)));
    context.emitter().clear();
    assertThat(parsed("inject_key_prefix p.", "{\"a\":1}")).isEqualTo(Map.of("p.a", 1L));
  }

  @Test
  void bytesThatAreNoTextAreReplacedWhereAsked() throws Exception {
    RawBytes raw = new RawBytes("{\"a\":\"\u00e9\"}".getBytes(StandardCharsets.ISO_8859_1), false);
    assertThat(parsed("replace_invalid_sequence true", raw)).isEqualTo(Map.of("a", "?"));
  }
}
