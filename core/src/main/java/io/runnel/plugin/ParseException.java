package io.runnel.plugin;

import io.runnel.event.FluentError;

/** Text that a parser refuses; the message is Fluentd's where it has one. */
public class ParseException extends Exception implements FluentError {
  private static final long serialVersionUID = 1L;

  public ParseException(String message) {
    super(message);
  }

  public ParseException(String message, Throwable cause) {
    super(message, cause);
  }

  @Override
  public String errorClass() {
    return "Fluent::Plugin::Parser::ParserError";
  }
}
