package io.runnel.plugins.output;

import io.runnel.config.LegacyParameters;
import io.runnel.event.Bytes;
import io.runnel.plugin.BufferDefaults;
import io.runnel.plugin.BufferedOutput;
import io.runnel.plugin.Chunk;
import io.runnel.plugin.Emitter;
import io.runnel.plugin.FormatException;
import io.runnel.plugin.Formatter;
import io.runnel.plugin.Output;
import io.runnel.plugin.OutputContext;
import io.runnel.plugin.Parser;
import io.runnel.plugin.PluginType;
import io.runnel.plugins.common.ExtractingEmitter;
import io.runnel.plugins.common.Extractor;
import io.runnel.plugins.common.Injector;
import io.runnel.plugins.common.PipeReader;
import io.runnel.plugins.common.StopSignal;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Sends records through a command that runs all the time: chunks go into its input, and what it
 * writes is emitted again. With several processes the chunks are dealt out in turn.
 */
public final class ExecFilterOutput implements BufferedOutput {
  public static final PluginType<ExecFilterSettings.Config, OutputContext, Output> TYPE =
      PluginType.output("exec_filter", ExecFilterSettings.Config.class, ExecFilterOutput::new)
          .legacy(LegacyParameters.BUFFER)
          .buffered(BufferDefaults.of(List.of(), "flush_mode", "interval", "flush_interval", "1"));

  private final OutputContext context;
  private final ExecFilterSettings settings;
  private final Formatter formatter;
  private final Parser parser;
  private final Extractor extractor;
  private final Emitter emitter;
  private final StopSignal stop = new StopSignal();
  private final List<FilterChild> children = new ArrayList<>();
  private final AtomicInteger turn = new AtomicInteger();
  private final int respawns;

  ExecFilterOutput(ExecFilterSettings.Config config, OutputContext context) {
    this.context = context;
    this.settings = ExecFilterSettings.of(config, context.element());
    this.respawns = settings.respawns(context.element());
    Injector injector = Injector.of(settings.inject(), context);
    Formatter written = injector.wrap(context.formatter(settings.format()));
    this.formatter = config.removePrefix().map(p -> withoutPrefix(p, written)).orElse(written);
    this.parser = context.parser(settings.parse());
    this.extractor = Extractor.of(settings.extract(), context);
    this.emitter = context.emitter();
  }

  /** A formatter that sees tags without their first parts. */
  private static Formatter withoutPrefix(String prefix, Formatter formatter) {
    return new Unprefixed(prefix, formatter);
  }

  private record Unprefixed(String prefix, Formatter formatter) implements Formatter {
    @Override
    public void format(String tag, long time, byte[] record, int offset, int length, Bytes out)
        throws FormatException {
      formatter.format(cut(tag), time, record, offset, length, out);
    }

    private String cut(String tag) {
      if (tag.equals(prefix)) {
        return "";
      }
      return tag.startsWith(prefix + ".") ? tag.substring(prefix.length() + 1) : tag;
    }

    @Override
    public String type() {
      return formatter.type();
    }
  }

  @Override
  public Formatter chunkFormat() {
    return formatter;
  }

  @Override
  public void start() throws IOException {
    for (int i = 0; i < Math.max(1, settings.config().numChildren()); i++) {
      FilterChild child =
          new FilterChild(settings.config().command(), respawns, context, this::reader, stop);
      children.add(child);
      child.start();
    }
  }

  private PipeReader reader() {
    String prefix = settings.config().addPrefix().map(text -> text + ".").orElse("");
    ExtractingEmitter events =
        new ExtractingEmitter(
            settings.config().tag().orElse(null),
            tag -> prefix + tag,
            extractor,
            emitter,
            context.clock(),
            stop,
            context.log());
    return new PipeReader(
        parser,
        (int) Math.min(1 << 20, settings.config().readBlockSize().bytes()),
        null,
        events::emit,
        settings.config().suppressErrorLogInterval(),
        context.log());
  }

  @Override
  public void write(Chunk chunk) throws IOException {
    for (int i = 0; i < children.size(); i++) {
      FilterChild child = children.get(Math.floorMod(turn.getAndIncrement(), children.size()));
      if (child.isAlive()) {
        child.write(chunk);
        return;
      }
    }
    throw new IOException("no healthy child processes exist");
  }

  @Override
  public void stop() {
    children.forEach(FilterChild::closeInput);
    stop.set();
    children.forEach(FilterChild::stop);
  }
}
