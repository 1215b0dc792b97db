package io.runnel.event;

import java.util.List;
import java.util.Map;

/**
 * The text that Ruby's {@code inspect} gives for a value of a record (Ruby 3.3 and older: {@code
 * {"a"=>1}}): Fluentd shows records and attributes in its log like this.
 */
public final class RubyInspect {
  private RubyInspect() {}

  public static String of(Object value) {
    StringBuilder out = new StringBuilder();
    append(out, value);
    return out.toString();
  }

  /** No pattern switch, whose bootstrap costs every start 5 MB and 50 ms. */
  public static void append(StringBuilder out, Object value) {
    if (value == null) {
      out.append("nil");
    } else if (value instanceof CharSequence text) {
      quote(out, text);
    } else if (value instanceof Map<?, ?> map) {
      map(out, map);
    } else if (value instanceof List<?> list) {
      list(out, list);
    } else if (value instanceof RawBytes raw) {
      String text = raw.toString();
      if (text.indexOf('\uFFFD') < 0) {
        quote(out, text);
      } else {
        quote(out, raw.bytes());
      }
    } else if (value instanceof Double number) {
      out.append(RubyFloat.toString(number));
    } else if (value instanceof java.nio.file.Path path) {
      quote(out, path.toString());
    } else {
      out.append(value);
    }
  }

  private static void map(StringBuilder out, Map<?, ?> map) {
    out.append('{');
    String separator = "";
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      out.append(separator);
      append(out, entry.getKey());
      out.append("=>");
      append(out, entry.getValue());
      separator = ", ";
    }
    out.append('}');
  }

  private static void list(StringBuilder out, List<?> list) {
    out.append('[');
    String separator = "";
    for (Object item : list) {
      out.append(separator);
      append(out, item);
      separator = ", ";
    }
    out.append(']');
  }

  private static void quote(StringBuilder out, CharSequence text) {
    out.append('"');
    for (int at = 0; at < text.length(); ) {
      int c = Character.codePointAt(text, at);
      at += Character.charCount(c);
      if (c == '#' && at < text.length() && "{$@".indexOf(text.charAt(at)) >= 0) {
        out.append('\\');
      }
      character(out, c);
    }
    out.append('"');
  }

  /** Bytes that are no UTF-8. */
  private static void quote(StringBuilder out, byte[] bytes) {
    out.append('"');
    for (byte b : bytes) {
      if (b >= 0) {
        escaped(out, b);
      } else {
        out.append(String.format("\\x%02X", b & 0xff));
      }
    }
    out.append('"');
  }

  private static void character(StringBuilder out, int c) {
    if (c < 0x80) {
      escaped(out, c);
    } else if (isPrintable(c)) {
      out.appendCodePoint(c);
    } else {
      out.append(String.format(c > 0xffff ? "\\u{%X}" : "\\u%04X", c));
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

  private static void escaped(StringBuilder out, int c) {
    switch (c) {
      case '"' -> out.append("\\\"");
      case '\\' -> out.append("\\\\");
      case '\n' -> out.append("\\n");
      case '\r' -> out.append("\\r");
      case '\t' -> out.append("\\t");
      case '\f' -> out.append("\\f");
      case 7 -> out.append("\\a");
      case 8 -> out.append("\\b");
      case 11 -> out.append("\\v");
      case 27 -> out.append("\\e");
      case 127 -> out.append("\\x7F");
      default -> {
        if (c < 0x20) {
          out.append(String.format("\\u%04X", c));
        } else {
          out.append((char) c);
        }
      }
    }
  }
}
