package io.runnel.plugins.contrib;

import io.runnel.event.Bytes;
import io.runnel.event.EventTime;
import io.runnel.event.MsgpackReader;
import io.runnel.event.MsgpackToJson;
import io.runnel.event.MsgpackWriter;
import io.runnel.plugin.Formatter;
import io.runnel.plugins.common.FieldText;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Writes events as GELF messages, each with a NUL behind it. */
final class GelfFormat implements Formatter {
  private static final List<String> STANDARD =
      List.of("version", "short_message", "full_message", "facility", "line", "file");

  /** Names of levels; the place is the number. */
  private static final List<List<String>> LEVELS =
      List.of(
          List.of("0", "emergency", "emerg"),
          List.of("1", "alert", "a"),
          List.of("2", "critical", "crit", "c", "fatal"),
          List.of("3", "error", "err", "e"),
          List.of("4", "warning", "warn", "w"),
          List.of("5", "notice", "n"),
          List.of("6", "informational", "info", "i"),
          List.of("7", "debug", "d", "trace"));

  /** What another text of a level begins with, after fluent-plugin-gelf-hs: 1, 2, 4, 5, 6, 7. */
  private static final String LEVEL_LETTERS = "-ac-wnid";

  private final String hostname;
  private final boolean useRecordHost;
  private final boolean addMillis;

  GelfFormat(String hostname, boolean useRecordHost, boolean addMillis) {
    this.hostname = hostname;
    this.useRecordHost = useRecordHost;
    this.addMillis = addMillis;
  }

  @Override
  public String type() {
    return "gelf";
  }

  @Override
  public void format(String tag, long time, byte[] record, int offset, int length, Bytes out) {
    Map<String, Object> message =
        message(tag, time, new MsgpackReader(record, offset, length).readRecord());
    Bytes packed = new Bytes(length + 128);
    new MsgpackWriter(packed).value(message);
    MsgpackToJson.write(packed.array(), 0, packed.length(), out);
    out.write(0);
  }

  Map<String, Object> message(String tag, long time, Map<String, Object> record) {
    Map<String, Object> message = new LinkedHashMap<>();
    message.put("version", "1.1");
    message.put("host", hostname);
    message.put("short_message", "");
    message.put("facility", "fluentd");
    message.put("timestamp", timestamp(time, record));
    message.put("_tag", tag);
    record.forEach((name, value) -> put(name, value, message));
    message.values().removeIf(java.util.Objects::isNull); // what is null is no field there
    if (FieldText.of(message.get("short_message")).isBlank()) {
      message.put("short_message", shortMessage(message));
    }
    return message;
  }

  private double timestamp(long time, Map<String, Object> record) {
    double seconds = EventTime.seconds(time);
    Object millis = addMillis ? record.get("msec") : null;
    if (millis instanceof Number number) {
      return seconds + number.doubleValue() / 1000;
    }
    if (millis instanceof String digits && digits.matches("\\d{1,9}")) {
      return Double.parseDouble(EventTime.seconds(time) + "." + digits);
    }
    return Math.round((seconds + EventTime.nanos(time) / 1e9) * 1000) / 1000.0;
  }

  private void put(String name, Object value, Map<String, Object> message) {
    if (name.equals("level")) {
      int level = level(value);
      message.put(level < 0 ? "_level" : "level", level < 0 ? value : Long.valueOf(level));
    } else if (name.equals("msec") && addMillis) {
      return; // it is in the timestamp
    } else if (name.equals("host") && useRecordHost) {
      message.put("host", FieldText.of(value));
    } else if (name.equals("version")) {
      message.put("_version", value);
    } else if (name.equals("id") || name.equals("_id")) {
      message.put("__id", value); // the format does not allow _id
    } else if (STANDARD.contains(name)) {
      message.put(name, value);
    } else {
      message.put(name.startsWith("_") ? name : "_" + name, value);
    }
  }

  private static int level(Object value) {
    String text = FieldText.of(value).strip().toLowerCase(Locale.ROOT);
    for (int i = 0; i < LEVELS.size(); i++) {
      if (LEVELS.get(i).contains(text)) {
        return i;
      }
    }
    return text.isEmpty() ? -1 : LEVEL_LETTERS.indexOf(text.charAt(0), 1);
  }

  private static String shortMessage(Map<String, Object> message) {
    for (String name : List.of("_message", "_msg", "_log", "_record")) {
      Object value = message.get(name);
      if (value != null && !FieldText.of(value).isBlank()) {
        message.remove(name);
        return FieldText.of(value);
      }
    }
    return "(no message)";
  }
}
