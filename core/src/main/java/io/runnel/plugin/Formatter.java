package io.runnel.plugin;

import io.runnel.event.Bytes;

/** Turns an event into bytes. Safe for use by several threads at once. */
public non-sealed interface Formatter extends Plugin {
  /**
   * Appends one formatted event to {@code out}.
   *
   * @param time packed EventTime
   * @param record array that holds the record, one MessagePack map at {@code offset}
   */
  void format(String tag, long time, byte[] record, int offset, int length, Bytes out)
      throws FormatException;

  /** True where {@link #formatJson} does the same with a record that is JSON text already. */
  default boolean takesJson() {
    return false;
  }

  /**
   * Appends one formatted event to {@code out}; only where {@link #takesJson} says so.
   *
   * @param json array that holds the record as {@link io.runnel.event.MsgpackToJson} writes it
   */
  default void formatJson(String tag, long time, byte[] json, int offset, int length, Bytes out) {
    throw new UnsupportedOperationException(type());
  }

  /** The type's name ({@code json}, {@code csv} …), from which out_http takes the content type. */
  String type();
}
