package io.runnel.plugins.parser;

import io.runnel.config.Doc;
import io.runnel.config.Inline;
import io.runnel.plugin.Parser;
import io.runnel.plugin.PluginContext;
import io.runnel.plugin.PluginType;

/** The error log of Apache's HTTP server. */
public final class ApacheErrorParser {
  public static final PluginType<Config, PluginContext, Parser> TYPE =
      PluginType.parser("apache_error", Config.class, ApacheErrorParser::parser);

  private static final String EXPRESSION =
      "/^\\[[^ ]* (?<time>[^\\]]*)\\] \\[(?<level>[^\\]]*)\\](?: \\[pid (?<pid>[^\\]]*)\\])?"
          + "( \\[client (?<client>[^\\]]*)\\])? (?<message>.*)$/";

  @Doc("Reads the error log of Apache's HTTP server.")
  public record Config(@Inline("expression=" + EXPRESSION) RegexpParser.Config regexp) {}

  private ApacheErrorParser() {}

  private static Parser parser(Config config, PluginContext context) {
    return new RegexpParser(config.regexp(), context);
  }
}
