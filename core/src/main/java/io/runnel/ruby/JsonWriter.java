package io.runnel.ruby;

import io.runnel.event.EventTime;
import io.runnel.event.RawBytes;
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
    switch (value) {
      case null -> out.append("null");
      case Boolean b -> out.append(b.booleanValue());
      case Map<?, ?> map -> {
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
      case List<?> list -> {
        char separator = '[';
        for (Object item : list) {
          out.append(separator);
          write(item, out, depth + 1);
          separator = ',';
        }
        out.append(separator == '[' ? "[]" : "]");
      }
      case Double d -> number(d, out);
      case Number n -> out.append(n);
      case EventTime time -> out.append(time.seconds());
      case RawBytes raw -> string(raw.toString(), out);
      default -> string(value.toString(), out);
    }
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
