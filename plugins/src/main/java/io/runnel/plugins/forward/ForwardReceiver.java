package io.runnel.plugins.forward;

import io.runnel.event.Bytes;
import io.runnel.event.EventBuilder;
import io.runnel.event.EventStream;
import io.runnel.event.EventTime;
import io.runnel.event.JsonToMsgpack;
import io.runnel.event.MsgpackException;
import io.runnel.event.MsgpackReader;
import io.runnel.event.MsgpackToJson;
import io.runnel.event.MsgpackWriter;
import io.runnel.host.MemoryBudget;
import io.runnel.net.Connection;
import io.runnel.plugin.PluginContext;
import io.runnel.plugins.common.AddedFields;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.function.BooleanSupplier;

/**
 * Takes the messages of one connection: finds their events, emits them, and acknowledges them once
 * they are safe. Used by the connection's thread alone.
 *
 * <p>The common case, PackedForward with sound entries, is emitted as a view into the bytes that
 * were received, after one walk over them. Messages with single events are collected, as long as
 * more bytes are there and nobody waits for an answer.
 */
public final class ForwardReceiver {
  /** Events that are collected before they are emitted. */
  private static final int COLLECTED_BYTES = 256 * 1024;

  private final PluginContext context;
  private final ForwardPolicy policy;
  private final Connection connection;
  private final ForwardFrames frames;
  private final AddedFields fields;
  private final EventBuilder collected = new EventBuilder(new Bytes(512));
  private final int[] walked = new int[2];
  private String collectedTag;

  /** The long message that is being taken in parts; null where none is. */
  private LongMessage part;

  /** The bytes of the message that is looked at: the frame, or what its JSON was turned into. */
  private byte[] bytes;

  private int end;
  private Bytes converted;
  private JsonToMsgpack transcoder;

  public ForwardReceiver(
      PluginContext context,
      ForwardPolicy policy,
      Connection connection,
      ForwardFrames frames,
      AddedFields fields) {
    this.context = context;
    this.policy = policy;
    this.connection = connection;
    this.frames = frames;
    this.fields = fields;
  }

  /**
   * Takes messages until the connection ends.
   *
   * @param stop asked between two messages
   * @throws IOException as {@link #take}
   */
  public void takeAll(BooleanSupplier stop) throws IOException {
    boolean more = true;
    while (more && !stop.getAsBoolean()) {
      if (frames.next()) {
        take();
      } else {
        takePart();
        more = frames.fill(connection);
      }
    }
    flush();
  }

  /**
   * Takes the message that the frames have found.
   *
   * @throws IOException where the message is broken or the events could not be taken: the
   *     connection is to be closed, nothing is acknowledged
   */
  public void take() throws IOException {
    try {
      bytes = frames.buffer();
      int from = frames.offset();
      end = from + frames.length();
      if (frames.isJson()) {
        from = convert();
        if (from < 0) {
          return;
        }
      }
      if (part != null) {
        lastPart(from);
      } else {
        message(from);
      }
    } catch (MsgpackException e) {
      throw new ForwardException("incoming chunk is broken: " + e.getMessage());
    }
  }

  /**
   * To be called before more bytes are waited for: emits what was collected, and of a long message
   * (PackedForward, not compressed) the events that have come. Its acknowledgement follows at its
   * end, so a client whose connection breaks in between sends all of it again.
   */
  public void takePart() throws IOException {
    flush();
    if (!frames.isLong()) {
      return;
    }
    bytes = frames.buffer();
    int from = frames.offset();
    end = from + frames.unfinished();
    if (part == null) {
      part = LongMessage.begin(bytes, from, end);
    }
    if (!part.isSound()) {
      return;
    }
    from += part.headBytes();
    int to = (int) Math.min(end, from + part.left());
    int whole = wholeEntries(bytes, from, to);
    if (whole > from) {
      emitRun(policy.tag(part.tag()), bytes, from, whole, false, false);
      part = part.without(whole - from);
      frames.consume(whole);
    }
  }

  /** The rest of a long message. */
  private void lastPart(int from) throws IOException {
    LongMessage message = part;
    part = null;
    if (!message.isStarted()) {
      message(from);
      return;
    }
    int to = Math.toIntExact(from + message.left());
    MsgpackReader reader = new MsgpackReader(bytes, to, end - to);
    Option option = option(reader, message.size(), 2);
    emitRun(policy.tag(message.tag()), bytes, from, to, false, false);
    acknowledge(option);
  }

  /** Emits what was collected; to be called when no more bytes are there. */
  public void flush() {
    if (!collected.isEmpty()) {
      EventStream stream = collected.take();
      context.emitter().emit(collectedTag, stream);
      collected.out().reset(COLLECTED_BYTES);
    }
  }

  private int convert() {
    if (transcoder == null) {
      transcoder = new JsonToMsgpack();
    }
    converted = new Bytes(Math.max(256, frames.length()));
    MsgpackWriter writer = new MsgpackWriter(converted);
    if (!transcoder.transcode(bytes, frames.offset(), frames.length(), writer)) {
      warnBroken(transcoder.error());
      return -1;
    }
    bytes = converted.array();
    end = converted.length();
    return 0;
  }

  private void warnBroken(String why) {
    context.log().warn("incoming chunk is broken:", "host", connection.peerText(), "msg", why);
  }

  private void message(int from) throws IOException {
    MsgpackReader reader = new MsgpackReader(bytes, from, end - from);
    if (reader.peekNil()) {
      return; // a client's keep-alive
    }
    if (!reader.peekArray()) {
      warnBroken("a message must be an array");
      return;
    }
    int size = reader.readArrayHeader();
    if (size < 2) {
      warnBroken("a message must have a tag and events");
      return;
    }
    if (!reader.peekString()) {
      skipInvalid("tag is no string", null);
      return;
    }
    String tag = reader.readString();
    if (policy.warnAbove() > 0 && frames.length() > policy.warnAbove()) {
      context
          .log()
          .warn(
              "Input chunk size is larger than 'chunk_size_warn_limit':",
              "tag",
              tag,
              "host",
              connection.peerText(),
              "limit",
              policy.warnAbove(),
              "size",
              frames.length());
    }
    if (reader.peekString()) {
      packed(policy.tag(tag), reader, size);
    } else if (reader.peekArray()) {
      forward(policy.tag(tag), reader, size);
    } else {
      single(policy.tag(tag), reader, size);
    }
  }

  /** {@code [tag, entries as bytes, option]}. */
  private void packed(String tag, MsgpackReader reader, int size) throws IOException {
    int length = reader.readStringHeader();
    int from = reader.position();
    reader.position(from + length);
    Option option = option(reader, size, 2);
    flush();
    if (option.isCompressed()) {
      decompress(tag, from, length, option);
    } else {
      emitRun(tag, bytes, from, from + length, false, false);
    }
    acknowledge(option);
  }

  /** {@code [tag, [[time, record], …], option]}. */
  private void forward(String tag, MsgpackReader reader, int size) throws IOException {
    int header = reader.position();
    int count = reader.readArrayHeader();
    int from = reader.position();
    reader.position(header);
    reader.skip();
    int to = reader.position();
    Option option = option(reader, size, 2);
    flush();
    if (count > 0) {
      emitRun(tag, bytes, from, to, policy.zeroIsNow(), false);
    }
    acknowledge(option);
  }

  /** {@code [tag, time, record, option]}. */
  private void single(String tag, MsgpackReader reader, int size) throws IOException {
    int timeAt = reader.position();
    boolean timed = Entries.isTime(bytes, timeAt, end) || policy.zeroIsNow() && reader.peekNil();
    long time = EventTime.NONE;
    if (timed && !reader.peekNil()) {
      time = reader.readTime();
    } else {
      reader.skip();
    }
    if (size < 3) {
      warnBroken("a message must have a record");
      return;
    }
    int recordAt = reader.position();
    int recordEnd = Entries.skip(bytes, recordAt, end);
    reader.skip();
    Option option = option(reader, size, 3);
    if (!timed || recordEnd < 0 || !Entries.isMap(bytes, recordAt, end)) {
      skipInvalid("tag=\"" + tag + "\"", reader);
    } else {
      long at = time == EventTime.NONE || EventTime.seconds(time) == 0 ? now() : time;
      collect(tag, at, recordAt, recordEnd);
    }
    if (option.chunkEnd > 0) {
      flush();
    }
    acknowledge(option);
  }

  private void collect(String tag, long time, int recordAt, int recordEnd) {
    if (!tag.equals(collectedTag) || collected.bytes() > COLLECTED_BYTES) {
      flush();
      collectedTag = tag;
    }
    add(collected, time, bytes, recordAt, recordEnd);
  }

  private void add(EventBuilder target, long time, byte[] from, int recordAt, int recordEnd) {
    if (fields.isEmpty()) {
      target.add(time, from, recordAt, recordEnd - recordAt);
    } else {
      target.begin();
      target.time(time);
      fields.write(from, recordAt, recordEnd - recordAt, target.record());
      target.commit();
    }
  }

  private long now() {
    return context.clock().eventTime();
  }

  private void skipInvalid(String what, MsgpackReader reader) throws ForwardException {
    if (!policy.skipInvalid() && reader != null) {
      throw new ForwardException("invalid event: " + what);
    }
    context.log().warn("skip invalid event:", "host", connection.peerText(), "event", what);
  }

  /**
   * Emits entries that stand back to back.
   *
   * @param owned true where the array is not part of the connection's buffer
   */
  private void emitRun(String tag, byte[] array, int from, int to, boolean zeroIsNow, boolean owned)
      throws ForwardException {
    int fault = Entries.walk(array, from, to, walked);
    boolean untouched = fields.isEmpty() && !zeroIsNow;
    if (untouched && (fault == 0 || fault == Entries.TRUNCATED)) {
      if (fault != 0) {
        warnTruncated(tag, to - walked[1]);
      }
      if (walked[0] > 0) {
        if (!owned && array == frames.buffer()) {
          frames.handOut();
        }
        EventStream stream = EventStream.packed(array, from, walked[1] - from, walked[0]);
        context.emitter().emit(tag, stream);
      }
      return;
    }
    if (fault == Entries.BROKEN) {
      throw new ForwardException(
          "incoming chunk is broken: entry " + walked[0] + " is no MessagePack");
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

  private void decompress(String tag, int from, int length, Option option) throws IOException {
    MemoryBudget budget = context.memory().receiving();
    try (Decompressed result =
        Decompressed.open(
            option.compression.equals("zstd"),
            bytes,
            from,
            length,
            policy.decompressionLimit(),
            budget)) {
      if (result.whole() != null) {
        emitRun(tag, result.whole().array(), 0, result.whole().length(), false, true);
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
        emitRun(tag, part, 0, whole, false, true);
        long size = whole == 0 ? part.length * 2L : Decompressed.PART + filled - whole;
        byte[] next = new byte[result.partOf(size)];
        System.arraycopy(part, whole, next, 0, filled - whole);
        filled -= whole;
        part = next;
      }
      emitRun(tag, part, 0, filled, false, true);
    }
  }

  /** The position behind the last whole entry; the end where one of them is broken. */
  private static int wholeEntries(byte[] part, int from, int filled) {
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

  /** What a client may say behind its events. */
  private static final class Option {
    String compression = "text";
    int chunkStart;
    int chunkEnd;

    boolean isCompressed() {
      return compression.equals("gzip") || compression.equals("zstd");
    }
  }

  private Option option(MsgpackReader reader, int size, int before) {
    Option option = new Option();
    if (size <= before || !policy.answers() || !reader.peekMap()) {
      return option;
    }
    int pairs = reader.readMapHeader();
    for (int i = 0; i < pairs; i++) {
      String key = reader.peekString() ? reader.readString() : skipped(reader);
      int valueAt = reader.position();
      if (key.equals("compressed") && reader.peekString()) {
        option.compression = reader.readString();
      } else {
        boolean present = !reader.peekNil();
        reader.skip();
        if (key.equals("chunk") && present) {
          option.chunkStart = valueAt;
          option.chunkEnd = reader.position();
        }
      }
    }
    return option;
  }

  private static String skipped(MsgpackReader reader) {
    reader.skip();
    return "";
  }

  private void acknowledge(Option option) throws IOException {
    if (option.chunkEnd == 0) {
      return;
    }
    context.emitter().commit();
    Bytes answer = new Bytes(64);
    if (frames.isJson()) {
      Object chunk =
          new MsgpackReader(bytes, option.chunkStart, option.chunkEnd - option.chunkStart)
              .readValue();
      answer.utf8(MsgpackToJson.text(Map.of("ack", chunk)));
    } else {
      MsgpackWriter writer = new MsgpackWriter(answer);
      writer.mapHeader(1);
      writer.string("ack");
      writer.raw(bytes, option.chunkStart, option.chunkEnd - option.chunkStart);
    }
    connection.write(answer.array(), 0, answer.length());
  }
}
