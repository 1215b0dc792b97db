package io.runnel.plugins.contrib;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.runnel.config.ConfigException;
import io.runnel.event.Event;
import io.runnel.plugin.Filter;
import io.runnel.testkit.TestContext;
import io.runnel.testkit.TestPlugins;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class IgnoreFilterTest {
  private final TestContext context = new TestContext();

  @SafeVarargs
  private List<Map<String, Object>> kept(String config, Map<String, Object>... records)
      throws Exception {
    Filter filter = TestPlugins.filter(IgnoreFilter.TYPE, config, context);
    return filter.filter("t", TestPlugins.stream(5, records)).events().stream()
        .map(Event::record)
        .toList();
  }

  @Test
  void dropsWhatMatchesAllPatterns() throws Exception {
    Map<String, Object> health = Map.of("path", "/health", "code", 200L);
    Map<String, Object> broken = Map.of("path", "/health", "code", 500L);
    Map<String, Object> page = Map.of("path", "/index", "code", 200L);
    String config = "regexp1 path ^/health$\nregexp20 code ^2";
    assertThat(kept(config, page, health, broken)).containsExactly(page, broken);
    assertThat(kept(config, page, broken)).containsExactly(page, broken);
    assertThat(kept(config, health)).isEmpty();
  }

  @Test
  void keepsWhatMatchesOneOfTheExceptions() throws Exception {
    Map<String, Object> plain = Map.of("m", "GET /");
    Map<String, Object> login = Map.of("m", "GET /login");
    Map<String, Object> admin = Map.of("m", "GET /admin");
    String config = "regexp1 m ^GET\nexclude1 m login\nexclude2 m admin";
    assertThat(kept(config, plain, login, admin)).containsExactly(login, admin);
  }

  @Test
  void aFieldThatIsNotThereIsAnEmptyText() throws Exception {
    Map<String, Object> record = Map.of("a", "b");
    assertThat(kept("regexp1 x ^$", record)).isEmpty();
    assertThat(kept("regexp1 x .", record)).containsExactly(record);
  }

  @Test
  void slashesBelongToThePattern() throws Exception {
    assertThat(kept("regexp1 a /b/", Map.of("a", "b"), Map.of("a", "a/b/c")))
        .containsExactly(Map.of("a", "b"));
  }

  @Test
  void withoutPatternsNothingGoesOn() throws Exception {
    assertThat(kept("", Map.of("a", "b"))).isEmpty();
  }

  @Test
  void whatIsNoPairOrNoPatternIsRefused() {
    assertThatThrownBy(() -> kept("regexp3 alone"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("regexp3 does not contain 2 parameters");
    assertThatThrownBy(() -> kept("exclude1 a [")).isInstanceOf(ConfigException.class);
  }
}
