package io.runnel.cli;

import io.runnel.buffer.ChunkFormat;
import io.runnel.buffer.FoundChunk;
import io.runnel.event.Bytes;
import io.runnel.event.EventTime;
import io.runnel.event.MsgpackWriter;
import io.runnel.plugins.output.ForwardSender;
import java.io.IOException;

/** Sends the events of chunks in messages of bounded size, each acknowledged. */
final class ChunkReplay {
  /** Servers may refuse longer messages; a chunk of the usual 8 MB becomes two or three. */
  private static final int MESSAGE = 4 << 20;

  private final ForwardSender sender;
  private final String tag;
  private final boolean withMessages;

  /**
   * @param tag for all events; null for that of each chunk
   * @param withMessages sends lines of text and bare records, which have no time, as well
   */
  ChunkReplay(ForwardSender sender, String tag, boolean withMessages) {
    this.sender = sender;
    this.tag = tag;
    this.withMessages = withMessages;
  }

  /** Why a chunk cannot be sent; null where it can. */
  String refusal(FoundChunk chunk) {
    if (chunk.format() != ChunkFormat.EVENTS && !withMessages) {
      return "it holds what a formatter made, not events; --as-messages sends its lines";
    }
    return tag == null && chunk.metadata().tag() == null
        ? "no tag is known of it; --as TAG gives one"
        : null;
  }

  /**
   * Returns when all of the chunk is acknowledged.
   *
   * @return the number of events
   */
  long send(FoundChunk chunk, FoundChunk.Health health) throws IOException {
    Parts parts = new Parts(chunk);
    chunk.events(health.soundBytes(), parts::add);
    parts.end();
    return parts.total;
  }

  private final class Parts {
    private final FoundChunk chunk;
    private final Bytes entries = new Bytes(MESSAGE / 4);
    private final MsgpackWriter writer = new MsgpackWriter(entries);
    private int count;
    private int sent;
    private long total;

    Parts(FoundChunk chunk) {
      this.chunk = chunk;
    }

    boolean add(long time, byte[] bytes, int offset, int length) throws IOException {
      if (count > 0 && entries.length() + length > MESSAGE) {
        flush(partId());
      }
      writer.arrayHeader(2);
      writer.eventTime(time == EventTime.NONE ? EventTime.ofMillis(chunk.createdMillis()) : time);
      writer.raw(bytes, offset, length);
      count++;
      total++;
      return true;
    }

    void end() throws IOException {
      if (count > 0) {
        flush(sent == 0 ? chunk.id() : partId());
      }
    }

    /**
     * A chunk that is sent whole keeps its id, so that a server that has it already need not store
     * it twice. A part must not have it: the server would take the whole for known.
     */
    private byte[] partId() {
      byte[] id = chunk.id();
      int part = sent + 1;
      for (int i = 1; i <= 4; i++) {
        id[id.length - i] ^= (byte) (part >>> 8 * (i - 1));
      }
      return id;
    }

    private void flush(byte[] id) throws IOException {
      String to = tag == null ? chunk.metadata().tag() : tag;
      sender.send(to, id, entries.array(), entries.length(), count);
      sent++;
      count = 0;
      entries.clear();
    }
  }
}
