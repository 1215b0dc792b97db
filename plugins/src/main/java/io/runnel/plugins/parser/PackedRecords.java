package io.runnel.plugins.parser;

import io.runnel.event.Bytes;
import io.runnel.event.EventBuilder;
import io.runnel.event.EventTime;
import io.runnel.event.MsgpackReader;
import io.runnel.event.MsgpackWriter;
import io.runnel.plugin.ParseException;
import java.util.Arrays;
import java.util.Map;

/** Finishes records that are MessagePack already: takes the time out and changes values. */
final class PackedRecords {
  private final RecordRules rules;

  PackedRecords(RecordRules rules) {
    this.rules = rules;
  }

  /**
   * Adds the event of a packed map.
   *
   * @throws ParseException where its time cannot be read; nothing is added
   */
  void add(byte[] packed, int offset, int length, EventBuilder out) throws ParseException {
    MsgpackWriter writer = out.begin();
    int recordAt = out.out().length();
    writer.raw(packed, offset, length);
    finish(out, recordAt);
  }

  /** Finishes the open event, whose record was written at {@code recordAt}. */
  void finish(EventBuilder out, int recordAt) throws ParseException {
    byte[] wanted = rules.timeKey();
    if (wanted != null) {
      Bytes bytes = out.out();
      MsgpackReader reader = new MsgpackReader(bytes.array(), recordAt, bytes.length() - recordAt);
      for (int left = reader.readMapHeader(); left > 0; left--) {
        int keyAt = reader.position();
        if (isKey(reader, wanted)) {
          int valueAt = reader.position();
          reader.skip();
          finish(out, recordAt, keyAt, valueAt, reader.position());
          return;
        }
        reader.skip();
      }
    }
    finish(out, recordAt, -1, -1, -1);
  }

  private static boolean isKey(MsgpackReader reader, byte[] wanted) {
    if (!reader.peekString()) {
      reader.skip();
      return false;
    }
    int length = reader.readStringHeader();
    int at = reader.position();
    reader.position(at + length);
    return length == wanted.length
        && Arrays.equals(reader.buffer(), at, at + length, wanted, 0, length);
  }

  /**
   * Finishes the open event, where the place of its time is known.
   *
   * @param keyAt where the key of the time begins; -1 where the record has none
   * @param valueAt where its value begins
   * @param valueEnd where its value ends
   */
  void finish(EventBuilder out, int recordAt, int keyAt, int valueAt, int valueEnd)
      throws ParseException {
    try {
      long time = EventTime.NONE;
      if (keyAt >= 0) {
        byte[] bytes = out.out().array();
        time = rules.time(new MsgpackReader(bytes, valueAt, valueEnd - valueAt));
        if (!rules.keepsTime()) {
          remove(out.out(), recordAt, keyAt, valueEnd);
        }
      }
      if (rules.changesValues()) {
        change(out, recordAt);
      }
      RecordRules.setTime(out, time);
      out.commit();
    } catch (ParseException | RuntimeException e) {
      out.rollback();
      throw e;
    }
  }

  /** Cuts one pair out of a map. */
  private static void remove(Bytes out, int mapAt, int from, int to) {
    byte[] a = out.array();
    int header = a[mapAt] & 0xff;
    if (header < 0xde) {
      a[mapAt]--;
    } else {
      int last = mapAt + (header == 0xde ? 2 : 4);
      while (a[last]-- == 0) {
        last--;
      }
    }
    System.arraycopy(a, to, a, from, out.length() - to);
    out.setLength(out.length() - (to - from));
  }

  private void change(EventBuilder out, int recordAt) throws ParseException {
    Bytes bytes = out.out();
    Map<String, Object> record =
        new MsgpackReader(bytes.array(), recordAt, bytes.length() - recordAt).readRecord();
    rules.change(record);
    bytes.setLength(recordAt);
    out.record().value(record);
  }
}
