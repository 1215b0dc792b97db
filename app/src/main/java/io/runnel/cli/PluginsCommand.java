package io.runnel.cli;

import io.runnel.config.ConfigSpec;
import io.runnel.config.ParameterDescription;
import io.runnel.config.SectionDescription;
import io.runnel.event.MsgpackToJson;
import io.runnel.plugin.PluginCatalog;
import io.runnel.plugin.PluginKind;
import io.runnel.plugin.PluginType;
import io.runnel.plugins.BuiltinPlugins;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code runnel plugins [NAME]}: the reference of the plugins, made from their declarations. */
@Command(name = "plugins", description = "Lists the plugins, or shows the parameters of one.")
final class PluginsCommand implements Callable<Integer> {
  private static final int WIDTH = 30;

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "NAME",
      description = "A type (tail), a kind and type (input/tail), or a kind (input).")
  private String name;

  @Option(names = "--json", description = "Prints JSON.")
  private boolean json;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Shows this text.")
  private boolean help;

  private final PluginCatalog catalog = new BuiltinPlugins();

  @Override
  public Integer call() {
    List<PluginType<?, ?, ?>> found = find();
    if (found.isEmpty()) {
      System.err.println("no plugin is called '" + name + "'; `runnel plugins` lists them all");
      return 1;
    }
    if (json) {
      Map<String, Object> plugins = new LinkedHashMap<>();
      found.forEach(type -> plugins.put(type.kind().text() + "/" + type.name(), describe(type)));
      System.out.println(MsgpackToJson.text(Map.of("plugins", plugins)));
    } else if (name == null) {
      list(found, System.out);
    } else {
      found.forEach(type -> show(type, System.out));
    }
    return 0;
  }

  private List<PluginType<?, ?, ?>> find() {
    List<PluginType<?, ?, ?>> found = new ArrayList<>();
    for (PluginKind kind : PluginKind.values()) {
      for (String type : catalog.names(kind)) {
        PluginType<?, ?, ?> plugin = catalog.find(kind, type);
        boolean wanted =
            name == null
                || name.equals(type)
                || plugin.aliases().contains(name)
                || name.equals(kind.text())
                || name.equals(kind.text() + "/" + type);
        if (wanted) {
          found.add(plugin);
        }
      }
    }
    return found;
  }

  private static void list(List<PluginType<?, ?, ?>> types, PrintStream out) {
    PluginKind kind = null;
    for (PluginType<?, ?, ?> type : types) {
      if (type.kind() != kind) {
        kind = type.kind();
        out.println((kind.ordinal() == 0 ? "" : "\n") + kind.text() + " plugins:");
      }
      String doc = ConfigSpec.of(type.config()).describe(type.name()).doc();
      out.printf("  %-20s %s%n", type.name(), doc == null ? "" : doc);
    }
  }

  private static void show(PluginType<?, ?, ?> type, PrintStream out) {
    SectionDescription section = ConfigSpec.of(type.config()).describe(type.name());
    out.println(type.kind().text() + " plugin '" + type.name() + "'");
    if (!type.aliases().isEmpty()) {
      out.println("also called: " + String.join(", ", type.aliases()));
    }
    if (section.doc() != null) {
      out.println(section.doc());
    }
    out.println();
    parameters(section, "", out);
  }

  private static void parameters(SectionDescription section, String indent, PrintStream out) {
    for (ParameterDescription parameter : section.parameters()) {
      String value =
          parameter.required()
              ? "required"
              : parameter.defaultText() == null ? "" : "default: " + parameter.defaultText();
      String choices =
          parameter.choices().isEmpty()
              ? ""
              : " one of " + String.join(", ", parameter.choices()) + ";";
      out.printf(
          "%s%-" + WIDTH + "s %s;%s %s%n",
          indent,
          parameter.name(),
          parameter.type(),
          choices,
          value);
      if (parameter.doc() != null) {
        out.println(indent + "    " + parameter.doc());
      }
      if (parameter.obsolete() != null) {
        out.println(indent + "    obsolete: " + parameter.obsolete());
      }
    }
    for (SectionDescription inner : section.sections()) {
      out.println(
          indent + "<" + inner.name() + ">" + (inner.doc() == null ? "" : "  " + inner.doc()));
      if (inner.plugin()) {
        out.println(
            indent
                + "    configures a plugin of its own"
                + (inner.defaultType() == null ? "" : "; default type: " + inner.defaultType()));
      }
      parameters(inner, indent + "  ", out);
    }
  }

  private static Map<String, Object> describe(PluginType<?, ?, ?> type) {
    SectionDescription section = ConfigSpec.of(type.config()).describe(type.name());
    Map<String, Object> out = new LinkedHashMap<>();
    out.put("kind", type.kind().text());
    out.put("type", type.name());
    out.put("aliases", type.aliases());
    out.put("doc", section.doc());
    out.put("params", section.parameters().stream().map(PluginsCommand::describe).toList());
    out.put("sections", sections(section));
    return out;
  }

  private static Map<String, Object> sections(SectionDescription section) {
    Map<String, Object> out = new LinkedHashMap<>();
    for (SectionDescription inner : section.sections()) {
      Map<String, Object> described = new LinkedHashMap<>();
      described.put("name", inner.name());
      described.put("required", false);
      described.put("multi", inner.multiple());
      described.put("init", inner.present());
      described.put("params", inner.parameters().stream().map(PluginsCommand::describe).toList());
      if (inner.plugin()) {
        described.put("default_type", inner.defaultType());
      }
      described.put("sections", sections(inner));
      out.put(inner.name(), described);
    }
    return out;
  }

  private static Map<String, Object> describe(ParameterDescription parameter) {
    Map<String, Object> out = new LinkedHashMap<>();
    out.put("name", parameter.name());
    out.put("type", parameter.type());
    out.put("required", parameter.required());
    out.put("default", parameter.required() ? "(required)" : parameter.defaultValue());
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
}
