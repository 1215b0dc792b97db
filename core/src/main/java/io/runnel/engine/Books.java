package io.runnel.engine;

import io.runnel.buffer.Balance;
import io.runnel.log.Log;
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
      Map<String, Long> all = input.context().metrics().snapshot();
      pages.add(page("source", input, figures(all, "in", "emit_records", "refused_records"), 0));
    }
    for (Router router : labels.all()) {
      pages.add(new Book("route", router.label(), "", router.counts().figures(), 0));
    }
    for (Registered filter : filters) {
      Map<String, Long> all = filter.context().metrics().snapshot();
      Map<String, Long> figures = new LinkedHashMap<>();
      long out = all.getOrDefault("emit_records", 0L);
      long in = all.getOrDefault("in_records", 0L);
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
      return page("output", output, figures(all, "in", "emit_records"), 0);
    }
    Balance balance = output.delivery().balance();
    Map<String, Long> figures = new LinkedHashMap<>(balance.figures());
    for (String name : List.of("retried", "repeated", "dropped_oversize")) {
      figures.put(name, all.getOrDefault(name + "_records", 0L)); // never counted as in
    }
    return page("output", output, figures, balance.missing());
  }

  /** Some figures: the first under the name of what comes in, others without their ending. */
  private static Map<String, Long> figures(Map<String, Long> all, String first, String... names) {
    Map<String, Long> figures = new LinkedHashMap<>();
    for (String name : names) {
      String shown = figures.isEmpty() ? first : name.replace("_records", "");
      figures.put(shown, all.getOrDefault(name, 0L));
    }
    return figures;
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
