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
import io.runnel.regexp.Regexps;

/**
 * A regular expression whose named groups are the fields. The parsers of web servers' logs are this
 * one with an expression of their own.
 */
public final class RegexpParser implements Parser {
  public static final PluginType<Config, PluginContext, Parser> TYPE =
      PluginType.parser("regexp", Config.class, RegexpParser::new);

  @Doc("Reads texts by a regular expression with named groups.")
  public record Config(
      @Inline("time_key=time") ParserOptions options,
      @Doc("The expression, in Ruby's syntax; its named groups are the fields.") Regexp expression,
      @Doc("The same as the flag i of the expression.")
          @Default("false")
          @Obsolete("Use /pattern/i instead, this option is no longer effective")
          boolean ignorecase,
      @Doc("The same as the flag m of the expression.")
          @Default("false")
          @Obsolete("Use /pattern/m instead, this option is no longer effective")
          boolean multiline) {}

  private final RecordRules rules;
  private final PatternParser pattern;

  RegexpParser(Config config, PluginContext context) {
    rules = new RecordRules(config.options(), context.clock());
    pattern = new PatternParser(expression(config), "expression", rules, context.log());
  }

  /** The old parameters replace the flags that the expression has, as in Fluentd. */
  private static Regexp expression(Config config) {
    return config.ignorecase() || config.multiline()
        ? Regexps.compile(config.expression().source(), config.ignorecase(), config.multiline())
        : config.expression();
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
