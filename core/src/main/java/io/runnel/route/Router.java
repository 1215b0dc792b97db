package io.runnel.route;

import io.runnel.event.EventStream;
import io.runnel.plugin.EmitException;
import io.runnel.plugin.EventSink;
import io.runnel.plugin.TagPattern;
import io.runnel.plugin.TaggedStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * Finds for a tag the filters and the output of one label (or of the root): rules in the order of
 * the file, all matching filters up to the first matching output. What was found is kept by tag.
 *
 * <p>Rules are added before the first event; afterwards safe for use by several threads.
 */
public final class Router {
  /** Routes kept; above it all are forgotten, since unbounded tags come from outside. */
  private static final int CACHE_LIMIT = 8192;

  private record Rule(TagPattern pattern, FilterStep filter, EventSink output) {}

  /**
   * The way of the events of one tag.
   *
   * @param output null where nothing matches
   */
  private record Route(List<FilterStep> filters, EventSink output) {}

  private final String label;
  private final RouteEvents events;
  private final RouteCounts counts = new RouteCounts();
  private final List<Rule> rules = new ArrayList<>();
  private final ConcurrentMap<String, Route> routes = new ConcurrentHashMap<>();

  /**
   * @param label {@code @NAME}, or {@code @ROOT}
   */
  public Router(String label, RouteEvents events) {
    this.label = label;
    this.events = events;
  }

  public String label() {
    return label;
  }

  public void addFilter(TagPattern pattern, FilterStep filter) {
    rules.add(new Rule(pattern, filter, null));
  }

  public void addOutput(TagPattern pattern, EventSink output) {
    rules.add(new Rule(pattern, null, output));
  }

  /** The output that events of this tag reach past no filter; null where there is none such. */
  public EventSink directly(String tag) {
    Route route = route(tag);
    return route.filters().isEmpty() ? route.output() : null;
  }

  /** True where events of this tag would reach an output. */
  public boolean hasOutputFor(String tag) {
    return route(tag).output() != null;
  }

  /** What came here and what became of it. */
  public RouteCounts counts() {
    return counts;
  }

  /**
   * @throws EmitException where the output could not take the events
   */
  public void emit(String tag, EventStream stream) {
    Route route = route(tag);
    counts.in.add(stream.count());
    EventStream current = stream;
    for (FilterStep step : route.filters()) {
      if (current.isEmpty()) {
        return;
      }
      int before = current.count();
      try {
        current = step.apply(tag, current);
      } catch (EmitException e) {
        counts.refused.add(before);
        throw e;
      } catch (Exception e) {
        counts.failed.add(before);
        events.filterFailed(step.id(), tag, current, e);
        return;
      }
      if (current.count() != before) {
        counts.filtered.add(before - current.count());
      }
    }
    if (current.isEmpty()) {
      return;
    }
    if (route.output() == null) {
      counts.noMatch.add(current.count());
      events.noMatch(tag, current.count());
      return;
    }
    deliver(route.output(), tag, current);
  }

  /**
   * Hands streams to the output that {@link #directly} has found for each of their tags.
   *
   * @throws EmitException where the output could not take them
   */
  public void emit(EventSink output, List<TaggedStream> streams) {
    long count = 0;
    for (TaggedStream each : streams) {
      count += each.stream().count();
    }
    counts.in.add(count);
    boolean taken = false;
    try {
      output.emit(streams);
      taken = true;
    } finally {
      (taken ? counts.passed : counts.refused).add(count);
    }
  }

  private void deliver(EventSink output, String tag, EventStream stream) {
    boolean taken = false;
    try {
      output.emit(tag, stream);
      taken = true;
    } finally {
      (taken ? counts.passed : counts.refused).add(stream.count());
    }
  }

  int cachedRoutes() {
    return routes.size();
  }

  private Route route(String tag) {
    Route known = routes.get(tag);
    if (known != null) {
      return known;
    }
    Route found = find(tag);
    if (routes.size() >= CACHE_LIMIT) {
      routes.clear();
    }
    routes.put(tag, found);
    return found;
  }

  private Route find(String tag) {
    List<FilterStep> filters = new ArrayList<>();
    for (Rule rule : rules) {
      if (rule.pattern().matches(tag)) {
        if (rule.output() != null) {
          return new Route(List.copyOf(filters), rule.output());
        }
        filters.add(rule.filter());
      }
    }
    return new Route(List.copyOf(filters), null);
  }
}
