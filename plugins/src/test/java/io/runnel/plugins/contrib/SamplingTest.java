package io.runnel.plugins.contrib;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.runnel.config.ConfigException;
import io.runnel.event.EventBuilder;
import io.runnel.event.EventStream;
import io.runnel.plugin.Filter;
import io.runnel.plugin.UnbufferedOutput;
import io.runnel.testkit.ManualClock;
import io.runnel.testkit.TestContext;
import io.runnel.testkit.TestPlugins;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The filter sampling and the output sampling_filter. */
class SamplingTest {
  private final ManualClock clock = ManualClock.standard();
  private final TestContext context = new TestContext().clock(clock);

  /** Events with the numbers 1 to {@code count}, the field {@code k} odd or even. */
  private static EventStream numbers(int count) {
    EventBuilder events = new EventBuilder();
    for (long i = 1; i <= count; i++) {
      events.add(0, Map.of("n", i, "k", i % 2 == 0 ? "even" : "odd"));
    }
    return events.take();
  }

  private Filter filter(String config) {
    return TestPlugins.filter(SamplingFilter.TYPE, config, context);
  }

  private static List<Object> passed(Filter filter, String tag, int count) throws Exception {
    List<Object> numbers = new ArrayList<>();
    filter.filter(tag, numbers(count)).events().forEach(e -> numbers.add(e.record().get("n")));
    return numbers;
  }

  @Test
  void oneOfSoManyEventsOfEachTagPasses() throws Exception {
    Filter filter = filter("interval 3");
    assertThat(passed(filter, "a", 7)).containsExactly(3L, 6L);
    assertThat(passed(filter, "b", 2)).isEmpty();
    assertThat(passed(filter, "a", 3)).containsExactly(2L);
    assertThat(passed(filter("interval 1"), "a", 3)).containsExactly(1L, 2L, 3L);
  }

  @Test
  void everythingOrAFieldMayBeCounted() throws Exception {
    Filter all = filter("interval 2\nsample_unit all");
    assertThat(passed(all, "a", 1)).isEmpty();
    assertThat(passed(all, "b", 1)).containsExactly(1L);
    assertThat(passed(filter("interval 2\nsample_unit k"), "a", 8)).containsExactly(3L, 4L, 7L, 8L);
    assertThat(passed(filter("interval 2\nsample_unit $.k"), "a", 4)).containsExactly(3L, 4L);
  }

  @Test
  void someEventsPassInEachMinute() throws Exception {
    Filter filter = filter("interval 10\nminimum_rate_per_min 4");
    assertThat(passed(filter, "a", 12)).containsExactly(1L, 2L, 3L, 10L);
    assertThat(passed(filter, "a", 5)).isEmpty();
    clock.advance(Duration.ofSeconds(61));
    assertThat(passed(filter, "a", 5)).containsExactly(1L, 2L, 3L);
    clock.advance(Duration.ofSeconds(59));
    assertThat(passed(filter, "a", 1)).isEmpty();
  }

  @Test
  void keysThatComeFromRecordsAreForgottenBeyondALimit() {
    Sampling sampling = new Sampling(context, 2, java.util.Optional.empty());
    assertThat(sampling.passes("first")).isFalse();
    for (int i = 0; i < Sampling.MOST_KEYS; i++) {
      sampling.passes("key" + i);
    }
    assertThat(sampling.passes("first")).isFalse(); // counted anew
    String start = "x".repeat(Sampling.LONGEST_KEY);
    assertThat(sampling.passes(start + "1")).isFalse();
    assertThat(sampling.passes(start + "2")).isTrue();
  }

  @Test
  void theOutputGivesAnotherTag() throws Exception {
    assertThat(tags("")).containsExactly("sampled.a.b");
    assertThat(tags("remove_prefix a")).containsExactly("sampled.b");
    assertThat(tags("remove_prefix a\nadd_prefix x")).containsExactly("x.b");
    assertThat(tags("remove_prefix a\nadd_prefix ''")).containsExactly("b");
    assertThat(tags("minimum_rate_per_min 2")).containsExactly("sampled.a.b", "sampled.a.b");
    assertThatThrownBy(() -> tags("add_prefix ''"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("either of 'add_prefix' or 'remove_prefix' must be specified");
  }

  private List<String> tags(String config) throws Exception {
    context.emitter().clear();
    UnbufferedOutput output =
        (UnbufferedOutput)
            TestPlugins.output(SamplingFilterOutput.TYPE, "interval 3\n" + config, context);
    output.process("a.b", numbers(3));
    return context.emitter().events().stream().map(event -> event.tag()).toList();
  }

  @Test
  void theOutputCountsEachTagOrAllTogether() throws Exception {
    for (String unit : List.of("tag", "all")) {
      UnbufferedOutput output =
          (UnbufferedOutput)
              TestPlugins.output(
                  SamplingFilterOutput.TYPE, "interval 2\nsample_unit " + unit, context);
      output.process("a", numbers(1));
      output.process("b", numbers(1));
    }
    assertThat(context.emitter().events())
        .extracting(event -> event.tag())
        .containsExactly("sampled.b");
  }

  @Test
  void anIntervalBelowOneIsRefused() {
    assertThatThrownBy(() -> filter("interval 0"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("interval must be 1 or more, found 0");
  }
}
