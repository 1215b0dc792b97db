package io.runnel.plugins.parser;

import io.runnel.config.Doc;
import io.runnel.config.Inline;
import io.runnel.plugin.Parser;
import io.runnel.plugin.PluginContext;
import io.runnel.plugin.PluginType;

/** The access log of nginx in its combined format. */
public final class NginxParser {
  public static final PluginType<Config, PluginContext, Parser> TYPE =
      PluginType.parser("nginx", Config.class, NginxParser::parser);

  private static final String EXPRESSION = "/" + AccessLogExpressions.NGINX + "/";

  @Doc("Reads the access log of nginx.")
  public record Config(
      @Inline({"time_format=%d/%b/%Y:%H:%M:%S %z", "expression=" + EXPRESSION})
          RegexpParser.Config regexp) {}

  private NginxParser() {}

  private static Parser parser(Config config, PluginContext context) {
    return new RegexpParser(config.regexp(), context);
  }
}
