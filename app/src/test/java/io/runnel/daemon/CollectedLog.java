package io.runnel.daemon;

import io.runnel.log.LogTarget;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** A log in memory. */
final class CollectedLog implements LogTarget {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  @Override
  public synchronized void write(byte[] text, int offset, int length) {
    bytes.write(text, offset, length);
  }

  synchronized String text() {
    return bytes.toString(StandardCharsets.UTF_8);
  }

  @Override
  public void reopen() {}

  @Override
  public void close() {}
}
