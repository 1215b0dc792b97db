package io.runnel.plugins.contrib;

import io.runnel.config.Alias;
import io.runnel.config.ConfigElement;
import io.runnel.config.ConfigException;
import io.runnel.config.Doc;
import io.runnel.config.PluginSection;
import io.runnel.event.EventBuilder;
import io.runnel.event.EventCursor;
import io.runnel.plugin.ParseException;
import io.runnel.plugin.Parser;
import io.runnel.plugin.PluginContext;
import io.runnel.plugin.PluginType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Tries several parsers; the first that can read a text counts (multi-format-parser). */
public final class MultiFormatParser implements Parser {
  public static final PluginType<Config, PluginContext, Parser> TYPE =
      PluginType.parser("multi_format", Config.class, MultiFormatParser::new);

  @Doc("Tries several parsers one after the other.")
  record Config(
      @Doc("The field that gets the name of the parser that could read the text.")
          Optional<String> formatKey,
      @Doc("A parser: format (or @type), format_name and what it needs; repeated.") @Alias("format")
          List<ConfigElement> pattern) {}

  private final List<Parser> parsers;
  private final List<String> names;
  private final String formatKey;

  MultiFormatParser(Config config, PluginContext context) {
    parsers = config.pattern.stream().map(section -> parser(section, context)).toList();
    names = names(context.element());
    formatKey = config.formatKey.orElse(null);
    if (parsers.isEmpty()) {
      throw new ConfigException("multi_format needs <pattern> sections", context.element().place());
    }
  }

  /** {@code format_name}, or the format and the number of the section. */
  private static List<String> names(ConfigElement element) {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < element.sections().size(); i++) {
      ConfigElement section = element.sections().get(i);
      if (section.name().equals("pattern") || section.name().equals("format")) {
        String name = section.peek("format_name");
        names.add(name == null ? format(section) + "#" + i : name);
      }
    }
    return names;
  }

  private static String format(ConfigElement section) {
    String format = section.peek("@type") == null ? section.peek("format") : section.peek("@type");
    return format == null ? section.peek("type") : format;
  }

  private static Parser parser(ConfigElement section, PluginContext context) {
    String format = format(section);
    if (format == null) {
      throw new ConfigException("'format' parameter is required", section.place());
    }
    ConfigElement own = section.copyAs("parse", "");
    own.remove("format");
    own.remove("type");
    own.remove("format_name");
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
    for (int i = 0; i < parsers.size(); i++) {
      long mark = out.mark();
      try {
        int count =
            formatKey == null
                ? parsers.get(i).parse(text, offset, length, out)
                : named(i, text, offset, length, out);
        if (count > 0) {
          return count;
        }
      } catch (ParseException e) {
        out.rewind(mark); // the next one may know how to read it
      }
    }
    return 0;
  }

  /** Reads with one parser and adds its name to the records. */
  private int named(int index, byte[] text, int offset, int length, EventBuilder out)
      throws ParseException {
    EventBuilder parsed = new EventBuilder();
    int count = parsers.get(index).parse(text, offset, length, parsed);
    for (EventCursor cursor = parsed.take().cursor(); cursor.next(); ) {
      Map<String, Object> record = cursor.record();
      record.put(formatKey, names.get(index));
      out.add(cursor.time(), record);
    }
    return count;
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
