package io.runnel.plugins;

import io.runnel.plugin.PluginType;
import io.runnel.plugins.parser.Apache2Parser;
import io.runnel.plugins.parser.ApacheErrorParser;
import io.runnel.plugins.parser.ApacheParser;
import io.runnel.plugins.parser.CsvParser;
import io.runnel.plugins.parser.InHttpParser;
import io.runnel.plugins.parser.JsonParser;
import io.runnel.plugins.parser.LtsvParser;
import io.runnel.plugins.parser.MsgpackParser;
import io.runnel.plugins.parser.MultilineParser;
import io.runnel.plugins.parser.NginxParser;
import io.runnel.plugins.parser.NoneParser;
import io.runnel.plugins.parser.RegexpParser;
import io.runnel.plugins.parser.SyslogParser;
import io.runnel.plugins.parser.TsvParser;
import java.util.List;

/** The types of kind PARSER; a type's class is loaded when it is asked for. */
final class Parsers {
  static final List<String> NAMES =
      List.of(
          "apache",
          "apache2",
          "apache_error",
          "csv",
          "in_http",
          "json",
          "ltsv",
          "msgpack",
          "multiline",
          "nginx",
          "none",
          "regexp",
          "syslog",
          "tsv");

  private Parsers() {}

  static PluginType<?, ?, ?> find(String name) {
    return switch (name) {
      case "apache" -> ApacheParser.TYPE;
      case "apache2" -> Apache2Parser.TYPE;
      case "apache_error" -> ApacheErrorParser.TYPE;
      case "csv" -> CsvParser.TYPE;
      case "in_http" -> InHttpParser.TYPE;
      case "json" -> JsonParser.TYPE;
      case "ltsv" -> LtsvParser.TYPE;
      case "msgpack" -> MsgpackParser.TYPE;
      case "multiline" -> MultilineParser.TYPE;
      case "nginx" -> NginxParser.TYPE;
      case "none" -> NoneParser.TYPE;
      case "regexp" -> RegexpParser.TYPE;
      case "syslog" -> SyslogParser.TYPE;
      case "tsv" -> TsvParser.TYPE;
      default -> null;
    };
  }
}
