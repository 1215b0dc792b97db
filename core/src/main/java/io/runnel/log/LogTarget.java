package io.runnel.log;

import java.io.Closeable;
import java.io.IOException;

/** Where log lines go. Implementations are safe for use by several threads. */
public interface LogTarget extends Closeable {
  /** Writes whole lines. Must not throw: a daemon does not die of a full log disk. */
  void write(byte[] bytes, int offset, int length);

  /** Opens the file anew (USR1, after an outside rotation). */
  void reopen() throws IOException;

  /** The standard output of the process. */
  static LogTarget standardOutput() {
    return new StandardOutput();
  }

  /** Writes to file descriptor 1 without the encoder of System.out. */
  final class StandardOutput implements LogTarget {
    private final java.io.FileOutputStream out =
        new java.io.FileOutputStream(java.io.FileDescriptor.out);

    @Override
    public synchronized void write(byte[] bytes, int offset, int length) {
      try {
        out.write(bytes, offset, length);
      } catch (IOException e) {
        // The reader of a pipe has gone: there is nobody left to tell.
      }
    }

    @Override
    public void reopen() {}

    @Override
    public void close() {}
  }
}
