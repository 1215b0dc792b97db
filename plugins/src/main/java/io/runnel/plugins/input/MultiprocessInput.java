package io.runnel.plugins.input;

import io.runnel.config.ConfigException;
import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.config.Name;
import io.runnel.plugin.Input;
import io.runnel.plugin.PluginContext;
import io.runnel.plugin.PluginType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Starts further daemons and stops them with this one (fluent-plugin-multiprocess). */
public final class MultiprocessInput implements Input {
  public static final PluginType<Config, PluginContext, Input> TYPE =
      PluginType.input("multiprocess", Config.class, MultiprocessInput::new).singleWorker();

  @Doc("Runs further daemons as children of this one; emits nothing itself.")
  public record Config(
      @Doc("Time until a child that is to stop is told so again.") @Default("2")
          Duration gracefulKillInterval,
      @Doc("By how much that time grows each time.") @Default("3")
          Duration gracefulKillIntervalIncrement,
      @Doc("Time after which a child that does not stop is killed.") @Default("60")
          Duration gracefulKillTimeout,
      @Doc("Not used: children get no files of this process.")
          Optional<Boolean> keepFileDescriptors,
      @Doc("One child.") @Name("process") List<Child> processes) {}

  @Doc("One child.")
  public record Child(
      @Doc("Its command line, without the program.") String cmdline,
      @Doc("How long to wait before it is started.") @Default("0") Duration sleepBeforeStart,
      @Doc("How long to wait before it is stopped.") @Default("0") Duration sleepBeforeShutdown,
      @Doc("Not used: children get no files of this process.")
          Optional<Boolean> keepFileDescriptors,
      @Doc("File that gets the child's process id.") Optional<String> pidFile) {}

  /** A child that runs. */
  private record Running(Child child, Process process) {}

  /** What tells others about this process must not come from another. */
  private static final List<String> NOT_INHERITED =
      List.of(
          "NOTIFY_SOCKET",
          "WATCHDOG_PID",
          "WATCHDOG_USEC",
          "LISTEN_FDS",
          "LISTEN_PID",
          "RUNNEL_STATE_FILE",
          "RUNNEL_MANAGED");

  private static final long SHORTEST_NANOS = 100_000_000L;

  private final Config config;
  private final PluginContext context;
  private final String launcher;
  private final List<Running> running = new ArrayList<>(); // in the order of the configuration

  MultiprocessInput(Config config, PluginContext context) {
    this(config, context, System.getProperty("runnel.launcher", System.getenv("RUNNELD")));
  }

  /**
   * @param launcher path of the program that is run for each child
   */
  MultiprocessInput(Config config, PluginContext context, String launcher) {
    this.config = config;
    this.context = context;
    this.launcher = launcher;
    if (!config.processes().isEmpty() && (launcher == null || launcher.isEmpty())) {
      throw new ConfigException(
          "multiprocess needs to know how this daemon was started: set RUNNELD to the path of"
              + " bin/runneld",
          context.element().place());
    }
  }

  @Override
  public void start() throws IOException, InterruptedException {
    for (Child child : config.processes().reversed()) {
      context.clock().sleep(child.sleepBeforeStart().toNanos());
      context.log().info("launching child fluentd " + child.cmdline());
      ProcessBuilder builder =
          new ProcessBuilder("/bin/sh", "-c", "exec " + quoted(launcher) + " " + child.cmdline())
              .inheritIO();
      builder.environment().keySet().removeAll(NOT_INHERITED);
      Process process = builder.start();
      running.addFirst(new Running(child, process));
      if (child.pidFile().isPresent()) {
        Files.writeString(Path.of(child.pidFile().get()), Long.toString(process.pid()));
      }
    }
  }

  private static String quoted(String text) {
    return "'" + text.replace("'", "'\\''") + "'";
  }

  @Override
  public void stop() {
    List<Thread> stopping = new ArrayList<>();
    try {
      for (Running one : running) {
        context.clock().sleep(one.child().sleepBeforeShutdown().toNanos());
        context.log().info("shutting down child fluentd " + one.child().cmdline());
        stopping.add(context.startVirtual("multiprocess_stop", () -> stop(one.process())));
      }
      for (Thread thread : stopping) {
        thread.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      running.forEach(one -> one.process().destroy());
    }
    running.forEach(this::removePidFile);
    running.clear();
  }

  /** Tells a child to stop, at growing intervals, and kills it in the end. */
  private void stop(Process process) {
    long interval = Math.max(SHORTEST_NANOS, config.gracefulKillInterval().toNanos());
    long end = context.clock().nanos() + config.gracefulKillTimeout().toNanos();
    try {
      process.destroy();
      while (!process.waitFor(interval, TimeUnit.NANOSECONDS)) {
        interval += config.gracefulKillIntervalIncrement().toNanos();
        if (context.clock().nanos() < end) {
          process.destroy();
        } else {
          context.log().warn("killing child fluentd that does not stop", "pid", process.pid());
          process.destroyForcibly();
        }
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
    }
  }

  private void removePidFile(Running one) {
    try {
      if (one.child().pidFile().isPresent()) {
        Files.deleteIfExists(Path.of(one.child().pidFile().get()));
      }
    } catch (IOException e) {
      context.log().warn("cannot remove the pid file", e, "path", one.child().pidFile().get());
    }
  }
}
