package io.runnel.cli;

import io.runnel.config.ParameterDescription;
import io.runnel.config.SectionDescription;
import io.runnel.event.MsgpackToJson;
import io.runnel.plugin.PluginKind;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
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
      names = "--pages",
      paramLabel = "DIR",
      description = "Writes the reference as Markdown pages into a folder.")
  private Path pages;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Shows this text.")
  private boolean help;

  @Override
  public Integer call() throws IOException {
    if (pages != null) {
      Path examples = pages.toAbsolutePath().resolveSibling("examples").resolve("reference");
      new ReferencePages(examples).write(pages);
      return 0;
    }
    List<PluginReference.Entry> found = PluginReference.find(name);
    if (found.isEmpty()) {
      System.err.println("no plugin is called '" + name + "'; `runnel plugins` lists them all");
      return 1;
    }
    if (json) {
      System.out.println(MsgpackToJson.text(ReferenceJson.plugins(found)));
    } else if (name == null) {
      list(found, System.out);
    } else {
      found.forEach(entry -> show(entry, System.out));
    }
    return 0;
  }

  private static void list(List<PluginReference.Entry> entries, PrintStream out) {
    PluginKind kind = null;
    for (PluginReference.Entry entry : entries) {
      if (entry.kind() != kind) {
        kind = entry.kind();
        out.println((kind.ordinal() == 0 ? "" : "\n") + kind.text() + " plugins:");
      }
      out.printf("  %-25s %s%n", entry.type(), entry.declared().doc());
    }
  }

  private static void show(PluginReference.Entry entry, PrintStream out) {
    out.println(entry.kind().text() + " plugin '" + entry.type() + "'");
    if (!entry.aliases().isEmpty()) {
      out.println("also called: " + String.join(", ", entry.aliases()));
    }
    out.println(entry.declared().doc());
    if (entry.connector() != null) {
      out.println("comes with the connector " + entry.connector());
    }
    out.println();
    parameters(entry.declared(), "", out);
    if (entry.buffer() != null) {
      out.println("<buffer>  " + entry.buffer().doc());
      out.println(
          "    default type: " + entry.buffer().defaultType() + "; see `runnel plugins buffer`");
      out.println("<secondary>  " + Sections.secondary().doc());
    }
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
}
