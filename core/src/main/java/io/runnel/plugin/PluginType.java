package io.runnel.plugin;

import io.runnel.config.ConfigElement;
import io.runnel.config.LegacyParameters;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * A plugin's declaration: what the configuration calls it, the record of its parameters, and how it
 * is made. Immutable; the {@code with…} methods return changed copies.
 *
 * @param <C> the record of its parameters
 * @param <X> the context that it is given
 * @param <P> its kind
 */
public final class PluginType<C, X extends PluginContext, P extends Plugin> {
  private final PluginKind kind;
  private final String name;
  private final Class<C> config;
  private final BiFunction<C, X, P> factory;
  private List<String> aliases = List.of();
  private Set<LegacyParameters> legacy = Set.of();
  private boolean multiWorker = true;
  private Function<ConfigElement, BufferDefaults> buffer;

  private PluginType(PluginKind kind, String name, Class<C> config, BiFunction<C, X, P> factory) {
    this.kind = kind;
    this.name = name;
    this.config = config;
    this.factory = factory;
  }

  public static <C> PluginType<C, PluginContext, Input> input(
      String name, Class<C> config, BiFunction<C, PluginContext, Input> factory) {
    return new PluginType<>(PluginKind.INPUT, name, config, factory);
  }

  public static <C> PluginType<C, PluginContext, Filter> filter(
      String name, Class<C> config, BiFunction<C, PluginContext, Filter> factory) {
    return new PluginType<>(PluginKind.FILTER, name, config, factory);
  }

  public static <C> PluginType<C, OutputContext, Output> output(
      String name, Class<C> config, BiFunction<C, OutputContext, Output> factory) {
    return new PluginType<>(PluginKind.OUTPUT, name, config, factory);
  }

  public static <C> PluginType<C, PluginContext, Parser> parser(
      String name, Class<C> config, BiFunction<C, PluginContext, Parser> factory) {
    return new PluginType<>(PluginKind.PARSER, name, config, factory);
  }

  public static <C> PluginType<C, PluginContext, Formatter> formatter(
      String name, Class<C> config, BiFunction<C, PluginContext, Formatter> factory) {
    return new PluginType<>(PluginKind.FORMATTER, name, config, factory);
  }

  public static <C> PluginType<C, PluginContext, Storage> storage(
      String name, Class<C> config, BiFunction<C, PluginContext, Storage> factory) {
    return new PluginType<>(PluginKind.STORAGE, name, config, factory);
  }

  /** Other names under which the type is found. */
  public PluginType<C, X, P> aliases(String... names) {
    PluginType<C, X, P> copy = copy();
    copy.aliases = List.of(names);
    return copy;
  }

  /** The groups of flat v0.12 parameters that are turned into sections for this plugin. */
  public PluginType<C, X, P> legacy(LegacyParameters first, LegacyParameters... others) {
    PluginType<C, X, P> copy = copy();
    copy.legacy = Set.copyOf(EnumSet.of(first, others));
    return copy;
  }

  /** Not to be run in several workers at once. */
  public PluginType<C, X, P> singleWorker() {
    PluginType<C, X, P> copy = copy();
    copy.multiWorker = false;
    return copy;
  }

  /** An output with a buffer whose defaults do not depend on the configuration. */
  public PluginType<C, X, P> buffered(BufferDefaults defaults) {
    return buffered(ignored -> defaults);
  }

  /** An output with a buffer; its defaults are computed from its own section. */
  public PluginType<C, X, P> buffered(Function<ConfigElement, BufferDefaults> defaults) {
    PluginType<C, X, P> copy = copy();
    copy.buffer = defaults;
    return copy;
  }

  private PluginType<C, X, P> copy() {
    PluginType<C, X, P> copy = new PluginType<>(kind, name, config, factory);
    copy.aliases = aliases;
    copy.legacy = legacy;
    copy.multiWorker = multiWorker;
    copy.buffer = buffer;
    return copy;
  }

  public PluginKind kind() {
    return kind;
  }

  public String name() {
    return name;
  }

  public Class<C> config() {
    return config;
  }

  public List<String> aliases() {
    return aliases;
  }

  public Set<LegacyParameters> legacy() {
    return legacy;
  }

  public boolean isMultiWorker() {
    return multiWorker;
  }

  /** The defaults of the buffer; null for a plugin that has none. */
  public Function<ConfigElement, BufferDefaults> buffer() {
    return buffer;
  }

  public P create(C bound, X context) {
    return factory.apply(bound, context);
  }
}
