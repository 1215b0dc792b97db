package io.runnel.plugin;

import java.util.Locale;

/** The kinds of plugins, with Fluentd's names. */
public enum PluginKind {
  INPUT,
  FILTER,
  OUTPUT,
  PARSER,
  FORMATTER,
  BUFFER,
  STORAGE,
  SERVICE_DISCOVERY,
  METRICS;

  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
