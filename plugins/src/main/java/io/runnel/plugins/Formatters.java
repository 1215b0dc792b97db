package io.runnel.plugins;

import io.runnel.plugin.PluginType;
import io.runnel.plugins.formatter.CsvFormatter;
import io.runnel.plugins.formatter.HashFormatter;
import io.runnel.plugins.formatter.JsonFormatter;
import io.runnel.plugins.formatter.LtsvFormatter;
import io.runnel.plugins.formatter.MsgpackFormatter;
import io.runnel.plugins.formatter.OutFileFormatter;
import io.runnel.plugins.formatter.SingleValueFormatter;
import io.runnel.plugins.formatter.StdoutFormatter;
import io.runnel.plugins.formatter.TsvFormatter;
import java.util.List;

/** The types of kind FORMATTER; a type's class is loaded when it is asked for. */
final class Formatters {
  static final List<String> NAMES =
      List.of(
          "csv", "hash", "json", "ltsv", "msgpack", "out_file", "single_value", "stdout", "tsv");

  private Formatters() {}

  static PluginType<?, ?, ?> find(String name) {
    return switch (name) {
      case "csv" -> CsvFormatter.TYPE;
      case "hash" -> HashFormatter.TYPE;
      case "json" -> JsonFormatter.TYPE;
      case "ltsv" -> LtsvFormatter.TYPE;
      case "msgpack" -> MsgpackFormatter.TYPE;
      case "out_file" -> OutFileFormatter.TYPE;
      case "single_value" -> SingleValueFormatter.TYPE;
      case "stdout" -> StdoutFormatter.TYPE;
      case "tsv" -> TsvFormatter.TYPE;
      default -> null;
    };
  }
}
