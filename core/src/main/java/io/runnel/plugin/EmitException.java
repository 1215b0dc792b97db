package io.runnel.plugin;

/** Events that could not be taken; the input must not acknowledge them. */
public class EmitException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public EmitException(String message) {
    super(message);
  }

  public EmitException(String message, Throwable cause) {
    super(message, cause);
  }
}
