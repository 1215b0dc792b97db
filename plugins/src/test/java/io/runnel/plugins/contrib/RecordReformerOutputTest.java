package io.runnel.plugins.contrib;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.runnel.config.ConfigException;
import io.runnel.event.EventTime;
import io.runnel.event.MsgpackToJson;
import io.runnel.log.Level;
import io.runnel.plugin.UnbufferedOutput;
import io.runnel.testkit.Emitted;
import io.runnel.testkit.TestContext;
import io.runnel.testkit.TestPlugins;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RecordReformerOutputTest {
  private static final long TIME = EventTime.pack(1_700_000_000L, 0);

  private final TestContext context = new TestContext().zone(ZoneOffset.UTC);

  private Emitted reform(String config, Map<String, ?> record) throws Exception {
    UnbufferedOutput output =
        (UnbufferedOutput) TestPlugins.output(RecordReformerOutput.TYPE, config, context);
    output.process("a.b.c", TestPlugins.stream(TIME, record));
    return context.emitter().events().getLast();
  }

  private static String json(Emitted event) {
    return event.tag() + " " + MsgpackToJson.text(event.record());
  }

  private static Map<String, Object> record() {
    Map<String, Object> record = new LinkedHashMap<>();
    record.put("n", 5);
    record.put("level", "warn");
    record.put("foo-bar", "x");
    return record;
  }

  @Test
  void rubyAndFlatFields() throws Exception {
    assertThat(
            json(
                reform(
                    "tag ${tag_parts[-1]}.${level}\nremove_keys n,foo-bar\n"
                        + "host ${hostname}\nup ${record['level'].upcase}\nnum ${n}\n"
                        + "all ${tag_prefix[1]} ${tag_suffix[1]} ${tag_parts[0..1].join('-')}\n"
                        + "year ${time.strftime('%Y')}",
                    record())))
        .isEqualTo(
            "c.warn {\"level\":\"warn\",\"host\":\"test-host\",\"up\":\"WARN\",\"num\":\"5\","
                + "\"all\":\"a.b b.c a-b\",\"year\":\"2023\"}");
  }

  @Test
  void placeholdersWithoutRuby() throws Exception {
    assertThat(
            json(
                reform(
                    "output_tag re.${tag}\nenable_ruby false\nauto_typecast true\n"
                        + "renew_record true\nkeep_keys level,nope\n<record>\n"
                        + "a ${n}\nb ${record[\"foo-bar\"]}\nc ${foo-bar}!\nd ${tag_parts[1]}\n"
                        + "e ${nope}\nf {\"x\":[\"${n}\",1]}\n${level} key\n</record>",
                    record())))
        .isEqualTo(
            "re.a.b.c {\"level\":\"warn\",\"nope\":null,\"a\":5,\"b\":\"x\",\"c\":\"x!\",\"d\":\"b\",\"e\":null,"
                + "\"f\":{\"x\":[5,1]},\"warn\":\"key\"}");
    assertThat(context.log().texts(Level.WARN))
        .containsExactly(
            "out_record_reformer: `output_tag` is deprecated. Use `tag` option instead.",
            "record_reformer: unknown placeholder `${nope}` found");
  }

  @Test
  void timeOutOfAField() throws Exception {
    Emitted event =
        reform("tag t\nrenew_time_key at\nauto_typecast yes\nat ${record['n'] * 10}", record());
    assertThat(event.time()).isEqualTo(EventTime.pack(50, 0));
  }

  @Test
  void wrongConfigurations() {
    assertThatThrownBy(() -> reform("x y", record())).isInstanceOf(ConfigException.class);
    assertThatThrownBy(() -> reform("tag t\nkeep_keys a", record()))
        .hasMessage("out_record_reformer: `renew_record` must be true to use `keep_keys`");
  }
}
