package io.runnel.plugins.common;

import io.runnel.config.ConfigElement;
import io.runnel.config.PluginSection;

/** Defaults of parameters of a {@code <parse>} or {@code <format>} that the owner sets. */
public final class ParseDefaults {
  private ParseDefaults() {}

  /**
   * Sets what the section leaves open.
   *
   * @param namesAndValues names and values in turn
   */
  public static void set(PluginSection section, String... namesAndValues) {
    ConfigElement element = section.element();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      if (!element.has(namesAndValues[i])) {
        element.set(namesAndValues[i], namesAndValues[i + 1]);
      }
    }
  }

  /**
   * The type of the time of a section: text where it has a format, the default where it has none.
   */
  public static void setTimeType(PluginSection section, String withoutFormat) {
    set(section, "time_type", section.element().has("time_format") ? "string" : withoutFormat);
  }

  /**
   * The section {@code <extract>} with {@code time_type string} where a format is given and the
   * type is not.
   *
   * @param section as it stands in the file
   */
  public static ExtractConfig textWhereFormatted(ExtractConfig config, ConfigElement section) {
    if (config.timeFormat().isEmpty() || section.has("time_type")) {
      return config;
    }
    return new ExtractConfig(
        config.tagKey(),
        config.keepTagKey(),
        config.timeKey(),
        config.keepTimeKey(),
        ExtractConfig.ExtractTimeType.STRING,
        config.timeFormat(),
        config.localtime(),
        config.utc(),
        config.timezone(),
        config.timeFormatFallbacks());
  }
}
