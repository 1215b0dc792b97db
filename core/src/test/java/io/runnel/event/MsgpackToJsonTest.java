package io.runnel.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MsgpackToJsonTest {
  private static byte[] pack(Object value) {
    Bytes out = new Bytes();
    new MsgpackWriter(out).value(value);
    return out.toByteArray();
  }

  private static String json(byte[] packed) {
    Bytes out = new Bytes(1);
    // bytes around the value must not matter
    byte[] framed = new byte[packed.length + 2];
    Arrays.fill(framed, (byte) '"');
    System.arraycopy(packed, 0, framed, 1, packed.length);
    MsgpackToJson.write(framed, 1, packed.length, out);
    return out.toString();
  }

  private static void check(Object value, String expected) {
    assertThat(json(pack(value))).isEqualTo(expected);
    assertThat(MsgpackToJson.text(value)).isEqualTo(expected);
  }

  @Test
  void values() {
    check(null, "null");
    check(true, "true");
    check(0L, "0");
    check(-1L, "-1");
    check(127L, "127");
    check(-33L, "-33");
    check(65_536L, "65536");
    check(Long.MIN_VALUE, "-9223372036854775808");
    check(Long.MAX_VALUE, "9223372036854775807");
    check(new BigInteger("18446744073709551615"), "18446744073709551615");
    check(Map.of(), "{}");
    check(List.of(), "[]");
    check(List.of(1L, List.of("a"), Map.of("k", 2.5)), "[1,[\"a\"],{\"k\":2.5}]");
    check(new EventTime(1_700_000_000L, 5), "1700000000");
    check(new RawBytes(new byte[] {'a', (byte) 0xc3, (byte) 0xa9}, true), "\"aé\"");
  }

  @Test
  void doubles() {
    check(1.0, "1.0");
    check(-2.5, "-2.5");
    check(100.0, "100.0");
    check(0.1, "0.1");
    check(0.0001, "0.0001");
    check(0.00001, "1.0e-05");
    check(1e-7, "1.0e-07");
    check(1e16, "10000000000000000.0");
    check(1e20, "1.0e+20");
    check(1.25e22, "1.25e+22");
    check(-0.0, "0.0");
    check(3.141592653589793, "3.141592653589793");
    check(1.7e308, "1.7e+308");
    check(Double.NaN, "null");
    check(Double.NEGATIVE_INFINITY, "null");
    check(1_700_000_000.25, "1700000000.25");
  }

  @Test
  void rubyFloats() {
    assertThat(RubyFloat.toString(1e16)).isEqualTo("1.0e+16");
    assertThat(RubyFloat.toString(1e15)).isEqualTo("1000000000000000.0");
    assertThat(RubyFloat.toString(-0.0)).isEqualTo("-0.0");
    assertThat(RubyFloat.toString(123456.789)).isEqualTo("123456.789");
    assertThat(RubyFloat.toString(0.001)).isEqualTo("0.001");
  }

  @Test
  void doublesComeBack() {
    Random random = new Random(3);
    for (int i = 0; i < 50_000; i++) {
      double value =
          switch (i % 3) {
            case 0 -> Double.longBitsToDouble(random.nextLong());
            case 1 -> random.nextInt(1_000_000) / 1000.0;
            default -> random.nextGaussian() * Math.pow(10, random.nextInt(20) - 8);
          };
      if (Double.isFinite(value)) {
        assertThat(Double.parseDouble(RubyFloat.toString(value))).isEqualTo(value);
        // not longer than Java's digits, which are the shortest
        String shortest = Double.toString(value).replaceAll("E.*|[-.]|^0\\.0*", "");
        String ours = RubyFloat.toString(value).replaceAll("e.*|[-.]|^0\\.0*", "");
        assertThat(ours.replaceAll("^0+|0+$", "")).isEqualTo(shortest.replaceAll("^0+|0+$", ""));
      }
    }
  }

  @Test
  void escapes() {
    check("a\"b\\c/d", "\"a\\\"b\\\\c/d\"");
    check("\b\f\n\r\t", "\"\\b\\f\\n\\r\\t\"");
    check("\u0000\u001f\u001b\u007f\u2028é", "\"\\u0000\\u001f\\u001b\u007f\u2028é\"");
  }

  @Test
  void escapesAtEveryPlace() {
    Random random = new Random(5);
    for (int length = 0; length < 70; length++) {
      for (int i = 0; i < 20; i++) {
        StringBuilder text = new StringBuilder();
        StringBuilder expected = new StringBuilder("\"");
        for (int k = 0; k < length; k++) {
          switch (random.nextInt(12)) {
            case 0 -> append(text, expected, "\"", "\\\"");
            case 1 -> append(text, expected, "\n", "\\n");
            case 2 -> append(text, expected, "\\", "\\\\");
            case 3 -> append(text, expected, "ü", "ü");
            case 4 -> append(text, expected, "\u0001", "\\u0001");
            default -> append(text, expected, "x", "x");
          }
        }
        check(text.toString(), expected.append('"').toString());
      }
    }
  }

  private static void append(StringBuilder text, StringBuilder expected, String raw, String json) {
    text.append(raw);
    expected.append(json);
  }

  @Test
  void invalidUtf8PassesAsItCame() {
    byte[] packed = pack(new RawBytes(new byte[] {'a', (byte) 0xff, 'b'}, false));
    Bytes out = new Bytes();
    MsgpackToJson.write(packed, 0, packed.length, out);
    assertThat(out.toByteArray()).containsExactly('"', 'a', 0xff, 'b', '"');
  }

  @Test
  void keysBecomeText() {
    Map<Object, Object> map = new LinkedHashMap<>();
    map.put(1L, "a");
    map.put(null, "b");
    map.put(true, "c");
    map.put(1.5, "d");
    map.put(List.of("x"), "e");
    check(map, "{\"1\":\"a\",\"\":\"b\",\"true\":\"c\",\"1.5\":\"d\",\"[\\\"x\\\"]\":\"e\"}");
  }

  @Test
  void nestingIsLimited() {
    byte[] deep = new byte[100_000];
    Arrays.fill(deep, (byte) 0x91);
    Bytes out = new Bytes();
    out.ascii("kept");
    assertThatThrownBy(() -> MsgpackToJson.write(deep, 0, deep.length, out))
        .isInstanceOf(MsgpackException.class);
    assertThat(out.toString()).isEqualTo("kept");
    List<Object> list = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      list = new ArrayList<>(List.of(list));
    }
    Object nested = list;
    assertThatThrownBy(() -> MsgpackToJson.text(nested)).isInstanceOf(MsgpackException.class);
  }

  @Test
  void brokenBytesAreRefused() {
    byte[] good =
        pack(
            Map.of(
                "key",
                List.of(1L, 2.5, "text", Map.of("a", new EventTime(7, 8))),
                "b",
                "x".repeat(300)));
    for (int cut = 0; cut < good.length; cut++) {
      byte[] part = Arrays.copyOf(good, cut);
      assertThatThrownBy(() -> MsgpackToJson.write(part, 0, part.length, new Bytes()))
          .isInstanceOf(MsgpackException.class);
    }
    Random random = new Random(9);
    for (int i = 0; i < 20_000; i++) {
      byte[] noise = good.clone();
      for (int k = 0; k < 4; k++) {
        noise[random.nextInt(noise.length)] = (byte) random.nextInt();
      }
      Bytes out = new Bytes();
      try {
        MsgpackToJson.write(noise, 0, noise.length, out);
      } catch (MsgpackException e) {
        assertThat(out.length()).isZero();
      }
    }
  }

  @Test
  void declaredSizesAreNotBelieved() {
    byte[] huge = {(byte) 0xdf, (byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff, 1, 2};
    assertThatThrownBy(() -> MsgpackToJson.write(huge, 0, huge.length, new Bytes()))
        .isInstanceOf(MsgpackException.class);
  }

  @Test
  void agreesWithTheDecodedForm() {
    String text = "line \"quoted\"\n";
    Map<String, Object> record = new LinkedHashMap<>();
    record.put("a", 1L);
    record.put("b", null);
    record.put("c", text);
    record.put("d", Map.of("e", List.of(1.0)));
    record.put("f", true);
    String expected =
        "{\"a\":1,\"b\":null,\"c\":\"line \\\"quoted\\\"\\n\",\"d\":{\"e\":[1.0]},\"f\":true}";
    check(record, expected);
    assertThat(expected.getBytes(StandardCharsets.UTF_8)).hasSizeGreaterThan(50);
  }

  /** Each level would double the text: a hundred bytes could fill any memory. */
  @Test
  void mapsAsKeysOfKeysAreLimited() {
    Bytes nested = new Bytes();
    for (int i = 0; i < 60; i++) {
      nested.write(0x81);
    }
    nested.write(new byte[] {(byte) 0xa1, '"', 1});
    nested.write(new byte[60]);
    Bytes out = new Bytes();
    assertThatThrownBy(() -> MsgpackToJson.write(nested.array(), 0, nested.length(), out))
        .isInstanceOf(MsgpackException.class)
        .hasMessageContaining("as keys");
    assertThat(out.length()).isZero();
    byte[] one = {(byte) 0x81, (byte) 0x81, (byte) 0xa1, 'a', 1, 2};
    MsgpackToJson.write(one, 0, one.length, out);
    assertThat(out).hasToString("{\"{\\\"a\\\":1}\":2}");
  }
}
