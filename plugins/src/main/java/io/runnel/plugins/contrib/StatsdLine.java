package io.runnel.plugins.contrib;

import io.runnel.event.RubyFloat;
import io.runnel.plugin.FormatException;
import io.runnel.plugins.common.FieldText;
import io.runnel.ruby.RubyNumbers;

/**
 * One metric as StatsD reads it: {@code KEY:VALUE|TYPE|@RATE}.
 *
 * @param rate how many of the values are sent, 1 for all
 */
record StatsdLine(String text, double rate) {
  /**
   * Makes a line.
   *
   * @param namespace stands in front of the key, with a dot; null for none
   * @param type timing, gauge, count, set, increment or decrement
   * @param rate nothing is said of it where it is 1
   * @throws FormatException where there is no such type
   */
  static StatsdLine of(String namespace, String type, Object key, Object value, double rate)
      throws FormatException {
    String measured =
        switch (type) {
          case "timing" -> number(value) + "|ms";
          case "gauge" -> number(value) + "|g";
          case "count" -> number(value) + "|c";
          case "set" -> clean(FieldText.of(value)) + "|s";
          case "increment" -> "1|c";
          case "decrement" -> "-1|c";
          default -> throw new FormatException("Invalid statsd type '" + type + "'");
        };
    String name = clean(FieldText.of(key).replace("::", "."));
    String whole = namespace == null ? name : namespace + "." + name;
    String suffix = rate == 1 ? "" : "|@" + RubyFloat.toString(rate);
    return new StatsdLine(whole + ":" + measured + suffix, rate);
  }

  /** As Ruby's {@code to_f} has it. */
  static double real(Object value) {
    return value instanceof Number number
        ? number.doubleValue()
        : RubyNumbers.leadingFloat(FieldText.of(value));
  }

  private static String number(Object value) {
    return RubyFloat.toString(real(value));
  }

  /** Without what separates the parts of a line, and lines. */
  private static String clean(String text) {
    return text.replaceAll("[:|@\n\r]", "_");
  }
}
