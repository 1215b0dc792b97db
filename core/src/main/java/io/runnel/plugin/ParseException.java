package io.runnel.plugin;

/** Text that a parser refuses; the message is Fluentd's where it has one. */
public class ParseException extends Exception {
  private static final long serialVersionUID = 1L;

  public ParseException(String message) {
    super(message);
  }

  public ParseException(String message, Throwable cause) {
    super(message, cause);
  }
}
