package io.runnel.buffer;

/** The buffer holds as much as it may. */
public final class BufferFullException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  BufferFullException(String message) {
    super(message);
  }
}
