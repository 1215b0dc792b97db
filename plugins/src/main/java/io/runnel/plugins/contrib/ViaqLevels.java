package io.runnel.plugins.contrib;

import io.runnel.config.ConfigException;
import io.runnel.event.Json;
import io.runnel.plugin.PluginContext;
import io.runnel.plugins.common.FieldText;
import io.runnel.regexp.Regexp;
import io.runnel.regexp.Regexps;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Finds the level of a record and gives it the data model's name. Immutable. */
final class ViaqLevels {
  private static final int MOST = 10;

  /** {@code l0_}: what stands in front of a level in the name of its group. */
  private static final int GROUP_PREFIX = 3;

  private static final String UNKNOWN = "unknown";

  /** By the number that syslog and the journal give. */
  private static final List<String> PRIORITIES =
      List.of(
          "emerg", "alert", "crit", "err", "warning", "notice", "info", "debug", "trace", UNKNOWN);

  private static final Map<String, String> OTHER_NAMES =
      Map.of("panic", "emerg", "critical", "crit", "error", "err", "warn", "warning");

  /** Null where no messages are searched. */
  private final Regexp expression;

  ViaqLevels(List<ViaqConfig.Level> levels, PluginContext context) {
    if (levels.isEmpty()) {
      expression = null;
      return;
    }
    StringBuilder pattern = new StringBuilder("^.*");
    for (int i = 0; i < Math.min(MOST, levels.size()); i++) {
      ViaqConfig.Level level = levels.get(i);
      String group = "(?<l" + i + "_" + level.name() + ">" + level.match() + ")";
      pattern.append(i == 0 ? "" : "|").append(group);
    }
    levels.stream()
        .skip(MOST)
        .forEach(
            level ->
                context
                    .log()
                    .info("Levels supports a maximum of 10 matches. Ignoring: " + level.name()));
    try {
      expression = Regexps.compile(pattern.append(".*$").toString(), false, false);
    } catch (IllegalArgumentException e) {
      throw new ConfigException("level: " + e.getMessage(), context.element().place(), e);
    }
  }

  /**
   * Sets {@code level}.
   *
   * @param priority the journal's field PRIORITY; null where there is none
   */
  void set(Map<String, Object> record, Object priority) {
    Object level = record.get("level");
    Object found = null;
    if (level != null) {
      found = named(level);
    } else if (priority != null) {
      found = byPriority(priority);
    }
    Object message = record.get("message");
    if (found == null && message != null) {
      found = ofMessage(message);
    }
    record.put("level", found == null ? UNKNOWN : found);
  }

  private static String named(Object level) {
    String text = FieldText.of(level);
    String small = text.toLowerCase(Locale.ROOT);
    if (PRIORITIES.contains(small)) {
      return small;
    }
    return OTHER_NAMES.getOrDefault(small, text);
  }

  private static String byPriority(Object priority) {
    String text = FieldText.of(priority);
    boolean digit = text.length() == 1 && text.charAt(0) >= '0' && text.charAt(0) <= '9';
    return digit ? PRIORITIES.get(text.charAt(0) - '0') : null;
  }

  private Object ofMessage(Object message) {
    if (message instanceof Map<?, ?> map) {
      return map.get("level");
    }
    if (!(message instanceof String text)) {
      return null;
    }
    if (text.strip().startsWith("{")) {
      try {
        if (Json.parse(text) instanceof Map<?, ?> map && map.containsKey("level")) {
          return map.get("level");
        }
      } catch (IllegalArgumentException e) {
        // no JSON: searched like any other text
      }
    }
    return expression == null ? null : search(text);
  }

  private String search(String message) {
    byte[] text = message.getBytes(StandardCharsets.UTF_8);
    int[] places = expression.search(text, 0, text.length, 0);
    if (places == null) {
      return null;
    }
    for (String name : expression.names()) {
      if (places[2 * expression.group(name)] >= 0) {
        return name.substring(GROUP_PREFIX);
      }
    }
    return null;
  }
}
