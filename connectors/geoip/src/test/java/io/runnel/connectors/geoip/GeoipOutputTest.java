package io.runnel.connectors.geoip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.runnel.config.ConfigException;
import io.runnel.plugin.UnbufferedOutput;
import io.runnel.testkit.Emitted;
import io.runnel.testkit.TestContext;
import io.runnel.testkit.TestPlugins;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GeoipOutputTest {
  private static final String OLD =
      "<record>\ncity ${city[\"host\"]}\ncode ${country_code3['host']}\n</record>\n";

  @TempDir Path folder;
  private final TestContext context = new TestContext();
  private Path database;

  @BeforeEach
  void write() throws IOException {
    database =
        new DatabaseWriter(6)
            .add(
                "203.0.113.0",
                24,
                Map.of(
                    "city", Map.of("names", Map.of("en", "Aix")),
                    "country", Map.of("iso_code", "FR")))
            .write(folder.resolve("city.mmdb"));
  }

  @AfterEach
  void close() {
    context.close();
  }

  private Emitted emitted(String config) throws Exception {
    context.emitter().clear();
    UnbufferedOutput output =
        (UnbufferedOutput)
            TestPlugins.output(GeoipOutput.TYPE, config + "\ngeoip2_database " + database, context);
    output.start();
    try {
      output.process("access.web.x", TestPlugins.stream(5, Map.of("host", "203.0.113.7")));
      return context.emitter().events().getFirst();
    } finally {
      output.stop();
      output.close();
    }
  }

  @Test
  void addsFieldsWithThePlaceholdersOfOldVersions() throws Exception {
    Emitted event = emitted(OLD + "tag geo\nflush_interval 1s\nbuffer_type memory");
    assertThat(event.tag()).isEqualTo("geo");
    assertThat(event.time()).isEqualTo(5);
    assertThat(event.record())
        .isEqualTo(Map.of("host", "203.0.113.7", "city", "Aix", "code", "FRA"));
    assertThat(context.log().texts()).noneMatch(text -> text.contains("not used"));
  }

  @Test
  void pathsArePlaceholdersToo() throws Exception {
    String paths = "<record>\ncity ${city.names.en[\"host\"]}\n</record>\ntag geo";
    assertThat(emitted(paths).record()).containsEntry("city", "Aix");
  }

  @Test
  void theTagIsMadeOfTheOldOne() throws Exception {
    assertThat(emitted(OLD + "remove_tag_prefix access.\ntag geo.${tag}").tag())
        .isEqualTo("geo.web.x");
    assertThat(emitted(OLD + "tag geo.${tag_parts[1]}.__TAG_PARTS[-1]__").tag())
        .isEqualTo("geo.web.x");
    assertThat(emitted(OLD + "add_tag_prefix a.\nadd_tag_suffix .z").tag())
        .isEqualTo("a.access.web.x.z");
    assertThat(emitted(OLD + "remove_tag_suffix .x").tag()).isEqualTo("access.web");
    assertThat(emitted(OLD + "tag g.${hostname}.__HOSTNAME__").tag())
        .isEqualTo("g.test-host.test-host");
    assertThat(emitted(OLD + "tag g${odd}").tag()).isEqualTo("g");
    assertThat(context.log().texts())
        .anyMatch(text -> text.contains("geoip: unknown placeholder found."));
  }

  @Test
  void needsAnotherTag() {
    assertThatThrownBy(() -> emitted(OLD))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("geoip: required at least one option of 'tag'");
  }
}
