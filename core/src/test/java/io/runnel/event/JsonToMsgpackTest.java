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

class JsonToMsgpackTest {
  private final JsonToMsgpack reader = new JsonToMsgpack();

  private Object read(String text) {
    return read(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Decodes what was written, which must also be the shortest form; an error becomes its text. */
  private Object read(byte[] text) {
    byte[] padded = new byte[text.length + 7];
    Arrays.fill(padded, (byte) '"');
    System.arraycopy(text, 0, padded, 3, text.length);
    Bytes out = new Bytes(1);
    out.write(0x55);
    if (!reader.transcode(padded, 3, text.length, new MsgpackWriter(out))) {
      assertThat(out.length()).isEqualTo(1);
      return "error: " + reader.error() + " at " + (reader.errorPosition() - 3);
    }
    byte[] packed = Arrays.copyOfRange(out.array(), 1, out.length());
    MsgpackReader unpacked = new MsgpackReader(packed);
    Object value = unpacked.readValue();
    assertThat(unpacked.hasMore()).isFalse();
    Bytes again = new Bytes();
    new MsgpackWriter(again).value(value);
    assertThat(packed).isEqualTo(again.toByteArray());
    return value;
  }

  @Test
  void readsLiteralsAndNumbers() {
    assertThat(read(" null ")).isNull();
    assertThat(read("true")).isEqualTo(true);
    assertThat(read("false")).isEqualTo(false);
    for (String integer :
        List.of(
            "0",
            "1",
            "127",
            "128",
            "255",
            "256",
            "65535",
            "65536",
            "4294967295",
            "4294967296",
            "999999999999999999",
            "1000000000000000000",
            "9223372036854775807",
            "-1",
            "-32",
            "-33",
            "-128",
            "-129",
            "-32768",
            "-32769",
            "-2147483648",
            "-2147483649",
            "-4611686018427387905",
            "-9223372036854775808")) {
      assertThat(read(integer)).as(integer).isEqualTo(Long.parseLong(integer));
    }
    assertThat(read("-0")).isEqualTo(0L);
    assertThat(read("18446744073709551615")).isEqualTo(new BigInteger("18446744073709551615"));
    assertThat(read("9223372036854775808")).isEqualTo(new BigInteger("9223372036854775808"));
    for (String number :
        List.of(
            "0.5",
            "-0.0",
            "1.25",
            "0.1",
            "123456789.987654321",
            "1e3",
            "1E-7",
            "1.5e+10",
            "0.380",
            "3.141592653589793238462643383279",
            "9007199254740993.0",
            "1e22",
            "4.9e-324",
            "1.7976931348623157e308",
            "100000000000000000000.5",
            "0.000001")) {
      assertThat(read(number)).as(number).isEqualTo(Double.parseDouble(number));
    }
  }

  @Test
  void refusesWhatIsNoJsonAndSaysWhere() {
    assertThat(read("")).isEqualTo("error: unexpected end of the text at 0");
    assertThat(read("{\"a\":")).isEqualTo("error: unexpected end of the text at 5");
    assertThat(read("{\"a\" 1}")).isEqualTo("error: unexpected character '1' at 5");
    assertThat(read("{} x")).isEqualTo("error: unexpected text after the value at 3");
    assertThat(read("[1,]")).isEqualTo("error: unexpected character ']' at 3");
    assertThat(read("[1\u0001]")).isEqualTo("error: unexpected byte 0x01 at 2");
    assertThat(read("{\"a\":NaN}")).isEqualTo("error: unexpected character 'N' at 5");
    assertThat(read("-Infinity")).isEqualTo("error: unexpected character 'I' at 1");
    assertThat(read("1e999")).isEqualTo("error: number out of range at 0");
    assertThat(read("18446744073709551616")).isEqualTo("error: " + JsonToMsgpack.TOO_BIG + " at 0");
    assertThat(read("-9223372036854775809")).isEqualTo("error: " + JsonToMsgpack.TOO_BIG + " at 0");
    assertThat(read("9".repeat(1_000_000))).isEqualTo("error: " + JsonToMsgpack.TOO_BIG + " at 0");
    assertThat(read("012")).isEqualTo("error: leading zero in a number at 0");
    assertThat(read("\"\\u12g4\"")).isEqualTo("error: invalid hex digit in \\u escape at 5");
    assertThat(read("[".repeat(129) + "]".repeat(129)))
        .isEqualTo("error: nesting of more than 128 levels at 128");
    for (String bad :
        List.of(
            "{",
            "}",
            "[",
            "]",
            "{,}",
            "{\"a\"}",
            "{1:2}",
            "tru",
            "truex",
            "nul",
            "+1",
            "1.",
            ".5",
            "-",
            "1e",
            "1e+",
            "\"abc",
            "\"abc\\",
            "\"\\u12",
            "'a'",
            "{\"a\":1,}",
            "[1 2]",
            "{\"a\":1 \"b\":2}",
            "\u00e9",
            "// x\n1")) {
      assertThat(read(bad)).as(bad).asString().startsWith("error: ");
    }
  }

  @Test
  void readsNestingUpToTheLimit() {
    Object value = read("[".repeat(128) + "]".repeat(128));
    assertThat(value).isInstanceOf(List.class);
  }

  @Test
  void decodesEscapes() {
    assertThat(read("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"")).isEqualTo("\"\\/\b\f\n\r\t");
    assertThat(read("\"\\u0041\\u00e9\\u20AC\\ud83d\\uDE00!\""))
        .isEqualTo("A\u00e9\u20ac\ud83d\ude00!");
    assertThat(read("\"\\u0000\"")).isEqualTo("\0");
    assertThat(read("\"\\ud83dx\\ude00\\ud83d\\u0041\"")).isEqualTo("\ufffdx\ufffd\ufffdA");
    assertThat(read("\"\\d\\'\"")).isEqualTo("d'");
    assertThat(read("\"tab\there\"")).isEqualTo("tab\there");
  }

  @Test
  void keepsStringsOfEveryLengthAndAlignment() {
    String unit = "a\u20acx";
    for (int length = 0; length < 300; length++) {
      String text = unit.repeat(length / 3 + 1).substring(0, length);
      assertThat(read("\"" + text + "\"")).isEqualTo(text);
      assertThat(read("[\"" + text + "\\n\"]")).isEqualTo(List.of(text + "\n"));
    }
    for (int length : new int[] {65_535, 65_536, 70_000}) {
      assertThat(read("\"" + "x".repeat(length) + "\"")).isEqualTo("x".repeat(length));
      assertThat(read("\"\\t" + "x".repeat(length) + "\"")).isEqualTo("\t" + "x".repeat(length));
    }
  }

  @Test
  void passesInvalidUtf8Through() {
    byte[] text = {'"', 'a', (byte) 0xff, (byte) 0xc3, '"'};
    assertThat(read(text))
        .isEqualTo(new RawBytes(new byte[] {'a', (byte) 0xff, (byte) 0xc3}, false));
  }

  @Test
  void lastOfEqualKeysWinsAtTheFirstPlace() {
    assertThat(read("{\"a\":1,\"b\":2,\"a\":{\"a\":3,\"a\":4}}")).hasToString("{a={a=4}, b=2}");
    assertThat(read("{\"a\\u0062\":1,\"ab\":2}")).hasToString("{ab=2}");
    StringBuilder text = new StringBuilder("{");
    Map<String, Object> expected = new LinkedHashMap<>();
    for (int i = 0; i < 5000; i++) {
      String key = "key" + (i * 7919 % 3000);
      text.append('"')
          .append(key)
          .append("\":{\"x")
          .append(i % 3)
          .append("\":")
          .append(i)
          .append("},");
      expected.put(key, Map.of("x" + i % 3, (long) i));
    }
    text.append("\"end\":0}");
    expected.put("end", 0L);
    assertThat(read(text.toString())).isEqualTo(expected);
    assertThat(((Map<?, ?>) read(text.toString())).keySet().toString())
        .isEqualTo(expected.keySet().toString());
  }

  @Test
  void tellsWhereAWatchedKeyIs() {
    reader.watch("time".getBytes(StandardCharsets.UTF_8));
    List<String> texts = new ArrayList<>();
    texts.add("{\"a\":{\"time\":0},\"time\":\"now\",\"b\":1}");
    texts.add("{\"time\":\"old\",\"c\":[1,2],\"time\":\"now\"}");
    StringBuilder wide = new StringBuilder("{\"time\":\"now\"");
    for (int i = 0; i < 20; i++) {
      wide.append(",\"k").append(i).append("\":").append(i);
    }
    texts.add(wide.append('}').toString());
    for (String text : texts) {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      Bytes out = new Bytes();
      assertThat(reader.transcode(bytes, 0, bytes.length, new MsgpackWriter(out))).isTrue();
      MsgpackReader at = new MsgpackReader(out.array(), 0, out.length());
      at.position(reader.watchedKey());
      assertThat(at.readString()).isEqualTo("time");
      assertThat(at.position()).isEqualTo(reader.watchedValue());
      assertThat(at.readString()).isEqualTo("now");
      assertThat(at.position()).isEqualTo(reader.watchedEnd());
    }
    assertThat(read("{\"times\":1}")).isNotNull();
    assertThat(reader.watchedKey()).isNegative();
  }

  @Test
  void readsAStreamOfObjects() {
    byte[] text = " {\"a\":1}{\"b\":\"x\"}\n[2] {\"c\":".getBytes(StandardCharsets.UTF_8);
    Bytes out = new Bytes();
    MsgpackWriter writer = new MsgpackWriter(out);
    int at = 0;
    List<Integer> ends = new ArrayList<>();
    while ((at = reader.transcodePrefix(text, at, text.length - at, writer)) > 0) {
      ends.add(at);
    }
    assertThat(ends).containsExactly(8, 17, 21);
    assertThat(at).isEqualTo(JsonToMsgpack.INCOMPLETE);
    assertThat(reader.transcodePrefix(text, 7, 5, writer)).isEqualTo(JsonToMsgpack.INVALID);
    assertThat(new MsgpackReader(out.array(), 0, out.length()).readValue())
        .isEqualTo(Map.of("a", 1L));
  }

  @Test
  void parsesToValues() {
    assertThat(Json.parse("{\"a\":[1,2.5,null,\"x\"]}").toString())
        .isEqualTo("{a=[1, 2.5, null, x]}");
    assertThatThrownBy(() -> Json.parse("{"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("invalid JSON: unexpected end of the text at byte 1");
  }

  @Test
  void writesWhatItReads() {
    String text = "{\"a\":[1,2.5,null,\"x\\n\"],\"b\":{}}";
    assertThat(Json.write(Json.parse(text))).isEqualTo(text);
  }

  /** Random texts and random damage: the same values and the same refusals as a plain parser. */
  @Test
  void agreesWithAPlainParser() {
    Random random = new Random(20260101);
    int accepted = 0;
    for (int round = 0; round < 20_000; round++) {
      StringBuilder text = new StringBuilder();
      JsonSamples.write(random, text, 0);
      for (int damage = random.nextInt(3); damage > 0 && round % 2 == 0; damage--) {
        JsonSamples.damage(random, text);
      }
      Object expected;
      try {
        expected = new PlainJson(text.toString()).parse();
        accepted++;
      } catch (IllegalArgumentException e) {
        expected = e;
      }
      Object found = read(text.toString());
      if (expected instanceof IllegalArgumentException) {
        assertThat(found).as("%s", text).asString().startsWith("error: ");
      } else {
        assertThat(found).as("%s", text).isEqualTo(expected);
        assertThat(String.valueOf(found)).isEqualTo(String.valueOf(expected));
      }
    }
    assertThat(accepted).isBetween(10_000, 19_500);
  }

  private static String written(byte[] packed, int length) {
    Bytes out = new Bytes();
    MsgpackToJson.write(packed, 0, length, out);
    return new String(out.array(), 0, out.length(), StandardCharsets.ISO_8859_1);
  }

  @Test
  void aPlainTextIsWhatWouldBeWritten() {
    Random random = new Random(20_261_124);
    JsonToMsgpack json = new JsonToMsgpack();
    json.watch("a".getBytes(StandardCharsets.UTF_8));
    int plain = 0;
    int cut = 0;
    for (int round = 0; round < 30_000; round++) {
      StringBuilder sample = new StringBuilder();
      JsonSamples.write(random, sample, 0);
      if (random.nextInt(3) > 0) { // the usual form, perhaps with a fault
        Bytes packed = new Bytes();
        byte[] bytes = sample.toString().getBytes(StandardCharsets.UTF_8);
        if (new JsonToMsgpack().transcode(bytes, 0, bytes.length, new MsgpackWriter(packed))) {
          sample.setLength(0);
          sample.append(
              new String(
                  written(packed.array(), packed.length()).getBytes(StandardCharsets.ISO_8859_1),
                  StandardCharsets.UTF_8));
        }
      }
      String time = "\"a\":" + random.nextInt(100);
      switch (random.nextInt(6)) {
        case 0 -> sample.insert(0, "{" + time + ",\"z\":").append('}');
        case 1 -> sample.insert(0, "{\"z\":").append("," + time + "}");
        case 2 -> sample.insert(0, "{\"y\":1," + time + ",\"z\":").append('}');
        case 3 -> sample.replace(0, sample.length(), "{" + time + "}");
        default -> {}
      }
      if (random.nextInt(3) == 0) {
        JsonSamples.damage(random, sample);
      }
      byte[] text = ("##" + sample + "##").getBytes(StandardCharsets.UTF_8);
      int end = text.length - 2;
      Bytes packed = new Bytes();
      if (!json.transcode(text, 2, end - 2, new MsgpackWriter(packed)) || !json.isPlain()) {
        continue;
      }
      plain++;
      assertThat(written(packed.array(), packed.length()))
          .isEqualTo(new String(text, 2, end - 2, StandardCharsets.ISO_8859_1));
      if (json.watchedKey() >= 0) {
        cut++;
        Object rest = new MsgpackReader(packed.array(), 0, packed.length()).readValue();
        assertThat(((Map<?, ?>) rest).remove("a") != null || sample.indexOf("\"a\":null") >= 0)
            .isTrue();
        Bytes kept = new Bytes();
        kept.write(text, 2, json.cutFrom() - 2);
        kept.write(text, json.cutTo(), end - json.cutTo());
        assertThat(kept.toString()).isEqualTo(MsgpackToJson.text(rest));
      }
    }
    assertThat(plain).isGreaterThan(5_000);
    assertThat(cut).isGreaterThan(500);
  }

  @Test
  void whatWouldBeWrittenInAnotherWayIsNotPlain() {
    JsonToMsgpack json = new JsonToMsgpack();
    for (String text :
        new String[] {
          "{\"a\": 1}",
          "{\"a\":1.50}",
          "{\"a\":1e3}",
          "{\"a\":-0}",
          "{\"a\":-0.0}",
          "{\"a\":\"\\u0041\"}",
          "{\"a\":\"\\n\"}",
          "{\"a\":\"\t\"}",
          "{\"a\":1,\"a\":2}",
          "{\"a\":0.00001}",
          "{\"a\":0.1234567890123456}",
          "{\"a\":\"long enough for words\u0001\"}",
          "{\"a\":\"" + "x".repeat(40) + "\u001f\"}",
          " {}",
          "{} "
        }) {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      assertThat(json.transcode(bytes, 0, bytes.length, new MsgpackWriter(new Bytes())))
          .as(text)
          .isTrue();
      assertThat(json.isPlain()).as(text).isFalse();
    }
    for (String text :
        new String[] {
          "{}",
          "[]",
          "{\"a\":0.0}",
          "{\"a\":12.0,\"b\":[0.0001,-1.5,true,null]}",
          "{\"\u00e9\":\"\u20ac\"}"
        }) {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      assertThat(json.transcode(bytes, 0, bytes.length, new MsgpackWriter(new Bytes())))
          .as(text)
          .isTrue();
      assertThat(json.isPlain()).as(text).isTrue();
    }
  }
}
