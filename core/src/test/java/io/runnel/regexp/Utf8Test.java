package io.runnel.regexp;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class Utf8Test {
  private static boolean decodes(byte[] text) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(text)) != null;
    } catch (CharacterCodingException e) {
      return false;
    }
  }

  @Test
  void agreesWithTheDecoderOfTheJdk() {
    Random random = new Random(11);
    int valid = 0;
    for (int round = 0; round < 100_000; round++) {
      StringBuilder text = new StringBuilder();
      for (int i = random.nextInt(12); i > 0; i--) {
        int code = random.nextInt(1 << 4 + random.nextInt(17));
        text.appendCodePoint(code > 0x10ffff || code >= 0xd800 && code < 0xe000 ? 'x' : code);
      }
      byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
      if (round % 2 == 0 && bytes.length > 0) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      }
      boolean expected = decodes(bytes);
      valid += expected ? 1 : 0;
      assertThat(Utf8.isValid(bytes, 0, bytes.length)).isEqualTo(expected);
      byte[] clean = Utf8.withoutStrayBytes(bytes, 0, bytes.length);
      assertThat(decodes(clean)).isTrue();
      assertThat(clean).hasSameSizeAs(bytes);
    }
    assertThat(valid).isBetween(50_000, 90_000);
  }

  @Test
  void knowsAscii() {
    byte[] text = "0123456789abcdef\u00e9".getBytes(StandardCharsets.UTF_8);
    assertThat(Utf8.isAscii(text, 0, 16)).isTrue();
    assertThat(Utf8.isAscii(text, 3, 14)).isFalse();
  }
}
