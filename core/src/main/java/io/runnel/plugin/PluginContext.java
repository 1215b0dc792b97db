package io.runnel.plugin;

import io.runnel.buffer.MessageMemory;
import io.runnel.config.ConfigElement;
import io.runnel.config.PluginSection;
import io.runnel.host.Clock;
import io.runnel.host.LocalZone;
import io.runnel.host.Ownership;
import io.runnel.host.ProcessMemory;
import io.runnel.log.Log;
import io.runnel.metrics.Metrics;
import io.runnel.net.Sockets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** The engine as a plugin sees it. */
public interface PluginContext {
  /** {@code @id}, or {@code object:} and a number. */
  String pluginId();

  /** True where the configuration gives an {@code @id}. */
  boolean hasConfiguredId();

  /** The plugin's section, v0.12 parameters already turned into sections. */
  ConfigElement element();

  Log log();

  Clock clock();

  RandomGenerator random();

  SystemSettings system();

  /** 0 to {@link #workers} - 1. */
  int workerId();

  int workers();

  /** {@code ROOT_DIR/workerN/ID}, where there is a root_dir and an {@code @id}. */
  Optional<Path> pluginDir();

  Metrics metrics();

  /** Locks on the files that this plugin alone may use. */
  Ownership ownership();

  Sockets sockets();

  /** What this process may keep in memory, for all plugins together. */
  ProcessMemory memory();

  /** The messages that this process has acknowledged, for inputs whose clients send again. */
  MessageMemory messages();

  Emitter emitter();

  /**
   * Where events of another label go.
   *
   * @param label with its {@code @}
   * @throws io.runnel.config.ConfigException where there is no such label
   */
  Emitter emitter(String label);

  /**
   * What the plugins of one worker share, such as a register of metrics; made at the first call.
   *
   * @param key the type of what is shared; one instance for each type
   */
  <T> T shared(Class<T> key, Supplier<T> maker);

  /**
   * Makes the parser of a section; for one without a type this is a ConfigException.
   *
   * @throws io.runnel.config.ConfigException where the section is wrong
   */
  Parser parser(PluginSection section);

  Formatter formatter(PluginSection section);

  /**
   * @param usage distinguishes several storages of one plugin; empty for the only one
   */
  Storage storage(PluginSection section, String usage);

  /**
   * Starts a thread of this plugin; what it throws is logged.
   *
   * @param name what it does, for thread dumps
   */
  Thread start(String name, Runnable task);

  /** Like {@link #start}, on a virtual thread: for the many connections of a server. */
  Thread startVirtual(String name, Runnable task);

  /** Reads the time zone once for the whole daemon. */
  default java.time.ZoneId zone() {
    return LocalZone.id();
  }

  /** The running daemon, for monitor_agent and the like. */
  Supervision supervision();
}
