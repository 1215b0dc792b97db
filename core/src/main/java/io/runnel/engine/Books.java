package io.runnel.engine;

import io.runnel.buffer.Balance;
import io.runnel.log.Log;
import io.runnel.metrics.Metrics;
import io.runnel.plugin.Supervision.Book;
import io.runnel.route.Router;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The books of a pipeline: for each source, route, filter and output what came in, what became of
 * it, and that nothing is missing. Those of outputs with a file buffer go on over restarts.
 */
final class Books {
  private static final String EMITTED = "emit_records";

  private final List<Registered> inputs;
  private final List<Registered> filters;
  private final List<Registered> outputs;
  private final Labels labels;

  Books(
      List<Registered> inputs, List<Registered> filters, List<Registered> outputs, Labels labels) {
    this.inputs = inputs;
    this.filters = filters;
    this.outputs = outputs;
    this.labels = labels;
  }

  /** All pages. */
  List<Book> pages() {
    List<Book> pages = new ArrayList<>();
    for (Registered input : inputs) {
      Metrics metrics = input.context().metrics();
      Map<String, Long> figures = new LinkedHashMap<>();
      figures.put("in", metrics.snapshot().getOrDefault(EMITTED, 0L));
      figures.put("refused", metrics.inTheBooks("refused"));
      pages.add(page("source", input, figures, 0));
    }
    for (Router router : labels.all()) {
      pages.add(new Book("route", router.label(), "", router.counts().figures(), 0));
    }
    for (Registered filter : filters) {
      Metrics metrics = filter.context().metrics();
      Map<String, Long> figures = new LinkedHashMap<>();
      long out = metrics.snapshot().getOrDefault(EMITTED, 0L);
      long in = metrics.inTheBooks("in");
      figures.put("in", in);
      figures.put("passed", out);
      figures.put("dropped_filtered", in - out);
      pages.add(page("filter", filter, figures, 0));
    }
    for (Registered output : outputs) {
      pages.add(output(output));
    }
    return pages;
  }

  private static Book page(
      String kind, Registered plugin, Map<String, Long> figures, long missing) {
    return new Book(kind, plugin.id(), plugin.type(), figures, missing);
  }

  private static Book output(Registered output) {
    Map<String, Long> all = output.context().metrics().snapshot();
    if (output.delivery() == null) {
      return page("output", output, Map.of("in", all.getOrDefault(EMITTED, 0L)), 0);
    }
    Balance balance = output.delivery().balance();
    Map<String, Long> figures = new LinkedHashMap<>(balance.figures());
    for (String name : List.of("retried", "repeated", "dropped_oversize")) {
      figures.put(name, all.getOrDefault(name + "_records", 0L)); // never counted as in
    }
    return page("output", output, figures, balance.missing());
  }

  /** The closing lines at a stop. */
  void close(Log log, ErrorStream errors) {
    for (Registered output : outputs) {
      if (output.delivery() != null) {
        close(log, output(output));
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
    for (Router router : labels.all()) {
      long moving = router.counts().figures().get("moving");
      if (moving != 0) {
        log.warn("books: NOT balanced", "label", router.label(), "missing", moving);
      }
    }
  }

  private static void close(Log log, Book page) {
    List<Object> line = new ArrayList<>(List.of("type", page.type(), "plugin_id", page.id()));
    page.figures()
        .forEach(
            (name, events) -> {
              boolean always = List.of("in", "delivered", "secondary", "buffered").contains(name);
              if (always || events > 0) {
                line.addAll(List.of(name, events));
              }
            });
    if (page.missing() == 0) {
      log.info("books: balanced", line.toArray());
    } else {
      line.addAll(List.of("missing", page.missing()));
      log.warn("books: NOT balanced", line.toArray());
    }
  }
}
