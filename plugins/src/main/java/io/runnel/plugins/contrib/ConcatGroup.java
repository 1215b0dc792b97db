package io.runnel.plugins.contrib;

import io.runnel.plugins.common.FieldText;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** The events of one message so far. Used by one thread at a time. */
final class ConcatGroup {
  /** One event with the text that is to be joined. */
  record Line(long time, String text, Map<String, Object> record) {
    /** The size of names and values as texts, as buffer_limit_size counts. */
    long bytes() {
      long sum = 0;
      for (Map.Entry<String, Object> field : record.entrySet()) {
        sum += field.getKey().getBytes(StandardCharsets.UTF_8).length;
        sum += FieldText.of(field.getValue()).getBytes(StandardCharsets.UTF_8).length;
      }
      return sum;
    }
  }

  private final String tag;
  private final List<Line> lines = new ArrayList<>();
  private long characters;
  private long bytes;
  private long touched;

  ConcatGroup(String tag) {
    this.tag = tag;
  }

  void add(Line line, long nanos) {
    lines.add(line);
    characters += line.text().length();
    bytes += line.bytes();
    touched = nanos;
  }

  /** What {@link Line#bytes} sums up to. */
  long bytes() {
    return bytes;
  }

  String tag() {
    return tag;
  }

  int size() {
    return lines.size();
  }

  /** Characters of all texts: what is held in memory, roughly. */
  long characters() {
    return characters;
  }

  /** When the last event came, in nanoseconds of the monotonic clock. */
  long touched() {
    return touched;
  }

  long firstTime() {
    return lines.getFirst().time();
  }

  /** Puts the events into the order of a number that they hold. */
  void sort(Function<Map<String, Object>, Long> number) {
    lines.sort(Comparator.comparing(line -> number.apply(line.record())));
  }

  /** The fields of the last event and, before them, of the first, with all texts joined. */
  Map<String, Object> joined(String key, String separator) {
    StringBuilder text = new StringBuilder((int) Math.min(characters + 64, Integer.MAX_VALUE - 16));
    for (Line line : lines) {
      if (line != lines.getFirst()) {
        text.append(separator);
      }
      text.append(line.text());
    }
    Map<String, Object> record = new LinkedHashMap<>(lines.getLast().record());
    record.putAll(lines.getFirst().record());
    record.put(key, text.toString());
    return record;
  }
}
