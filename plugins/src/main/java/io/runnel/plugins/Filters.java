package io.runnel.plugins;

import io.runnel.plugin.PluginType;
import io.runnel.plugins.filter.GrepFilter;
import io.runnel.plugins.filter.ParserFilter;
import io.runnel.plugins.filter.RecordTransformerFilter;
import io.runnel.plugins.filter.StdoutFilter;
import java.util.List;

/** The types of kind FILTER; a type's class is loaded when it is asked for. */
final class Filters {
  static final List<String> NAMES = List.of("grep", "parser", "record_transformer", "stdout");

  private Filters() {}

  static PluginType<?, ?, ?> find(String name) {
    return switch (name) {
      case "grep" -> GrepFilter.TYPE;
      case "parser" -> ParserFilter.TYPE;
      case "record_transformer" -> RecordTransformerFilter.TYPE;
      case "stdout" -> StdoutFilter.TYPE;
      default -> null;
    };
  }
}
