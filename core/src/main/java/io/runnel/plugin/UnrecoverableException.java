package io.runnel.plugin;

/** A failure of a delivery that no retry can mend. */
public class UnrecoverableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public UnrecoverableException(String message) {
    super(message);
  }

  public UnrecoverableException(String message, Throwable cause) {
    super(message, cause);
  }
}
