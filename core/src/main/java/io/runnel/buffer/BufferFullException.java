package io.runnel.buffer;

/** The buffer holds as much as it may, or there is no memory for more. */
public final class BufferFullException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Bytes of memory that were missed; 0 where the buffer's own limit is reached. */
  private final long needed;

  BufferFullException(String message) {
    this(message, 0);
  }

  BufferFullException(String message, long needed) {
    super(message);
    this.needed = needed;
  }

  /** Bytes of memory that the write needs; 0 where the buffer's own limit is reached. */
  public long needed() {
    return needed;
  }
}
