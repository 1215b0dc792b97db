package io.runnel.plugin;

import io.runnel.config.ConfigElement;

/** The engine as an output sees it. */
public interface OutputContext extends PluginContext {
  /** The effective buffer; null for an output without one. */
  BufferConfig buffer();

  /** True while this plugin is made as the {@code <secondary>} of another. */
  boolean isSecondary();

  /**
   * Makes the output of a {@code <store>} with its buffer; it is started and stopped by the engine.
   */
  EventSink store(ConfigElement store);

  /**
   * Checks the placeholders of a parameter against the chunk keys, as Fluentd does at start.
   *
   * @throws io.runnel.config.ConfigException with Fluentd's words
   */
  void validatePlaceholders(String parameter, String template);
}
