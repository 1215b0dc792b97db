package io.runnel.cli;

import io.runnel.config.ConfigElement;
import io.runnel.config.ConfigSpec;
import io.runnel.config.Place;
import io.runnel.config.SectionDescription;
import io.runnel.connector.Connectors;
import io.runnel.delivery.BufferParameters;
import io.runnel.delivery.BufferSettings;
import io.runnel.engine.SystemConfig;
import io.runnel.plugin.BufferDefaults;
import io.runnel.plugin.PluginCatalog;
import io.runnel.plugin.PluginKind;
import io.runnel.plugin.PluginType;
import io.runnel.plugins.BuiltinPlugins;
import io.runnel.plugins.discovery.ServiceDiscovery;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/** All that can be said of the plugins, from their declarations. */
public final class PluginReference {
  /**
   * One plugin.
   *
   * @param connector what it comes with; null for what is built in
   * @param declared its parameters and sections, as declared
   * @param buffer the section {@code <buffer>} with the defaults of this output; null without one
   */
  public record Entry(
      PluginKind kind,
      String type,
      List<String> aliases,
      String connector,
      SectionDescription declared,
      SectionDescription buffer) {
    /** Such as {@code input/tail}. */
    public String name() {
      return kind.text() + "/" + type;
    }

    boolean isCalled(String text) {
      return text.equals(type)
          || aliases.contains(text)
          || text.equals(kind.text())
          || text.equals(name())
          || isFluentds(text);
    }

    /**
     * Fluentd's own way to name a plugin: {@code in_tail}, {@code out_forward}, {@code buf_file}.
     */
    private boolean isFluentds(String text) {
      int line = text.indexOf('_');
      String prefix = line < 0 ? "" : text.substring(0, line);
      String rest = text.substring(line + 1);
      return PREFIXES.getOrDefault(prefix, "").equals(kind.text())
          && (rest.equals(type) || aliases.contains(rest));
    }
  }

  private static final Map<String, String> PREFIXES =
      Map.of(
          "in",
          "input",
          "out",
          "output",
          "buf",
          "buffer",
          "sd",
          "service_discovery",
          "filter",
          "filter",
          "parser",
          "parser",
          "formatter",
          "formatter",
          "storage",
          "storage");

  private PluginReference() {}

  /** All plugins, by kind and name. */
  public static List<Entry> entries() {
    List<Entry> entries = new ArrayList<>();
    PluginCatalog connectors = Connectors.of(System.getProperty("runnel.home"));
    for (PluginKind kind : PluginKind.values()) {
      addAll(new BuiltinPlugins(), kind, entries);
      entries.addAll(withoutFactory(kind));
      addAll(connectors, kind, entries);
    }
    return List.copyOf(entries);
  }

  private static void addAll(PluginCatalog catalog, PluginKind kind, List<Entry> entries) {
    for (String name : catalog.names(kind)) {
      entries.add(entry(catalog.find(kind, name), catalog.connector(kind, name)));
    }
  }

  /** The name and meaning of {@link #entries} whose name, kind or alias is given. */
  static List<Entry> find(String wanted) {
    return entries().stream().filter(entry -> wanted == null || entry.isCalled(wanted)).toList();
  }

  private static Entry entry(PluginType<?, ?, ?> type, String connector) {
    SectionDescription section = ConfigSpec.of(type.config()).describe(type.name());
    SectionDescription buffer = null;
    if (type.buffer() != null) {
      ConfigElement empty = new ConfigElement("match", "", Place.NONE);
      buffer = buffer(type.buffer().apply(empty));
    }
    return new Entry(type.kind(), type.name(), type.aliases(), connector, section, buffer);
  }

  private static SectionDescription buffer(BufferDefaults defaults) {
    String type = defaults.parameters().getOrDefault("@type", "memory");
    Map<String, String> all = new LinkedHashMap<>(BufferSettings.typeDefaults(type));
    all.putAll(defaults.parameters());
    all.values().removeIf(String::isEmpty);
    all.put("chunk_keys", String.join(",", defaults.chunkKeys()));
    SectionDescription section = ConfigSpec.of(BufferParameters.class).describe("buffer", all);
    return Sections.of(
        section, true, type, keep(section, name -> !BufferSettings.FILE_ONLY.contains(name)));
  }

  /** The plugins that are parts of others here, and so have no factory. */
  private static List<Entry> withoutFactory(PluginKind kind) {
    return switch (kind) {
      case BUFFER ->
          List.of(
              bufferType("file", Set.of("calc_num_records", "chunk_format")),
              bufferType("file_single", Set.of("path_suffix")),
              bufferType("memory", BufferSettings.FILE_ONLY));
      case SERVICE_DISCOVERY ->
          ServiceDiscovery.types().entrySet().stream()
              .map(type -> described(kind, type.getKey(), type.getValue()))
              .toList();
      case METRICS -> List.of(described(kind, "local", SystemConfig.MetricsSection.class));
      case INPUT, FILTER, OUTPUT, PARSER, FORMATTER, STORAGE -> List.of();
    };
  }

  private static Entry described(PluginKind kind, String type, Class<?> config) {
    return new Entry(kind, type, List.of(), null, ConfigSpec.of(config).describe(type), null);
  }

  private static Entry bufferType(String type, Set<String> without) {
    SectionDescription section =
        ConfigSpec.of(BufferParameters.class).describe(type, BufferSettings.typeDefaults(type));
    SectionDescription own =
        Sections.of(section, false, null, keep(section, name -> !without.contains(name)));
    return new Entry(PluginKind.BUFFER, type, List.of(), null, own, null);
  }

  private static List<io.runnel.config.ParameterDescription> keep(
      SectionDescription section, Predicate<String> wanted) {
    return section.parameters().stream().filter(p -> wanted.test(p.name())).toList();
  }
}
