package io.runnel.buffer;

import com.github.luben.zstd.ZstdDecompressCtx;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;

/** Reads zstd frames back to back, knowing where each ends. */
final class UnzstdStream extends MemberStream {
  private static final int BLOCK = 64 * 1024;

  private final ZstdDecompressCtx context = new ZstdDecompressCtx();
  private final byte[] heap = new byte[BLOCK];
  private final ByteBuffer input = ByteBuffer.allocateDirect(BLOCK).limit(0);
  private final ByteBuffer output = ByteBuffer.allocateDirect(BLOCK).limit(0);
  private boolean inFrame;
  private boolean closed;

  UnzstdStream(InputStream in, long limit) {
    super(in, limit);
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    while (!output.hasRemaining()) {
      if (closed || !decompress()) {
        return -1;
      }
    }
    int count = Math.min(length, output.remaining());
    output.get(target, offset, count);
    return count;
  }

  /** Fills the output; false at the end of the content. */
  private boolean decompress() throws IOException {
    boolean more = output.position() > 0 && output.limit() == output.capacity(); // held back
    if (!input.hasRemaining() && !fill() && !(inFrame && more)) {
      if (inFrame) {
        throw new EOFException("zstd frame ends too early");
      }
      return false;
    }
    output.clear();
    boolean ended;
    try {
      ended = context.decompressDirectByteBufferStream(output, input);
    } catch (RuntimeException e) {
      throw new IOException("damaged zstd frame: " + e.getMessage(), e);
    }
    output.flip();
    produced(output.remaining());
    inFrame = !ended;
    if (ended) {
      memberEnded(input.remaining());
    }
    return true;
  }

  private boolean fill() throws IOException {
    int count = takeStored(heap);
    if (count <= 0) {
      return false;
    }
    input.clear().put(heap, 0, count).flip();
    return true;
  }

  @Override
  public void close() throws IOException {
    if (!closed) {
      closed = true;
      context.close();
      super.close();
    }
  }
}
