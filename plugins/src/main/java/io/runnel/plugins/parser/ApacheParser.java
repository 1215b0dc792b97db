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

/** The access log of Apache's HTTP server; all fields stay text. */
public final class ApacheParser implements Parser {
  public static final PluginType<Config, PluginContext, Parser> TYPE =
      PluginType.parser("apache", Config.class, ApacheParser::new);

  @Doc("Reads the access log of Apache's HTTP server; all fields stay text.")
  public record Config(
      @Inline({"time_key=time", "time_format=%d/%b/%Y:%H:%M:%S %z"}) ParserOptions options,
      @Doc("The expression, in Ruby's syntax; its named groups are the fields.")
          @Default("/" + AccessLogExpressions.APACHE + "/")
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
  private final AccessLogParser parser;

  ApacheParser(Config config, PluginContext context) {
    rules = new RecordRules(config.options(), context.clock());
    parser = new AccessLogParser(AccessLog.APACHE, config.expression(), rules, context.log());
  }

  @Override
  public boolean estimatesTime() {
    return rules.estimatesTime();
  }

  @Override
  public int parse(byte[] text, int offset, int length, EventBuilder out) throws ParseException {
    return parser.parse(text, offset, length, out);
  }
}
