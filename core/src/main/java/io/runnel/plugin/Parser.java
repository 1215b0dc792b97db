package io.runnel.plugin;

import io.runnel.event.EventBuilder;

/** Turns text into events. Safe for use by several threads at once. */
public non-sealed interface Parser extends Plugin {
  /**
   * Parses one text (a line, a message, a body) and adds its events to {@code out}. The time of an
   * event for which the text gives none stays the builder's default time.
   *
   * @return how many events were added; 0 where the text does not match (nothing is added then)
   * @throws ParseException where the text is so wrong that "does not match" would hide the cause,
   *     such as a time that cannot be read; nothing is added
   */
  int parse(byte[] text, int offset, int length, EventBuilder out) throws ParseException;

  /** False where an event without a time must keep none ({@code estimate_current_event false}). */
  default boolean estimatesTime() {
    return true;
  }

  /**
   * True where the text is a run of self-delimiting objects (json, msgpack), so that a reader of a
   * pipe can pass whatever it has; see {@link #parsePrefix}.
   */
  default boolean isStream() {
    return false;
  }

  /**
   * For {@link #isStream} parsers: parses as many whole objects as there are.
   *
   * @return the number of bytes consumed
   */
  default int parsePrefix(byte[] text, int offset, int length, EventBuilder out)
      throws ParseException {
    throw new ParseException("not a stream parser");
  }
}
