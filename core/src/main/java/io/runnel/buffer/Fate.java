package io.runnel.buffer;

/** What becomes of events that leave a buffer. The order is that of the file of books. */
public enum Fate {
  /** The output has them. */
  DELIVERED("delivered"),
  /** The secondary output has them. */
  SECONDARY("secondary"),
  /** Made room for newer ones (overflow_action drop_oldest_chunk). */
  OLDEST("dropped_oldest"),
  /** No retry was left. */
  RETRY_LIMIT("dropped_retry_limit"),
  /** The output said that it will never take them. */
  UNRECOVERABLE("dropped_unrecoverable"),
  /** Their chunk was damaged. */
  DAMAGED("dropped_damaged"),
  /** Still in memory when the process ended. */
  SHUTDOWN("dropped_shutdown");

  private final String text;

  Fate(String text) {
    this.text = text;
  }

  /** The name in books and figures, without {@code _records}. */
  public String text() {
    return text;
  }

  public boolean isDropped() {
    return this != DELIVERED && this != SECONDARY;
  }
}
