package io.runnel.buffer;

import io.runnel.event.EventCursor;
import io.runnel.event.MsgpackException;
import io.runnel.event.MsgpackReader;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/**
 * Reads packed events, or other MessagePack values, in batches of bounded size. Each batch has its
 * own array, which may be kept.
 */
public final class PackedReader implements AutoCloseable {
  private static final int BATCH = 128 * 1024;

  private final InputStream in;
  private final boolean events;
  private byte[] bytes = new byte[0];
  private int length;
  private int whole;
  private int count;
  private long wholeEnd;
  private boolean ended;
  private MsgpackException damage;

  /**
   * @param events true where each value must be {@code [time, record]}
   */
  public PackedReader(InputStream in, boolean events) {
    this.in = in;
    this.events = events;
  }

  /**
   * Reads the next batch of whole values; false at the end.
   *
   * @throws MsgpackException at damage, after all values before it were given
   */
  public boolean next() throws IOException {
    int rest = length - whole;
    byte[] next = new byte[Math.max(BATCH, rest * 2)];
    System.arraycopy(bytes, whole, next, 0, rest);
    bytes = next;
    length = rest;
    whole = 0;
    count = 0;
    while (damage == null && count == 0) {
      if (length == bytes.length) {
        bytes = Arrays.copyOf(bytes, Math.multiplyExact(bytes.length, 2)); // one large value
      }
      fill();
      scan();
      if (ended) {
        break;
      }
    }
    if (count > 0) {
      wholeEnd += whole;
      return true;
    }
    if (damage != null) {
      throw damage;
    }
    if (length > 0) {
      throw new MsgpackException.Truncated("the last value ends too early");
    }
    return false;
  }

  private void fill() throws IOException {
    while (length < bytes.length && !ended) {
      int read = in.read(bytes, length, bytes.length - length);
      if (read < 0) {
        ended = true;
      } else {
        length += read;
      }
    }
  }

  private void scan() {
    try {
      if (events) {
        EventCursor cursor = new EventCursor(bytes, 0, length);
        while (cursor.next()) {
          if (!isMap(bytes[cursor.recordOffset()] & 0xff)) {
            throw new MsgpackException("a record must be a map");
          }
          count++;
          whole = cursor.end();
        }
      } else {
        MsgpackReader reader = new MsgpackReader(bytes, 0, length);
        while (reader.hasMore()) {
          reader.skip();
          count++;
          whole = reader.position();
        }
      }
    } catch (MsgpackException.Truncated e) {
      if (ended) {
        damage = e;
      }
    } catch (MsgpackException e) {
      damage = e;
    }
  }

  private static boolean isMap(int code) {
    return code >= 0x80 && code <= 0x8f || code == 0xde || code == 0xdf;
  }

  /** The array of the batch; its values begin at 0. */
  public byte[] bytes() {
    return bytes;
  }

  public int length() {
    return whole;
  }

  public int count() {
    return count;
  }

  /** Where the last whole value ended, in bytes from the beginning. */
  public long wholeEnd() {
    return wholeEnd;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
