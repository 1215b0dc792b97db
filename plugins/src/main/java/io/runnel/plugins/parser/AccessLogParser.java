package io.runnel.plugins.parser;

import io.runnel.event.EventBuilder;
import io.runnel.log.Log;
import io.runnel.plugin.ParseException;
import io.runnel.regexp.Regexp;

/** Runs the matcher of a format, and its expression where the matcher does not know. */
final class AccessLogParser {
  /** Null where the expression is another. */
  private final AccessLog format;

  private final PatternParser pattern;

  /**
   * @param expression where it is not the format's own, it takes the place of the matcher, too
   */
  AccessLogParser(AccessLog format, Regexp expression, RecordRules rules, Log log) {
    this.format = expression.source().equals(format.expression()) ? format : null;
    pattern = new PatternParser(expression, "expression", rules, log);
  }

  /** The places of the groups of a line; null where it does not match. */
  int[] search(byte[] text, int offset, int length) {
    int[] places = format == null ? null : format.match(text, offset, length);
    return places == null ? pattern.search(text, offset, length, offset) : places;
  }

  int parse(byte[] text, int offset, int length, EventBuilder out) throws ParseException {
    int[] places = search(text, offset, length);
    if (places == null) {
      return 0;
    }
    pattern.add(text, places, out);
    return 1;
  }
}
