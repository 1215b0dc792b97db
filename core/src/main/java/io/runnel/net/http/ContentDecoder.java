package io.runnel.net.http;

import io.runnel.event.Bytes;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;

/** Undoes {@code Content-Encoding: gzip} and {@code deflate}, up to a limit. */
public final class ContentDecoder {
  private static final int STEP = 16 * 1024;

  /** The content is larger than allowed. */
  public static final class TooLarge extends IOException {
    private static final long serialVersionUID = 1L;

    TooLarge(long limit) {
      super("decompressed data is larger than " + limit + " bytes");
    }
  }

  private ContentDecoder() {}

  /**
   * @param encoding {@code gzip} or {@code deflate} (with or without the zlib header)
   * @param limit most bytes of the result
   * @throws TooLarge where there are more
   * @throws IOException where the data is not of that encoding
   */
  public static Bytes decode(String encoding, byte[] data, int offset, int length, long limit)
      throws IOException {
    if (encoding.equals("gzip")) {
      try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(data, offset, length))) {
        return drain(in, length, limit);
      }
    }
    boolean zlib =
        length >= 2
            && (data[offset] & 0x0f) == 8
            && ((data[offset] & 0xff) << 8 | data[offset + 1] & 0xff) % 31 == 0;
    Inflater inflater = new Inflater(!zlib);
    try (InputStream in =
        new InflaterInputStream(new ByteArrayInputStream(data, offset, length), inflater)) {
      return drain(in, length, limit);
    } finally {
      inflater.end();
    }
  }

  private static Bytes drain(InputStream in, int compressed, long limit) throws IOException {
    Bytes out = new Bytes(Math.max(STEP, compressed * 2));
    while (true) {
      byte[] array = out.ensure(STEP);
      int count = in.read(array, out.length(), STEP);
      if (count < 0) {
        return out;
      }
      out.setLength(out.length() + count);
      if (out.length() > limit) {
        throw new TooLarge(limit);
      }
    }
  }
}
