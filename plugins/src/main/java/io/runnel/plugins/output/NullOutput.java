package io.runnel.plugins.output;

import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.event.EventStream;
import io.runnel.plugin.BufferDefaults;
import io.runnel.plugin.Chunk;
import io.runnel.plugin.EitherOutput;
import io.runnel.plugin.Output;
import io.runnel.plugin.OutputContext;
import io.runnel.plugin.PluginType;
import java.io.IOException;
import java.util.List;

/** Drops events. */
public final class NullOutput implements EitherOutput {
  public static final PluginType<Config, OutputContext, Output> TYPE =
      PluginType.output("null", Config.class, NullOutput::new)
          .buffered(
              BufferDefaults.of(
                  List.of("tag"), "flush_at_shutdown", "true", "chunk_limit_size", "10240"));

  @Doc("Throws events away.")
  public record Config(
      @Doc("Fails every flush of the buffer, for tests.") @Default("false") boolean neverFlush,
      @Doc("Keeps only whole seconds of the time.") @Default("false") boolean timeAsInteger,
      @Doc("Seconds after which a flush is reported as slow.") @Default("20.0")
          double slowFlushLogThreshold) {}

  private final Config config;

  NullOutput(Config config, OutputContext context) {
    this.config = config;
  }

  @Override
  public void process(String tag, EventStream stream) {}

  @Override
  public void write(Chunk chunk) throws IOException {
    if (config.neverFlush()) {
      throw new IOException("failed to flush");
    }
  }
}
