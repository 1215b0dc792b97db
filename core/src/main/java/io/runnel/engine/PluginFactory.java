package io.runnel.engine;

import io.runnel.config.CompatParameters;
import io.runnel.config.ConfigElement;
import io.runnel.config.ConfigException;
import io.runnel.config.ConfigSpec;
import io.runnel.config.Place;
import io.runnel.config.PluginSection;
import io.runnel.config.Problems;
import io.runnel.config.Suggestions;
import io.runnel.plugin.Plugin;
import io.runnel.plugin.PluginCatalog;
import io.runnel.plugin.PluginContext;
import io.runnel.plugin.PluginKind;
import io.runnel.plugin.PluginType;
import java.util.ArrayList;
import java.util.List;

/** Finds the type of a section, binds its parameters and makes the plugin. */
final class PluginFactory {
  /** The faults of a section that could not be bound: all of them, to be shown together. */
  static final class BindException extends ConfigException {
    private static final long serialVersionUID = 1L;
    private final transient Problems problems;

    BindException(Problems problems, ConfigException first) {
      super(first.getMessage(), first.place(), first);
      this.problems = problems;
    }

    void addTo(Problems target) {
      problems.all().forEach(target::add);
    }
  }

  private final List<PluginCatalog> catalogs;
  private final boolean strict;
  private final Problems problems;

  PluginFactory(List<PluginCatalog> catalogs, boolean strict, Problems problems) {
    this.catalogs = catalogs;
    this.strict = strict;
    this.problems = problems;
  }

  /**
   * @throws ConfigException where no catalogue has it, with the nearest names
   */
  PluginType<?, ?, ?> type(PluginKind kind, String name, Place place) {
    for (PluginCatalog catalog : catalogs) {
      PluginType<?, ?, ?> found = find(catalog, kind, name, place);
      if (found != null) {
        return found;
      }
    }
    String hint = hint(kind, name);
    throw new ConfigException(
        "Unknown "
            + kind.text()
            + " plugin '"
            + name
            + "'. Run 'runnel plugins' to find plugins"
            + (hint == null ? "" : "; " + hint),
        place);
  }

  private static PluginType<?, ?, ?> find(
      PluginCatalog catalog, PluginKind kind, String name, Place place) {
    try {
      return catalog.find(kind, name);
    } catch (ConfigException e) { // a connector that is there and broken
      throw e.place() == Place.NONE ? new ConfigException(e.getMessage(), place, e) : e;
    }
  }

  /** A connector that has it, or the nearest of the names that are known. */
  private String hint(PluginKind kind, String name) {
    for (PluginCatalog catalog : catalogs) {
      String where = catalog.whereToGet(kind, name);
      if (where != null) {
        return where;
      }
    }
    List<String> known = new ArrayList<>();
    catalogs.forEach(catalog -> known.addAll(catalog.names(kind)));
    return Suggestions.hint(name, known);
  }

  /** Turns what is left of the v0.12 dialect into v1. */
  ConfigElement modern(ConfigElement element, PluginType<?, ?, ?> type) {
    String chunkKeys =
        type.buffer() == null ? "" : String.join(",", type.buffer().apply(element).chunkKeys());
    return CompatParameters.convert(element, type.legacy(), chunkKeys, problems);
  }

  /** Binds and makes; the context must be the one that the type wants. */
  <C, X extends PluginContext, P extends Plugin> P create(
      PluginType<C, X, P> type, ConfigElement element, X context) {
    Problems own = new Problems();
    C bound;
    try {
      bound = ConfigSpec.of(type.config()).bind(element, strict, own);
    } catch (ConfigException e) {
      throw new BindException(own, e);
    }
    own.all().forEach(problems::add);
    try {
      return type.create(bound, context);
    } catch (ConfigException e) {
      throw e.place() == Place.NONE && !(e instanceof BindException)
          ? new ConfigException(e.getMessage(), element.place(), e)
          : e;
    } catch (IllegalArgumentException e) { // a value that a lower floor refuses
      throw new ConfigException(e.getMessage(), element.place(), e);
    }
  }

  /** Makes the plugin of a section inside another plugin. */
  <P extends Plugin> P inner(
      PluginKind kind, PluginSection section, EngineContext owner, Class<P> wanted) {
    if (section.type() == null) {
      throw new ConfigException(
          section.present()
              ? "Missing '@type' parameter in <" + section.element().name() + "> section"
              : "<" + section.element().name() + "> section is required.",
          section.present() ? section.element().place() : owner.element().place());
    }
    if (kind == PluginKind.PARSER && section.type().matches("(?s)/.+/[imx]*")) {
      // @type /EXPRESSION/ is an old way to write the type regexp
      section.element().set("expression", section.type());
      section.element().set("@type", "regexp");
      return inner(kind, new PluginSection(section.element(), "regexp", true), owner, wanted);
    }
    section.element().markSectionUsed();
    section.element().markUsed("@type");
    PluginType<?, ?, ?> type =
        type(
            kind,
            section.type(),
            section.present() ? section.element().place() : owner.element().place());
    EngineContext context = owner.inner(section.element());
    return wanted.cast(createUnchecked(type, section.element(), context));
  }

  /** The engine's contexts serve every kind of plugin, so the cast cannot fail. */
  @SuppressWarnings("unchecked")
  <P extends Plugin> P createUnchecked(
      PluginType<?, ?, ?> type, ConfigElement element, EngineContext context) {
    return create((PluginType<Object, EngineContext, P>) type, element, context);
  }
}
