package io.runnel.buffer;

import io.runnel.event.Bytes;
import io.runnel.event.EventCursor;
import io.runnel.event.EventTime;
import io.runnel.event.MsgpackReader;
import io.runnel.event.MsgpackWriter;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Walks over the content of a chunk, whatever it is made of, event by event. */
public final class ChunkEvents {
  /** A line is passed on in parts of this size at most. */
  private static final int MAX_LINE = 16 << 20;

  private static final int BLOCK = 64 * 1024;

  private ChunkEvents() {}

  /** Takes events. */
  @FunctionalInterface
  public interface Consumer {
    /**
     * @param time packed; {@link EventTime#NONE} where the content has none
     * @param bytes holds the record, MessagePack; to be copied where it is kept
     * @return false where no more are wanted
     */
    boolean event(long time, byte[] bytes, int offset, int length) throws IOException;
  }

  /** Only counts. */
  static final class Counter implements Consumer {
    private long count;

    @Override
    public boolean event(long time, byte[] bytes, int offset, int length) {
      count++;
      return true;
    }

    long count() {
      return count;
    }
  }

  static void read(InputStream in, ChunkFormat format, Consumer consumer) throws IOException {
    switch (format) {
      case EVENTS -> packed(in, consumer);
      case VALUES -> values(in, consumer);
      case TEXT -> lines(in, consumer);
    }
  }

  private static void packed(InputStream in, Consumer consumer) throws IOException {
    PackedReader reader = new PackedReader(in, true);
    while (reader.next()) {
      EventCursor cursor = new EventCursor(reader.bytes(), 0, reader.length());
      while (cursor.next()) {
        if (!consumer.event(
            cursor.time(), cursor.bytes(), cursor.recordOffset(), cursor.recordLength())) {
          return;
        }
      }
    }
  }

  private static void values(InputStream in, Consumer consumer) throws IOException {
    PackedReader reader = new PackedReader(in, false);
    while (reader.next()) {
      MsgpackReader value = new MsgpackReader(reader.bytes(), 0, reader.length());
      while (value.hasMore()) {
        int start = value.position();
        value.skip();
        int length = value.position() - start;
        if (!consumer.event(EventTime.NONE, reader.bytes(), start, length)) {
          return;
        }
      }
    }
  }

  private static void lines(InputStream in, Consumer consumer) throws IOException {
    InputStream buffered = new BufferedInputStream(in, BLOCK);
    Bytes line = new Bytes();
    for (int b; (b = buffered.read()) >= 0; ) {
      if (b != '\n') {
        line.write(b);
      }
      if (b == '\n' || line.length() == MAX_LINE) {
        if (!line(line, consumer)) {
          return;
        }
        line.clear();
      }
    }
    if (line.length() > 0) {
      line(line, consumer);
    }
  }

  private static boolean line(Bytes line, Consumer consumer) throws IOException {
    Bytes record = new Bytes(line.length() + 16);
    MsgpackWriter writer = new MsgpackWriter(record);
    writer.mapHeader(1);
    writer.string("message");
    writer.string(line.array(), 0, line.length());
    return consumer.event(EventTime.NONE, record.array(), 0, record.length());
  }
}
