package io.runnel.plugins.contrib;

import io.runnel.config.ConfigElement;
import io.runnel.config.ConfigException;
import io.runnel.config.Doc;
import io.runnel.config.PluginSection;
import io.runnel.event.EventBuilder;
import io.runnel.plugin.ParseException;
import io.runnel.plugin.Parser;
import io.runnel.plugin.PluginContext;
import io.runnel.plugin.PluginType;
import java.util.List;

/** Tries several parsers; the first that can read a text counts (multi-format-parser). */
public final class MultiFormatParser implements Parser {
  public static final PluginType<Config, PluginContext, Parser> TYPE =
      PluginType.parser("multi_format", Config.class, MultiFormatParser::new);

  @Doc("Tries several parsers one after the other.")
  record Config(
      @Doc("A parser: format (or @type) and what it needs; repeated.")
          List<ConfigElement> pattern) {}

  private final List<Parser> parsers;

  MultiFormatParser(Config config, PluginContext context) {
    parsers = config.pattern.stream().map(section -> parser(section, context)).toList();
    if (parsers.isEmpty()) {
      throw new ConfigException("multi_format needs <pattern> sections", context.element().place());
    }
  }

  private static Parser parser(ConfigElement section, PluginContext context) {
    String format = section.peek("@type") == null ? section.peek("format") : section.peek("@type");
    format = format == null ? section.peek("type") : format;
    if (format == null) {
      throw new ConfigException("'format' parameter is required", section.place());
    }
    ConfigElement own = section.copyAs("parse", "");
    own.remove("format");
    own.remove("type");
    if (format.startsWith("/")) {
      own.set("expression", format);
      format = "regexp";
    }
    own.set("@type", format);
    return context.parser(new PluginSection(own, format, true));
  }

  @Override
  public boolean estimatesTime() {
    return parsers.stream().allMatch(Parser::estimatesTime);
  }

  @Override
  public int parse(byte[] text, int offset, int length, EventBuilder out) {
    for (Parser parser : parsers) {
      long mark = out.mark();
      try {
        int count = parser.parse(text, offset, length, out);
        if (count > 0) {
          return count;
        }
      } catch (ParseException e) {
        out.rewind(mark); // the next one may know how to read it
      }
    }
    return 0;
  }

  @Override
  public void start() throws Exception {
    for (Parser parser : parsers) {
      parser.start();
    }
  }

  @Override
  public void stop() {
    parsers.forEach(Parser::stop);
  }

  @Override
  public void close() {
    parsers.forEach(Parser::close);
  }
}
