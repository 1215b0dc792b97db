package io.runnel.route;

import io.runnel.metrics.Counter;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What came to the router of one label and what became of it, in events. All that came is passed
 * on, left out by filters, of a tag that no output takes, failed in a filter, refused by its output
 * (the source knows, or it went to {@code @ERROR}), or still on its way.
 */
public final class RouteCounts {
  final Counter in = new Counter();
  final Counter passed = new Counter();
  final Counter filtered = new Counter();
  final Counter noMatch = new Counter();
  final Counter failed = new Counter();
  final Counter refused = new Counter();

  /**
   * The figures by name. {@code dropped_filtered} is negative where filters make more events than
   * they take. In a quiet moment {@code moving} is 0.
   */
  public Map<String, Long> figures() {
    Map<String, Long> figures = new LinkedHashMap<>();
    // what ends is read before what begins: what moves is never negative for that
    long out = passed.get();
    long left = filtered.get();
    long unmatched = noMatch.get();
    long broken = failed.get();
    long back = refused.get();
    long came = in.get();
    figures.put("in", came);
    figures.put("passed", out);
    figures.put("dropped_filtered", left);
    figures.put("dropped_no_match", unmatched);
    figures.put("failed", broken);
    figures.put("refused", back);
    figures.put("moving", came - out - left - unmatched - broken - back);
    return figures;
  }
}
