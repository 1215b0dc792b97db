package io.runnel.log;

/**
 * The daemon's own log. Attributes are pairs of a name and a value, shown as {@code name=value}
 * behind the message; an error adds {@code error_class=… error="…"} and, by level, its stack.
 */
public interface Log {
  boolean isEnabled(Level level);

  /**
   * @param error null where there is none
   * @param attributes names and values in turn
   */
  void log(Level level, String message, Throwable error, Object... attributes);

  default void trace(String message, Object... attributes) {
    log(Level.TRACE, message, null, attributes);
  }

  default void debug(String message, Object... attributes) {
    log(Level.DEBUG, message, null, attributes);
  }

  default void info(String message, Object... attributes) {
    log(Level.INFO, message, null, attributes);
  }

  default void warn(String message, Object... attributes) {
    log(Level.WARN, message, null, attributes);
  }

  default void warn(String message, Throwable error, Object... attributes) {
    log(Level.WARN, message, error, attributes);
  }

  default void error(String message, Object... attributes) {
    log(Level.ERROR, message, null, attributes);
  }

  default void error(String message, Throwable error, Object... attributes) {
    log(Level.ERROR, message, error, attributes);
  }

  default void fatal(String message, Throwable error, Object... attributes) {
    log(Level.FATAL, message, error, attributes);
  }

  /**
   * Writes bytes as they are into the stream of the log: {@code out_stdout} and {@code
   * filter_stdout} print there, in order with the log's own lines.
   */
  void raw(byte[] bytes, int offset, int length);

  /** A log that keeps nothing. */
  static Log none() {
    return NoLog.INSTANCE;
  }
}
