package io.runnel.plugin;

import io.runnel.event.FluentError;

/** Text that a parser refuses; the message is Fluentd's where it has one. */
public class ParseException extends Exception implements FluentError {
  private static final long serialVersionUID = 1L;

  private static final String PARSER_ERROR = "Fluent::Plugin::Parser::ParserError";

  private final String errorClass;

  public ParseException(String message) {
    this(message, null);
  }

  public ParseException(String message, Throwable cause) {
    this(PARSER_ERROR, message, cause);
  }

  /**
   * @param errorClass the class of an error that Fluentd's parser lets through as it is
   */
  public ParseException(String errorClass, String message, Throwable cause) {
    super(message, cause);
    this.errorClass = errorClass;
  }

  /** Whether it is the parser's own error; filter parser says {@code parse failed} of others. */
  public boolean isParserError() {
    return errorClass.equals(PARSER_ERROR);
  }

  @Override
  public String errorClass() {
    return errorClass;
  }
}
