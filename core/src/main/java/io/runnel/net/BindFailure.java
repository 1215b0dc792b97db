package io.runnel.net;

import java.io.IOException;

/**
 * An address that cannot be had. The message is Ruby's ({@code Address already in use - bind(2) for
 * "0.0.0.0" port 24224}), followed by who has it.
 */
public final class BindFailure extends IOException {
  private static final long serialVersionUID = 1L;

  public BindFailure(String message, Throwable cause) {
    super(message, cause);
  }
}
