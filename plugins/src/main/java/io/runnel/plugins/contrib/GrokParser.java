package io.runnel.plugins.contrib;

import io.runnel.config.ConfigElement;
import io.runnel.config.ConfigException;
import io.runnel.config.ConfigValue;
import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.config.Inline;
import io.runnel.config.PluginSection;
import io.runnel.event.EventBuilder;
import io.runnel.event.EventCursor;
import io.runnel.event.Json;
import io.runnel.event.MsgpackWriter;
import io.runnel.plugin.ParseException;
import io.runnel.plugin.Parser;
import io.runnel.plugin.PluginContext;
import io.runnel.plugin.PluginType;
import io.runnel.plugins.parser.ParserOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads texts by named patterns (fluent-plugin-grok-parser): tries one after the other. A text that
 * none matches becomes a record with the field {@code message}.
 */
public final class GrokParser implements Parser {
  public static final PluginType<Config, PluginContext, Parser> TYPE =
      PluginType.parser(
          "grok", Config.class, (config, context) -> new GrokParser(config, context, ""));

  public static final PluginType<Config, PluginContext, Parser> MULTILINE =
      PluginType.parser(
          "multiline_grok",
          Config.class,
          (config, context) -> new GrokParser(config, context, "m"));

  @Doc("Reads texts by grok patterns, %{NAME:field:type}.")
  record Config(
      @Inline("time_key=time") ParserOptions options,
      @Doc("The pattern.") Optional<String> grokPattern,
      @Doc("A file of patterns, or a folder of such files.") Optional<String> customPatternPath,
      @Doc("Field that says that no pattern matches.") Optional<String> grokFailureKey,
      @Doc("Field that gets the name, or number, of the pattern that matched.")
          Optional<String> grokNameKey,
      @Doc("What the first line of an event matches, between slashes; for multiline_grok.")
          Optional<String> multilineStartRegexp,
      @Doc("The set of patterns; there is legacy only.") @Default("legacy")
          String grokPatternSeries,
      @Doc("Patterns, tried in their order.") List<Grok> grok) {}

  @Doc("One of several patterns.")
  record Grok(
      @Doc("Its name, for grok_name_key.") Optional<String> name,
      @Doc("The pattern.") String pattern,
      @Doc("The field of the time stays in the record.") Optional<Boolean> keepTimeKey,
      @Doc("The field that holds the time of the event.") Optional<String> timeKey,
      @Doc("How the time is written.") Optional<String> timeFormat,
      @Doc("The zone of times without one.") Optional<String> timezone) {}

  /**
   * @param name text, or the number of the pattern
   */
  private record Named(Object name, Parser parser) {}

  private static final List<String> PASSED_ON =
      List.of(
          "time_key",
          "time_format",
          "time_type",
          "keep_time_key",
          "timezone",
          "localtime",
          "utc",
          "types",
          "null_value_pattern",
          "null_empty_string",
          "estimate_current_event",
          "timeout");

  private final Config config;
  private final PluginContext context;
  private final String flags;
  private final List<Named> parsers = new ArrayList<>();

  private GrokParser(Config config, PluginContext context, String flags) {
    this.config = config;
    this.context = context;
    this.flags = flags;
    GrokPatterns patterns = GrokPatterns.builtin();
    if (!config.grokPatternSeries.equals("legacy")) {
      context
          .log()
          .warn(
              "grok_pattern_series "
                  + config.grokPatternSeries
                  + " is not there: fields have the names of the legacy patterns");
    }
    config.customPatternPath.ifPresent(path -> addCustom(path, patterns));
    config.grokPattern.ifPresent(
        pattern ->
            parsers.add(new Named("grok_pattern", parser(patterns.expand(pattern), Map.of()))));
    // the sections count only where there is no single pattern
    for (Grok grok : config.grokPattern.isPresent() ? List.<Grok>of() : config.grok) {
      Map<String, String> own = new LinkedHashMap<>();
      grok.keepTimeKey.ifPresent(keep -> own.put("keep_time_key", keep.toString()));
      grok.timeKey.ifPresent(key -> own.put("time_key", key));
      grok.timeFormat.ifPresent(format -> own.put("time_format", format));
      grok.timezone.ifPresent(zone -> own.put("timezone", zone));
      Object name = grok.name.map(Object.class::cast).orElse((long) config.grok.indexOf(grok));
      GrokPatterns.Expanded expanded = patterns.expand(grok.pattern);
      try {
        parsers.add(new Named(name, parser(expanded, own)));
      } catch (ConfigException e) { // one wrong pattern does not keep the others from being tried
        context.log().error("grok: a pattern cannot be used: " + grok.pattern, e);
      }
    }
    if (parsers.isEmpty()) {
      throw new ConfigException(
          "no grok patterns. Check configuration, e.g. typo, configuration syntax, etc",
          context.element().place());
    }
  }

  private void addCustom(String path, GrokPatterns patterns) {
    if (Files.exists(Path.of(path))) {
      patterns.addPath(path);
    } else {
      context.log().warn("custom_pattern_path is not there", "path", path);
    }
  }

  private Parser parser(GrokPatterns.Expanded pattern, Map<String, String> own) {
    ConfigElement outer = context.element();
    ConfigElement section = new ConfigElement("parse", "", outer.place());
    for (String key : PASSED_ON) {
      ConfigValue value = outer.parameters().get(key);
      if (value != null) {
        section.set(key, value);
      }
    }
    own.forEach(section::set);
    section.set("@type", "regexp");
    section.set("expression", "/" + pattern.expression() + "/" + flags);
    if (!pattern.types().isEmpty()) {
      Map<String, Object> types = new LinkedHashMap<>(config.options.types());
      types.putAll(pattern.types());
      section.set("types", Json.write(types));
    }
    return context.parser(new PluginSection(section, "regexp", true));
  }

  @Override
  public boolean estimatesTime() {
    return config.options.estimateCurrentEvent();
  }

  @Override
  public int parse(byte[] text, int offset, int length, EventBuilder out) throws ParseException {
    for (Named named : parsers) {
      long mark = out.mark();
      int start = out.bytes();
      int count = named.parser.parse(text, offset, length, out);
      if (count > 0) {
        if (config.grokNameKey.isPresent()) {
          addName(named.name, mark, start, out);
        }
        return count;
      }
    }
    MsgpackWriter writer = out.begin();
    writer.mapHeader(config.grokFailureKey.isPresent() ? 2 : 1);
    writer.string("message");
    writer.string(text, offset, length);
    if (config.grokFailureKey.isPresent()) {
      writer.string(config.grokFailureKey.get());
      writer.string("No grok pattern matched");
    }
    out.commit();
    return 1;
  }

  /** Adds the pattern's name to the event that was just added. */
  private void addName(Object name, long mark, int start, EventBuilder out) {
    EventCursor cursor = new EventCursor(out.out().array(), start, out.bytes() - start);
    cursor.next();
    long time = cursor.time();
    Map<String, Object> record = cursor.record();
    record.put(config.grokNameKey.orElseThrow(), name);
    out.rewind(mark);
    out.add(time, record);
  }
}
