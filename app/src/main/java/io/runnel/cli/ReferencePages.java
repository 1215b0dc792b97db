package io.runnel.cli;

import io.runnel.config.ConfigSpec;
import io.runnel.config.ParameterDescription;
import io.runnel.config.SectionDescription;
import io.runnel.delivery.BufferParameters;
import io.runnel.net.TransportConfig;
import io.runnel.plugin.PluginKind;
import io.runnel.plugins.common.ExtractConfig;
import io.runnel.plugins.common.InjectConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** The reference in Markdown: a page for each plugin, one for shared sections, and a list. */
final class ReferencePages {
  private static final String SHARED_PAGE = "sections.md";
  private static final String NOTE = "<!-- Made by `runnel plugins --pages`; do not edit. -->\n\n";

  /** Sections that are described once, on a page of their own. */
  private static final Set<String> DESCRIBED_ONCE = Set.of("inject", "extract", "transport");

  private final Path examples;

  /**
   * @param examples folder with files {@code KIND-TYPE.conf}, which are shown on their pages
   */
  ReferencePages(Path examples) {
    this.examples = examples;
  }

  /** All pages by file name. */
  Map<String, String> pages() throws IOException {
    Map<String, String> pages = new LinkedHashMap<>();
    List<PluginReference.Entry> entries = PluginReference.entries();
    pages.put("README.md", list(entries));
    pages.put(SHARED_PAGE, sharedSections());
    for (PluginReference.Entry entry : entries) {
      pages.put(file(entry), page(entry));
    }
    return pages;
  }

  /** Writes the pages that have changed. */
  void write(Path folder) throws IOException {
    Files.createDirectories(folder);
    for (Map.Entry<String, String> page : pages().entrySet()) {
      Files.writeString(folder.resolve(page.getKey()), page.getValue());
    }
  }

  private static String file(PluginReference.Entry entry) {
    return stem(entry) + ".md";
  }

  private static String stem(PluginReference.Entry entry) {
    return entry.kind().text() + "-" + entry.type();
  }

  private static String list(List<PluginReference.Entry> entries) {
    StringBuilder out = new StringBuilder("# Reference of the plugins\n\n").append(NOTE);
    out.append("`runnel plugins NAME` shows the same in a terminal, `--json` as data. ");
    out.append("Sections that many plugins share: [sections.md](" + SHARED_PAGE + ").\n");
    PluginKind kind = null;
    for (PluginReference.Entry entry : entries) {
      if (entry.kind() != kind) {
        kind = entry.kind();
        out.append("\n## ").append(kind.text().replace('_', ' ')).append("\n\n");
      }
      out.append("- [").append(entry.type()).append("](").append(file(entry)).append("): ");
      out.append(entry.declared().doc());
      out.append(entry.connector() == null ? "" : " (connector " + entry.connector() + ")");
      out.append('\n');
    }
    return out.toString();
  }

  private static String sharedSections() {
    StringBuilder out = new StringBuilder("# Sections that many plugins share\n\n").append(NOTE);
    Map<String, Class<?>> all = new LinkedHashMap<>();
    all.put("buffer", BufferParameters.class);
    all.put("inject", InjectConfig.class);
    all.put("extract", ExtractConfig.class);
    all.put("transport", TransportConfig.class);
    all.forEach(
        (name, type) -> {
          SectionDescription section = ConfigSpec.of(type).describe(name);
          out.append("## `<").append(name).append(">`\n\n");
          paragraph(section.doc(), out);
          table(section.parameters(), out);
        });
    out.append("## `<secondary>`\n\n");
    paragraph(Sections.secondary().doc(), out);
    return out.toString();
  }

  private String page(PluginReference.Entry entry) throws IOException {
    StringBuilder out = new StringBuilder("# ").append(entry.type()).append(" (");
    out.append(entry.kind().text().replace('_', ' ')).append(")\n\n").append(NOTE);
    paragraph(entry.declared().doc(), out);
    if (!entry.aliases().isEmpty()) {
      paragraph("Also called: " + String.join(", ", entry.aliases()) + ".", out);
    }
    if (entry.connector() != null) {
      paragraph(
          "Comes with the connector "
              + entry.connector()
              + " (package runnel-connector-"
              + entry.connector()
              + ").",
          out);
    }
    Path example = examples.resolve(stem(entry) + ".conf");
    if (Files.exists(example)) {
      out.append("```\n").append(Files.readString(example).strip()).append("\n```\n\n");
    }
    if (!entry.declared().parameters().isEmpty()) {
      out.append("## Parameters\n\n");
      table(entry.declared().parameters(), out);
    }
    sections(entry.declared().sections(), "##", out);
    if (entry.buffer() != null) {
      buffer(entry.buffer(), out);
    }
    return out.toString().strip() + "\n";
  }

  private static void sections(List<SectionDescription> sections, String level, StringBuilder out) {
    for (SectionDescription section : sections) {
      out.append(level).append(" `<").append(section.name()).append(">`\n\n");
      paragraph(section.doc() + facts(section), out);
      if (DESCRIBED_ONCE.contains(section.name())) {
        paragraph("Its parameters: [sections.md](" + SHARED_PAGE + ").", out);
      } else {
        table(section.parameters(), out);
        sections(section.sections(), level + "#", out);
      }
    }
  }

  private static String facts(SectionDescription section) {
    List<String> facts = new ArrayList<>();
    if (section.required()) {
      facts.add("Required.");
    }
    if (section.multiple()) {
      facts.add("May be repeated.");
    }
    if (section.plugin()) {
      facts.add("Its `@type` names a plugin, see the [list](README.md).");
      if (section.defaultType() != null) {
        facts.add("Default: `" + section.defaultType() + "`.");
      }
    }
    if (section.free()) {
      facts.add("Holds whatever one writes into it.");
    }
    return facts.isEmpty() ? "" : " " + String.join(" ", facts);
  }

  /** Only what differs from the buffer of other outputs. */
  private static void buffer(SectionDescription buffer, StringBuilder out) {
    out.append("## `<buffer>` and `<secondary>`\n\n");
    paragraph("Their parameters: [sections.md](" + SHARED_PAGE + "). Defaults here:", out);
    out.append("- `@type`: ").append(code(buffer.defaultType())).append('\n');
    Map<String, String> usual = new LinkedHashMap<>();
    for (ParameterDescription parameter :
        ConfigSpec.of(BufferParameters.class).describe("buffer").parameters()) {
      usual.put(parameter.name(), parameter.defaultText());
    }
    for (ParameterDescription parameter : buffer.parameters()) {
      String value = parameter.defaultText();
      if (value != null && !value.equals(usual.get(parameter.name()))) {
        out.append("- `").append(parameter.name()).append("`: ").append(code(value)).append('\n');
      }
    }
  }

  private static void table(List<ParameterDescription> parameters, StringBuilder out) {
    if (parameters.isEmpty()) {
      return;
    }
    out.append("| name | type | default | meaning |\n|---|---|---|---|\n");
    for (ParameterDescription parameter : parameters) {
      String name = "`" + parameter.name() + "`" + (parameter.argument() ? " (argument)" : "");
      String value = parameter.required() ? "**required**" : code(parameter.defaultText());
      out.append("| ").append(name).append(" | ").append(type(parameter));
      out.append(" | ").append(value).append(" | ").append(meaning(parameter)).append(" |\n");
    }
    out.append('\n');
  }

  private static String type(ParameterDescription parameter) {
    return parameter.choices().isEmpty()
        ? parameter.type()
        : String.join(", ", parameter.choices().stream().map(ReferencePages::code).toList());
  }

  private static String meaning(ParameterDescription parameter) {
    StringBuilder out = new StringBuilder(cell(parameter.doc()));
    if (!parameter.aliases().isEmpty()) {
      out.append(" Also `").append(String.join("`, `", parameter.aliases())).append("`.");
    }
    if (parameter.obsolete() != null) {
      out.append(" Deprecated: ").append(cell(parameter.obsolete())).append('.');
    }
    if (parameter.since() != null) {
      String since = parameter.since().toLowerCase(Locale.ROOT);
      out.append(since.equals("runnel") ? " Not in Fluentd." : " Since Fluentd " + since + ".");
    }
    return out.toString().strip();
  }

  private static String code(String value) {
    return value == null ? "" : value.isEmpty() ? "empty" : "`" + cell(value) + "`";
  }

  private static String cell(String text) {
    return text.replace("|", "\\|").replace("\n", " ");
  }

  private static void paragraph(String text, StringBuilder out) {
    if (!text.isBlank()) {
      out.append(text.strip()).append("\n\n");
    }
  }
}
