package io.runnel.plugins.filter;

import static org.assertj.core.api.Assertions.assertThat;

import io.runnel.event.EventStream;
import io.runnel.event.EventTime;
import io.runnel.plugin.Filter;
import io.runnel.plugins.BuiltinPlugins;
import io.runnel.testkit.TestContext;
import io.runnel.testkit.TestPlugins;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StdoutFilterTest {
  private final TestContext context = new TestContext(new BuiltinPlugins()).zone(ZoneOffset.UTC);
  private final EventStream stream =
      TestPlugins.stream(
          EventTime.pack(1_700_000_000L, 0),
          Map.of("m", "seen"),
          Map.of("n", Map.of("x", List.of(1L))));

  private String printed(String config) throws Exception {
    Filter filter = TestPlugins.filter(StdoutFilter.TYPE, config, context);
    assertThat(filter.filter("app.f", stream)).isSameAs(stream);
    return context.log().rawText();
  }

  @Test
  void printsEachEventIntoTheLogStream() throws Exception {
    assertThat(printed(""))
        .isEqualTo(
            """
            2023-11-14 22:13:20.000000000 +0000 app.f: {"m":"seen"}
            2023-11-14 22:13:20.000000000 +0000 app.f: {"n":{"x":[1]}}
            """);
  }

  @Test
  void formatAndInject() throws Exception {
    assertThat(printed("<format>\n@type json\n</format>\n<inject>\ntag_key tag\n</inject>"))
        .isEqualTo(
            """
            {"m":"seen","tag":"app.f"}
            {"n":{"x":[1]},"tag":"app.f"}
            """);
  }
}
