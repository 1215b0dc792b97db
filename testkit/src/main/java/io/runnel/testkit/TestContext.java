package io.runnel.testkit;

import io.runnel.buffer.MessageMemory;
import io.runnel.config.ConfigElement;
import io.runnel.config.ConfigException;
import io.runnel.config.ConfigSpec;
import io.runnel.config.Place;
import io.runnel.config.PluginSection;
import io.runnel.host.Clock;
import io.runnel.host.Ownership;
import io.runnel.host.ProcessMemory;
import io.runnel.metrics.Metrics;
import io.runnel.net.ProcessSockets;
import io.runnel.net.Sockets;
import io.runnel.plugin.BufferConfig;
import io.runnel.plugin.EventSink;
import io.runnel.plugin.Formatter;
import io.runnel.plugin.Output;
import io.runnel.plugin.OutputContext;
import io.runnel.plugin.Parser;
import io.runnel.plugin.Plugin;
import io.runnel.plugin.PluginCatalog;
import io.runnel.plugin.PluginContext;
import io.runnel.plugin.PluginKind;
import io.runnel.plugin.PluginType;
import io.runnel.plugin.Storage;
import io.runnel.plugin.SystemSettings;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * The engine as a plugin under test sees it: what is emitted and logged is kept, the clock may be
 * turned by hand, randomness has a fixed seed. Settings are changed before the plugin is made;
 * {@link #close} ends the threads that the plugin left.
 */
public final class TestContext implements OutputContext, AutoCloseable {
  /** Patience with threads that were told to end. */
  private static final long JOIN_MILLIS = 5_000;

  private final PluginCatalog catalog;
  private final RecordedEmitter emitter;
  private final RecordedLog log;
  private final Metrics metrics = new Metrics();
  private RandomGenerator random = new Random(42);
  private final NoSupervision supervision;
  private ProcessMemory memory = ProcessMemory.ofHeap();
  private Sockets sockets;
  private final List<Thread> threads;
  private final Map<String, RecordedEmitter> labels = new ConcurrentHashMap<>();
  private final Map<Class<?>, Object> shared = new ConcurrentHashMap<>();
  private final Map<String, TestStore> stores = new ConcurrentHashMap<>();
  private final List<String> validated = new ArrayList<>();
  private ConfigElement element = new ConfigElement("match", "", Place.NONE);
  private Clock clock = Clock.system();
  private MessageMemory messages = new MessageMemory(Clock.system());
  private String id;
  private int workerId;
  private int workers = 1;
  private Path pluginDir;
  private BufferConfig buffer;
  private boolean secondary;
  private ZoneId zone = ZoneId.systemDefault();
  private SystemSettings system =
      new SystemSettings(
          "test",
          "test.conf",
          Optional.empty(),
          Path.of(System.getProperty("java.io.tmpdir"), "runnel-test-backup"),
          Optional.empty(),
          Optional.empty(),
          false,
          "test-host");

  /** A context that knows no other plugins. */
  public TestContext() {
    this(new NoPlugins());
  }

  /**
   * @param catalog where parsers, formatters, storages and stores are found
   */
  public TestContext(PluginCatalog catalog) {
    this(
        catalog,
        new RecordedEmitter(),
        new RecordedLog(),
        new NoSupervision(),
        new ProcessSockets(),
        new ArrayList<>());
  }

  private TestContext(
      PluginCatalog catalog,
      RecordedEmitter emitter,
      RecordedLog log,
      NoSupervision supervision,
      Sockets sockets,
      List<Thread> threads) {
    this.catalog = catalog;
    this.emitter = emitter;
    this.log = log;
    this.supervision = supervision;
    this.sockets = sockets;
    this.threads = threads;
  }

  /** The context of a plugin inside the one under test. */
  private TestContext inner(ConfigElement section) {
    TestContext inner = new TestContext(catalog, emitter, log, supervision, sockets, threads);
    inner.element = section;
    inner.clock = clock;
    inner.random = random;
    inner.memory = memory;
    inner.messages = messages;
    inner.workerId = workerId;
    inner.workers = workers;
    inner.pluginDir = pluginDir;
    inner.zone = zone;
    inner.system = system;
    inner.id = section.peek("@id");
    return inner;
  }

  public TestContext clock(Clock value) {
    clock = value;
    return this;
  }

  public TestContext random(RandomGenerator value) {
    random = value;
    return this;
  }

  public TestContext element(ConfigElement value) {
    element = value;
    if (value.peek("@id") != null) {
      id = value.peek("@id");
    }
    return this;
  }

  public TestContext id(String value) {
    id = value;
    return this;
  }

  public TestContext worker(int number, int count) {
    workerId = number;
    workers = count;
    return this;
  }

  public TestContext pluginDir(Path value) {
    pluginDir = value;
    return this;
  }

  public TestContext buffer(BufferConfig value) {
    buffer = value;
    return this;
  }

  public TestContext secondary(boolean value) {
    secondary = value;
    return this;
  }

  public TestContext zone(ZoneId value) {
    zone = value;
    return this;
  }

  public TestContext sockets(Sockets value) {
    sockets = value;
    return this;
  }

  public TestContext system(SystemSettings value) {
    system = value;
    return this;
  }

  @Override
  public String pluginId() {
    return id == null ? "object:1" : id;
  }

  @Override
  public boolean hasConfiguredId() {
    return id != null;
  }

  @Override
  public ConfigElement element() {
    return element;
  }

  @Override
  public RecordedLog log() {
    return log;
  }

  @Override
  public Clock clock() {
    return clock;
  }

  @Override
  public RandomGenerator random() {
    return random;
  }

  @Override
  public SystemSettings system() {
    return system;
  }

  @Override
  public int workerId() {
    return workerId;
  }

  @Override
  public int workers() {
    return workers;
  }

  @Override
  public Optional<Path> pluginDir() {
    return Optional.ofNullable(pluginDir);
  }

  @Override
  public Metrics metrics() {
    return metrics;
  }

  @Override
  public Ownership ownership() {
    return Ownership.none();
  }

  @Override
  public Sockets sockets() {
    return sockets;
  }

  @Override
  public RecordedEmitter emitter() {
    return emitter;
  }

  @Override
  public ZoneId zone() {
    return zone;
  }

  /** The emitter of a label: one for each name. */
  @Override
  public RecordedEmitter emitter(String label) {
    return labels.computeIfAbsent(label, ignored -> new RecordedEmitter());
  }

  @Override
  public <T> T shared(Class<T> key, Supplier<T> maker) {
    return key.cast(shared.computeIfAbsent(key, ignored -> maker.get()));
  }

  @Override
  public Parser parser(PluginSection section) {
    return plugin(PluginKind.PARSER, Parser.class, section);
  }

  @Override
  public Formatter formatter(PluginSection section) {
    return plugin(PluginKind.FORMATTER, Formatter.class, section);
  }

  @Override
  public Storage storage(PluginSection section, String usage) {
    return plugin(PluginKind.STORAGE, Storage.class, section);
  }

  private <P extends Plugin> P plugin(PluginKind kind, Class<P> plugin, PluginSection section) {
    if (section.type() == null) {
      throw new ConfigException("@type is required.", section.element().place());
    }
    return plugin.cast(make(kind, section.type(), section.element(), inner(section.element())));
  }

  private Plugin make(PluginKind kind, String name, ConfigElement section, TestContext context) {
    PluginType<?, ?, ?> type = catalog.find(kind, name);
    if (type == null) {
      throw new ConfigException(
          "Unknown " + kind.text() + " plugin '" + name + "'.", section.place());
    }
    return create(type, section, context);
  }

  /** Binds a section and makes its plugin. */
  @SuppressWarnings("unchecked") // this context is a context of every kind
  static <C, X extends PluginContext, P extends Plugin> P create(
      PluginType<C, X, P> type, ConfigElement section, TestContext context) {
    C config = ConfigSpec.of(type.config()).bind(section, context.system().strictConfigValue());
    return type.create(config, (X) context.element(section));
  }

  @Override
  public Thread start(String name, Runnable task) {
    return track(Thread.ofPlatform().daemon().name(name).unstarted(logged(task)));
  }

  @Override
  public Thread startVirtual(String name, Runnable task) {
    return track(Thread.ofVirtual().name(name).unstarted(logged(task)));
  }

  private Runnable logged(Runnable task) {
    return () -> {
      try {
        task.run();
      } catch (RuntimeException e) {
        log.error("unexpected error", e);
      }
    };
  }

  private Thread track(Thread thread) {
    synchronized (threads) {
      threads.add(thread);
    }
    thread.start();
    return thread;
  }

  @Override
  public MessageMemory messages() {
    return messages;
  }

  /** Goes on with another, as after a restart of the process. */
  public TestContext messages(MessageMemory value) {
    messages = value;
    return this;
  }

  @Override
  public ProcessMemory memory() {
    return memory;
  }

  /** Replaces what the plugins may keep in memory, before the plugin is made. */
  public TestContext memory(ProcessMemory value) {
    memory = value;
    return this;
  }

  @Override
  public NoSupervision supervision() {
    return supervision;
  }

  @Override
  public BufferConfig buffer() {
    return buffer;
  }

  @Override
  public boolean isSecondary() {
    return secondary;
  }

  /** Makes the output of a store; its buffer is left out, each stream is written at once. */
  @Override
  public EventSink store(ConfigElement section) {
    TestContext context = inner(section);
    context.id = section.peek("@id") == null ? "store:" + stores.size() : section.peek("@id");
    Plugin output = make(PluginKind.OUTPUT, section.type(), section, context);
    TestStore store = new TestStore(context.id, (Output) output);
    stores.put(context.id, store);
    return store;
  }

  /** The stores made so far, by their ids. */
  public Map<String, TestStore> stores() {
    return Map.copyOf(stores);
  }

  @Override
  public void validatePlaceholders(String parameter, String template) {
    validated.add(parameter + "=" + template);
  }

  /** What was passed to {@link #validatePlaceholders}: {@code parameter=template}. */
  public List<String> validatedPlaceholders() {
    return List.copyOf(validated);
  }

  @Override
  public void close() {
    List<Thread> left;
    synchronized (threads) {
      left = List.copyOf(threads);
    }
    left.forEach(Thread::interrupt);
    for (Thread thread : left) {
      try {
        thread.join(JOIN_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  private static final class NoPlugins implements PluginCatalog {
    @Override
    public PluginType<?, ?, ?> find(PluginKind kind, String name) {
      return null;
    }

    @Override
    public List<String> names(PluginKind kind) {
      return List.of();
    }
  }
}
