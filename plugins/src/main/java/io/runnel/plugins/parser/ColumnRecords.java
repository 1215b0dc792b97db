package io.runnel.plugins.parser;

import io.runnel.event.EventBuilder;
import io.runnel.event.EventTime;
import io.runnel.event.MsgpackWriter;
import io.runnel.plugin.ParseException;
import java.util.List;

/**
 * Makes records of columns: csv and tsv. Columns beyond the keys are dropped. Immutable.
 *
 * <p>Columns come as places in a text: pairs (start, end), with start -1 for a column that is null.
 */
final class ColumnRecords {
  private final RecordRules rules;
  private final Field[] fields;

  /** For a key that is there again later: its first place gets nothing. */
  private final boolean[] shadowed;

  private final int timeField;

  ColumnRecords(RecordRules rules, List<String> keys) {
    this.rules = rules;
    fields = keys.stream().map(rules::field).toArray(Field[]::new);
    shadowed = new boolean[fields.length];
    int time = -1;
    for (int i = 0; i < fields.length; i++) {
      shadowed[i] = keys.lastIndexOf(keys.get(i)) > i;
      time = fields[i].isTime() && !shadowed[i] ? i : time;
    }
    timeField = time;
  }

  int size() {
    return fields.length;
  }

  /**
   * Adds an event.
   *
   * @param places pairs (start, end)
   * @param columns how many pairs count
   * @param missingAsNull whether keys without a column are null; otherwise they are absent
   */
  void add(byte[] text, int[] places, int columns, boolean missingAsNull, EventBuilder out)
      throws ParseException {
    int present = Math.min(columns, fields.length);
    int count = missingAsNull ? fields.length : present;
    long time = EventTime.NONE;
    if (timeField >= 0 && timeField < count) {
      if (timeField >= present || places[2 * timeField] < 0) {
        throw rules.noTime(null);
      }
      time = rules.time(text, places[2 * timeField], places[2 * timeField + 1]);
    }
    MsgpackWriter writer = out.begin();
    int mark = writer.open();
    int written = 0;
    for (int i = 0; i < count; i++) {
      if (shadowed[i] || i == timeField && !rules.keepsTime()) {
        continue;
      }
      fields[i].writeKey(writer);
      if (i >= present || places[2 * i] < 0) {
        writer.nil();
      } else {
        try {
          rules.write(writer, fields[i].conversion(), text, places[2 * i], places[2 * i + 1]);
        } catch (ParseException | RuntimeException e) {
          out.rollback();
          throw e;
        }
      }
      written++;
    }
    writer.closeMap(mark, written);
    RecordRules.setTime(out, time);
    out.commit();
  }
}
