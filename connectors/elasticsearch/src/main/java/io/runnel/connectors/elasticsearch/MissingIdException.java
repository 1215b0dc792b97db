package io.runnel.connectors.elasticsearch;

/** A record without the field that its id should come from. */
final class MissingIdException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  MissingIdException(Operation operation) {
    super("Missing '_id' field. Write operation is " + operation.action());
  }
}
