package io.runnel.plugins.forward;

import com.github.luben.zstd.ZstdInputStream;
import io.runnel.event.Bytes;
import io.runnel.host.MemoryBudget;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;

/**
 * The entries of a CompressedPackedForward message: gzip members or zstd frames back to back.
 *
 * <p>What stays small is held in memory, while the budget allows. For more, nothing is kept at
 * first: the whole is read once to know that it is sound and not larger than allowed, and a second
 * time in parts. So a bomb costs time, but neither memory nor half a message.
 */
final class Decompressed implements AutoCloseable {
  /** Results up to this are held in memory. */
  static final int IN_MEMORY = 8 * 1024 * 1024;

  /** Size of one part of a larger result. */
  static final int PART = 1024 * 1024;

  private static final int STEP = 64 * 1024;

  /** Largest window of a zstd frame, as a power of two: 8 MB, what RFC 8878 asks to support. */
  private static final int ZSTD_WINDOW = 23;

  private final boolean zstd;
  private final byte[] data;
  private final int offset;
  private final int length;
  private final MemoryBudget budget;
  private long charged;
  private Bytes whole;

  private Decompressed(boolean zstd, byte[] data, int offset, int length, MemoryBudget budget) {
    this.zstd = zstd;
    this.data = data;
    this.offset = offset;
    this.length = length;
    this.budget = budget;
  }

  /**
   * @param limit most bytes of the result
   * @param budget what is held in memory is counted there until the result is closed
   * @throws IOException where there are more, or the data is damaged
   */
  static Decompressed open(
      boolean zstd, byte[] data, int offset, int length, long limit, MemoryBudget budget)
      throws IOException {
    Decompressed result = new Decompressed(zstd, data, offset, length, budget);
    try {
      result.check(limit);
      return result;
    } catch (IOException | RuntimeException e) {
      result.close();
      throw e;
    }
  }

  /** Counts an array; what was counted for the one before is given back. */
  private boolean charge(long size) {
    budget.give(charged);
    charged = 0;
    if (size > STEP * 2 && !budget.take(size)) {
      return false;
    }
    charged = size > STEP * 2 ? size : 0;
    return true;
  }

  /**
   * The size of an array for a part that may need so many bytes.
   *
   * @throws ForwardException where there is no memory for it: one event is that large
   */
  int partOf(long size) throws ForwardException {
    if (size > Integer.MAX_VALUE - 16 || size > PART * 2L && !charge(size)) {
      throw new ForwardException(
          "an event of more than %d bytes: what is being received may take %d bytes together"
              .formatted(size / 2, budget.total()));
    }
    return (int) size;
  }

  @Override
  public void close() {
    budget.give(charged);
    charged = 0;
  }

  /** The whole result; null where it is too large for that. */
  Bytes whole() {
    return whole;
  }

  /** The result from its start. */
  InputStream stream() throws IOException {
    InputStream in = new ByteArrayInputStream(data, offset, length);
    return zstd ? new ZstdInputStream(in).setLongMax(ZSTD_WINDOW) : new GZIPInputStream(in, STEP);
  }

  private void check(long limit) throws IOException {
    Bytes bytes = new Bytes(STEP);
    boolean keep = true;
    long total = 0;
    try (InputStream in = stream()) {
      while (true) {
        if (keep && bytes.array().length - bytes.length() < STEP) {
          long wanted = Math.max(bytes.array().length * 2L, Math.min(length * 4L, IN_MEMORY));
          keep = wanted <= IN_MEMORY * 2 && charge(wanted);
          if (keep) {
            bytes.ensure((int) wanted - bytes.length());
          } else {
            charge(0);
            bytes.reset(STEP); // only counted from here on
          }
        }
        byte[] target = bytes.ensure(STEP);
        int count = in.read(target, bytes.length(), STEP);
        if (count < 0) {
          break;
        }
        total += count;
        if (total > limit) {
          throw new ForwardException("decompressed data is larger than " + limit + " bytes");
        }
        if (keep) {
          bytes.setLength(bytes.length() + count);
        }
      }
    } catch (ForwardException e) {
      throw e;
    } catch (IOException e) {
      throw new IOException("compressed data is damaged: " + e.getMessage(), e);
    }
    whole = keep ? bytes : null;
  }
}
