package io.runnel.plugins.parser;

import io.runnel.config.ConfigException;
import io.runnel.event.EventBuilder;
import io.runnel.log.Log;
import io.runnel.plugin.ParseException;
import io.runnel.regexp.Regexp;
import io.runnel.regexp.RegexpTimeoutException;
import java.nio.charset.StandardCharsets;

/**
 * One pattern whose named groups are the fields of a record: the core of the parsers with one.
 * Where it is that of a well-known access log, the matcher written for it comes first.
 */
final class PatternParser {
  /** Longest part of a text that is logged. */
  private static final int SHOWN = 256;

  private final Regexp regexp;

  /** Null where the pattern is none of those. */
  private final AccessLog known;

  private final CaptureRecords records;
  private final Log log;

  /**
   * @param parameter where the pattern comes from, for the message
   * @throws ConfigException in Fluentd's words where it has no named groups
   */
  PatternParser(Regexp regexp, String parameter, RecordRules rules, Log log) {
    if (regexp.names().isEmpty()) {
      throw new ConfigException(
          "No named captures in '"
              + parameter
              + "' parameter. The regexp must have at least one named capture");
    }
    this.regexp = RecordRules.limited(regexp, rules.options());
    known = AccessLog.of(regexp.source());
    this.log = log;
    records = new CaptureRecords(rules, this.regexp);
  }

  Regexp regexp() {
    return regexp;
  }

  int parse(byte[] text, int offset, int length, EventBuilder out) throws ParseException {
    int[] places = search(text, offset, length, offset);
    if (places == null) {
      return 0;
    }
    records.add(text, places, out);
    return 1;
  }

  /** The places of the next match; null where nothing matches or it took too long. */
  int[] search(byte[] text, int offset, int length, int from) {
    if (known != null && from == offset) {
      int[] places = known.match(text, offset, length);
      if (places != null) {
        return places;
      }
    }
    try {
      return regexp.search(text, offset, length, from);
    } catch (RegexpTimeoutException e) {
      int shown = Math.min(length, SHOWN);
      log.warn(
          "parsing timed out with pattern: text = "
              + new String(text, offset, shown, StandardCharsets.UTF_8),
          "error",
          e.getMessage());
      return null;
    }
  }

  void add(byte[] text, int[] places, EventBuilder out) throws ParseException {
    records.add(text, places, out);
  }
}
