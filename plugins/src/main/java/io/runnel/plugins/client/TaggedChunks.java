package io.runnel.plugins.client;

import io.runnel.event.Bytes;
import io.runnel.event.EventCursor;
import io.runnel.event.MsgpackReader;
import io.runnel.event.MsgpackWriter;
import io.runnel.event.RecordAccessor;
import io.runnel.plugin.BufferConfig;
import io.runnel.plugin.Chunk;
import io.runnel.plugin.Formatter;
import io.runnel.plugin.OutputContext;
import io.runnel.plugin.UnrecoverableException;
import java.io.IOException;
import java.util.function.Consumer;

/**
 * Chunks that tell each event's tag. Where the tag is a chunk key, a chunk has one tag and the
 * standard form. Else each event is stored as {@code [time, {"tag": TAG, "record": RECORD}]}, which
 * is a stream of events still.
 */
public final class TaggedChunks {
  private static final String TAG = "tag";
  private static final String RECORD = "record";

  private final boolean wrapped;
  private final RecordAccessor tagField = RecordAccessor.ofKey(TAG);
  private final RecordAccessor recordField = RecordAccessor.ofKey(RECORD);

  public TaggedChunks(OutputContext context) {
    BufferConfig buffer = context.buffer();
    wrapped = buffer != null && !buffer.hasTag() && !context.isSecondary();
  }

  /** What the output returns as its own. */
  public Formatter chunkFormat() {
    return wrapped ? new Wrapping() : null;
  }

  /**
   * Passes the events in order.
   *
   * @throws UnrecoverableException where the content is no stream of events
   */
  public void each(Chunk chunk, Consumer<ChunkEvent> consumer) throws IOException {
    ChunkEvent event = new ChunkEvent();
    String chunkTag = chunk.tag() == null ? "" : chunk.tag();
    chunk.eachStream(
        stream -> {
          for (EventCursor cursor = stream.cursor(); cursor.next(); ) {
            consumer.accept(wrapped ? unwrap(event, cursor) : plain(event, chunkTag, cursor));
          }
        });
  }

  private static ChunkEvent plain(ChunkEvent event, String tag, EventCursor cursor) {
    return event.next(
        tag, cursor.time(), cursor.bytes(), cursor.recordOffset(), cursor.recordLength());
  }

  private ChunkEvent unwrap(ChunkEvent event, EventCursor cursor) {
    MsgpackReader reader =
        new MsgpackReader(cursor.bytes(), cursor.recordOffset(), cursor.recordLength());
    if (tagField.find(reader) < 0) {
      throw new UnrecoverableException("broken chunk: an event has no tag");
    }
    String tag = reader.readString();
    reader.position(cursor.recordOffset());
    int length = recordField.find(reader);
    if (length < 0) {
      throw new UnrecoverableException("broken chunk: an event has no record");
    }
    return event.next(tag, cursor.time(), cursor.bytes(), reader.position(), length);
  }

  private static final class Wrapping implements Formatter {
    @Override
    public void format(String tag, long time, byte[] record, int offset, int length, Bytes out) {
      MsgpackWriter writer = new MsgpackWriter(out);
      writer.arrayHeader(2);
      writer.eventTime(time);
      writer.mapHeader(2);
      writer.string(TAG);
      writer.string(tag);
      writer.string(RECORD);
      writer.raw(record, offset, length);
    }

    @Override
    public String type() {
      return "msgpack";
    }
  }
}
