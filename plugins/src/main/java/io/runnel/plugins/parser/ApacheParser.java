package io.runnel.plugins.parser;

import io.runnel.config.Doc;
import io.runnel.config.Inline;
import io.runnel.plugin.Parser;
import io.runnel.plugin.PluginContext;
import io.runnel.plugin.PluginType;

/** The access log of Apache's HTTP server; all fields stay text. */
public final class ApacheParser {
  public static final PluginType<Config, PluginContext, Parser> TYPE =
      PluginType.parser("apache", Config.class, ApacheParser::parser);

  private static final String EXPRESSION = "/" + AccessLogExpressions.APACHE + "/";

  @Doc("Reads the access log of Apache's HTTP server; all fields stay text.")
  public record Config(
      @Inline({"time_format=%d/%b/%Y:%H:%M:%S %z", "expression=" + EXPRESSION})
          RegexpParser.Config regexp) {}

  private ApacheParser() {}

  private static Parser parser(Config config, PluginContext context) {
    return new RegexpParser(config.regexp(), context);
  }
}
