package io.runnel.plugins.contrib;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.runnel.config.ConfigException;
import io.runnel.event.Event;
import io.runnel.event.EventTime;
import io.runnel.plugin.UnbufferedOutput;
import io.runnel.testkit.TestContext;
import io.runnel.testkit.TestPlugins;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The filter and the output map. */
class MapTest {
  private static final long TIME = EventTime.pack(100, 5);
  private static final Map<String, Object> RECORD = Map.of("a", 1L, "b", "x");

  private final TestContext context = new TestContext();

  private List<Event> filtered(String config) throws Exception {
    return TestPlugins.filter(MapFilter.TYPE, config, context)
        .filter("t", TestPlugins.stream(TIME, RECORD))
        .events();
  }

  private List<String> emitted(String config) throws Exception {
    context.emitter().clear();
    UnbufferedOutput output =
        (UnbufferedOutput) TestPlugins.output(MapOutput.TYPE, config, context);
    output.process("t", TestPlugins.stream(TIME, RECORD));
    return context.emitter().events().stream()
        .map(event -> event.tag() + EventTime.seconds(event.time()) + event.record())
        .toList();
  }

  @Test
  void theFilterMakesTimesAndRecords() throws Exception {
    assertThat(filtered("map '[time, {\"n\" => record[\"a\"] + 1}]'"))
        .containsExactly(new Event(TIME, Map.of("n", 2L)));
    assertThat(filtered("time time + 2\nrecord '{\"t\" => tag}'"))
        .containsExactly(new Event(EventTime.pack(102, 0), Map.of("t", "t")));
    assertThat(filtered("map '[[time, {}], [1.5, {\"x\" => 1}]]'\nmulti true"))
        .containsExactly(
            new Event(TIME, Map.of()), new Event(EventTime.pack(1, 500_000_000), Map.of("x", 1L)));
    assertThat(
            filtered("format multimap\nmmap1 '[time, {\"x\" => 1}]'\nmmap2 '[time, {\"x\" => 2}]'"))
        .extracting(event -> event.record().get("x"))
        .containsExactly(1L, 2L);
  }

  @Test
  void theOutputMakesTagsToo() throws Exception {
    assertThat(emitted("map '[\"new.\" + tag, time, {\"b\" => record[\"b\"]}]'"))
        .containsExactly("new.t100{b=x}");
    assertThat(emitted("tag '\"u\"'\ntime 7\nrecord '{}'")).containsExactly("u7{}");
    assertThat(emitted("key '\"k\"'\ntime 7\nrecord '{}'")).containsExactly("k7{}");
    assertThat(emitted("map '[[\"a\", 1, {}], [\"b\", 2, {}]]'\nmulti true"))
        .containsExactly("a1{}", "b2{}");
    assertThat(context.log().texts()).anyMatch(text -> text.contains("out_map is now deprecated"));
  }

  @Test
  void whatIsNoEventGoesToTheErrors() throws Exception {
    for (String code :
        List.of("nil", "[time]", "[nil, record]", "[time, 5]", "record[\"b\"] + 1")) {
      assertThat(filtered("map '" + code + "'")).isEmpty();
    }
    assertThat(context.emitter().errors()).hasSize(5);
    assertThat(context.emitter().errors().getFirst().error())
        .hasMessage("map gave no [time, record] but nil");
    assertThat(context.emitter().errors().getFirst().record()).isEqualTo(RECORD);
  }

  private void refused(String config, String message) {
    assertThatThrownBy(() -> filtered(config))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(message);
  }

  @Test
  void wrongConfigurationsAreRefused() {
    refused("", "Any of map, 2 parameters(time, and record) or format is required");
    refused("time time", "Any of map");
    refused("format record\ntime time", "format record needs 2 parameters");
    refused("format map", "format map needs 'map'");
    refused("time time\nrecord record\nmulti true", "are not compatible");
    refused("format multimap\nmmap2 '[time, {}]'", "mmap1 is missing");
    refused("format multimap\nmmap51 '[time, {}]'", "Invalid mmapN found");
    refused("map '[time, '", "cannot be read");
    assertThatThrownBy(() -> emitted("time time\nrecord record"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("3 parameters(tag, time, and record)");
  }
}
