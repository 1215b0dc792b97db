package io.runnel.connectors.opentelemetry;

import io.runnel.connectors.opentelemetry.Schema.Message;
import io.runnel.event.Bytes;
import io.runnel.event.Json;
import java.util.Map;

/** The three kinds of data, each with its path, its message, and its name in records. */
enum Signal {
  LOGS("logs", "rejectedLogRecords", Schema.LOGS_REQUEST),
  METRICS("metrics", "rejectedDataPoints", Schema.METRICS_REQUEST),
  TRACES("traces", "rejectedSpans", Schema.TRACES_REQUEST);

  private final String word;
  private final String rejected;
  private final Message request;

  Signal(String word, String rejected, Message request) {
    this.word = word;
    this.rejected = rejected;
    this.request = request;
  }

  /** {@code logs}, {@code metrics}, {@code traces}. */
  String word() {
    return word;
  }

  String path() {
    return "/v1/" + word;
  }

  /** What stands in a record's {@code type}. */
  String recordType() {
    return "opentelemetry_" + word;
  }

  /** What the answer calls the number of things that were not taken. */
  String rejected() {
    return rejected;
  }

  /** Null where it is none of the three. */
  static Signal ofPath(String path) {
    for (Signal signal : values()) {
      if (signal.path().equals(path)) {
        return signal;
      }
    }
    return null;
  }

  /** Null where it is none of the three. */
  static Signal ofRecordType(Object type) {
    for (Signal signal : values()) {
      if (signal.recordType().equals(type)) {
        return signal;
      }
    }
    return null;
  }

  /**
   * The JSON of a message of Protocol Buffers.
   *
   * @throws IllegalArgumentException where it is none
   */
  String json(byte[] data, int offset, int length) {
    return Json.write(MessageReader.read(request, data, offset, length));
  }

  /**
   * The message of a JSON text.
   *
   * @throws IllegalArgumentException where it is none
   */
  void message(byte[] json, Bytes out) {
    if (!(Json.parse(json) instanceof Map<?, ?> values)) {
      throw new IllegalArgumentException("no JSON object");
    }
    MessageWriter.write(request, values, out);
  }
}
