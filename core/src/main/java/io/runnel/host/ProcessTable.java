package io.runnel.host;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The processes of this machine as {@code /proc} shows them (proc(5)).
 *
 * <p>A pid alone does not name a process, because pids are used again; a pid with the time at which
 * the process started does.
 */
public final class ProcessTable {
  /** The clock ticks in a second in which {@code /proc} counts: always 100 for user space. */
  public static final long TICKS_PER_SECOND = 100;

  /** Numbering of the fields in proc(5) starts at 1; the ones after the name start at 3. */
  private static final int FIRST_FIELD = 3;

  private final Path proc;

  /**
   * @param proc the mount point, {@code /proc}
   */
  public ProcessTable(Path proc) {
    this.proc = proc;
  }

  public static ProcessTable system() {
    return new ProcessTable(Path.of("/proc"));
  }

  /**
   * One process at the time of asking.
   *
   * @param startTicks when it started, in ticks since the machine was started
   * @param command the kernel's name of it, at most 15 bytes
   * @param state the letter of its state: R, S, D, T (stopped), Z (dead, not yet waited for) …
   * @param cpuTicks time spent by it and by its threads, user and system
   * @param residentBytes memory in use
   */
  public record Process(
      long pid,
      long startTicks,
      String command,
      char state,
      long parent,
      long cpuTicks,
      long residentBytes) {
    /** False for one that has ended and only waits to be reaped. */
    public boolean isAlive() {
      return state != 'Z' && state != 'X';
    }

    /** Whether it was told to pause (SIGSTOP) and does nothing until SIGCONT, not even end. */
    public boolean isHeld() {
      return state == 'T';
    }
  }

  /** The process of that pid; empty where there is none. */
  public Optional<Process> find(long pid) {
    if (pid <= 0) {
      return Optional.empty();
    }
    try {
      String stat = Files.readString(file(pid, "stat"), StandardCharsets.ISO_8859_1);
      return Optional.of(parse(pid, stat));
    } catch (IOException | NumberFormatException | IndexOutOfBoundsException e) {
      return Optional.empty();
    }
  }

  /** Whether the very process that started at that time lives under that pid. */
  public boolean isAlive(long pid, long startTicks) {
    return find(pid).filter(p -> p.isAlive() && p.startTicks() == startTicks).isPresent();
  }

  /** The executable; empty where the process is gone or is another user's. */
  public Optional<Path> executable(long pid) {
    try {
      return Optional.of(Files.readSymbolicLink(file(pid, "exe")));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** The command line, a word each; empty for kernel threads and where it may not be read. */
  public List<String> commandLine(long pid) {
    try {
      String text = Files.readString(file(pid, "cmdline"), StandardCharsets.ISO_8859_1);
      return text.isEmpty() ? List.of() : List.of(text.split("\0"));
    } catch (IOException e) {
      return List.of();
    }
  }

  /** All pids. */
  public List<Long> pids() throws IOException {
    List<Long> pids = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(proc, "[0-9]*")) {
      for (Path entry : entries) {
        pids.add(Long.parseLong(entry.getFileName().toString()));
      }
    }
    return pids;
  }

  /** The pid that holds a socket with that inode; empty where none can be seen. */
  public Optional<Process> holderOfSocket(long inode) {
    return holderOf("socket:[" + inode + "]");
  }

  /** A process that has the file open; empty where none can be seen. */
  public Optional<Process> holderOfFile(Path file) {
    try {
      return holderOf(file.toRealPath().toString());
    } catch (IOException e) {
      return Optional.empty(); // there is no such file
    }
  }

  private Optional<Process> holderOf(String target) {
    try {
      for (long pid : pids()) {
        if (holds(pid, target)) {
          return find(pid);
        }
      }
    } catch (IOException e) {
      return Optional.empty();
    }
    return Optional.empty();
  }

  private boolean holds(long pid, String target) {
    try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(file(pid, "fd"))) {
      for (Path descriptor : descriptors) {
        if (target.equals(linkTarget(descriptor))) {
          return true;
        }
      }
    } catch (IOException e) {
      return false; // another user's, or gone
    }
    return false;
  }

  private static String linkTarget(Path link) {
    try {
      return Files.readSymbolicLink(link).toString();
    } catch (IOException e) {
      return "";
    }
  }

  /** Seconds since the machine was started. */
  public double uptimeSeconds() throws IOException {
    String text = Files.readString(proc.resolve("uptime"));
    return Double.parseDouble(text.substring(0, text.indexOf(' ')));
  }

  private Path file(long pid, String name) {
    return proc.resolve(Long.toString(pid)).resolve(name);
  }

  /** The name stands in parentheses and may itself hold spaces and parentheses. */
  private static Process parse(long pid, String stat) {
    int open = stat.indexOf('(');
    int close = stat.lastIndexOf(')');
    String[] fields = stat.substring(close + 2).trim().split(" ");
    return new Process(
        pid,
        field(fields, 22),
        stat.substring(open + 1, close),
        fields[0].charAt(0),
        field(fields, 4),
        field(fields, 14) + field(fields, 15),
        field(fields, 24) * PAGE_BYTES);
  }

  private static final long PAGE_BYTES = 4096;

  private static long field(String[] fields, int number) {
    return Long.parseLong(fields[number - FIRST_FIELD]);
  }
}
