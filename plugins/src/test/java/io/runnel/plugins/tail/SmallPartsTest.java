package io.runnel.plugins.tail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.runnel.config.ConfigException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Tags out of paths, and encodings. */
class SmallPartsTest {
  @Test
  void aStarInTheTagIsThePath() {
    assertThat(new PathTag("pre.*.suf").of("/var/log/a.log")).isEqualTo("pre.var.log.a.log.suf");
    assertThat(new PathTag("*").of("//var//a..b")).isEqualTo("var.a.b");
    assertThat(new PathTag("plain").of("/var/log/a.log")).isEqualTo("plain");
  }

  private static String convert(String from, String to, byte[] text) {
    LineEncoding encoding = LineEncoding.of(Optional.ofNullable(from), Optional.of(to));
    return new String(encoding.convert(text, 0, text.length), StandardCharsets.UTF_8);
  }

  @Test
  void convertsToUtf8() {
    byte[] japanese = "日本".getBytes(Charset.forName("EUC-JP"));
    assertThat(convert("EUC-JP", "UTF-8", japanese)).isEqualTo("日本");
    assertThat(convert(null, "EUC-JP", japanese)).isEqualTo("日本");
    assertThat(convert("CP932", "UTF-8", "日本".getBytes(Charset.forName("windows-31j"))))
        .isEqualTo("日本");
    assertThat(convert("UTF-8", "ISO-8859-1", "é日".getBytes(StandardCharsets.UTF_8)))
        .isEqualTo("é?");
    assertThat(convert("UTF-8", "UTF-8", new byte[] {'a', (byte) 0xff})).isEqualTo("a\ufffd");
  }

  @Test
  void leavesPlainBytesAlone() {
    for (String name : new String[] {"UTF-8", "US-ASCII", "ASCII-8BIT", "BINARY"}) {
      assertThat(LineEncoding.of(Optional.empty(), Optional.of(name)).converts())
          .as(name)
          .isFalse();
    }
    assertThat(LineEncoding.of(Optional.empty(), Optional.empty()).converts()).isFalse();
    assertThatThrownBy(() -> LineEncoding.of(Optional.empty(), Optional.of("nonsense")))
        .isInstanceOf(ConfigException.class)
        .hasMessage("unknown encoding name - nonsense");
  }
}
