package io.runnel.plugins.output;

import io.runnel.event.Bytes;
import io.runnel.plugin.Chunk;
import io.runnel.plugins.client.HttpBody;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** Makes the body of a request out of a chunk, without holding it in memory where possible. */
final class HttpBodies {
  private HttpBodies() {}

  /**
   * @param gzip whether the body is to be compressed
   * @param array whether the chunk is the inside of a JSON array, see {@link JsonArrayFormat}
   */
  static HttpBody of(Chunk chunk, boolean gzip, boolean array) throws IOException {
    String stored = chunk.compression();
    if (gzip && !array && stored.equals(Compression.GZIP.text())) {
      return new HttpBody(
          chunk.bytes(),
          out -> {
            try (InputStream in = chunk.openRaw()) {
              in.transferTo(out);
            }
          });
    }
    if (!gzip && stored.equals(Compression.TEXT.text())) {
      return array
          ? new HttpBody(chunk.bytes() + 1, out -> writeArray(chunk, out))
          : new HttpBody(chunk.bytes(), chunk::writeTo);
    }
    Bytes whole = new Bytes((int) Math.min(1 << 20, chunk.bytes() + 64));
    try (OutputStream out = (gzip ? Compression.GZIP : Compression.TEXT).wrap(whole)) {
      if (array) {
        writeArray(chunk, out);
      } else {
        chunk.writeTo(out);
      }
    }
    return HttpBody.of(whole);
  }

  private static void writeArray(Chunk chunk, OutputStream out) throws IOException {
    out.write('[');
    chunk.writeTo(new WithoutLastByte(out));
    out.write(']');
  }

  /** Holds back the last byte: the comma behind the last record. */
  private static final class WithoutLastByte extends OutputStream {
    private final OutputStream out;
    private int last = -1;

    WithoutLastByte(OutputStream out) {
      this.out = out;
    }

    @Override
    public void write(int b) throws IOException {
      if (last >= 0) {
        out.write(last);
      }
      last = b & 0xff;
    }

    @Override
    public void write(byte[] source, int offset, int length) throws IOException {
      if (length > 0) {
        write(source[offset + length - 1]); // lets go of the byte held so far
        out.write(source, offset, length - 1);
      }
    }
  }
}
