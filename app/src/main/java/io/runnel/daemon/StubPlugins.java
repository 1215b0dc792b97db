package io.runnel.daemon;

import io.runnel.event.EventBuilder;
import io.runnel.event.EventStream;
import io.runnel.plugin.Filter;
import io.runnel.plugin.Formatter;
import io.runnel.plugin.Input;
import io.runnel.plugin.Output;
import io.runnel.plugin.Parser;
import io.runnel.plugin.PluginCatalog;
import io.runnel.plugin.PluginContext;
import io.runnel.plugin.PluginKind;
import io.runnel.plugin.PluginType;
import io.runnel.plugin.UnbufferedOutput;
import java.util.List;

/**
 * Stands in for plugins that are not there ({@code --dry-run --stub-unknown-plugins}): accepts any
 * parameter, so that the rest of a configuration can be checked. Never used to run.
 */
final class StubPlugins implements PluginCatalog {
  /** The parameters of a plugin that nobody knows. */
  public record Anything() {}

  private static final class StubInput implements Input {}

  private static final class StubFilter implements Filter {
    @Override
    public EventStream filter(String tag, EventStream stream) {
      return stream;
    }
  }

  private static final class StubOutput implements UnbufferedOutput {
    @Override
    public void process(String tag, EventStream stream) {}
  }

  private static final class StubParser implements Parser {
    @Override
    public int parse(byte[] text, int offset, int length, EventBuilder out) {
      return 0;
    }
  }

  private record StubFormatter(String type) implements Formatter {
    @Override
    public void format(
        String tag, long time, byte[] record, int offset, int length, io.runnel.event.Bytes out) {}
  }

  @Override
  public PluginType<?, ?, ?> find(PluginKind kind, String name) {
    return switch (kind) {
      case INPUT ->
          PluginType.input(name, Anything.class, (c, x) -> accept(x, (Input) new StubInput()));
      case FILTER ->
          PluginType.filter(name, Anything.class, (c, x) -> accept(x, (Filter) new StubFilter()));
      case OUTPUT ->
          PluginType.output(name, Anything.class, (c, x) -> accept(x, (Output) new StubOutput()));
      case PARSER ->
          PluginType.parser(name, Anything.class, (c, x) -> accept(x, (Parser) new StubParser()));
      case FORMATTER ->
          PluginType.formatter(
              name, Anything.class, (c, x) -> accept(x, (Formatter) new StubFormatter(name)));
      case BUFFER, STORAGE, SERVICE_DISCOVERY, METRICS -> null;
    };
  }

  private static <P> P accept(PluginContext context, P plugin) {
    context.element().markAllUsed();
    context
        .log()
        .warn(
            "plugin is not there; a stub stands in for it",
            "type",
            context.element().peek("@type"));
    return plugin;
  }

  @Override
  public List<String> names(PluginKind kind) {
    return List.of();
  }
}
