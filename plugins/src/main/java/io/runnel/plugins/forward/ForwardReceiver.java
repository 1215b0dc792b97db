package io.runnel.plugins.forward;

import io.runnel.buffer.MessageMemory;
import io.runnel.event.Bytes;
import io.runnel.event.EventBuilder;
import io.runnel.event.EventStream;
import io.runnel.event.EventTime;
import io.runnel.event.JsonToMsgpack;
import io.runnel.event.MsgpackException;
import io.runnel.event.MsgpackReader;
import io.runnel.event.MsgpackToJson;
import io.runnel.event.MsgpackWriter;
import io.runnel.net.Connection;
import io.runnel.plugin.PluginContext;
import io.runnel.plugins.common.AddedFields;
import java.io.IOException;
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
  private final EventBuilder collected = new EventBuilder(new Bytes(512));
  private final EntryRuns runs;
  private String collectedTag;

  /** The long message that is being taken in parts; null where none is. */
  private LongMessage part;

  /** The bytes of the message that is looked at: the frame, or what its JSON was turned into. */
  private byte[] bytes;

  private int messageStart;
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
    this.runs = new EntryRuns(context, policy, connection, fields);
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
    int whole = EntryRuns.wholeEntries(bytes, from, to);
    if (whole > from) {
      runs.emit(policy.tag(part.tag()), bytes, from, whole, false);
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
    MessageOption option = option(reader, message.size(), 2);
    runs.emit(policy.tag(message.tag()), bytes, from, to, false);
    if (option.wantsAnswer()) {
      context.emitter().commit();
      answer(option);
    }
  }

  /** Emits what was collected; to be called when no more bytes are there. */
  public void flush() {
    if (!collected.isEmpty()) {
      EventStream stream = collected.lend();
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
      runs.warnBroken(transcoder.error());
      return -1;
    }
    bytes = converted.array();
    end = converted.length();
    return 0;
  }

  private void message(int from) throws IOException {
    messageStart = from;
    MsgpackReader reader = new MsgpackReader(bytes, from, end - from);
    if (reader.peekNil()) {
      return; // a client's keep-alive
    }
    if (!reader.peekArray()) {
      runs.warnBroken("a message must be an array");
      return;
    }
    int size = reader.readArrayHeader();
    if (size < 2) {
      runs.warnBroken("a message must have a tag and events");
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
    int to = from + length;
    reader.position(to);
    MessageOption option = option(reader, size, 2);
    flush();
    take(
        option,
        to,
        () -> {
          if (option.isCompressed()) {
            runs.decompress(tag, bytes, from, length, option.compression().equals("zstd"));
          } else {
            runs.emit(tag, bytes, from, to, false);
          }
        });
  }

  /** {@code [tag, [[time, record], …], option]}. */
  private void forward(String tag, MsgpackReader reader, int size) throws IOException {
    int header = reader.position();
    int count = reader.readArrayHeader();
    int from = reader.position();
    reader.position(header);
    reader.skip();
    int to = reader.position();
    MessageOption option = option(reader, size, 2);
    flush();
    take(
        option,
        to,
        () -> {
          if (count > 0) {
            runs.emit(tag, bytes, from, to, policy.zeroIsNow());
          }
        });
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
      runs.warnBroken("a message must have a record");
      return;
    }
    int recordAt = reader.position();
    int recordEnd = Entries.skip(bytes, recordAt, end);
    reader.skip();
    MessageOption option = option(reader, size, 3);
    if (option.wantsAnswer()) {
      flush(); // what others sent is not part of this message
    }
    boolean sound = timed && recordEnd >= 0 && Entries.isMap(bytes, recordAt, end);
    if (!sound) {
      skipInvalid("tag=\"" + tag + "\"", reader);
    }
    boolean untimed = time == EventTime.NONE || EventTime.seconds(time) == 0;
    long at = untimed ? runs.now() : time;
    take(
        option,
        recordEnd,
        () -> {
          if (sound) {
            collect(tag, at, recordAt, recordEnd);
          }
          if (option.wantsAnswer()) {
            flush();
          }
        });
  }

  /** Emits the events of a message. */
  private interface Emission {
    void run() throws IOException;
  }

  /**
   * Takes a message whose client may want an answer: then its events are safe before it gets one,
   * and they are there once, however often it sends them.
   *
   * @param contentEnd where the option begins; what stands before it is the same in a resend
   */
  private void take(MessageOption option, int contentEnd, Emission emission) throws IOException {
    if (!option.wantsAnswer()) {
      emission.run();
      return;
    }
    if (!policy.remembers() || contentEnd < messageStart) {
      emission.run();
      context.emitter().commit();
    } else {
      takeOnce(option, contentEnd, emission);
    }
    answer(option);
  }

  private void takeOnce(MessageOption option, int contentEnd, Emission emission)
      throws IOException {
    try (MessageMemory.Message message =
        context
            .messages()
            .begin(bytes, option.chunkStart(), option.chunkEnd(), messageStart, contentEnd)) {
      if (message.isKnown()) {
        context.log().debug("a message came again, its events are stored already");
        return;
      }
      emission.run();
      context.emitter().commit();
      message.safe();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ForwardException("stopped while another connection sends the same message");
    }
  }

  private void collect(String tag, long time, int recordAt, int recordEnd) {
    if (!tag.equals(collectedTag) || collected.bytes() > COLLECTED_BYTES) {
      flush();
      collectedTag = tag;
    }
    runs.add(collected, time, bytes, recordAt, recordEnd);
  }

  private void skipInvalid(String what, MsgpackReader reader) throws ForwardException {
    if (!policy.skipInvalid() && reader != null) {
      throw new ForwardException("invalid event: " + what);
    }
    context.log().warn("skip invalid event:", "host", connection.peerText(), "event", what);
  }

  private MessageOption option(MsgpackReader reader, int size, int before) {
    return size <= before || !policy.answers() || !reader.peekMap()
        ? MessageOption.NONE
        : MessageOption.read(reader);
  }

  private void answer(MessageOption option) throws IOException {
    int from = option.chunkStart();
    int length = option.chunkEnd() - from;
    Bytes answer = new Bytes(64);
    if (frames.isJson()) {
      Object chunk = new MsgpackReader(bytes, from, length).readValue();
      answer.utf8(MsgpackToJson.text(Map.of("ack", chunk)));
    } else {
      MsgpackWriter writer = new MsgpackWriter(answer);
      writer.mapHeader(1);
      writer.string("ack");
      writer.raw(bytes, from, length);
    }
    connection.write(answer.array(), 0, answer.length());
  }
}
