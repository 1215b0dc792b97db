package io.runnel.plugins.output;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Arrays;

/** Compares what is written to it with what stands in a file from a position on. */
final class Comparison extends OutputStream {
  private static final int STEP = 64 * 1024;

  private final FileChannel file;
  private final ByteBuffer found = ByteBuffer.allocate(STEP);
  private long position;
  private boolean equal = true;
  private boolean beyond;

  Comparison(FileChannel file, long position) {
    this.file = file;
    this.position = position;
  }

  /** True where the file holds all of it. */
  boolean isWhole() {
    return equal && !beyond;
  }

  /** True where the file ends with the beginning of it, or before any of it. */
  boolean isTorn() {
    return equal && beyond;
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] source, int offset, int length) throws IOException {
    for (int done = 0; done < length && equal && !beyond; ) {
      found.clear().limit(Math.min(STEP, length - done));
      int count = file.read(found, position);
      if (count <= 0) {
        beyond = true;
      } else {
        int from = offset + done;
        equal = Arrays.equals(source, from, from + count, found.array(), 0, count);
        position += count;
        done += count;
      }
    }
  }
}
