package io.runnel.buffer;

/** What a chunk is made of, so that its records can be found again. */
public enum ChunkFormat {
  /** MessagePack {@code [time, record]} arrays back to back. */
  EVENTS,
  /** MessagePack values of any kind back to back, one for each record. */
  VALUES,
  /** Bytes of a formatter; a record ends with a line feed, or its end is not known. */
  TEXT
}
