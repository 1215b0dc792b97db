package io.runnel.event;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import io.runnel.testkit.fuzz.FuzzTarget;
import io.runnel.testkit.fuzz.FuzzTargets;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.msgpack.core.MessageInsufficientBufferException;
import org.msgpack.core.MessagePack;
import org.msgpack.core.MessageUnpacker;

/** MessagePack and JSON, compared with msgpack-core and jackson-core. */
public final class EventFuzz implements FuzzTargets {
  /** Stands for a value that the two libraries may see differently. */
  private static final Object ANY = new Object();

  private static final JsonFactory JACKSON =
      JsonFactory.builder()
          .enable(JsonReadFeature.ALLOW_UNESCAPED_CONTROL_CHARS)
          .enable(JsonReadFeature.ALLOW_BACKSLASH_ESCAPING_ANY_CHARACTER)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNumberLength(1 << 20)
                  .maxNestingDepth(1 << 13)
                  .build())
          .build();

  @Override
  public List<FuzzTarget> targets() {
    Bytes packed = new Bytes();
    MsgpackWriter writer = new MsgpackWriter(packed);
    writer.arrayHeader(2);
    writer.eventTime(EventTime.pack(1_700_000_000, 7));
    writer.value(
        Map.of(
            "a", List.of(1L, -200L, 1.5, true), "b", Map.of("c", "x".repeat(40)), "d", "\u20ac"));
    List<byte[]> codes = new ArrayList<>();
    for (int code = 0x80; code < 0x100; code += code < 0xc0 ? 7 : 1) {
      codes.add(new byte[] {(byte) code});
    }
    return List.of(
        new FuzzTarget("msgpack", List.of(packed.toByteArray()), codes, this::msgpack),
        FuzzTarget.of(
            "json",
            List.of(
                "{\"a\":[1,-2.5e3,true,false,null,\"x\\n\\u20ac\\ud83d\\ude00\"],\"b\":{\"a\":\"\"}}",
                "[18446744073709551615,-9223372036854775808,0.1,1E400]",
                " \"text of more than eight bytes \\\\ \\\" \" "),
            List.of(
                "{",
                "}",
                "[",
                "]",
                ":",
                ",",
                "\"",
                "\\",
                "\\u",
                "\\ud83d",
                "e+",
                "-",
                "0",
                "1e9",
                "true",
                "null",
                "\"a\":",
                "18446744073709551616",
                "\t",
                "NaN"),
            this::json),
        FuzzTarget.of(
            "record_accessor",
            List.of("$.a.b\n{\"a\":{\"b\":[1,2]}}", "$['a'][0]['c']\n{\"a\":[{\"c\":1}]}"),
            List.of("$", "$.", "['", "']", "[0]", "[-1]", "\"", ".", "\n"),
            this::accessor));
  }

  private int msgpack(byte[] input) {
    MsgpackReader reader = new MsgpackReader(input);
    int end;
    int outcome;
    try {
      reader.skip();
      end = reader.position();
      outcome = 1;
    } catch (MsgpackException.Truncated e) {
      end = -1;
      outcome = 2;
    } catch (MsgpackException e) {
      end = -2;
      outcome = FuzzTarget.outcome(e.getMessage());
    }
    compare(input, end, reader);
    if (end < 0) {
      return outcome;
    }
    Object value;
    try {
      value = new MsgpackReader(input, 0, end).readValue();
      Bytes again = new Bytes();
      new MsgpackWriter(again).value(value);
      Object second = new MsgpackReader(again.array(), 0, again.length()).readValue();
      assertThat(second.toString()).isEqualTo(value.toString());
    } catch (MsgpackException e) {
      outcome = FuzzTarget.outcome(e.getMessage());
    } catch (NullPointerException e) {
      outcome = 3; // nil
    }
    Bytes text = new Bytes();
    try {
      MsgpackToJson.write(input, 0, end, text);
      JsonToMsgpack json = new JsonToMsgpack();
      boolean read = json.transcode(text.array(), 0, text.length(), new MsgpackWriter(new Bytes()));
      assertThat(read || json.error().contains("nest")).as("%s: %s", text, json.error()).isTrue();
    } catch (MsgpackException e) {
      outcome = outcome * 31 + FuzzTarget.outcome(e.getMessage());
    }
    return outcome * 31 + (input[0] & 0xff);
  }

  /** Both find the same end of the first value, or both find none. */
  private static void compare(byte[] input, int end, MsgpackReader reader) {
    try (MessageUnpacker unpacker = MessagePack.newDefaultUnpacker(input)) {
      unpacker.skipValue();
      boolean huge =
          new String(input, StandardCharsets.ISO_8859_1).matches("(?s).*[\u00dd\u00df].*");
      if (end < 0 && huge) {
        return; // the sum of many huge counts overflows in msgpack-core
      }
      assertThat(end).isEqualTo((int) unpacker.getTotalReadBytes());
    } catch (MessageInsufficientBufferException e) {
      assertThat(end == -1 || end == -2).as("end %d", end).isTrue();
    } catch (IOException | RuntimeException e) {
      assertThat(end).as("msgpack-core says %s", e).isNegative();
    }
  }

  private int json(byte[] input) {
    JsonToMsgpack reader = new JsonToMsgpack();
    Bytes out = new Bytes();
    boolean accepted = reader.transcode(input, 0, input.length, new MsgpackWriter(out));
    String text = utf8(input);
    if (!accepted) {
      boolean own =
          reader.error().contains("bignum")
              || reader.error().contains("nest")
              || reader.error().contains("range");
      if (text != null && !own) {
        assertThat(jackson(text)).as("refused: %s in %s", reader.error(), text).isNull();
      }
      return FuzzTarget.outcome(reader.error());
    }
    Object value = new MsgpackReader(out.array(), 0, out.length()).readValue();
    if (text != null) {
      Object expected = jackson(text);
      assertThat(expected).as("accepted: %s", text).isNotNull();
      assertThat(same(value, expected)).as("%s: %s and %s", text, value, expected).isTrue();
    }
    Bytes written = new Bytes();
    MsgpackToJson.write(out.array(), 0, out.length(), written);
    Bytes again = new Bytes();
    assertThat(reader.transcode(written.array(), 0, written.length(), new MsgpackWriter(again)))
        .as("what was written: %s", written)
        .isTrue();
    return out.length() == 0 ? 1 : out.array()[0] & 0xff;
  }

  /** Null where the bytes are no UTF-8, or begin with a mark that readers of characters skip. */
  private static String utf8(byte[] input) {
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(input)).toString();
      return text.startsWith("\ufeff") ? null : text;
    } catch (CharacterCodingException e) {
      return null;
    }
  }

  /** The value; null where it is refused. A JSON null is {@link #ANY}. */
  private static Object jackson(String text) {
    try (JsonParser parser = JACKSON.createParser(text)) {
      if (parser.nextToken() == null) {
        return null;
      }
      Object value = jacksonValue(parser);
      return parser.nextToken() == null ? value : null;
    } catch (IOException e) {
      return null;
    }
  }

  private static Object jacksonValue(JsonParser parser) throws IOException {
    return switch (parser.currentToken()) {
      case START_OBJECT -> {
        Map<String, Object> map = new LinkedHashMap<>();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
          String key = sound(parser.currentName());
          parser.nextToken();
          map.put(key, jacksonValue(parser));
        }
        yield map;
      }
      case START_ARRAY -> {
        List<Object> list = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          list.add(jacksonValue(parser));
        }
        yield list;
      }
      case VALUE_STRING -> sound(parser.getText());
      case VALUE_NUMBER_INT -> parser.getBigIntegerValue();
      case VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case VALUE_NULL -> ANY;
      default -> throw new IOException("unexpected " + parser.currentToken());
    };
  }

  /** Lone surrogates have no form in UTF-8. */
  private static String sound(String text) {
    StringBuilder out = new StringBuilder();
    text.codePoints().forEach(c -> out.appendCodePoint(c >= 0xd800 && c <= 0xdfff ? 0xfffd : c));
    return out.toString();
  }

  private static boolean same(Object ours, Object other) {
    return switch (other) {
      case Map<?, ?> map ->
          ours instanceof Map<?, ?> mine
              && new ArrayList<>(mine.keySet()).equals(new ArrayList<>(map.keySet()))
              && map.entrySet().stream().allMatch(e -> same(mine.get(e.getKey()), e.getValue()));
      case List<?> list -> {
        boolean equal = ours instanceof List<?> mine && mine.size() == list.size();
        for (int i = 0; equal && i < list.size(); i++) {
          equal = same(((List<?>) ours).get(i), list.get(i));
        }
        yield equal;
      }
      case BigInteger number -> ours instanceof Number && number.toString().equals(ours.toString());
      default -> other == ANY ? ours == null : other.equals(ours);
    };
  }

  private int accessor(byte[] input) {
    String text = new String(input, StandardCharsets.UTF_8);
    int line = text.indexOf('\n');
    if (line < 0) {
      return 0;
    }
    Bytes packed = new Bytes();
    byte[] json = text.substring(line + 1).getBytes(StandardCharsets.UTF_8);
    boolean sound = new JsonToMsgpack().transcode(json, 0, json.length, new MsgpackWriter(packed));
    if (!sound) {
      return 1;
    }
    RecordAccessor accessor;
    try {
      accessor = RecordAccessor.of(text.substring(0, line));
    } catch (RuntimeException e) {
      assertThat(e.getMessage()).isNotBlank();
      return FuzzTarget.outcome(e.getMessage());
    }
    if ((packed.array()[0] & 0xf0) != 0x80) {
      return 2;
    }
    MsgpackReader reader = new MsgpackReader(packed.array(), 0, packed.length());
    int length = accessor.find(reader);
    Map<String, Object> record = new MsgpackReader(packed.array(), 0, packed.length()).readRecord();
    Object expected = accessor.get(record);
    if (length < 0) {
      assertThat(expected).isNull();
      return 3;
    }
    Object found = new MsgpackReader(packed.array(), reader.position(), length).readValue();
    assertThat(found).isEqualTo(expected);
    return 4;
  }
}
