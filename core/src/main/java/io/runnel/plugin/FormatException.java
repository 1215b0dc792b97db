package io.runnel.plugin;

/** A record that cannot be written in the wanted form; it goes to the error stream. */
public class FormatException extends Exception {
  private static final long serialVersionUID = 1L;

  public FormatException(String message) {
    super(message);
  }
}
