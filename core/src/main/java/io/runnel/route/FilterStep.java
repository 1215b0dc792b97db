package io.runnel.route;

import io.runnel.event.EventStream;
import io.runnel.metrics.Counter;
import io.runnel.plugin.Filter;

/**
 * A filter in its place.
 *
 * @param id the plugin's id, for messages
 * @param records counts what the filter lets through
 */
public record FilterStep(String id, Filter filter, Counter records) {
  EventStream apply(String tag, EventStream stream) throws Exception {
    EventStream result = filter.filter(tag, stream);
    records.add(result.count());
    return result;
  }
}
