package io.runnel.plugins.output;

import io.runnel.config.ConfigException;
import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.plugin.BufferDefaults;
import io.runnel.plugin.BufferedOutput;
import io.runnel.plugin.Chunk;
import io.runnel.plugin.Emitter;
import io.runnel.plugin.Output;
import io.runnel.plugin.OutputContext;
import io.runnel.plugin.PluginType;
import java.io.IOException;
import java.util.List;

/** Keeps events in a file buffer for a while, then sends them to the label of {@code @label}. */
public final class BufferOutput implements BufferedOutput {
  public static final PluginType<Config, OutputContext, Output> TYPE =
      PluginType.output("buffer", Config.class, BufferOutput::new)
          .buffered(
              BufferDefaults.of(
                  List.of("tag"),
                  "@type",
                  "file",
                  "flush_mode",
                  "interval",
                  "flush_interval",
                  "10"));

  @Doc("A buffer in the middle of a route.")
  public record Config(
      @Doc("Keeps only whole seconds of the time.") @Default("false") boolean timeAsInteger,
      @Doc("Seconds after which a flush is reported as slow.") @Default("20.0")
          double slowFlushLogThreshold) {}

  private final Emitter emitter;

  BufferOutput(Config config, OutputContext context) {
    RelabelOutput.requireLabel(context, "buffer");
    if (!context.buffer().hasTag()) {
      throw new ConfigException(
          "buffer chunk key must include 'tag' for buffer output", context.element().place());
    }
    this.emitter = context.emitter();
  }

  @Override
  public void write(Chunk chunk) throws IOException {
    String tag = ChunkTags.required(chunk);
    chunk.eachStream(stream -> emitter.emit(tag, stream));
    emitter.commit(); // the chunk is purged after this, so what it led to must be as safe
  }
}
