package io.runnel.connectors.kubernetes;

import java.io.IOException;

/** The API server answered, but not with what was asked for. */
final class ApiException extends IOException {
  private static final long serialVersionUID = 1L;
  static final int UNAUTHORIZED = 401;
  static final int FORBIDDEN = 403;
  static final int NOT_FOUND = 404;
  static final int GONE = 410;

  private final int status;

  ApiException(int status, String message) {
    super(message);
    this.status = status;
  }

  int status() {
    return status;
  }
}
