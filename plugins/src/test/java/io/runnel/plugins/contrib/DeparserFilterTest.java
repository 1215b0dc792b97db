package io.runnel.plugins.contrib;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.runnel.config.ConfigException;
import io.runnel.testkit.TestContext;
import io.runnel.testkit.TestPlugins;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DeparserFilterTest {
  private final TestContext context = new TestContext();

  private Map<String, Object> filtered(String config, Map<String, Object> record) throws Exception {
    return TestPlugins.filter(DeparserFilter.TYPE, config, context)
        .filter("t", TestPlugins.stream(5, record))
        .events()
        .getFirst()
        .record();
  }

  @Test
  void theFieldsBecomeOneText() throws Exception {
    Map<String, Object> record = Map.of("a", "x", "b", 7L, "c", 1.5);
    assertThat(filtered("format %s - %5s|%s|\nformat_key_names b,a,none", record))
        .isEqualTo(Map.of("message", "7 -     x||"));
    assertThat(filtered("format %%<%s>\nformat_key_names c\nkey_name m", record))
        .isEqualTo(Map.of("m", "%<1.5>"));
    assertThat(filtered("format %s\nformat_key_names a\nreserve_data true", record))
        .isEqualTo(Map.of("a", "x", "b", 7L, "c", 1.5, "message", "x"));
  }

  @Test
  void aFormatThatDoesNotFitIsRefused() {
    for (String config :
        new String[] {"format %s %s\nformat_key_names a", "format %d\nformat_key_names a"}) {
      assertThatThrownBy(() -> filtered(config, Map.of()))
          .isInstanceOf(ConfigException.class)
          .hasMessageContaining("mismatch between placeholder of format and format_key_names");
    }
  }
}
