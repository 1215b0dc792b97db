package io.runnel.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class InlineTest {
  enum Kind {
    TEXT,
    NUMBER
  }

  record Shared(@Doc("d") @Default("text") Kind kind, Optional<String> format, List<String> more) {
    Shared {
      if (format.isPresent() && format.get().isEmpty()) {
        throw new ConfigException("format is empty");
      }
    }
  }

  record Config(@Default("1") int first, @Inline({"kind=number", "format=%F"}) Shared shared) {}

  record Plain(@Inline Shared shared) {}

  private static <C> C bind(Class<C> type, String text) {
    ConfigElement section =
        ConfigReader.parse("<parse>\n" + text + "\n</parse>").sections().getFirst();
    return ConfigSpec.of(type).bind(section, false);
  }

  @Test
  void componentsAreParametersOfTheSectionAround() {
    assertThat(bind(Plain.class, "kind number\nmore a,b"))
        .isEqualTo(new Plain(new Shared(Kind.NUMBER, Optional.empty(), List.of("a", "b"))));
    assertThat(bind(Plain.class, "").shared().kind()).isEqualTo(Kind.TEXT);
  }

  @Test
  void defaultsMayDiffer() {
    assertThat(bind(Config.class, "first 2"))
        .isEqualTo(new Config(2, new Shared(Kind.NUMBER, Optional.of("%F"), List.of())));
    assertThat(bind(Config.class, "kind text\nformat %T").shared())
        .isEqualTo(new Shared(Kind.TEXT, Optional.of("%T"), List.of()));
  }

  @Test
  void faultsAreReported() {
    assertThatThrownBy(() -> bind(Plain.class, "kind other")).isInstanceOf(ConfigException.class);
    assertThatThrownBy(() -> bind(Plain.class, "format \"\""))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("format is empty");
  }

  @Test
  void described() {
    SectionDescription section = ConfigSpec.of(Config.class).describe("parse");
    assertThat(section.parameters())
        .extracting(ParameterDescription::name)
        .containsExactly("first", "kind", "format", "more");
    assertThat(section.parameters().get(1).defaultText()).isEqualTo("number");
    assertThat(section.sections()).isEmpty();
  }
}
