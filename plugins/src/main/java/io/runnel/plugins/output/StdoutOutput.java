package io.runnel.plugins.output;

import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.config.LegacyParameters;
import io.runnel.config.PluginSection;
import io.runnel.config.Since;
import io.runnel.event.Bytes;
import io.runnel.event.EventCursor;
import io.runnel.event.EventStream;
import io.runnel.plugin.BufferDefaults;
import io.runnel.plugin.Chunk;
import io.runnel.plugin.EitherOutput;
import io.runnel.plugin.FormatException;
import io.runnel.plugin.Formatter;
import io.runnel.plugin.Output;
import io.runnel.plugin.OutputContext;
import io.runnel.plugin.PluginType;
import io.runnel.plugins.common.InjectConfig;
import io.runnel.plugins.common.Injector;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** Prints events into the daemon's own log, or to its standard output. */
public final class StdoutOutput implements EitherOutput {
  public static final PluginType<Config, OutputContext, Output> TYPE =
      PluginType.output("stdout", Config.class, StdoutOutput::new)
          .legacy(LegacyParameters.INJECT, LegacyParameters.FORMAT)
          .buffered(
              BufferDefaults.of(
                  List.of("tag"), "flush_at_shutdown", "true", "chunk_limit_size", "10240"));

  @Doc("Prints events, for trying things out.")
  public record Config(
      @Doc("Prints into the daemon's log; false: to the standard output of the process.")
          @Since("1.19")
          @Default("true")
          boolean useLogger,
      @Doc("How events are printed.") @Default("stdout") PluginSection format,
      @Doc("Fields that are added to each record.") Optional<InjectConfig> inject,
      @Doc("Keeps only whole seconds of the time.") @Default("false") boolean timeAsInteger,
      @Doc("Seconds after which a flush is reported as slow.") @Default("20.0")
          double slowFlushLogThreshold) {}

  private final OutputContext context;
  private final Formatter formatter;
  private final LogLines.Sink sink;

  StdoutOutput(Config config, OutputContext context) {
    this.context = context;
    this.formatter = Injector.of(config.inject(), context).wrap(context.formatter(config.format()));
    this.sink = config.useLogger() ? context.log()::raw : StdoutOutput::print;
  }

  private static void print(byte[] bytes, int offset, int length) {
    System.out.write(bytes, offset, length);
    System.out.flush();
  }

  @Override
  public void process(String tag, EventStream stream) throws IOException {
    Bytes line = new Bytes(Math.max(256, stream.length() * 2));
    for (EventCursor cursor = stream.cursor(); cursor.next(); ) {
      int start = line.length();
      try {
        formatter.format(
            tag, cursor.time(), cursor.bytes(), cursor.recordOffset(), cursor.recordLength(), line);
      } catch (FormatException e) {
        line.setLength(start);
        context.emitter().emitError(tag, cursor.time(), cursor.record(), e);
      }
    }
    sink.write(line.array(), 0, line.length());
  }

  @Override
  public Formatter chunkFormat() {
    return formatter;
  }

  @Override
  public void write(Chunk chunk) throws IOException {
    try (LogLines lines = new LogLines(sink)) {
      chunk.writeTo(lines);
    }
  }
}
