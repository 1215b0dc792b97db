package io.runnel.plugins.tail;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class NewlinesTest {
  /** Bytes around the newline (09, 0a, 0b, 8a) are those that word tricks get wrong. */
  @Test
  void findsTheSameAsALoopDoes() {
    Random random = new Random(1);
    byte[] near = {0x09, 0x0a, 0x0b, (byte) 0x8a, 0x00, 'x'};
    for (int round = 0; round < 20_000; round++) {
      byte[] text = new byte[random.nextInt(40)];
      for (int i = 0; i < text.length; i++) {
        text[i] = near[random.nextInt(random.nextBoolean() ? near.length : 1)];
      }
      int from = random.nextInt(text.length + 1);
      int to = from + random.nextInt(text.length - from + 1);
      int expected = -1;
      for (int i = from; i < to && expected < 0; i++) {
        expected = text[i] == '\n' ? i : -1;
      }
      assertThat(Newlines.BYTES.indexOf(text, from, to)).as("round " + round).isEqualTo(expected);
    }
  }

  @Test
  void findsNewlinesOfWideEncodingsAtTheirPlaces() {
    byte[] little = "\u0a01\u010a\n".getBytes(StandardCharsets.UTF_16LE);
    byte[] big = "\u0a01\u010a\n".getBytes(StandardCharsets.UTF_16BE);
    assertThat(new Newlines(2, true).indexOf(little, 0, 6)).isEqualTo(4);
    assertThat(new Newlines(2, false).indexOf(big, 0, 6)).isEqualTo(4);
    assertThat(new Newlines(2, false).indexOf(big, 0, 5)).isEqualTo(-1);
  }
}
