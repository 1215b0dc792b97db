package io.runnel.connectors.elasticsearch;

import io.runnel.event.FluentError;

/** Why a document was refused, as the error event says it. */
final class RefusedException extends RuntimeException implements FluentError {
  private static final long serialVersionUID = 1L;

  private final String product;

  RefusedException(String product, String message) {
    super(message);
    this.product = product;
  }

  @Override
  public String errorClass() {
    return "Fluent::Plugin::" + product + "ErrorHandler::" + product + "Error";
  }
}
