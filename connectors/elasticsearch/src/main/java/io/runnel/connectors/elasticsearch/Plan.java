package io.runnel.connectors.elasticsearch;

/**
 * What an output does with its documents.
 *
 * @param needsId drops records without one
 * @param stream the data stream that all go to; null for an index that is named by the document
 */
record Plan(Operation operation, boolean needsId, String stream) {
  static Plan of(Operation operation) {
    return new Plan(operation, operation.needsId(), null);
  }

  static Plan ofStream(String name) {
    return new Plan(Operation.CREATE, false, name);
  }
}
