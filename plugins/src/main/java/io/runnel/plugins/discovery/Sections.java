package io.runnel.plugins.discovery;

import io.runnel.config.ConfigElement;
import io.runnel.config.ConfigSpec;
import io.runnel.config.Problems;
import io.runnel.plugin.PluginContext;

/** Binds the section of a service discovery. */
final class Sections {
  private Sections() {}

  static <C> C bind(Class<C> type, ConfigElement element, PluginContext context) {
    return ConfigSpec.of(type).bind(element, context.system().strictConfigValue(), new Problems());
  }
}
