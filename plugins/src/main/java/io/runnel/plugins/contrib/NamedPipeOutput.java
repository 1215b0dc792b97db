package io.runnel.plugins.contrib;

import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.config.LegacyParameters;
import io.runnel.config.PluginSection;
import io.runnel.event.Bytes;
import io.runnel.event.EventCursor;
import io.runnel.event.EventStream;
import io.runnel.plugin.FormatException;
import io.runnel.plugin.Formatter;
import io.runnel.plugin.Output;
import io.runnel.plugin.OutputContext;
import io.runnel.plugin.PluginType;
import io.runnel.plugin.UnbufferedOutput;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/**
 * Writes events into a named pipe (fluent-plugin-named_pipe). Where nobody reads, it waits as soon
 * as the pipe is full, and with it the inputs.
 */
public final class NamedPipeOutput implements UnbufferedOutput {
  public static final PluginType<Config, OutputContext, Output> TYPE =
      PluginType.output("named_pipe", Config.class, NamedPipeOutput::new)
          .legacy(LegacyParameters.FORMAT);

  @Doc("Writes events into a named pipe, which is made where it is missing.")
  record Config(
      @Doc("The pipe.") String path,
      @Doc("How events are written.") @Default("out_file") PluginSection format) {}

  private final OutputContext context;
  private final NamedPipe pipe;
  private final Formatter formatter;
  private FileChannel channel;
  private volatile boolean stopped;

  NamedPipeOutput(Config config, OutputContext context) {
    this.context = context;
    pipe = NamedPipe.of(config.path, "path", context);
    formatter = context.formatter(config.format);
  }

  @Override
  public void start() throws IOException, InterruptedException {
    pipe.make();
    channel = pipe.open();
  }

  /** One write for each event: short ones stay whole even where others write to the pipe too. */
  @Override
  public void process(String tag, EventStream stream) throws IOException {
    Bytes line = new Bytes(256);
    for (EventCursor cursor = stream.cursor(); cursor.next(); ) {
      line.clear();
      try {
        formatter.format(
            tag, cursor.time(), cursor.bytes(), cursor.recordOffset(), cursor.recordLength(), line);
      } catch (FormatException e) {
        context.emitter().emitError(tag, cursor.time(), cursor.record(), e);
        continue;
      }
      write(ByteBuffer.wrap(line.array(), 0, line.length()));
    }
  }

  private void write(ByteBuffer text) throws IOException {
    FileChannel open = opened();
    synchronized (this) { // lines longer than the pipe takes at once must not be mixed
      while (text.hasRemaining()) {
        open.write(text);
      }
    }
  }

  /** An input's thread that is interrupted while it waits here closes the channel. */
  private FileChannel opened() throws IOException {
    synchronized (pipe) {
      if (!channel.isOpen() && !stopped) {
        channel = pipe.open();
      }
      return channel;
    }
  }

  @Override
  public void stop() {
    stopped = true;
    synchronized (pipe) {
      pipe.close(channel, context.log());
    }
  }
}
