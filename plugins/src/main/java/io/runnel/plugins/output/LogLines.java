package io.runnel.plugins.output;

import io.runnel.event.Bytes;
import java.io.IOException;
import java.io.OutputStream;

/**
 * Hands text on in pieces that end with a whole line where possible, so that lines from elsewhere
 * do not come into the middle of one.
 */
final class LogLines extends OutputStream {
  /** Where the bytes go; a piece is written at once. */
  interface Sink {
    void write(byte[] bytes, int offset, int length) throws IOException;
  }

  private static final int PIECE = 64 * 1024;

  private final Sink sink;
  private final Bytes pending = new Bytes(4096);

  LogLines(Sink sink) {
    this.sink = sink;
  }

  @Override
  public void write(int b) throws IOException {
    pending.write(b);
    drain();
  }

  @Override
  public void write(byte[] source, int offset, int length) throws IOException {
    pending.write(source, offset, length);
    drain();
  }

  private void drain() throws IOException {
    if (pending.length() < PIECE) {
      return;
    }
    int end = pending.length();
    while (end > 0 && pending.array()[end - 1] != '\n') {
      end--;
    }
    pass(end > 0 ? end : pending.length());
  }

  private void pass(int length) throws IOException {
    byte[] array = pending.array();
    sink.write(array, 0, length);
    int rest = pending.length() - length;
    System.arraycopy(array, length, array, 0, rest);
    pending.setLength(rest);
  }

  @Override
  public void close() throws IOException {
    if (pending.length() > 0) {
      pass(pending.length());
    }
  }
}
