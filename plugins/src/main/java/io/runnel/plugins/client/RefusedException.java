package io.runnel.plugins.client;

import io.runnel.plugin.UnrecoverableException;

/** A server's answer that says: not these bytes, now or later. */
public final class RefusedException extends UnrecoverableException {
  private static final long serialVersionUID = 1L;

  private static final int TOO_LARGE = 413;

  private final int status;
  private final boolean divisible;

  public RefusedException(int status, String message) {
    this(status, message, status == TOO_LARGE);
  }

  private RefusedException(int status, String message, boolean divisible) {
    super(message);
    this.status = status;
    this.divisible = divisible;
  }

  /** The same, where parts of what was sent may be taken, and may be sent twice without harm. */
  public RefusedException divisible() {
    return new RefusedException(status, getMessage(), true);
  }

  /** Whether smaller requests are worth a try. */
  public boolean isDivisible() {
    return divisible;
  }

  /** The status code of the answer. */
  public int status() {
    return status;
  }
}
