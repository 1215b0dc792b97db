package io.runnel.net.http;

import io.runnel.event.Bytes;
import io.runnel.host.MemoryBudget;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;

/** Undoes {@code Content-Encoding: gzip} and {@code deflate}, up to a limit. */
public final class ContentDecoder {
  private static final int STEP = 16 * 1024;

  /** Results up to this are not counted. */
  private static final int FREE_BYTES = 64 * 1024;

  /** The content is larger than allowed. */
  public static final class TooLarge extends IOException {
    private static final long serialVersionUID = 1L;

    TooLarge(long limit) {
      super("decompressed data is larger than " + limit + " bytes");
    }
  }

  /** There is no memory for the content now. */
  public static final class NoMemory extends IOException {
    private static final long serialVersionUID = 1L;

    NoMemory(long total) {
      super("decompressed data and what else is being received need more than " + total + " bytes");
    }
  }

  private ContentDecoder() {}

  /**
   * @param encoding {@code gzip} or {@code deflate} (with or without the zlib header)
   * @param limit most bytes of the result
   * @param budget from which the result's array is taken; the caller gives {@link #cost} back when
   *     it lets go of the result
   * @throws TooLarge where there are more
   * @throws NoMemory where the budget does not allow it
   * @throws IOException where the data is not of that encoding
   */
  public static Bytes decode(
      String encoding, byte[] data, int offset, int length, long limit, MemoryBudget budget)
      throws IOException {
    if (encoding.equals("gzip")) {
      try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(data, offset, length))) {
        return read(in, length, limit, budget);
      }
    }
    boolean zlib =
        length >= 2
            && (data[offset] & 0x0f) == 8
            && ((data[offset] & 0xff) << 8 | data[offset + 1] & 0xff) % 31 == 0;
    Inflater inflater = new Inflater(!zlib);
    try (InputStream in =
        new InflaterInputStream(new ByteArrayInputStream(data, offset, length), inflater)) {
      return read(in, length, limit, budget);
    } finally {
      inflater.end();
    }
  }

  /**
   * A copy of content that is not encoded.
   *
   * @param budget as for {@link #decode}
   * @throws NoMemory where the budget does not allow it
   */
  public static Bytes plain(byte[] data, int offset, int length, MemoryBudget budget)
      throws NoMemory {
    if (length > FREE_BYTES && !budget.take(length)) {
      throw new NoMemory(budget.total());
    }
    Bytes copy = new Bytes(length);
    copy.write(data, offset, length);
    return copy;
  }

  /** What {@link #decode} or {@link #plain} has taken of the budget for a result. */
  public static long cost(Bytes result) {
    return result.array().length > FREE_BYTES ? result.array().length : 0;
  }

  /**
   * Content that something else unpacks.
   *
   * @param packed bytes that it has packed, as far as they are known
   * @param limit most bytes of the result
   * @param budget as for {@link #decode}
   * @throws TooLarge where there are more
   * @throws NoMemory where the budget does not allow it
   */
  public static Bytes read(InputStream in, int packed, long limit, MemoryBudget budget)
      throws IOException {
    Bytes out = new Bytes(Math.clamp(packed * 2L, STEP, FREE_BYTES));
    boolean done = false;
    try {
      while (true) {
        if (out.array().length - out.length() < STEP) {
          grow(out, budget);
        }
        int count = in.read(out.array(), out.length(), STEP);
        if (count < 0) {
          done = true;
          return out;
        }
        out.setLength(out.length() + count);
        if (out.length() > limit) {
          throw new TooLarge(limit);
        }
      }
    } finally {
      if (!done) {
        budget.give(cost(out));
      }
    }
  }

  private static void grow(Bytes out, MemoryBudget budget) throws NoMemory {
    int now = out.array().length;
    long wanted = Math.min(Integer.MAX_VALUE - 16, Math.max(now * 2L, FREE_BYTES * 2L));
    if (!budget.take(wanted - cost(out))) {
      throw new NoMemory(budget.total());
    }
    out.ensure((int) wanted - out.length());
  }
}
