package io.runnel.plugins.contrib;

import io.runnel.config.ConfigException;
import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.config.LegacyParameters;
import io.runnel.config.PluginSection;
import io.runnel.host.Ownership;
import io.runnel.plugin.Input;
import io.runnel.plugin.Parser;
import io.runnel.plugin.PluginContext;
import io.runnel.plugin.PluginType;
import io.runnel.plugins.common.ExtractingEmitter;
import io.runnel.plugins.common.Extractor;
import io.runnel.plugins.common.PipeReader;
import io.runnel.plugins.common.StopSignal;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.time.Duration;
import java.util.Optional;

/** Reads the lines that others write into a named pipe (fluent-plugin-named_pipe). */
public final class NamedPipeInput implements Input {
  public static final PluginType<Config, PluginContext, Input> TYPE =
      PluginType.input(
              "named_pipe",
              Config.class,
              (config, context) ->
                  new NamedPipeInput(config.path, config.tag, config.parse, true, context))
          .legacy(LegacyParameters.PARSE)
          .singleWorker();

  public static final PluginType<PipeConfig, PluginContext, Input> PIPE =
      PluginType.input(
              "pipe",
              PipeConfig.class,
              (config, context) ->
                  new NamedPipeInput(config.path, config.tag, config.parse, false, context))
          .legacy(LegacyParameters.PARSE)
          .singleWorker();

  private static final int BLOCK = 64 * 1024;
  private static final Duration BETWEEN_WARNINGS = Duration.ZERO;
  private static final Duration RETRY = Duration.ofSeconds(1);
  private static final long PATIENCE_MILLIS = 5_000;

  @Doc("Reads the lines that others write into a named pipe, which is made where it is missing.")
  record Config(
      @Doc("The pipe.") String path,
      @Doc("The tag of the events.") String tag,
      @Doc("How lines are read.") PluginSection parse) {}

  @Doc("Reads the lines that others write into a named pipe, which must be there.")
  record PipeConfig(
      @Doc("The pipe.") String path,
      @Doc("The tag of the events.") String tag,
      @Doc("Has no effect: events of several lines are not read.")
          Optional<Duration> multilineFlushInterval,
      @Doc("Has no effect.") @Default("1") Duration receiveInterval,
      @Doc("How lines are read.") PluginSection parse) {}

  private final NamedPipe pipe;
  private final String tag;
  private final Parser parser;
  private final boolean makesPipe;
  private final PluginContext context;
  private final StopSignal stop = new StopSignal();
  private volatile FileChannel channel;
  private Ownership.Claim claim;
  private Thread reader;

  private NamedPipeInput(
      String path, String tag, PluginSection parse, boolean makesPipe, PluginContext context) {
    this.tag = tag;
    this.makesPipe = makesPipe;
    this.context = context;
    pipe = NamedPipe.of(path, "path", context);
    if (!makesPipe && !pipe.exists()) {
      throw new ConfigException(
          "File not found " + path + " (mkfifo makes one)", context.element().placeOf("path"));
    }
    if (parse.type() != null && parse.type().startsWith("multiline")) {
      throw new ConfigException(
          parse.type() + " is not possible here: each line that comes out of a pipe is an event",
          context.element().place());
    }
    parser = context.parser(parse);
  }

  @Override
  public void start() throws IOException, InterruptedException {
    claim = context.ownership().claim(pipe.path(), "named pipe");
    if (makesPipe) {
      pipe.make();
    }
    channel = pipe.open();
    reader = context.start("named_pipe", this::read);
  }

  private void read() {
    ExtractingEmitter emitter =
        new ExtractingEmitter(
            tag,
            other -> other,
            Extractor.of(Optional.empty(), context),
            context.emitter(),
            context.clock(),
            stop,
            context.log());
    PipeReader lines =
        new PipeReader(parser, BLOCK, null, emitter::emit, BETWEEN_WARNINGS, context.log());
    do {
      try {
        lines.run(NamedPipe.untilClosed(channel, stop));
      } catch (IOException | RuntimeException e) {
        context.log().error("in_named_pipe: unexpected error", e, "path", pipe.path());
      }
    } while (stop.pause(RETRY.toNanos()));
  }

  @Override
  public void stop() {
    stop.set();
    pipe.close(channel, context.log());
    StopSignal.join(reader, PATIENCE_MILLIS);
  }

  @Override
  public void close() {
    stop();
    if (claim != null) {
      claim.close();
      claim = null;
    }
  }
}
