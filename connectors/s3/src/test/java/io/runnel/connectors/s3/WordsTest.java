package io.runnel.connectors.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class WordsTest {
  @Test
  void quotesAndBackslashes() {
    assertThat(Words.split("  -9 'a b'\"c\" d\\ e '' ")).containsExactly("-9", "a bc", "d e", "");
    assertThat(Words.split("")).isEmpty();
    assertThatThrownBy(() -> Words.split("'open")).isInstanceOf(IllegalArgumentException.class);
  }
}
