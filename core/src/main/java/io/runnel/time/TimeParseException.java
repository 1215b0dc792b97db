package io.runnel.time;

import io.runnel.event.FluentError;
import java.nio.charset.StandardCharsets;

/** A time that cannot be read; the message is Fluentd's. */
public final class TimeParseException extends Exception implements FluentError {
  private static final long serialVersionUID = 1L;

  /** Longest part of a value that is shown. */
  private static final int SHOWN = 256;

  public TimeParseException(String message) {
    super(message, null, false, false);
  }

  static TimeParseException of(byte[] text, int offset, int length, String error) {
    String value = new String(text, offset, Math.min(length, SHOWN), StandardCharsets.UTF_8);
    return new TimeParseException(
        "invalid time format: value = %s, error_class = ArgumentError, error = %s"
            .formatted(length > SHOWN ? value + "…" : value, error));
  }

  @Override
  public String errorClass() {
    return "Fluent::TimeParser::TimeParseError";
  }
}
