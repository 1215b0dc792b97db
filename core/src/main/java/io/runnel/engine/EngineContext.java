package io.runnel.engine;

import io.runnel.buffer.MessageMemory;
import io.runnel.config.ConfigElement;
import io.runnel.config.ConfigException;
import io.runnel.config.PluginSection;
import io.runnel.delivery.Placeholders;
import io.runnel.host.Clock;
import io.runnel.host.Ownership;
import io.runnel.host.ProcessMemory;
import io.runnel.log.Level;
import io.runnel.log.Log;
import io.runnel.metrics.Metrics;
import io.runnel.net.Sockets;
import io.runnel.plugin.BufferConfig;
import io.runnel.plugin.Emitter;
import io.runnel.plugin.EventSink;
import io.runnel.plugin.Formatter;
import io.runnel.plugin.OutputContext;
import io.runnel.plugin.Parser;
import io.runnel.plugin.PluginKind;
import io.runnel.plugin.Storage;
import io.runnel.plugin.Supervision;
import io.runnel.plugin.SystemSettings;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** What the engine gives to one plugin. */
final class EngineContext implements OutputContext {
  private final PipelineBuilder builder;
  private final ConfigElement element;
  private final String id;
  private final boolean configuredId;
  private final int workers;
  private final Log log;
  private final Metrics metrics;
  private final Emitter emitter;
  private final boolean secondary;
  private final java.util.function.Function<ConfigElement, EventSink> stores;
  private BufferConfig buffer;
  private volatile boolean emitted;

  private EngineContext(
      EngineContext parent, ConfigElement element, boolean secondary, BufferConfig buffer) {
    this.builder = parent.builder;
    this.element = element;
    this.id = parent.id;
    this.configuredId = parent.configuredId;
    this.workers = parent.workers;
    this.log = parent.log;
    this.metrics = parent.metrics;
    this.emitter = parent.emitter;
    this.stores = parent.stores;
    this.secondary = secondary;
    this.buffer = buffer;
  }

  /**
   * @param workers how many workers run this plugin
   * @param emitter where the plugin's events go
   * @param stores makes the output of a store
   */
  EngineContext(
      PipelineBuilder builder,
      ConfigElement element,
      int workers,
      Metrics metrics,
      Emitter emitter,
      java.util.function.Function<ConfigElement, EventSink> stores) {
    this.builder = builder;
    this.element = element;
    this.workers = workers;
    this.metrics = metrics;
    this.emitter = emitter;
    this.stores = stores;
    this.secondary = false;
    String given = element.id();
    this.configuredId = given != null && !given.isEmpty();
    this.id = configuredId ? given : builder.nextObjectId();
    this.log =
        builder
            .services()
            .log()
            .log(builder.workerId(), configuredId ? id : null, ownLevel(element));
  }

  private static Level ownLevel(ConfigElement element) {
    element.markUsed("@log_level");
    String text = element.peek("@log_level");
    if (text == null) {
      return null;
    }
    for (Level level : Level.values()) {
      if (level.text().equals(text)) {
        return level;
      }
    }
    throw new ConfigException(
        "Unknown log level: level = "
            + text
            + "; one of trace, debug, info, warn, error, fatal is needed",
        element.placeOf("@log_level"));
  }

  /** The context of a parser, formatter or storage inside this plugin. */
  EngineContext inner(ConfigElement section) {
    return new EngineContext(this, section, false, null);
  }

  /** The context of this output's {@code <secondary>}: it shares the buffer. */
  EngineContext asSecondary(ConfigElement section) {
    return new EngineContext(this, section, true, buffer);
  }

  void buffer(BufferConfig config) {
    buffer = config;
  }

  boolean hasEmitted() {
    return emitted;
  }

  @Override
  public String pluginId() {
    return id;
  }

  @Override
  public boolean hasConfiguredId() {
    return configuredId;
  }

  @Override
  public ConfigElement element() {
    return element;
  }

  @Override
  public Log log() {
    return log;
  }

  @Override
  public Clock clock() {
    return builder.services().clock();
  }

  @Override
  public RandomGenerator random() {
    return builder.services().random();
  }

  @Override
  public SystemSettings system() {
    return builder.services().settings();
  }

  @Override
  public int workerId() {
    return builder.workerId();
  }

  @Override
  public int workers() {
    return workers;
  }

  @Override
  public Optional<Path> pluginDir() {
    if (!configuredId) {
      return Optional.empty();
    }
    return system().rootDir().map(root -> root.resolve("worker" + workerId()).resolve(id));
  }

  @Override
  public Metrics metrics() {
    return metrics;
  }

  @Override
  public Ownership ownership() {
    return builder.services().ownership();
  }

  @Override
  public Sockets sockets() {
    return builder.services().sockets();
  }

  @Override
  public Emitter emitter() {
    emitted = true;
    return emitter;
  }

  @Override
  public Emitter emitter(String label) {
    emitted = true;
    return builder.emitter(label, element.place());
  }

  @Override
  public <T> T shared(Class<T> key, Supplier<T> maker) {
    return builder.shared(key, maker);
  }

  @Override
  public Parser parser(PluginSection section) {
    return builder.factory().inner(PluginKind.PARSER, section, this, Parser.class);
  }

  @Override
  public Formatter formatter(PluginSection section) {
    return builder.factory().inner(PluginKind.FORMATTER, section, this, Formatter.class);
  }

  @Override
  public Storage storage(PluginSection section, String usage) {
    section.element().markAllUsed(); // what is read is a copy
    ConfigElement named = section.element().copyAs("storage", usage);
    named.markAllUsed();
    return builder
        .factory()
        .inner(
            PluginKind.STORAGE,
            new PluginSection(
                named, section.type() == null ? "local" : section.type(), section.present()),
            this,
            Storage.class);
  }

  @Override
  public Thread start(String name, Runnable task) {
    return Thread.ofPlatform().daemon().name(threadName(name)).start(guarded(name, task));
  }

  @Override
  public Thread startVirtual(String name, Runnable task) {
    return Thread.ofVirtual().name(threadName(name)).start(guarded(name, task));
  }

  private String threadName(String name) {
    return id + " " + name;
  }

  private Runnable guarded(String name, Runnable task) {
    return () -> {
      try {
        task.run();
      } catch (RuntimeException e) {
        log.error("unexpected error", e, "thread", name);
      }
    };
  }

  @Override
  public ProcessMemory memory() {
    return builder.services().memory();
  }

  @Override
  public MessageMemory messages() {
    return builder.services().messages();
  }

  @Override
  public Supervision supervision() {
    return builder.services().supervision();
  }

  @Override
  public BufferConfig buffer() {
    return buffer;
  }

  @Override
  public boolean isSecondary() {
    return secondary;
  }

  @Override
  public EventSink store(ConfigElement store) {
    return stores.apply(store);
  }

  @Override
  public void validatePlaceholders(String parameter, String template) {
    Placeholders.validate(parameter, template, buffer);
  }
}
