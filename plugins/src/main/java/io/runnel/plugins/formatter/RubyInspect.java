package io.runnel.plugins.formatter;

import io.runnel.event.Bytes;
import io.runnel.event.EventTime;
import io.runnel.event.MsgpackReader;
import io.runnel.event.MsgpackToJson;
import io.runnel.event.RubyFloat;
import java.nio.charset.StandardCharsets;

/** Packed values in Ruby's notation, as {@code inspect} of Ruby up to 3.3 shows them. */
final class RubyInspect {
  private RubyInspect() {}

  static void write(MsgpackReader reader, Bytes out) {
    write(reader, out, 0);
  }

  private static void write(MsgpackReader reader, Bytes out, int depth) {
    if (depth > MsgpackReader.MAX_DEPTH) {
      throw new io.runnel.event.MsgpackException("nested deeper than " + MsgpackReader.MAX_DEPTH);
    }
    if (reader.peekString()) {
      int length = reader.readStringHeader();
      string(reader.buffer(), reader.position(), length, out);
      reader.position(reader.position() + length);
    } else if (reader.peekMap()) {
      int pairs = reader.readMapHeader();
      out.write('{');
      for (int i = 0; i < pairs; i++) {
        out.ascii(i == 0 ? "" : ", ");
        write(reader, out, depth + 1);
        out.ascii("=>");
        write(reader, out, depth + 1);
      }
      out.write('}');
    } else if (reader.peekArray()) {
      int items = reader.readArrayHeader();
      out.write('[');
      for (int i = 0; i < items; i++) {
        out.ascii(i == 0 ? "" : ", ");
        write(reader, out, depth + 1);
      }
      out.write(']');
    } else if (reader.peekNil()) {
      reader.skip();
      out.ascii("nil");
    } else if (reader.peek() == 0xca || reader.peek() == 0xcb) {
      RubyFloat.write((Double) reader.readValue(), out);
    } else if (reader.peekEventTime()) {
      RubyFloat.writeLong(EventTime.seconds(reader.readTime()), out);
    } else {
      int start = reader.position();
      reader.skip();
      MsgpackToJson.write(reader.buffer(), start, reader.position() - start, out);
    }
  }

  private static void string(byte[] source, int offset, int length, Bytes out) {
    String text = new String(source, offset, length, StandardCharsets.UTF_8);
    boolean valid = text.indexOf('\uFFFD') < 0;
    if (!valid) {
      byte[] again = text.getBytes(StandardCharsets.UTF_8);
      valid = java.util.Arrays.equals(again, 0, again.length, source, offset, offset + length);
    }
    out.write('"');
    if (valid) {
      for (int at = 0; at < text.length(); ) {
        int c = text.codePointAt(at);
        at += Character.charCount(c);
        boolean interpolates =
            c == '#' && at < text.length() && "{$@".indexOf(text.charAt(at)) >= 0;
        if (interpolates) {
          out.write('\\');
        }
        character(c, out);
      }
    } else {
      for (int i = offset; i < offset + length; i++) {
        int c = source[i] & 0xff;
        if (c < 0x80) {
          escaped(c, out);
        } else {
          out.ascii("\\x%02X".formatted(c));
        }
      }
    }
    out.write('"');
  }

  private static void character(int c, Bytes out) {
    if (c < 0x80) {
      escaped(c, out);
    } else if (isPrintable(c)) {
      out.utf8(Character.toString(c));
    } else {
      out.ascii((c > 0xffff ? "\\u{%X}" : "\\u%04X").formatted(c));
    }
  }

  private static boolean isPrintable(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.PRIVATE_USE,
          Character.SURROGATE ->
          false;
      default -> true;
    };
  }

  private static void escaped(int c, Bytes out) {
    switch (c) {
      case '"', '\\' -> {
        out.write('\\');
        out.write(c);
      }
      case '\n' -> out.ascii("\\n");
      case '\r' -> out.ascii("\\r");
      case '\t' -> out.ascii("\\t");
      case '\f' -> out.ascii("\\f");
      case 7 -> out.ascii("\\a");
      case 8 -> out.ascii("\\b");
      case 11 -> out.ascii("\\v");
      case 27 -> out.ascii("\\e");
      case 127 -> out.ascii("\\x7F");
      default -> {
        if (c < 0x20) {
          out.ascii("\\u%04X".formatted(c));
        } else {
          out.write(c);
        }
      }
    }
  }
}
