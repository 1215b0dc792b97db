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
    } else if (value instanceof RawBytes || value instanceof java.nio.file.Path) {
      quote(out, value.toString());
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
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        case '\f' -> out.append("\\f");
        case '\b' -> out.append("\\b");
        case 0x0b -> out.append("\\v");
        case 0x07 -> out.append("\\a");
        case 0x1b -> out.append("\\e");
        case '#' -> {
          boolean interpolates = i + 1 < text.length() && "{$@".indexOf(text.charAt(i + 1)) >= 0;
          out.append(interpolates ? "\\#" : "#");
        }
        default -> {
          if (c < 0x20 || c == 0x7f) {
            out.append("\\x").append(String.format("%02X", (int) c));
          } else {
            out.append(c);
          }
        }
      }
    }
    out.append('"');
  }
}
