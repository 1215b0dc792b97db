package io.runnel.plugins.client;

import io.runnel.plugin.UnrecoverableException;

/** A server's answer that says: not these bytes, now or later. */
public final class RefusedException extends UnrecoverableException {
  private static final long serialVersionUID = 1L;

  private final int status;

  public RefusedException(int status, String message) {
    super(message);
    this.status = status;
  }

  /** The status code of the answer. */
  public int status() {
    return status;
  }
}
