package io.runnel.connectors.sql;

import io.runnel.event.EventTime;
import io.runnel.event.Json;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;

/**
 * The rows of {@code mysql_bulk}.
 *
 * @param keys {@code ${time}} is the event's time
 * @param json keys whose values become JSON
 * @param dates keys whose values are seconds since the epoch and become dates
 * @param zone of dates
 */
record BulkRows(List<String> keys, List<String> json, List<String> dates, ZoneId zone) {
  private static final DateTimeFormatter DATE = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss");

  /**
   * @param lengths characters that each column holds; 0 for no limit
   */
  Object[] row(long time, Map<String, Object> record, int[] lengths) {
    Object[] values = new Object[keys.size()];
    for (int i = 0; i < values.length; i++) {
      String key = keys.get(i);
      values[i] =
          key.equals("${time}")
              ? date(EventTime.seconds(time))
              : value(key, record.get(key), lengths[i]);
    }
    return values;
  }

  private Object value(String key, Object value, int length) {
    if (json.contains(key)) {
      return Json.write(value);
    }
    if (value == null) {
      return null;
    }
    if (dates.contains(key)) {
      return value instanceof Number seconds ? date(seconds.longValue()) : date(key, value);
    }
    if (length == 0) {
      return value;
    }
    String text = Values.text(value);
    return text.codePointCount(0, text.length()) <= length
        ? text
        : text.substring(0, text.offsetByCodePoints(0, length));
  }

  private String date(String key, Object value) {
    try {
      return date(Long.parseLong(value.toString()));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(key + " is no time in seconds: " + value, e);
    }
  }

  private String date(long seconds) {
    try {
      return DATE.format(Instant.ofEpochSecond(seconds).atZone(zone));
    } catch (DateTimeException e) {
      throw new IllegalArgumentException("no time: " + seconds, e);
    }
  }
}
