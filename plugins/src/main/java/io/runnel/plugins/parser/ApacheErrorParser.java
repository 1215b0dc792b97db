package io.runnel.plugins.parser;

import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.config.Inline;
import io.runnel.config.Obsolete;
import io.runnel.event.EventBuilder;
import io.runnel.plugin.ParseException;
import io.runnel.plugin.Parser;
import io.runnel.plugin.PluginContext;
import io.runnel.plugin.PluginType;
import io.runnel.regexp.Regexp;

/** The error log of Apache's HTTP server. */
public final class ApacheErrorParser implements Parser {
  public static final PluginType<Config, PluginContext, Parser> TYPE =
      PluginType.parser("apache_error", Config.class, ApacheErrorParser::new);

  private static final String EXPRESSION =
      "/^\\[[^ ]* (?<time>[^\\]]*)\\] \\[(?<level>[^\\]]*)\\](?: \\[pid (?<pid>[^\\]]*)\\])?"
          + "( \\[client (?<client>[^\\]]*)\\])? (?<message>.*)$/";

  @Doc("Reads the error log of Apache's HTTP server.")
  public record Config(
      @Inline("time_key=time") ParserOptions options,
      @Doc("The expression, in Ruby's syntax; its named groups are the fields.")
          @Default(EXPRESSION)
          Regexp expression,
      @Doc("No longer has an effect.")
          @Default("false")
          @Obsolete("Use /pattern/i instead, this option is no longer effective")
          boolean ignorecase,
      @Doc("No longer has an effect.")
          @Default("false")
          @Obsolete("Use /pattern/m instead, this option is no longer effective")
          boolean multiline) {}

  private final RecordRules rules;
  private final PatternParser pattern;

  ApacheErrorParser(Config config, PluginContext context) {
    rules = new RecordRules(config.options(), context.clock());
    pattern = new PatternParser(config.expression(), "expression", rules, context.log());
  }

  @Override
  public boolean estimatesTime() {
    return rules.estimatesTime();
  }

  @Override
  public int parse(byte[] text, int offset, int length, EventBuilder out) throws ParseException {
    return pattern.parse(text, offset, length, out);
  }
}
