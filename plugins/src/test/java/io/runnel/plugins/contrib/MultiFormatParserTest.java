package io.runnel.plugins.contrib;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.runnel.plugin.Parser;
import io.runnel.plugins.BuiltinPlugins;
import io.runnel.testkit.TestContext;
import io.runnel.testkit.TestPlugins;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MultiFormatParserTest {
  private final TestContext context = new TestContext(new BuiltinPlugins());

  private Parser parser(String config) {
    return TestPlugins.parser(MultiFormatParser.TYPE, config, context);
  }

  @Test
  void firstThatCanReadItCounts() throws Exception {
    Parser parser =
        parser(
            "<pattern>\nformat json\n</pattern>\n"
                + "<pattern>\nformat /^(?<k>\\w+)=(?<n>\\d+)$/\ntypes n:integer\n</pattern>\n"
                + "<pattern>\n@type none\nmessage_key text\n</pattern>");
    assertThat(TestPlugins.parse(parser, "{\"a\":1}").getFirst().record())
        .isEqualTo(Map.of("a", 1L));
    assertThat(TestPlugins.parse(parser, "x=5").getFirst().record())
        .isEqualTo(Map.of("k", "x", "n", 5L));
    assertThat(TestPlugins.parse(parser, "{\"a\"").getFirst().record())
        .isEqualTo(Map.of("text", "{\"a\""));
  }

  @Test
  void nothingMatches() throws Exception {
    assertThat(TestPlugins.parse(parser("<pattern>\nformat json\n</pattern>"), "no")).isEmpty();
  }

  @Test
  void wrongConfigurations() {
    assertThatThrownBy(() -> parser("")).hasMessageContaining("<pattern>");
    assertThatThrownBy(() -> parser("<pattern>\ntime_key x\n</pattern>"))
        .hasMessage("'format' parameter is required");
  }

  @Test
  void saysWhichParserItWas() throws Exception {
    Parser parser =
        parser(
            "format_key f\n<pattern>\nformat json\n</pattern>\n"
                + "<format>\nformat none\nformat_name rest\n</format>");
    assertThat(TestPlugins.parse(parser, "{\"a\":1}").getFirst().record())
        .isEqualTo(Map.of("a", 1L, "f", "json#0"));
    assertThat(TestPlugins.parse(parser, "x").getFirst().record())
        .isEqualTo(Map.of("message", "x", "f", "rest"));
  }
}
