package io.runnel.plugins.contrib;

import io.runnel.config.ConfigException;
import io.runnel.event.RawBytes;
import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.StandardCharsets;
import java.nio.charset.UnsupportedCharsetException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * {@code char_encoding}: {@code from:to}, or one name, which says how bytes are to be read. Records
 * hold UTF-8 here, so that with one name other than UTF-8 the texts are changed to UTF-8.
 *
 * @param from how the bytes of texts are read
 */
record Encoding(Charset from) {
  /**
   * @throws ConfigException where a name is not known
   */
  static Encoding of(String text) {
    String[] names = text.split(":", 2);
    Charset from = charset(names[0]);
    if (names.length > 1 && !charset(names[1]).equals(StandardCharsets.UTF_8)) {
      throw new ConfigException("char_encoding: only utf-8 is possible as target, not " + names[1]);
    }
    return new Encoding(from);
  }

  private static Charset charset(String name) {
    try {
      String known = name.strip();
      return known.equalsIgnoreCase("ascii-8bit")
          ? StandardCharsets.UTF_8
          : Charset.forName(known.equalsIgnoreCase("utf8") ? "utf-8" : known);
    } catch (IllegalCharsetNameException | UnsupportedCharsetException e) {
      throw new ConfigException("unknown encoding name - " + name);
    }
  }

  /** The record with its texts changed, the nested ones too. */
  Map<String, Object> record(Map<String, Object> record) {
    Map<String, Object> changed = new LinkedHashMap<>();
    record.forEach((key, value) -> changed.put(key, value(value)));
    return changed;
  }

  private Object value(Object value) {
    return switch (value) {
      case String text -> isUtf8() ? text : read(text.getBytes(StandardCharsets.UTF_8));
      case RawBytes raw when !raw.binary() || !isUtf8() -> isUtf8() ? raw : read(raw.bytes());
      case Map<?, ?> map -> {
        Map<String, Object> changed = new LinkedHashMap<>();
        map.forEach((key, inner) -> changed.put(String.valueOf(key), value(inner)));
        yield changed;
      }
      case List<?> list -> {
        List<Object> changed = new java.util.ArrayList<>();
        list.forEach(inner -> changed.add(value(inner)));
        yield changed;
      }
      case null, default -> value;
    };
  }

  private boolean isUtf8() {
    return from.equals(StandardCharsets.UTF_8);
  }

  private String read(byte[] bytes) {
    return new String(bytes, from);
  }
}
