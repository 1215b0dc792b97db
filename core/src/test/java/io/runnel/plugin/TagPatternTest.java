package io.runnel.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.runnel.config.ConfigException;
import io.runnel.config.Place;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TagPatternTest {
  private static boolean matches(String pattern, String tag) {
    return TagPattern.parse(pattern, Place.NONE).matches(tag);
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      value = {
        "a.*, a.b, true",
        "a.*, a., true",
        "a.*, a, false",
        "a.*, a.b.c, false",
        "a.**, a, true",
        "a.**, a.b.c, true",
        "a.**, a., true",
        "a.**, ab, false",
        "**.a, a, true",
        "**.a, x.a, true",
        "**.a, xa, false",
        "a.**.b, a.b, true",
        "a.**.b, a.x.y.b, true",
        "a.**.b, a.xb, false",
        "a**, abc.d, true",
        "a**, ba, false",
        "**, anything.at.all, true",
        "*, one, true",
        "*, one.two, false",
        "a.b*c, a.bxxc, true",
        "a?c, abc, false",
        "a?c, a?c, true",
        "a[b], a[b], true",
        "a\\*, a*, true",
        "a\\*, ab, false",
        "A.b, a.b, false",
        "/^a\\.(b|c)$/, a.c, true",
        "/^a\\.(b|c)$/, a.d, false",
      })
  void matchesLikeFluentd(String pattern, String tag, boolean expected) {
    assertThat(matches(pattern, tag)).isEqualTo(expected);
  }

  @Test
  void bracesAreAlternatives() {
    assertThat(matches("{a,b.*}", "a")).isTrue();
    assertThat(matches("{a,b.*}", "b.x")).isTrue();
    assertThat(matches("{a,b.*}", "c")).isFalse();
    assertThat(matches("x.{a,{b,c}}.z", "x.c.z")).isTrue();
    assertThat(matches("x.{a", "x.a")).isTrue();
  }

  @Test
  void aCommaOutsideBracesIsLiteral() {
    assertThat(matches("a,b", "a")).isFalse();
    assertThat(matches("a,b", "a,b")).isTrue();
  }

  @Test
  void severalPatternsAreSeparatedByWhiteSpace() {
    assertThat(matches("a b.**  c", "b.x")).isTrue();
    assertThat(matches("a b.**  c", "c")).isTrue();
    assertThat(matches("a b.**  c", "d")).isFalse();
  }

  @Test
  void theEmptyTagMatchesStars() {
    assertThat(matches("*", "")).isTrue();
    assertThat(matches("**", "")).isTrue();
    assertThat(matches("a", "")).isFalse();
  }

  @Test
  void anEmptyArgumentMatchesEverything() {
    assertThat(matches("", "a.b")).isTrue();
  }

  @Test
  void aHalfRegularExpressionIsRefused() {
    assertThatThrownBy(() -> matches("/a", "a"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("invalid match - regex");
  }
}
