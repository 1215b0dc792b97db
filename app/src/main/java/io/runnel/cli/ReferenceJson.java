package io.runnel.cli;

import io.runnel.config.ByteSize;
import io.runnel.config.ParameterDescription;
import io.runnel.config.SectionDescription;
import io.runnel.regexp.Regexp;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Plugins as data: what {@code runnel plugins --json} prints. */
final class ReferenceJson {
  private ReferenceJson() {}

  static Map<String, Object> plugins(List<PluginReference.Entry> entries) {
    Map<String, Object> plugins = new LinkedHashMap<>();
    entries.forEach(entry -> plugins.put(entry.name(), plugin(entry)));
    return Map.of("plugins", plugins);
  }

  private static Map<String, Object> plugin(PluginReference.Entry entry) {
    Map<String, Object> out = new LinkedHashMap<>();
    out.put("kind", entry.kind().text());
    out.put("type", entry.type());
    out.put("aliases", entry.aliases());
    if (entry.connector() != null) {
      out.put("connector", entry.connector());
    }
    out.put("doc", entry.declared().doc());
    List<ParameterDescription> parameters = new ArrayList<>(Sections.common(entry));
    parameters.addAll(entry.declared().parameters());
    out.put("params", parameters.stream().map(ReferenceJson::parameter).toList());
    List<SectionDescription> sections = new ArrayList<>(entry.declared().sections());
    if (entry.buffer() != null) {
      sections.add(entry.buffer());
      sections.add(Sections.secondary());
    }
    out.put("sections", sections(sections));
    return out;
  }

  private static Map<String, Object> sections(List<SectionDescription> sections) {
    Map<String, Object> out = new LinkedHashMap<>();
    for (SectionDescription inner : sections) {
      out.put(inner.name(), section(inner));
    }
    return out;
  }

  private static Map<String, Object> section(SectionDescription section) {
    Map<String, Object> out = new LinkedHashMap<>();
    out.put("name", section.name());
    if (Sections.isShared(section)) {
      out.put("ref", section.name());
    }
    out.put("required", section.required());
    out.put("multi", Sections.isMultiple(section));
    out.put("init", section.present());
    List<ParameterDescription> all = Sections.parameters(section);
    all.stream()
        .filter(ParameterDescription::argument)
        .forEach(argument -> out.put("argument", parameter(argument)));
    out.put(
        "params", all.stream().filter(p -> !p.argument()).map(ReferenceJson::parameter).toList());
    out.put("free", section.free());
    out.put("doc", section.doc());
    out.put("sections", sections(section.sections()));
    return out;
  }

  private static Map<String, Object> parameter(ParameterDescription parameter) {
    Map<String, Object> out = new LinkedHashMap<>();
    out.put("name", parameter.name());
    out.put("type", parameter.type());
    out.put("required", parameter.required());
    out.put(
        "default",
        parameter.required() ? "(required)" : value(parameter.defaultValue(), parameter.choices()));
    if (!parameter.choices().isEmpty()) {
      out.put("enum", parameter.choices());
    }
    if (!parameter.aliases().isEmpty()) {
      out.put("alias", parameter.aliases().getFirst());
    }
    if (parameter.secret()) {
      out.put("secret", true);
    }
    if (parameter.since() != null) {
      out.put("since", parameter.since());
    }
    if (parameter.obsolete() != null) {
      out.put("deprecated", parameter.obsolete());
    }
    out.put("doc", parameter.doc());
    return out;
  }

  /** A default as JSON: bytes and seconds as numbers, constants by their names. */
  private static Object value(Object value, List<String> choices) {
    return switch (value) {
      case null -> null;
      case Duration time when time.getNano() == 0 -> time.toSeconds();
      case Duration time -> time.toNanos() / 1e9;
      case ByteSize size -> size.bytes();
      case Enum<?> constant -> choices.get(constant.ordinal());
      case Regexp regexp -> regexp.toString();
      default -> value;
    };
  }
}
