package io.runnel.cli;

import io.runnel.event.Bytes;
import io.runnel.event.EventTime;
import io.runnel.event.MsgpackToJson;
import java.time.Instant;

/** An event of a chunk as one line. */
final class EventLines {
  private EventLines() {}

  /** For programs: one JSON object. */
  static void json(
      String chunkId, String tag, long time, byte[] bytes, int offset, int length, Bytes out) {
    out.ascii("{\"chunk\":\"");
    out.ascii(chunkId);
    out.ascii("\",\"tag\":");
    MsgpackToJson.write(tag, out);
    out.ascii(",\"time\":");
    MsgpackToJson.write(text(time), out);
    out.ascii(",\"record\":");
    MsgpackToJson.write(bytes, offset, length, out);
    out.ascii("}\n");
  }

  /** For people, as out_file writes it; foreign text never controls a terminal. */
  static void plain(String tag, long time, byte[] bytes, int offset, int length, Bytes out) {
    out.ascii(time == EventTime.NONE ? "-" : text(time));
    out.write('\t');
    out.utf8(tag == null ? "-" : ChunkText.word(tag));
    out.write('\t');
    Bytes record = new Bytes(length + 16);
    MsgpackToJson.write(bytes, offset, length, record);
    out.utf8(ChunkText.escaped(record.toString()));
    out.write('\n');
  }

  /** Null where there is no time. */
  private static String text(long time) {
    return time == EventTime.NONE
        ? null
        : Instant.ofEpochSecond(EventTime.seconds(time), EventTime.nanos(time)).toString();
  }
}
