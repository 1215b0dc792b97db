package io.runnel.plugins.parser;

import io.runnel.event.EventBuilder;
import io.runnel.event.EventTime;
import io.runnel.event.MsgpackWriter;
import io.runnel.plugin.ParseException;
import io.runnel.regexp.Regexp;
import java.util.List;

/**
 * Makes records of the places that a pattern, or a matcher written by hand, has found. Groups that
 * took no part are absent. Immutable.
 */
final class CaptureRecords {
  private final RecordRules rules;
  private final Field[] fields;

  /** Numbers of the groups of each field; of several, the last that took part counts. */
  private final int[][] groups;

  private final int timeField;

  CaptureRecords(RecordRules rules, Regexp regexp) {
    this(rules, regexp.names(), regexp.names().stream().map(regexp::groups).toArray(int[][]::new));
  }

  CaptureRecords(RecordRules rules, List<String> names, int[][] groups) {
    this.rules = rules;
    this.groups = groups;
    fields = names.stream().map(rules::field).toArray(Field[]::new);
    int time = -1;
    for (int i = 0; i < fields.length; i++) {
      time = fields[i].isTime() ? i : time;
    }
    timeField = time;
  }

  private static int group(int[] numbers, int[] places) {
    for (int i = numbers.length - 1; i > 0; i--) {
      if (places[2 * numbers[i]] >= 0) {
        return numbers[i];
      }
    }
    return numbers[0];
  }

  /**
   * Adds the event of a match.
   *
   * @param places as {@link Regexp#search} returns them
   */
  void add(byte[] text, int[] places, EventBuilder out) throws ParseException {
    long time = EventTime.NONE;
    if (timeField >= 0) {
      int group = group(groups[timeField], places);
      if (places[2 * group] >= 0) {
        time = rules.time(text, places[2 * group], places[2 * group + 1]);
      }
    }
    MsgpackWriter writer = out.begin();
    int mark = writer.open();
    int count = 0;
    for (int i = 0; i < fields.length; i++) {
      int group = group(groups[i], places);
      int from = places[2 * group];
      if (from < 0 || i == timeField && !rules.keepsTime()) {
        continue;
      }
      fields[i].writeKey(writer);
      try {
        rules.write(writer, fields[i].conversion(), text, from, places[2 * group + 1]);
      } catch (ParseException | RuntimeException e) {
        out.rollback();
        throw e;
      }
      count++;
    }
    writer.closeMap(mark, count);
    RecordRules.setTime(out, time);
    out.commit();
  }
}
