package io.runnel.instance;

import io.runnel.host.ProcessTable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Finds the process of an instance, by the rule of {@code packaging/runnel-service}: it runs the
 * instance's own executable, or, where that cannot be seen, has the pid and the start time that
 * were noted when it was started. A pid file alone is never believed, because the pid may by now be
 * a stranger's.
 */
public final class InstanceProcess {
  private static final String DELETED = " (deleted)";

  private final InstanceLayout layout;
  private final ProcessTable processes;

  public InstanceProcess(InstanceLayout layout, ProcessTable processes) {
    this.layout = layout;
    this.processes = processes;
  }

  /** The live process of the instance; empty where it does not run. */
  public Optional<ProcessTable.Process> find(InstanceName name) {
    Optional<ProcessTable.Process> noted = fromPidFile(name);
    return noted.isPresent() ? noted : fromExecutable(name);
  }

  /**
   * Whether a pid file is there, whatever it says, unless it is one that a daemon under a service
   * manager left when it ended as it was told to: its last word in the state file ({@link
   * ServiceNotifier}) is then that it has stopped.
   */
  public boolean hasLeftPidFile(InstanceName name) {
    return Files.exists(layout.pidFile(name)) && !hasStopped(name);
  }

  private boolean hasStopped(InstanceName name) {
    try {
      return Files.readString(layout.stateFile(name)).strip().equals("stopped");
    } catch (IOException e) {
      return false; // no last word
    }
  }

  /** Whether a process runs the executable of that instance. */
  public boolean runsExecutable(long pid, InstanceName name) {
    Optional<Path> executable = processes.executable(pid);
    if (executable.isEmpty() || executable.get().getFileName() == null) {
      return false;
    }
    String text = executable.get().toString();
    String plain =
        text.endsWith(DELETED) ? text.substring(0, text.length() - DELETED.length()) : text;
    return bin(name).equals(Path.of(plain).getParent());
  }

  private Path bin(InstanceName name) {
    Path state = layout.stateDir(name);
    try {
      return state.toRealPath().resolve("bin");
    } catch (IOException e) {
      return state.resolve("bin"); // it has never been started
    }
  }

  private Optional<ProcessTable.Process> fromPidFile(InstanceName name) {
    long pid = firstNumber(layout.pidFile(name), 0);
    Optional<ProcessTable.Process> process =
        processes.find(pid).filter(ProcessTable.Process::isAlive);
    if (process.isEmpty() || runsExecutable(pid, name)) {
      return process;
    }
    Path start = layout.pidFile(name).resolveSibling(name + ".pid.start");
    return process.filter(
        p -> firstNumber(start, 0) == pid && firstNumber(start, 1) == p.startTicks());
  }

  private Optional<ProcessTable.Process> fromExecutable(InstanceName name) {
    if (!Files.isDirectory(bin(name))) {
      return Optional.empty();
    }
    try {
      for (long pid : processes.pids()) {
        if (runsExecutable(pid, name)) {
          Optional<ProcessTable.Process> process =
              processes.find(pid).filter(ProcessTable.Process::isAlive);
          if (process.isPresent()) {
            return process;
          }
        }
      }
    } catch (IOException e) {
      return Optional.empty();
    }
    return Optional.empty();
  }

  /** The number at a place in the first line of a small file; 0 where there is none. */
  private static long firstNumber(Path file, int index) {
    try {
      String text = Files.readString(file, StandardCharsets.ISO_8859_1);
      String[] words = text.strip().split("\\s+");
      return index < words.length && words[index].matches("\\d{1,18}")
          ? Long.parseLong(words[index])
          : 0;
    } catch (IOException e) {
      return 0;
    }
  }
}
