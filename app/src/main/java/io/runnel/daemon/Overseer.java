package io.runnel.daemon;

import io.runnel.engine.SystemConfig;
import io.runnel.plugin.Supervision;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.function.Supplier;

/** Tells plugins such as monitor_agent about the daemon. */
final class Overseer implements Supervision {
  private final DaemonOptions options;
  private final Queue<Request> requests;
  private final Supplier<List<Worker>> workers;
  private final Supplier<SystemConfig> system;

  Overseer(
      DaemonOptions options,
      Queue<Request> requests,
      Supplier<List<Worker>> workers,
      Supplier<SystemConfig> system) {
    this.options = options;
    this.requests = requests;
    this.workers = workers;
    this.system = system;
  }

  @Override
  public List<PluginState> plugins(int workerId) {
    List<PluginState> all = new ArrayList<>();
    for (Worker worker : workers.get()) {
      if (worker.id() == workerId) {
        all.addAll(worker.pipeline().states());
      }
    }
    return all;
  }

  @Override
  public List<Book> books(int workerId) {
    List<Book> all = new ArrayList<>();
    for (Worker worker : workers.get()) {
      if (worker.id() == workerId) {
        all.addAll(worker.pipeline().books());
      }
    }
    return all;
  }

  @Override
  public Map<String, Object> info() {
    Map<String, Object> info = new LinkedHashMap<>();
    info.put("pid", PidFile.pid());
    info.put("ppid", ProcessHandle.current().parent().map(ProcessHandle::pid).orElse(0L));
    info.put("version", Version.FLUENTD);
    info.put("config_path", options.config);
    info.put("pid_file", options.daemonPidFile);
    info.put("plugin_dirs", List.of("/etc/fluent/plugin"));
    String configured = system.get().log().path().orElse(null);
    info.put("log_path", options.logPath == null ? configured : options.logPath);
    info.put("root_dir", system.get().rootDir().orElse(null));
    return info;
  }

  @Override
  public void stop(int status) {
    requests.add(new Request.Stop(status, false));
  }

  @Override
  public void flush() {
    requests.add(new Request.Flush(false));
  }
}
