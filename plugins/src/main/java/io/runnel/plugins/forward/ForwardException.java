package io.runnel.plugins.forward;

import java.io.IOException;

/** A client that does not speak the forward protocol; its connection is closed. */
public final class ForwardException extends IOException {
  private static final long serialVersionUID = 1L;

  public ForwardException(String message) {
    super(message);
  }
}
