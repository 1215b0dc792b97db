package io.runnel.plugins.input;

import io.runnel.config.LegacyParameters;
import io.runnel.plugin.Input;
import io.runnel.plugin.PluginContext;
import io.runnel.plugin.PluginType;
import io.runnel.plugins.tail.TailConfig;
import io.runnel.plugins.tail.TailRunner;
import java.io.IOException;

/** Follows text files; its parts are in {@code io.runnel.plugins.tail}. */
public final class TailInput implements Input {
  public static final PluginType<TailConfig, PluginContext, Input> TYPE =
      PluginType.input("tail", TailConfig.class, TailInput::new)
          .legacy(LegacyParameters.PARSE)
          .singleWorker();

  private final TailRunner runner;

  TailInput(TailConfig config, PluginContext context) {
    runner = new TailRunner(config, context);
  }

  /** Its first look at the files comes before any port is open. */
  @Override
  public boolean startsFirst() {
    return true;
  }

  @Override
  public void start() throws IOException {
    runner.start();
  }

  @Override
  public void stop() {
    runner.stop();
  }

  @Override
  public void close() {
    runner.close();
  }
}
