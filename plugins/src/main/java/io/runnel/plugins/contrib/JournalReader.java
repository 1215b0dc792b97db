package io.runnel.plugins.contrib;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads the export format of the journal: fields {@code NAME=value} a line, or {@code NAME}, a line
 * end, eight bytes of length (little endian), the value and a line end; an empty line ends an
 * entry.
 */
final class JournalReader {
  /** Longest value that is kept; a longer one is cut. */
  static final int MAX_VALUE = 8 << 20;

  private static final int MAX_FIELDS = 1024;

  private final InputStream in;

  JournalReader(InputStream in) {
    this.in = new BufferedInputStream(in, 64 * 1024);
  }

  /** Whether more can be read without waiting. */
  boolean isReady() throws IOException {
    return in.available() > 0;
  }

  /**
   * The next entry; null at the end. A field that comes several times is a list.
   *
   * @throws EOFException where the text ends within a binary value
   */
  Map<String, Object> next() throws IOException {
    Map<String, Object> entry = new LinkedHashMap<>();
    while (true) {
      byte[] line = line();
      if (line == null) {
        return null; // what has no empty line behind it is not whole
      }
      if (line.length == 0) {
        if (!entry.isEmpty()) {
          return entry;
        }
        continue;
      }
      String text = new String(line, StandardCharsets.UTF_8);
      int equals = text.indexOf('=');
      if (equals > 0) {
        put(entry, text.substring(0, equals), text.substring(equals + 1));
      } else {
        put(entry, text, new String(binary(), StandardCharsets.UTF_8));
      }
    }
  }

  private static void put(Map<String, Object> entry, String name, String value) {
    Object old = entry.get(name);
    if (old == null) {
      if (entry.size() < MAX_FIELDS) {
        entry.put(name, value);
      }
    } else if (old instanceof List<?> list) {
      if (list.size() < MAX_FIELDS) {
        List<Object> longer = new ArrayList<>(list);
        longer.add(value);
        entry.put(name, longer);
      }
    } else {
      entry.put(name, List.of(old, value));
    }
  }

  private byte[] line() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    int b = in.read();
    if (b < 0) {
      return null;
    }
    for (; b >= 0 && b != '\n'; b = in.read()) {
      if (line.size() < MAX_VALUE) {
        line.write(b);
      }
    }
    return b < 0 ? null : line.toByteArray();
  }

  private byte[] binary() throws IOException {
    byte[] head = in.readNBytes(8);
    if (head.length < 8) {
      throw new EOFException("journal entry ends within a field");
    }
    long length = 0;
    for (int i = 7; i >= 0; i--) {
      length = length << 8 | head[i] & 0xff;
    }
    if (length < 0) {
      throw new IOException("wrong length of a journal field");
    }
    byte[] value = in.readNBytes((int) Math.min(length, MAX_VALUE));
    in.skipNBytes(length - value.length);
    in.skipNBytes(1);
    return value;
  }
}
