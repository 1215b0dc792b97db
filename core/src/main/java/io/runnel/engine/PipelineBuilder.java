package io.runnel.engine;

import io.runnel.config.ConfigChecks;
import io.runnel.config.ConfigElement;
import io.runnel.config.ConfigException;
import io.runnel.config.ConfigSpec;
import io.runnel.config.Place;
import io.runnel.config.Problems;
import io.runnel.delivery.BufferSettings;
import io.runnel.delivery.Delivery;
import io.runnel.log.Level;
import io.runnel.log.Log;
import io.runnel.metrics.Metrics;
import io.runnel.plugin.BufferDefaults;
import io.runnel.plugin.BufferedOutput;
import io.runnel.plugin.EitherOutput;
import io.runnel.plugin.Emitter;
import io.runnel.plugin.EventSink;
import io.runnel.plugin.Filter;
import io.runnel.plugin.Output;
import io.runnel.plugin.Plugin;
import io.runnel.plugin.PluginKind;
import io.runnel.plugin.PluginType;
import io.runnel.plugin.TagPattern;
import io.runnel.plugin.UnbufferedOutput;
import io.runnel.route.FilterStep;
import io.runnel.route.Router;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * Makes the pipeline of one worker out of a configuration. Faults are collected; a section with a
 * fault is left out and the rest is still looked at, so that all faults are shown at once.
 */
public final class PipelineBuilder {
  private static final String FLUSH_INTERVAL_OUTSIDE =
      "'flush_interval' is configured at out side of <buffer>. 'flush_mode' is set to 'interval'"
          + " to keep existing behaviour";
  private static final String OTHER_SECONDARY =
      "Use different plugin for secondary. Check the plugin works with primary like secondary_file";

  /** First of the numbers that name plugins without an {@code @id}, as Ruby shows objects. */
  private static final int FIRST_OBJECT = 0x7d0;

  private final Services services;
  private final Map<Class<?>, Object> shared = new ConcurrentHashMap<>();
  private final SystemConfig system;
  private final int workerId;
  private final Problems problems;
  private final Log log;
  private final PluginFactory factory;
  private final ErrorStream errors;
  private final Labels labels;
  private final List<Registered> inputs = new ArrayList<>();
  private final List<Registered> filters = new ArrayList<>();
  private final List<Registered> outputs = new ArrayList<>();
  private final Map<Path, ConfigElement> buffers = new HashMap<>();
  private final SourceOnlyRoutes sourceOnly;
  private int objects;

  /**
   * @param phase what happens to the buffer of source-only mode
   */
  public PipelineBuilder(
      Services services, SystemConfig system, int workerId, Problems problems, SourceOnly phase) {
    this.services = services;
    this.system = system;
    this.workerId = workerId;
    this.problems = problems;
    this.log = services.log().log(workerId == 0 ? -1 : workerId, null, null);
    this.factory =
        new PluginFactory(services.catalogs(), services.settings().strictConfigValue(), problems);
    this.errors =
        new ErrorStream(
            services.log().log(workerId, null, null),
            services.clock(),
            system.emitErrorLogInterval().orElse(Duration.ZERO));
    this.labels = new Labels(errors);
    this.sourceOnly =
        phase == SourceOnly.OFF ? null : new SourceOnlyRoutes(this, system, labels, errors, phase);
  }

  /** Where events of a label go. */
  Emitter emitter(String label, Place place) {
    Router router = labels.find(label);
    if (router == null) {
      throw new ConfigException(label + " label not found", place);
    }
    return new RouterEmitter(router, errors, services.emits(), null, null, null);
  }

  /** What the plugins of this worker share. */
  <T> T shared(Class<T> key, Supplier<T> maker) {
    return key.cast(shared.computeIfAbsent(key, ignored -> maker.get()));
  }

  Services services() {
    return services;
  }

  PluginFactory factory() {
    return factory;
  }

  int workerId() {
    return workerId;
  }

  String nextObjectId() {
    return "object:" + Integer.toHexString(FIRST_OBJECT + 8 * objects++);
  }

  /**
   * @param root the whole configuration, read for this worker
   * @return a pipeline that is not started; useless where the problems have errors
   */
  public Pipeline build(ConfigElement root) {
    ConfigChecks.root(root, system.workers(), problems);
    if (sourceOnly != null) {
      sourceOnly.configuredIn(root);
    }
    List<Placed> sections = placed(root);
    sections.stream().filter(p -> p.is("label")).forEach(this::declareLabel);
    sections.forEach(p -> routed(p, labels.root(), ""));
    sections.stream().filter(p -> p.is("label")).forEach(this::fillLabel);
    if (!system.withoutSource().orElse(false)) {
      sections.stream().filter(p -> p.is("source")).forEach(this::source);
    } else {
      sections.stream().filter(p -> p.is("source")).forEach(p -> p.element().markAllUsed());
    }
    List<Registered> all = new ArrayList<>(inputs);
    all.addAll(filters);
    all.addAll(outputs);
    all.forEach(this::warnOfUnused);
    warnOfOwnLog();
    if (sourceOnly != null) {
      sourceOnly.complete();
    }
    boolean verbose = system.logEventVerbose().orElse(false);
    return new Pipeline(
        services, workerId, inputs, filters, outputs, labels, errors, sourceOnly, verbose);
  }

  /** Makes an output that no section of the configuration asks for, and routes all tags to it. */
  Registered extra(ConfigElement match, Router router) {
    router.addOutput(TagPattern.parse("**", Place.NONE), output(match, system.workers(), router));
    return outputs.removeLast();
  }

  /** Fluentd's warning where the root takes the daemon's own log, which {@code **} does too. */
  private void warnOfOwnLog() {
    boolean all =
        Arrays.stream(Level.values())
            .allMatch(level -> labels.root().hasOutputFor("fluent." + level.text()));
    if (workerId == 0 && all && labels.find(Labels.FLUENT_LOG) == null) {
      log.warn(
          "define <match fluent.**> to capture fluentd logs in top level is deprecated. Use <label"
              + " @FLUENT_LOG> instead");
    }
  }

  private void warnOfUnused(Registered plugin) {
    warnOfUnused(plugin.element(), plugin.declaration());
  }

  private void warnOfUnused(ConfigElement element, PluginType<?, ?, ?> type) {
    element.markUsed(List.of("@type", "@id", "@label", "@log_level"));
    ConfigChecks.unused(
        element, () -> ConfigSpec.of(type.config()).describe(element.name()), problems);
  }

  /**
   * A section at the level of the root.
   *
   * @param workers how many workers run it
   */
  private record Placed(ConfigElement element, int workers) {
    boolean is(String name) {
      return element.name().equals(name);
    }
  }

  /** The sections for this worker: those at the root, then those in its {@code <worker>}s. */
  private List<Placed> placed(ConfigElement root) {
    List<Placed> all = new ArrayList<>();
    for (ConfigElement element : root.sections()) {
      if (!element.name().equals("worker")) {
        all.add(new Placed(element, system.workers()));
      }
    }
    for (ConfigElement element : root.sections("worker")) {
      element.markSectionUsed();
      List<Integer> ids;
      try {
        ids = ConfigChecks.workerIds(element, system.workers());
      } catch (ConfigException e) {
        problems.error(e);
        continue;
      }
      for (ConfigElement inner : element.sections()) {
        if (ids.contains(workerId)) {
          all.add(new Placed(inner, ids.size()));
        } else {
          inner.markAllUsed();
        }
      }
    }
    return all;
  }

  private void declareLabel(Placed placed) {
    ConfigElement element = placed.element();
    element.markSectionUsed();
    String name = element.argument();
    if (!name.isEmpty() && labels.find(name) == null) {
      labels.add(name);
    }
  }

  private void fillLabel(Placed placed) {
    Router router = labels.find(placed.element().argument());
    if (router != null) {
      for (ConfigElement inner : placed.element().sections()) {
        routed(new Placed(inner, placed.workers()), router, " in " + router.label());
      }
    }
  }

  /** A filter or a match of one label. */
  private void routed(Placed placed, Router router, String where) {
    ConfigElement element = placed.element();
    try {
      if (placed.is("match")) {
        element.markSectionUsed();
        String type = requireType(element, "<match>");
        log.info("adding match" + where, "pattern", pattern(element), "type", type);
        TagPattern tags = TagPattern.parse(element.argument(), element.place());
        router.addOutput(tags, output(element, placed.workers(), router));
      } else if (placed.is("filter")) {
        element.markSectionUsed();
        String type = requireType(element, "<filter>");
        log.info("adding filter" + where, "pattern", pattern(element), "type", type);
        TagPattern tags = TagPattern.parse(element.argument(), element.place());
        router.addFilter(tags, filter(element, placed.workers(), router));
      }
    } catch (PluginFactory.BindException e) {
      e.addTo(problems);
    } catch (ConfigException e) {
      problems.error(at(e, element));
    }
  }

  private static ConfigException at(ConfigException e, ConfigElement element) {
    return e.place().line() != 0 ? e : new ConfigException(e.getMessage(), element.place(), e);
  }

  private static String pattern(ConfigElement element) {
    return element.argument().isEmpty() ? "**" : element.argument();
  }

  private static String requireType(ConfigElement element, String directive) {
    String type = element.type();
    if (type == null) {
      type = element.peek("type");
    }
    if (type == null || type.isEmpty()) {
      throw new ConfigException(
          "Missing '@type' parameter on " + directive + " directive", element.place());
    }
    return type;
  }

  private void source(Placed placed) {
    ConfigElement element = placed.element();
    element.markSectionUsed();
    try {
      String name = requireType(element, "<source>");
      log.info("adding source", "type", name);
      PluginType<?, ?, ?> type = factory.type(PluginKind.INPUT, name, element.place());
      ConfigElement modern = checked(element, type, placed.workers());
      Metrics metrics = new Metrics();
      boolean counted = system.enableInputMetrics();
      Router router = labelled(modern, labels.root());
      RouterEmitter emitter =
          new RouterEmitter(
              router,
              errors,
              services.emits(),
              counted ? metrics.counter("emit_records") : null,
              sizeCounter(metrics),
              metrics.ofTheBooks("refused"));
      EngineContext context = context(modern, placed.workers(), metrics, emitter);
      Plugin plugin = factory.createUnchecked(type, modern, context);
      inputs.add(new Registered(context, "input", type, plugin, null, null));
      if (sourceOnly != null) {
        sourceOnly.hold(emitter, router);
      }
    } catch (PluginFactory.BindException e) {
      e.addTo(problems);
    } catch (ConfigException e) {
      problems.error(at(e, element));
    }
  }

  private io.runnel.metrics.Counter sizeCounter(Metrics metrics) {
    return system.enableSizeMetrics().orElse(false) ? metrics.counter("emit_size") : null;
  }

  private FilterStep filter(ConfigElement element, int workers, Router router) {
    String name = requireType(element, "<filter>");
    PluginType<?, ?, ?> type = factory.type(PluginKind.FILTER, name, element.place());
    ConfigElement modern = checked(element, type, workers);
    Metrics metrics = new Metrics();
    EngineContext context =
        context(
            modern,
            workers,
            metrics,
            new RouterEmitter(router, errors, services.emits(), null, null, null));
    Filter plugin = factory.createUnchecked(type, modern, context);
    filters.add(new Registered(context, "filter", type, plugin, null, null));
    return new FilterStep(
        context.pluginId(), plugin, metrics.ofTheBooks("in"), metrics.counter("emit_records"));
  }

  /** Makes an output with its buffer and secondary, and registers it. */
  private EventSink output(ConfigElement element, int workers, Router router) {
    String name = requireType(element, "<" + element.name() + ">");
    PluginType<?, ?, ?> type = factory.type(PluginKind.OUTPUT, name, element.place());
    ConfigElement modern = checked(element, type, workers);
    Metrics metrics = new Metrics();
    RouterEmitter emitter =
        new RouterEmitter(labelled(modern, router), errors, services.emits(), null, null, null);
    EngineContext context =
        new EngineContext(
            this, modern, workers, metrics, emitter, store -> storeOutput(store, workers, router));
    BufferSettings settings = null;
    if (type.buffer() != null) {
      Problems own = new Problems();
      settings =
          BufferSettings.resolve(
              modern, bufferDefaults(type, context), services.settings().strictConfigValue(), own);
      if (own.hasErrors()) {
        Problems.Problem first =
            own.all().stream().filter(Problems.Problem::fatal).findFirst().orElseThrow();
        throw new PluginFactory.BindException(
            own, new ConfigException(first.message(), first.place()));
      }
      own.all().forEach(problems::add);
      context.buffer(settings.view());
      if (element.has("flush_interval") && element.section("buffer").isEmpty()) {
        context.log().info(FLUSH_INTERVAL_OUTSIDE);
      }
    }
    Output plugin = factory.createUnchecked(type, modern, context);
    return register(context, type, plugin, settings, modern);
  }

  /** The plugin's wishes; its own default path gives way to {@code root_dir}, as in Fluentd. */
  private static BufferDefaults bufferDefaults(PluginType<?, ?, ?> type, EngineContext context) {
    BufferDefaults defaults = type.buffer().apply(context.element());
    if (context.pluginDir().isEmpty() || !defaults.parameters().containsKey("path")) {
      return defaults;
    }
    Map<String, String> rest = new LinkedHashMap<>(defaults.parameters());
    rest.remove("path");
    return new BufferDefaults(defaults.chunkKeys(), rest);
  }

  private EventSink register(
      EngineContext context,
      PluginType<?, ?, ?> type,
      Output plugin,
      BufferSettings settings,
      ConfigElement element) {
    BufferedOutput buffered =
        plugin instanceof EitherOutput && element.section("buffer").isEmpty()
            ? null
            : Buffered.of(plugin);
    if (buffered == null) {
      DirectSink.Process process =
          plugin instanceof EitherOutput either
              ? either::process
              : ((UnbufferedOutput) plugin)::process;
      outputs.add(new Registered(context, "output", type, plugin, null, null));
      return new DirectSink(context.pluginId(), process, context.metrics());
    }
    BufferedOutput secondary = secondary(context, type.name(), buffered, element);
    Delivery delivery = new Delivery(settings, buffered, secondary, context);
    claimBuffer(delivery.bufferPath(), type.name(), element);
    outputs.add(new Registered(context, "output", type, plugin, delivery, secondary));
    return delivery;
  }

  private BufferedOutput secondary(
      EngineContext context, String primaryType, BufferedOutput primary, ConfigElement element) {
    Optional<ConfigElement> section = element.section("secondary");
    if (section.isEmpty()) {
      return null;
    }
    ConfigElement own = section.get();
    own.markSectionUsed();
    String name = own.type() == null ? own.peek("type") : own.type();
    if (name == null) {
      name = primaryType;
    }
    for (String forbidden : List.of("buffer", "secondary")) {
      if (own.section(forbidden).isPresent()) {
        throw new ConfigException(
            "<secondary> section cannot have <" + forbidden + "> section", own.place());
      }
    }
    PluginType<?, ?, ?> type = factory.type(PluginKind.OUTPUT, name, own.place());
    ConfigElement modern = factory.modern(own, type);
    Output plugin = factory.createUnchecked(type, modern, context.asSecondary(modern));
    own.markAllUsed(); // what was read is its modern form
    warnOfUnused(modern, type);
    BufferedOutput secondary = Buffered.of(plugin);
    if (secondary == null) {
      throw new ConfigException(
          "secondary plugin must have buffering support, but '" + type.name() + "' has none",
          own.place());
    }
    boolean formats = primary.chunkFormat() != null || secondary.chunkFormat() != null;
    if (formats && !type.name().equals(primaryType) && !type.name().equals("secondary_file")) {
      context
          .log()
          .warn(
              OTHER_SECONDARY,
              "primary",
              rubyClass(primaryType),
              "secondary",
              rubyClass(type.name()));
    }
    return secondary;
  }

  /** The class of Fluentd's that a message names: {@code Fluent::Plugin::ForwardOutput}. */
  private static String rubyClass(String type) {
    StringBuilder name = new StringBuilder("Fluent::Plugin::");
    for (String part : type.split("_")) {
      name.append(Character.toUpperCase(part.charAt(0))).append(part.substring(1));
    }
    return name.append("Output").toString();
  }

  /** Two outputs of a configuration must not share a buffer's files. */
  private void claimBuffer(Path path, String type, ConfigElement element) {
    if (path == null) {
      return;
    }
    ConfigElement other = buffers.putIfAbsent(path.toAbsolutePath().normalize(), element);
    if (other != null) {
      throw new ConfigException(
          "Other '"
              + other.peek("@type")
              + "' plugin already use same buffer path: type = "
              + type
              + ", buffer path = "
              + path
              + "; the other is at "
              + other.place(),
          element.section("buffer").map(ConfigElement::place).orElse(element.place()));
    }
  }

  private EventSink storeOutput(ConfigElement store, int workers, Router router) {
    EventSink sink = output(store, workers, router);
    store.markAllUsed(); // what was read is its modern form, which is checked as an output
    return sink;
  }

  private ConfigElement checked(ConfigElement element, PluginType<?, ?, ?> type, int workers) {
    if (workers > 1 && !type.isMultiWorker()) {
      throw new ConfigException(
          "Plugin '" + type.name() + "' does not support multi workers configuration",
          element.place());
    }
    return factory.modern(element, type);
  }

  private EngineContext context(
      ConfigElement element, int workers, Metrics metrics, RouterEmitter emitter) {
    return new EngineContext(
        this,
        element,
        workers,
        metrics,
        emitter,
        store -> {
          throw new ConfigException("only an output has stores", store.place());
        });
  }

  private Router labelled(ConfigElement element, Router home) {
    element.markUsed("@label");
    String name = element.peek("@label");
    if (name == null) {
      return home;
    }
    Router router = labels.find(name);
    if (router == null) {
      throw new ConfigException(name + " label not found", element.placeOf("@label"));
    }
    return router;
  }
}
