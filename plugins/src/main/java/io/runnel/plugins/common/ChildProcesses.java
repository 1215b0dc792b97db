package io.runnel.plugins.common;

import io.runnel.log.Log;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Starts and ends the commands of the exec plugins.
 *
 * <p>A command runs in a shell below a shell that only waits for it: {@code $PPID} of a script is
 * then that waiting shell, so that a script which kills its parent does not hit the daemon. The
 * waiting shell is given a second command, because a shell would otherwise replace itself by its
 * only one.
 */
public final class ChildProcesses {
  /** Exit status of a shell whose command is no program. */
  public static final int NOT_EXECUTABLE = 126;

  /** Exit status of a shell that has not found its command. */
  public static final int NOT_FOUND = 127;

  private static final String SHELL = "/bin/sh";
  private static final String WAITING = "/bin/sh -c \"$1\"; exit $?";

  /** How long a command may take to end after its input was closed, before it is told to. */
  private static final Duration AFTER_CLOSE = Duration.ofMillis(500);

  /** How long a command may take to end after TERM, before it is killed. */
  private static final Duration AFTER_TERM = Duration.ofSeconds(10);

  /** Which streams of a command are wanted; the others lead to nothing. */
  public enum Streams {
    /** Its output. */
    OUTPUT,
    /** Its output and its error output, as one. */
    OUTPUT_AND_ERRORS,
    /** Its input and its output. */
    INPUT_AND_OUTPUT,
    /** None. */
    NONE
  }

  private ChildProcesses() {}

  /**
   * Starts a command.
   *
   * @throws IOException where there is no shell, or no process can be made
   */
  public static Child start(String command, Streams streams) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(SHELL, "-c", WAITING, "sh", command);
    boolean input = streams == Streams.INPUT_AND_OUTPUT;
    if (!input) {
      builder.redirectInput(new File("/dev/null"));
    }
    if (streams == Streams.NONE) {
      builder.redirectOutput(ProcessBuilder.Redirect.DISCARD);
    }
    if (streams == Streams.OUTPUT_AND_ERRORS) {
      builder.redirectErrorStream(true);
    } else {
      builder.redirectError(ProcessBuilder.Redirect.DISCARD);
    }
    return new Child(builder.start(), input);
  }

  /** Text for a shell in which the argument is one word, whatever it holds. */
  public static String quote(String argument) {
    return "'" + argument.replace("'", "'\\''") + "'";
  }

  /** What an exit status says, where it is one of the shell's own; null for others. */
  public static String shellFault(int status) {
    return switch (status) {
      case NOT_FOUND -> "command not found";
      case NOT_EXECUTABLE -> "command is not executable";
      default -> null;
    };
  }

  /** A command that runs. Safe for use by several threads. */
  public static final class Child {
    private final Process process;
    private final boolean hasInput;

    private Child(Process process, boolean hasInput) {
      this.process = process;
      this.hasInput = hasInput;
    }

    public InputStream output() {
      return process.getInputStream();
    }

    public OutputStream input() {
      return process.getOutputStream();
    }

    public boolean isAlive() {
      return process.isAlive();
    }

    /** Of the waiting shell; the command's is another. */
    public long pid() {
      return process.pid();
    }

    /** Waits for the end; the exit status, 128 and the signal's number after a signal. */
    public int await() throws InterruptedException {
      return process.waitFor();
    }

    /** Waits so long at most; true where the command has ended. */
    public boolean await(Duration time) throws InterruptedException {
      return process.waitFor(time.toNanos(), TimeUnit.NANOSECONDS);
    }

    /**
     * Ends the command and all that it has started: closes its input, then TERM, then KILL. Returns
     * when it has ended.
     */
    public void stop(Log log) {
      List<ProcessHandle> tree = tree();
      try {
        closeInput();
        if (hasInput && await(AFTER_CLOSE) && tree.stream().noneMatch(ProcessHandle::isAlive)) {
          return;
        }
        tree.forEach(ProcessHandle::destroy);
        if (!awaitAll(tree, AFTER_TERM)) {
          log.warn("child process did not end by SIGTERM, it is killed", "pid", pid());
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } finally {
        kill(tree);
      }
    }

    /** Ends the command and all that it has started at once. */
    public void kill() {
      kill(tree());
    }

    private void kill(List<ProcessHandle> known) {
      List<ProcessHandle> all = new ArrayList<>(known);
      all.addAll(tree());
      all.forEach(ProcessHandle::destroyForcibly);
    }

    /** The command's processes, the ones that wait for others last. */
    private List<ProcessHandle> tree() {
      List<ProcessHandle> all = new ArrayList<>(process.descendants().toList().reversed());
      all.add(process.toHandle());
      return all;
    }

    private static boolean awaitAll(List<ProcessHandle> all, Duration time)
        throws InterruptedException {
      long end = System.nanoTime() + time.toNanos();
      for (ProcessHandle one : all) {
        while (one.isAlive()) {
          if (System.nanoTime() - end >= 0) {
            return false;
          }
          TimeUnit.MILLISECONDS.sleep(5);
        }
      }
      return true;
    }

    public void closeInput() {
      try {
        process.getOutputStream().close();
      } catch (IOException e) {
        // the command has ended before it has read everything
      }
    }
  }
}
