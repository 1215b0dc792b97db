package io.runnel.ruby;

import io.runnel.event.EventTime;
import java.util.List;
import java.util.Map;

/** Writes values as compact JSON text, as Ruby's {@code JSON.generate} does. */
public final class JsonWriter {
  private JsonWriter() {}

  public static String write(Object value) {
    StringBuilder out = new StringBuilder();
    write(value, out, 0);
    return out.toString();
  }

  private static void write(Object value, StringBuilder out, int depth) {
    if (depth > JsonReader.MAX_DEPTH) {
      throw new IllegalArgumentException("nesting of " + JsonReader.MAX_DEPTH + " is too deep");
    }
    // No switch over patterns: this is on the start path, where each costs a class made at run
    // time.
    if (value == null) {
      out.append("null");
    } else if (value instanceof String s) {
      string(s, out);
    } else if (value instanceof Boolean b) {
      out.append(b.booleanValue());
    } else if (value instanceof Map<?, ?> map) {
      object(map, out, depth);
    } else if (value instanceof List<?> list) {
      array(list, out, depth);
    } else if (value instanceof Double d) {
      number(d, out);
    } else if (value instanceof Number n) {
      out.append(n);
    } else if (value instanceof EventTime time) {
      out.append(time.seconds());
    } else {
      string(value.toString(), out);
    }
  }

  private static void object(Map<?, ?> map, StringBuilder out, int depth) {
    char separator = '{';
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      out.append(separator);
      string(String.valueOf(entry.getKey()), out);
      out.append(':');
      write(entry.getValue(), out, depth + 1);
      separator = ',';
    }
    out.append(separator == '{' ? "{}" : "}");
  }

  private static void array(List<?> list, StringBuilder out, int depth) {
    char separator = '[';
    for (Object item : list) {
      out.append(separator);
      write(item, out, depth + 1);
      separator = ',';
    }
    out.append(separator == '[' ? "[]" : "]");
  }

  private static void number(double d, StringBuilder out) {
    if (Double.isNaN(d) || Double.isInfinite(d)) {
      throw new IllegalArgumentException(RubyNumbers.text(d) + " not allowed in JSON");
    }
    out.append(RubyNumbers.text(d));
  }

  private static void string(String s, StringBuilder out) {
    out.append('"');
    for (int i = 0; i < s.length(); i++) {
      char c = s.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        case '\b' -> out.append("\\b");
        case '\f' -> out.append("\\f");
        default -> {
          if (c < 0x20) {
            out.append("\\u00").append(c < 0x10 ? '0' : '1');
            out.append(Character.forDigit(c & 15, 16));
          } else {
            out.append(c);
          }
        }
      }
    }
    out.append('"');
  }
}
