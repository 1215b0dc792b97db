package io.runnel.route;

import io.runnel.event.EventStream;
import io.runnel.metrics.Counter;
import io.runnel.plugin.Filter;

/**
 * A filter in its place.
 *
 * @param id the plugin's id, for messages
 * @param taken counts what comes to the filter
 * @param records counts what the filter lets through
 */
public record FilterStep(String id, Filter filter, Counter taken, Counter records) {
  EventStream apply(String tag, EventStream stream) throws Exception {
    taken.add(stream.count());
    EventStream result = filter.filter(tag, stream);
    records.add(result.count());
    return result;
  }
}
