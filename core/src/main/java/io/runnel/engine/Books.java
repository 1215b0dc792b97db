package io.runnel.engine;

import io.runnel.log.Log;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The closing lines of a pipeline's books: for each output with a buffer what came in, what became
 * of it, and that nothing is missing.
 */
final class Books {
  private static final String DROPPED = "dropped_";

  private Books() {}

  static void close(Log log, List<Registered> outputs, ErrorStream errors) {
    for (Registered output : outputs) {
      if (output.delivery() != null) {
        close(log, output, output.context().metrics().snapshot());
      }
    }
    if (errors.unmatchedRecords() + errors.failedRecords() > 0) {
      log.warn(
          "books: events that reached no output",
          "no_match",
          errors.unmatchedRecords(),
          "failed",
          errors.failedRecords());
    }
  }

  private static void close(Log log, Registered output, Map<String, Long> figures) {
    long in =
        figures.getOrDefault("stored_records", 0L) + figures.getOrDefault("resumed_records", 0L);
    long delivered = figures.getOrDefault("delivered_records", 0L);
    long secondary = figures.getOrDefault("secondary_records", 0L);
    long buffered = figures.getOrDefault("buffered_records", 0L);
    long dropped = 0;
    List<Object> line = new ArrayList<>(List.of("type", output.type(), "plugin_id", output.id()));
    line.addAll(
        List.of("in", in, "delivered", delivered, "secondary", secondary, "buffered", buffered));
    for (Map.Entry<String, Long> figure : figures.entrySet()) {
      // What is larger than a chunk was never counted as in.
      boolean counts = figure.getKey().startsWith(DROPPED) && !figure.getKey().contains("oversize");
      if (counts && figure.getValue() > 0) {
        dropped += figure.getValue();
        line.addAll(List.of(figure.getKey().replace("_records", ""), figure.getValue()));
      }
    }
    long missing = in - delivered - secondary - buffered - dropped;
    if (missing == 0) {
      log.info("books: balanced", line.toArray());
    } else {
      line.addAll(List.of("missing", missing));
      log.warn("books: NOT balanced", line.toArray());
    }
  }
}
