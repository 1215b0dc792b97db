package io.runnel.plugins.forward;

import com.github.luben.zstd.ZstdInputStream;
import io.runnel.event.Bytes;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;

/**
 * The entries of a CompressedPackedForward message: gzip members or zstd frames back to back.
 *
 * <p>What stays small is held in memory. For more, nothing is kept at first: the whole is read once
 * to know that it is sound and not larger than allowed, and a second time in parts. So a bomb costs
 * time, but neither memory nor half a message.
 */
final class Decompressed {
  /** Results up to this are held in memory. */
  static final int IN_MEMORY = 8 * 1024 * 1024;

  /** Size of one part of a larger result. */
  static final int PART = 1024 * 1024;

  private static final int STEP = 64 * 1024;

  private final boolean zstd;
  private final byte[] data;
  private final int offset;
  private final int length;
  private Bytes whole;

  private Decompressed(boolean zstd, byte[] data, int offset, int length) {
    this.zstd = zstd;
    this.data = data;
    this.offset = offset;
    this.length = length;
  }

  /**
   * @param limit most bytes of the result
   * @throws IOException where there are more, or the data is damaged
   */
  static Decompressed open(boolean zstd, byte[] data, int offset, int length, long limit)
      throws IOException {
    Decompressed result = new Decompressed(zstd, data, offset, length);
    result.check(limit);
    return result;
  }

  /** The whole result; null where it is too large for that. */
  Bytes whole() {
    return whole;
  }

  /** The result from its start. */
  InputStream stream() throws IOException {
    InputStream in = new ByteArrayInputStream(data, offset, length);
    return zstd ? new ZstdInputStream(in) : new GZIPInputStream(in, STEP);
  }

  private void check(long limit) throws IOException {
    Bytes bytes = new Bytes(Math.clamp(length * 4L, STEP, IN_MEMORY));
    long total = 0;
    try (InputStream in = stream()) {
      while (true) {
        byte[] target = bytes.ensure(STEP);
        int count = in.read(target, bytes.length(), STEP);
        if (count < 0) {
          break;
        }
        total += count;
        if (total > limit) {
          throw new ForwardException("decompressed data is larger than " + limit + " bytes");
        }
        if (total <= IN_MEMORY) {
          bytes.setLength(bytes.length() + count);
        } else {
          bytes.reset(STEP); // only counted from here on
        }
      }
    } catch (ForwardException e) {
      throw e;
    } catch (IOException e) {
      throw new IOException("compressed data is damaged: " + e.getMessage(), e);
    }
    whole = total <= IN_MEMORY ? bytes : null;
  }
}
