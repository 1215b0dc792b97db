package io.runnel.daemon;

import io.runnel.buffer.MessageMemory;
import io.runnel.config.ConfigDump;
import io.runnel.config.ConfigElement;
import io.runnel.config.ConfigException;
import io.runnel.config.ProblemPrinter;
import io.runnel.config.Problems;
import io.runnel.connector.Connectors;
import io.runnel.engine.Pipeline;
import io.runnel.engine.PipelineBuilder;
import io.runnel.engine.Services;
import io.runnel.engine.SystemConfig;
import io.runnel.host.Clock;
import io.runnel.host.OwnerLocks;
import io.runnel.host.Ownership;
import io.runnel.host.ProcessMemory;
import io.runnel.instance.ServiceNotifier;
import io.runnel.log.Level;
import io.runnel.log.Log;
import io.runnel.log.LogSink;
import io.runnel.log.LogTarget;
import io.runnel.metrics.Counter;
import io.runnel.net.ProcessSockets;
import io.runnel.plugin.PluginCatalog;
import io.runnel.plugin.SystemSettings;
import io.runnel.plugins.BuiltinPlugins;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * The daemon: reads the configuration, runs the workers inside this process, and serves signals and
 * other requests one after the other in the main thread.
 */
final class Daemon {
  /** Exit status where the configuration is wrong before anything is started. */
  private static final int STATUS_CONFIG = 1;

  /** Exit status where a plugin cannot start (Fluentd's worker then ends its supervisor). */
  private static final int STATUS_START = 2;

  private final DaemonOptions options;
  private final Readiness readiness = new Readiness();
  private final BlockingQueue<Request> requests = new LinkedBlockingQueue<>();
  private final Clock clock = Clock.system();
  private final RandomGenerator random = new java.util.Random();
  private final List<PluginCatalog> catalogs;
  private final ProcessSockets sockets = new ProcessSockets();
  private final Counter emits = new Counter();
  private final MessageMemory messages = new MessageMemory(clock);
  private final ProcessMemory memory = ProcessMemory.ofHeap();
  private LogSink sink;
  private Log log;
  private ServiceNotifier notifier;
  private volatile Configuration configuration;
  private Services services;
  private SourceOnlyMode sourceOnly;
  private final LogTarget standard;
  private final Consumer<BlockingQueue<Request>> signals;
  private final Overseer overseer;
  private volatile List<Worker> workers = List.of();
  private final Health health = new Health(clock::nanos, () -> workers);

  Daemon(DaemonOptions options) {
    this(options, LogTarget.standardOutput(), requests -> new Signals(requests).install());
  }

  /**
   * @param standard where messages go that no log file is named for
   * @param signals told once where requests from outside go
   */
  Daemon(DaemonOptions options, LogTarget standard, Consumer<BlockingQueue<Request>> signals) {
    this.options = options;
    this.signals = signals;
    this.standard = standard;
    Connectors connectors = Connectors.of(System.getProperty("runnel.home"));
    this.catalogs =
        options.stubUnknown
            ? List.of(new BuiltinPlugins(), connectors, new StubPlugins())
            : List.of(new BuiltinPlugins(), connectors);
    this.overseer = new Overseer(options, requests, () -> workers, () -> configuration.system());
  }

  /** Runs until it is told to stop; returns the exit status. */
  int run() {
    sink = new LogSink(standard, clock, LogSetup.early(options));
    log = sink.log(-1, null, null);
    Problems problems = new Problems();
    try {
      configuration = Configuration.load(options, problems);
    } catch (ConfigException e) {
      problems.error(e);
      return refuse(problems, java.util.Map.of());
    }
    if (problems.hasErrors()) {
      return refuse(problems, configuration.sources());
    }
    try {
      openLog();
    } catch (IOException | ConfigException e) {
      problems.error(
          "cannot open the log file: " + e.getMessage(), io.runnel.config.Place.NONE, null);
      return refuse(problems, configuration.sources());
    }
    return options.mode == DaemonOptions.Mode.DRY_RUN ? dryRun() : serve();
  }

  private void openLog() throws IOException {
    SystemConfig system = configuration.system();
    boolean dryRun = options.mode == DaemonOptions.Mode.DRY_RUN;
    LogTarget target = dryRun ? standard : LogSetup.target(options, system, standard);
    sink = new LogSink(target, clock, LogSetup.settings(options, system));
    log = sink.log(-1, null, null);
  }

  private int dryRun() {
    log.info("starting fluentd-" + Version.FLUENTD + " as dry run mode", "runnel", Version.RUNNEL);
    announce();
    Problems problems = new Problems();
    services = services(Ownership.none());
    sourceOnly = SourceOnlyMode.atStart(configuration.system(), services.settings(), log);
    build(configuration, problems);
    if (problems.hasErrors()) {
      return refuse(problems, configuration.sources());
    }
    warnings(problems);
    log.info("finished dry run mode");
    return 0;
  }

  private int serve() {
    announce();
    services = services(ownership());
    sourceOnly = SourceOnlyMode.atStart(configuration.system(), services.settings(), log);
    notifier = ServiceNotifier.of(System.getenv(), log);
    log.info(
        "starting fluentd-" + Version.FLUENTD,
        "pid",
        PidFile.pid(),
        "runnel",
        Version.RUNNEL,
        "java",
        System.getProperty("java.version"));
    Problems problems = new Problems();
    List<Worker> built = build(configuration, problems);
    if (problems.hasErrors()) {
      return refuse(problems, configuration.sources());
    }
    warnings(problems);
    signals.accept(requests);
    ProcessTitle.set(configuration.system().processName(), services.settings().instance());
    try {
      start(built);
    } catch (Exception e) {
      log.error("unexpected error while starting; the daemon stops", e);
      stop(built);
      return failed(STATUS_START, "cannot start: " + e.getMessage() + "\n");
    }
    workers = built;
    if (!writePidFile()) {
      stop(built);
      return failed(STATUS_CONFIG, "cannot write the pid file " + options.daemonPidFile + "\n");
    }
    RpcServer rpc =
        RpcServer.start(configuration.system(), sockets, requests, () -> configuration.root(), log);
    readiness.ok();
    notifier.running();
    notifier.startWatchdog(health::isGood);
    int status = loop();
    if (rpc != null) {
      rpc.close();
    }
    return status;
  }

  private void announce() {
    for (String option : options.ignored) {
      log.warn("option " + option + " is ignored: Runnel loads no Ruby code");
    }
    log.info("parsing config file is succeeded", "path", options.config);
    if (!configuration.system().suppressConfigDump().orElse(false)) {
      String dump = ConfigDump.dump(configuration.root()).strip() + "\n";
      int firstLine = dump.indexOf('\n');
      log.info("using configuration file: " + dump.substring(0, firstLine));
      byte[] rest = dump.substring(firstLine + 1).getBytes(StandardCharsets.UTF_8);
      if (log.isEnabled(Level.INFO)) {
        log.raw(rest, 0, rest.length);
      }
    }
  }

  private boolean writePidFile() {
    if (options.daemonPidFile == null) {
      return true;
    }
    try {
      PidFile.write(Path.of(options.daemonPidFile));
      return true;
    } catch (IOException e) {
      log.error("cannot write the pid file", e, "path", options.daemonPidFile);
      return false;
    }
  }

  /** Shows all faults, with the line and a caret, and says that the configuration is refused. */
  private int refuse(Problems problems, java.util.Map<String, String> sources) {
    String text = new ProblemPrinter(sources).print(problems);
    problems.all().stream()
        .filter(Problems.Problem::fatal)
        .forEach(
            problem ->
                log.error(
                    "config error",
                    new ConfigException(problem.message(), problem.place()),
                    "file",
                    options.config));
    System.err.print(text);
    return failed(STATUS_CONFIG, text);
  }

  private int failed(int status, String text) {
    readiness.failed(status, text);
    return status;
  }

  private void warnings(Problems problems) {
    for (Problems.Problem problem : problems.all()) {
      String where = problem.place().line() == 0 ? "" : " at " + problem.place();
      String hint = problem.hint() == null ? "" : " (" + problem.hint() + ")";
      log.warn(problem.message() + where + hint);
    }
  }

  private List<Worker> build(Configuration from, Problems problems) {
    List<Worker> built = new ArrayList<>();
    for (int id = 0; id < from.roots().size(); id++) {
      ConfigElement root = from.roots().get(id);
      Problems own = id == 0 ? problems : new Problems();
      Pipeline pipeline =
          new PipelineBuilder(services, from.system(), id, own, sourceOnly.phase()).build(root);
      own.all().stream().filter(Problems.Problem::fatal).forEach(problems::add);
      built.add(new Worker(id, root, pipeline));
    }
    return built;
  }

  private void start(List<Worker> built) throws Exception {
    for (Worker worker : built) {
      Log own = sink.log(worker.id(), null, null);
      own.info(
          "starting fluentd worker",
          "pid",
          PidFile.pid(),
          "ppid",
          parentPid(),
          "worker",
          worker.id());
      worker.pipeline().start();
      own.info("fluentd worker is now running", "worker", worker.id());
    }
  }

  private static long parentPid() {
    return ProcessHandle.current().parent().map(ProcessHandle::pid).orElse(0L);
  }

  private void stop(List<Worker> some) {
    for (Worker worker : some) {
      Log own = sink.log(worker.id(), null, null);
      own.info("fluentd worker is now stopping", "worker", worker.id());
      own.info("shutting down fluentd worker", "worker", worker.id());
      worker.pipeline().stop();
    }
  }

  private int loop() {
    IdleMemory idle = new IdleMemory(emits);
    while (true) {
      Request request;
      health.idle();
      try {
        request = requests.poll(IdleMemory.PERIOD_SECONDS, TimeUnit.SECONDS);
      } catch (InterruptedException e) {
        request = new Request.Stop(0, false);
      }
      if (request == null) {
        idle.tick();
        sink.reportFloods();
        continue;
      }
      health.busy();
      if (request instanceof Request.Stop stop) { // no pattern switch: its bootstrap slows starts
        return stop(stop);
      } else if (request instanceof Request.Flush flush) {
        flush(flush.reopen());
      } else if (request instanceof Request.Reload reload) {
        String refusal = reload();
        if (refusal == null) {
          notifier.reloaded();
        } else {
          notifier.reloadFailed();
        }
        reload.done().complete(refusal);
      } else if (request instanceof Request.LeaveSourceOnly) {
        sourceOnly.leave(workers, sink);
      } else if (request instanceof Request.Dump) {
        dump();
      }
    }
  }

  private int stop(Request.Stop request) {
    log.info("Received graceful stop");
    notifier.stopping();
    if (request.flush()) {
      workers.forEach(worker -> worker.pipeline().flush());
    }
    stop(workers);
    sourceOnly.stopped(log);
    sink.reportAllFloods();
    workers.forEach(
        worker -> log.info("Worker " + worker.id() + " finished with status " + request.status()));
    if (request.status() == 0) {
      notifier.stopped();
    }
    return request.status();
  }

  private void flush(boolean reopen) {
    if (reopen) {
      try {
        sink.target().reopen();
      } catch (IOException e) {
        log.error("cannot reopen the log file", e);
      }
    }
    log.info("force flushing buffered events");
    workers.forEach(worker -> worker.pipeline().flush());
  }

  private void dump() {
    try {
      log.info("thread dump written", "path", ThreadDump.write().toString());
    } catch (IOException e) {
      log.error("cannot write the thread dump", e, "path", ThreadDump.path().toString());
    }
  }

  /**
   * Changes over to the configuration as it is in the file now. It is checked whole before the old
   * one is touched; listening sockets stay open in between.
   *
   * @return null, or why the old configuration stays
   */
  private String reload() {
    log.info("reloading config", "path", options.config);
    notifier.reloading();
    Problems problems = new Problems();
    Configuration next;
    try {
      next = Configuration.load(options, problems);
    } catch (ConfigException e) {
      return keepOld(e.getMessage());
    }
    List<Worker> built = problems.hasErrors() ? List.of() : build(next, problems);
    if (problems.hasErrors()) {
      return keepOld(new ProblemPrinter(next.sources()).print(problems));
    }
    warnings(problems);
    try (AutoCloseable kept = sockets.retain()) {
      stop(workers);
      try {
        start(built);
      } catch (Exception e) {
        log.error(
            "failed to reload config: the new configuration cannot be started; going back to the"
                + " old one",
            e);
        stop(built);
        return goBack(e);
      }
    } catch (Exception e) {
      log.error("unexpected error", e);
    }
    workers = built;
    configuration = next;
    sink.settings(LogSetup.settings(options, next.system()));
    log.info("reloaded config", "path", options.config);
    return null;
  }

  /** The faults go into the log as they are printed at a start: line, caret and hint. */
  private String keepOld(String why) {
    log.error(
        "failed to reload config: the old configuration stays in use", "path", options.config);
    byte[] text = (why.strip() + "\n").getBytes(StandardCharsets.UTF_8);
    log.raw(text, 0, text.length);
    return why;
  }

  private String goBack(Exception cause) {
    Problems problems = new Problems();
    List<Worker> old = build(configuration, problems);
    try {
      start(old);
      workers = old;
    } catch (Exception e) {
      log.fatal("the old configuration cannot be started again either; the daemon stops", e);
      workers = List.of();
      requests.add(new Request.Stop(STATUS_START, false));
    }
    return cause.getMessage();
  }

  private Services services(Ownership ownership) {
    return new Services(
        sink,
        clock,
        random,
        sockets,
        ownership,
        catalogs,
        settings(),
        overseer,
        memory,
        emits,
        messages);
  }

  private Ownership ownership() {
    return new OwnerLocks(instanceName(), options.config);
  }

  private static String instanceName() {
    String name = System.getenv("RUNNEL_INSTANCE");
    return name == null || name.isEmpty() ? "runneld" : name;
  }

  private SystemSettings settings() {
    SystemConfig system = configuration.system();
    String backup = System.getenv("FLUENT_BACKUP_DIR");
    return new SystemSettings(
        instanceName(),
        Path.of(options.config).toAbsolutePath().toString(),
        system.rootDir().map(Path::of),
        system
            .rootDir()
            .map(Path::of)
            .orElse(Path.of(backup == null || backup.isEmpty() ? "/tmp/fluent" : backup)),
        system.filePermission().map(SystemConfig::permissions),
        system.dirPermission().map(SystemConfig::permissions),
        system.strictConfigValue().orElse(false),
        hostname());
  }

  /** The kernel's name of the host: no resolver is asked, which could hang the start. */
  private static String hostname() {
    try {
      return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
    } catch (IOException e) {
      try {
        return InetAddress.getLocalHost().getHostName();
      } catch (UnknownHostException unknown) {
        return "localhost";
      }
    }
  }
}
