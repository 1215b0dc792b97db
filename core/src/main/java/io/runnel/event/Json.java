package io.runnel.event;

import java.nio.charset.StandardCharsets;

/** JSON to and from decoded values, for places where speed does not matter. */
public final class Json {
  private Json() {}

  /**
   * Reads one value; the rules are those of {@link JsonToMsgpack}.
   *
   * @return null, Boolean, Long, BigInteger, Double, String, List or (ordered, mutable) Map
   * @throws IllegalArgumentException with what is wrong and at which byte
   */
  public static Object parse(String text) {
    return parse(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Like {@link #parse(String)}, from UTF-8. */
  public static Object parse(byte[] text) {
    Bytes out = new Bytes(text.length + 16);
    JsonToMsgpack reader = new JsonToMsgpack();
    if (!reader.transcode(text, 0, text.length, new MsgpackWriter(out))) {
      throw new IllegalArgumentException(
          "invalid JSON: " + reader.error() + " at byte " + reader.errorPosition());
    }
    return new MsgpackReader(out.array(), 0, out.length()).readValue();
  }

  /** Writes a decoded value; the rules are those of {@link MsgpackToJson}. */
  public static String write(Object value) {
    Bytes packed = new Bytes();
    new MsgpackWriter(packed).value(value);
    Bytes out = new Bytes(packed.length() + 16);
    MsgpackToJson.write(packed.array(), 0, packed.length(), out);
    return out.toString();
  }
}
