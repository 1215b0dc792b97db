package io.runnel.plugins.common;

import io.runnel.event.Bytes;
import io.runnel.event.EventTime;
import io.runnel.event.MsgpackReader;
import io.runnel.event.MsgpackToJson;
import io.runnel.event.RubyFloat;

/**
 * The text of one field of a packed record, as Ruby's {@code to_s} gives it: nil is empty, strings
 * are as they are. Maps and lists are JSON text (Ruby would show its own notation).
 */
public final class FieldText {
  private FieldText() {}

  /** Appends the text of the value at {@code offset}. */
  public static void write(byte[] buffer, int offset, int length, Bytes out) {
    write(new MsgpackReader(buffer, offset, length), out);
  }

  /** Appends the text of the next value of a reader and takes it. */
  public static void write(MsgpackReader reader, Bytes out) {
    if (reader.peekString()) {
      int length = reader.readStringHeader();
      out.write(reader.buffer(), reader.position(), length);
      reader.position(reader.position() + length);
      return;
    }
    int start = reader.position();
    switch (reader.peek()) {
      case 0xc0 -> reader.skip();
      case 0xca, 0xcb -> RubyFloat.write((Double) reader.readValue(), out);
      default -> {
        if (reader.peekEventTime()) {
          RubyFloat.writeLong(EventTime.seconds(reader.readTime()), out);
          return;
        }
        reader.skip();
        MsgpackToJson.write(reader.buffer(), start, reader.position() - start, out);
      }
    }
  }

  /** The text of a decoded value; see {@link io.runnel.event.MsgpackWriter#value}. */
  public static String of(Object value) {
    return switch (value) {
      case null -> "";
      case String text -> text;
      case Double number -> RubyFloat.toString(number);
      case Float number -> RubyFloat.toString(number);
      case java.util.Map<?, ?> map -> MsgpackToJson.text(map);
      case java.util.List<?> list -> MsgpackToJson.text(list);
      default -> value.toString();
    };
  }
}
