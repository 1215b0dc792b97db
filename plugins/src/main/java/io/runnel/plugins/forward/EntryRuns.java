package io.runnel.plugins.forward;

import io.runnel.event.Bytes;
import io.runnel.event.EventBuilder;
import io.runnel.event.EventStream;
import io.runnel.event.EventTime;
import io.runnel.event.MsgpackException;
import io.runnel.event.MsgpackReader;
import io.runnel.event.MsgpackToJson;
import io.runnel.host.MemoryBudget;
import io.runnel.net.Connection;
import io.runnel.plugin.PluginContext;
import io.runnel.plugins.common.AddedFields;
import java.io.IOException;
import java.io.InputStream;

/**
 * Emits the entries of messages: in the common case as a view into the bytes that were received,
 * after one walk over them. Used by the connection's thread alone.
 */
final class EntryRuns {
  private final PluginContext context;
  private final ForwardPolicy policy;
  private final Connection connection;
  private final AddedFields fields;
  private final Entries.Walk walk = new Entries.Walk();

  EntryRuns(
      PluginContext context, ForwardPolicy policy, Connection connection, AddedFields fields) {
    this.context = context;
    this.policy = policy;
    this.connection = connection;
    this.fields = fields;
  }

  /** Adds one event with the fields that this source gives to each. */
  void add(EventBuilder target, long time, byte[] from, int recordAt, int recordEnd) {
    if (fields.isEmpty()) {
      target.add(time, from, recordAt, recordEnd - recordAt);
    } else {
      target.begin();
      target.time(time);
      fields.write(from, recordAt, recordEnd - recordAt, target.record());
      target.commit();
    }
  }

  long now() {
    return context.clock().eventTime();
  }

  void warnBroken(String why) {
    context.log().warn("incoming chunk is broken:", "host", connection.peerText(), "msg", why);
  }

  /** Emits entries that stand back to back. */
  void emit(String tag, byte[] array, int from, int to, boolean zeroIsNow) throws ForwardException {
    int fault = walk.over(array, from, to);
    boolean untouched = fields.isEmpty() && !zeroIsNow;
    if (untouched && (fault == 0 || fault == Entries.TRUNCATED)) {
      if (fault != 0) {
        warnTruncated(tag, to - walk.end());
      }
      if (walk.count() > 0) {
        EventStream stream =
            EventStream.packed(array, from, walk.end() - from, walk.count(), walk.ends());
        context.emitter().emit(tag, stream);
      }
      return;
    }
    if (fault == Entries.BROKEN) {
      throw new ForwardException(
          "incoming chunk is broken: entry " + walk.count() + " is no MessagePack");
    }
    rebuild(tag, array, from, to, zeroIsNow);
  }

  private void warnTruncated(String tag, int left) {
    warnBroken("tag " + tag + ": the last " + left + " bytes are no whole entry");
  }

  /** Emits entries one by one: some are wrong, or are to be changed. */
  private void rebuild(String tag, byte[] array, int from, int to, boolean zeroIsNow)
      throws ForwardException {
    EventBuilder target = new EventBuilder(new Bytes(to - from + 256));
    int at = from;
    while (at < to) {
      int next = Entries.skip(array, at, to);
      if (next == Entries.BROKEN) {
        throw new ForwardException("incoming chunk is broken: no MessagePack among the entries");
      }
      if (next == Entries.TRUNCATED) {
        warnTruncated(tag, to - at);
        break;
      }
      if (next == Entries.INVALID) {
        next = skipDeep(array, at, to);
        skipInvalidEntry(tag, "nested too deeply");
      } else if (!entry(target, array, at, next, zeroIsNow)) {
        skipInvalidEntry(tag, text(array, at, next));
      }
      at = next;
    }
    if (!target.isEmpty()) {
      context.emitter().emit(tag, target.take());
    }
  }

  private static int skipDeep(byte[] array, int at, int to) {
    MsgpackReader reader = new MsgpackReader(array, at, to - at);
    reader.skip();
    return reader.position();
  }

  private static String text(byte[] array, int at, int to) {
    int shown = Math.min(to - at, 1024);
    try {
      return MsgpackToJson.text(new MsgpackReader(array, at, shown).readValue());
    } catch (MsgpackException e) {
      return (to - at) + " bytes";
    }
  }

  private void skipInvalidEntry(String tag, String event) throws ForwardException {
    if (!policy.skipInvalid()) {
      throw new ForwardException("invalid event: tag=\"" + tag + "\" " + event);
    }
    context
        .log()
        .warn("skip invalid event:", "host", connection.peerText(), "tag", tag, "event", event);
  }

  /**
   * Adds {@code [time, record]} or {@code [[time, metadata], record]}; false where it is neither.
   */
  private boolean entry(EventBuilder target, byte[] array, int from, int to, boolean zeroIsNow) {
    MsgpackReader reader = new MsgpackReader(array, from, to - from);
    if (!reader.peekArray() || reader.readArrayHeader() < 2) {
      return false;
    }
    long time;
    if (reader.peekArray()) {
      int timeStart = reader.position();
      if (reader.readArrayHeader() < 1 || !Entries.isTime(array, reader.position(), to)) {
        return false;
      }
      time = reader.readTime();
      reader.position(timeStart);
      reader.skip();
    } else if (zeroIsNow && reader.peekNil()) {
      reader.skip();
      time = 0;
    } else if (Entries.isTime(array, reader.position(), to)) {
      time = reader.readTime();
    } else {
      return false;
    }
    int recordAt = reader.position();
    if (!Entries.isMap(array, recordAt, to)) {
      return false;
    }
    reader.skip();
    boolean current = zeroIsNow && EventTime.seconds(time) == 0;
    add(target, current ? now() : time, array, recordAt, reader.position());
    return true;
  }

  /** Emits entries that are compressed; large ones in parts. */
  void decompress(String tag, byte[] bytes, int from, int length, boolean zstd) throws IOException {
    MemoryBudget budget = context.memory().receiving();
    try (Decompressed result =
        Decompressed.open(zstd, bytes, from, length, policy.decompressionLimit(), budget)) {
      if (result.whole() != null) {
        emit(tag, result.whole().array(), 0, result.whole().length(), false);
      } else {
        emitParts(tag, result);
      }
    }
  }

  private void emitParts(String tag, Decompressed result) throws IOException {
    try (InputStream in = result.stream()) {
      byte[] part = new byte[Decompressed.PART];
      int filled = 0;
      for (int count; (count = in.readNBytes(part, filled, part.length - filled)) > 0; ) {
        filled += count;
        int whole = wholeEntries(part, 0, filled);
        emit(tag, part, 0, whole, false);
        long size = whole == 0 ? part.length * 2L : Decompressed.PART + filled - whole;
        byte[] next = new byte[result.partOf(size)];
        System.arraycopy(part, whole, next, 0, filled - whole);
        filled -= whole;
        part = next;
      }
      emit(tag, part, 0, filled, false);
    }
  }

  /** The position behind the last whole entry; the end where one of them is broken. */
  static int wholeEntries(byte[] part, int from, int filled) {
    int at = from;
    while (at < filled) {
      int next = Entries.skip(part, at, filled);
      if (next < 0) {
        return next == Entries.TRUNCATED ? at : filled;
      }
      at = next;
    }
    return at;
  }
}
