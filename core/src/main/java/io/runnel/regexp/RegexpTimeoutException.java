package io.runnel.regexp;

/** A match that was given up because it took too long. */
public final class RegexpTimeoutException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public RegexpTimeoutException(String message) {
    super(message);
  }
}
