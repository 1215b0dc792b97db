package io.runnel.plugin;

import io.runnel.event.FluentError;

/** A record that cannot be written in the wanted form; it goes to the error stream. */
public class FormatException extends Exception implements FluentError {
  private static final long serialVersionUID = 1L;

  public FormatException(String message) {
    super(message);
  }

  @Override
  public String errorClass() {
    return "Fluent::FormatError";
  }
}
