package io.runnel.plugins.contrib;

import io.runnel.config.ConfigElement;
import io.runnel.config.ConfigValue;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Fields that stand beside a plugin's own parameters, as the first versions of record_modifier and
 * record_reformer had it, and those of its {@code <record>}.
 */
final class FlatFields {
  /** What every plugin may have. */
  private static final Set<String> COMMON =
      Set.of("type", "id", "log_level", "@type", "@id", "@label", "@log_level");

  private FlatFields() {}

  /**
   * The fields in their order; the flat ones first. All are marked as used.
   *
   * @param own names of the plugin's own parameters
   */
  static Map<String, String> of(ConfigElement element, Set<String> own) {
    Map<String, String> fields = new LinkedHashMap<>();
    element
        .parameters()
        .forEach(
            (key, value) -> {
              if (!COMMON.contains(key) && !own.contains(key)) {
                element.markUsed(key);
                fields.put(key, text(value));
              }
            });
    for (ConfigElement section : element.sections("record")) {
      section.markAllUsed();
      section.parameters().forEach((key, value) -> fields.put(key, text(value)));
    }
    return fields;
  }

  private static String text(ConfigValue value) {
    return value.text() == null ? "" : value.text();
  }
}
