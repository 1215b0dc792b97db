package io.runnel.connectors.mongo;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.bson.types.ObjectId;

/**
 * The {@code _id}s of a chunk's documents. They depend on the chunk and the place in it only, so a
 * chunk that is sent again meets its own documents instead of making new ones.
 *
 * <p>An ObjectId has four bytes of seconds, five that tell clients apart and three that count. Here
 * the seconds are those of the chunk's beginning, as they stand in its id, the five come from the
 * rest of that id, and the three are the event's number in the chunk.
 */
final class ChunkIds {
  /** What three bytes count to; a chunk of 8 MB holds a tenth of it. */
  private static final int MAX_EVENTS = 1 << 24;

  /** Random bits below the microseconds in the upper half of a chunk's id. */
  private static final int RANDOM_BITS = 12;

  private static final int MICROS = 1_000_000;

  private final int seconds;
  private final byte[] chunk = new byte[5];

  /**
   * @param id 16 bytes
   */
  ChunkIds(byte[] id) {
    ByteBuffer halves = ByteBuffer.wrap(id);
    long upper = halves.getLong();
    long lower = halves.getLong();
    seconds = (int) ((upper >>> RANDOM_BITS) / MICROS);
    CRC32C sum = new CRC32C();
    sum.update(id);
    ByteBuffer.wrap(chunk).put((byte) (lower ^ lower >>> 8)).putInt((int) sum.getValue());
  }

  /**
   * The id of one document.
   *
   * @param index number of the event in the chunk, from 0
   */
  ObjectId id(int index) {
    if (index >= MAX_EVENTS) {
      throw new IllegalArgumentException("more than " + MAX_EVENTS + " events in a chunk");
    }
    return new ObjectId(
        ByteBuffer.allocate(12)
            .putInt(seconds)
            .put(chunk)
            .put((byte) (index >>> 16))
            .putShort((short) index)
            .array());
  }
}
