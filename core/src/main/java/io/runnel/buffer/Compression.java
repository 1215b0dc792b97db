package io.runnel.buffer;

import com.github.luben.zstd.Zstd;
import io.runnel.event.Bytes;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPOutputStream;

/**
 * How the content of chunks is stored. With compression each append is one gzip member or zstd
 * frame, so that chunks can grow and whole appends can be told from torn ones.
 */
public enum Compression {
  TEXT,
  GZIP,
  ZSTD;

  /** Fluentd's name: {@code text}, {@code gzip}, {@code zstd}. */
  public String text() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }

  /** One member or frame with this content. */
  byte[] compress(byte[] source, int offset, int length) {
    return switch (this) {
      case TEXT -> java.util.Arrays.copyOfRange(source, offset, offset + length);
      case GZIP -> gzip(source, offset, length);
      case ZSTD -> zstd(source, offset, length);
    };
  }

  /**
   * The content without compression. Members and frames are read one after the other.
   *
   * @param limit how large a single member or frame may become: ours hold one append each, so a
   *     larger one is no honest data (decompression_size_limit)
   */
  public InputStream open(InputStream stored, long limit) {
    return switch (this) {
      case TEXT -> stored;
      case GZIP -> new GunzipStream(stored, limit);
      case ZSTD -> new UnzstdStream(stored, limit);
    };
  }

  private static byte[] gzip(byte[] source, int offset, int length) {
    Bytes out = new Bytes(Math.max(64, length / 4));
    try (GZIPOutputStream gzip = new GZIPOutputStream(out, 4096)) {
      gzip.write(source, offset, length);
    } catch (IOException e) {
      throw new IllegalStateException("memory cannot fail to be written", e);
    }
    return out.toByteArray();
  }

  /** In a method of its own, so that the library is loaded only where it is used. */
  private static byte[] zstd(byte[] source, int offset, int length) {
    byte[] out = new byte[Math.toIntExact(Zstd.compressBound(length))];
    long size =
        Zstd.compressByteArray(
            out, 0, out.length, source, offset, length, Zstd.defaultCompressionLevel());
    if (Zstd.isError(size)) {
      throw new IllegalStateException("zstd: " + Zstd.getErrorName(size));
    }
    return java.util.Arrays.copyOf(out, (int) size);
  }
}
