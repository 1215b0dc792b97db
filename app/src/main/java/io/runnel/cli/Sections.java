package io.runnel.cli;

import io.runnel.config.ConfigSpec;
import io.runnel.config.ParameterDescription;
import io.runnel.config.SectionDescription;
import io.runnel.config.TimeConfig;
import io.runnel.plugins.parser.ParserOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The sections that many plugins share, and the parameters that all plugins have. */
final class Sections {
  /** Sections with the same parameters wherever they stand. */
  private static final Set<String> SHARED =
      Set.of(
          "buffer",
          "secondary",
          "store",
          "inject",
          "extract",
          "transport",
          "security",
          "storage",
          "service_discovery",
          "parse",
          "format");

  /** Sections that Fluentd's declarations allow several times. */
  private static final Set<String> MULTIPLE = Set.of("parse", "format", "storage");

  private static final List<String> LEVELS =
      List.of("trace", "debug", "info", "warn", "error", "fatal");

  private Sections() {}

  static boolean isShared(SectionDescription section) {
    return SHARED.contains(section.name());
  }

  static boolean isMultiple(SectionDescription section) {
    return section.multiple() || section.plugin() && MULTIPLE.contains(section.name());
  }

  /** A section with other parameters. */
  static SectionDescription of(
      SectionDescription from,
      boolean present,
      String defaultType,
      List<ParameterDescription> parameters) {
    return new SectionDescription(
        from.name(),
        from.aliases(),
        present,
        from.required(),
        from.multiple(),
        from.plugin(),
        from.free(),
        defaultType,
        from.doc(),
        from.since(),
        parameters,
        from.sections());
  }

  /** {@code <secondary>}, which every output with a buffer has. */
  static SectionDescription secondary() {
    return new SectionDescription(
        "secondary",
        List.of(),
        false,
        false,
        false,
        false,
        true,
        null,
        "Another output for chunks that cannot be delivered.",
        null,
        List.of(parameter("@type", false, null, List.of("type"), List.of(), "That output's type.")),
        List.of());
  }

  /** All parameters of a section, those of the plugin that it configures included. */
  static List<ParameterDescription> parameters(SectionDescription section) {
    List<ParameterDescription> all = new ArrayList<>();
    if (section.plugin() || section.name().equals("buffer")) {
      boolean required = section.defaultType() == null && !section.name().equals("store");
      List<String> alias = section.plugin() ? List.of() : List.of("type");
      String doc = "The plugin that does it.";
      all.add(parameter("@type", required, section.defaultType(), alias, List.of(), doc));
    }
    all.addAll(section.parameters());
    if (section.plugin() && section.name().equals("parse")) {
      all.addAll(described(ParserOptions.class));
    } else if (section.plugin() && section.name().equals("format")) {
      all.addAll(described(TimeConfig.class));
    }
    if (section.plugin() && section.defaultType() != null) {
      addOwn(section, all);
    }
    return all;
  }

  /** Adds what only the plugin knows that is the section's default. */
  private static void addOwn(SectionDescription section, List<ParameterDescription> all) {
    String kind = section.name().equals("parse") ? "parser/" : "formatter/";
    PluginReference.find(kind + section.defaultType()).stream()
        .flatMap(entry -> entry.declared().parameters().stream())
        .filter(own -> all.stream().noneMatch(known -> known.name().equals(own.name())))
        .forEach(all::add);
  }

  private static List<ParameterDescription> described(Class<?> type) {
    return ConfigSpec.of(type).describe("").parameters();
  }

  /** What the engine takes from the section of every plugin. */
  static List<ParameterDescription> common(PluginReference.Entry entry) {
    ParameterDescription level =
        parameter(
            "@log_level", false, null, List.of("log_level"), LEVELS, "Level of its messages.");
    return switch (entry.kind()) {
      case INPUT, FILTER, OUTPUT ->
          List.of(
              parameter("@type", true, null, List.of("type"), List.of(), "The plugin."),
              parameter("@id", false, null, List.of("id"), List.of(), "Its name in messages."),
              parameter("@label", false, null, List.of(), List.of(), "Label that events go to."),
              level);
      case SERVICE_DISCOVERY, METRICS -> List.of(level);
      case PARSER, FORMATTER, BUFFER, STORAGE -> List.of();
    };
  }

  private static ParameterDescription parameter(
      String name,
      boolean required,
      String value,
      List<String> aliases,
      List<String> choices,
      String doc) {
    return new ParameterDescription(
        name, "string", required, value, value, choices, aliases, false, false, doc, null, null);
  }
}
