package io.runnel.plugins.forward;

import static org.assertj.core.api.Assertions.assertThat;

import io.runnel.event.Bytes;
import io.runnel.event.MsgpackReader;
import io.runnel.event.MsgpackWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class EntriesTest {
  private static final int VALUES = 2000;
  private final Random random = new Random(11);

  private Object value(int depth) {
    return switch (random.nextInt(depth > 4 ? 8 : 10)) {
      case 0 -> null;
      case 1 -> random.nextBoolean();
      case 2 -> random.nextLong() >> random.nextInt(64);
      case 3 -> random.nextDouble();
      case 4, 5, 6 -> "x".repeat(random.nextInt(random.nextInt(8) == 0 ? 70_000 : 40));
      case 7 -> new byte[random.nextInt(300)];
      case 8 -> {
        Map<String, Object> map = new LinkedHashMap<>();
        int size = random.nextInt(20);
        for (int i = 0; i < size; i++) {
          map.put("k" + i, value(depth + 1));
        }
        yield map;
      }
      default -> {
        List<Object> list = new ArrayList<>();
        int size = random.nextInt(20);
        for (int i = 0; i < size; i++) {
          list.add(value(depth + 1));
        }
        yield list;
      }
    };
  }

  private static Bytes packed(Object value) {
    Bytes out = new Bytes(64);
    new MsgpackWriter(out).value(value);
    return out;
  }

  @Test
  void endsWhereTheReaderEnds() {
    for (int i = 0; i < VALUES; i++) {
      Bytes bytes = packed(value(0));
      int length = bytes.length();
      bytes.write(0xc1);
      MsgpackReader reader = new MsgpackReader(bytes.array(), 0, length);
      reader.skip();
      assertThat(Entries.skip(bytes.array(), 0, bytes.length())).isEqualTo(reader.position());
    }
  }

  @Test
  void saysTheSameOfDamagedBytesAsTheSlowWay() {
    for (int i = 0; i < VALUES; i++) {
      Bytes bytes = packed(value(0));
      int to = 1 + random.nextInt(bytes.length());
      for (int damages = random.nextInt(3); damages > 0; damages--) {
        bytes.array()[random.nextInt(to)] = (byte) random.nextInt();
      }
      int expected = Entries.exact(bytes.array(), 0, to);
      assertThat(Entries.skip(bytes.array(), 0, to)).as("value %d", i).isEqualTo(expected);
    }
  }

  @Test
  void anyTwoFirstBytesAreReadAlike() {
    byte[] bytes = new byte[40];
    for (int pair = 0; pair < 1 << 16; pair++) {
      bytes[0] = (byte) (pair >> 8);
      bytes[1] = (byte) pair;
      for (int to : new int[] {1, 2, 3, 10, 40}) {
        assertThat(Entries.skip(bytes, 0, to))
            .as("%04x in %d bytes", pair, to)
            .isEqualTo(Entries.exact(bytes, 0, to));
      }
    }
  }

  @Test
  void tooDeepIsInvalid() {
    byte[] nested = new byte[MsgpackReader.MAX_DEPTH + 2];
    java.util.Arrays.fill(nested, (byte) 0x91);
    nested[nested.length - 1] = 1;
    assertThat(Entries.skip(nested, 0, nested.length)).isEqualTo(Entries.INVALID);
    assertThat(Entries.skip(nested, 2, nested.length)).isEqualTo(nested.length);
  }
}
