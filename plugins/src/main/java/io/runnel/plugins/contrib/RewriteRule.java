package io.runnel.plugins.contrib;

import io.runnel.event.RawBytes;
import io.runnel.event.RecordAccessor;
import io.runnel.plugin.Emitter;
import io.runnel.plugins.common.FieldText;
import io.runnel.regexp.Regexp;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * One rule of rewrite_tag_filter.
 *
 * @param tag the new tag with {@code $1} and placeholders
 * @param emitter where the events go; null for the plugin's own label
 */
record RewriteRule(
    RecordAccessor key, Regexp pattern, boolean invert, String tag, Emitter emitter) {
  private static final String[] NO_GROUPS = {};

  /** What the rule asks of a record: two rules that ask the same are a mistake. */
  String condition() {
    return key.source() + (invert ? "!" : "") + pattern;
  }

  /**
   * What the groups of the pattern hold: {@code $1} first.
   *
   * @return null where the rule does not apply
   */
  String[] groups(Map<String, Object> record) {
    Object value = key.get(record);
    byte[] text =
        value instanceof RawBytes raw
            ? raw.bytes()
            : FieldText.of(value).getBytes(StandardCharsets.UTF_8);
    if (text.length == 0 && !invert) {
      return null;
    }
    int[] places = pattern.search(text, 0, text.length, 0);
    if (invert) {
      return places == null ? NO_GROUPS : null;
    }
    if (places == null) {
      return null;
    }
    String[] groups = new String[places.length / 2 - 1];
    for (int i = 0; i < groups.length; i++) {
      int from = places[2 * i + 2];
      groups[i] =
          from < 0 ? "" : new String(text, from, places[2 * i + 3] - from, StandardCharsets.UTF_8);
    }
    return groups;
  }
}
