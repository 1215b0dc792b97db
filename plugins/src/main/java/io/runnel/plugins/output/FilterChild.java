package io.runnel.plugins.output;

import io.runnel.log.Log;
import io.runnel.plugin.Chunk;
import io.runnel.plugin.PluginContext;
import io.runnel.plugins.common.ChildProcesses;
import io.runnel.plugins.common.PipeReader;
import io.runnel.plugins.common.StopSignal;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.function.Supplier;

/**
 * One process of an exec_filter's command: its thread reads what the process writes, and starts it
 * again when it has ended, as often as that is allowed. Chunks are written by the flush threads.
 */
final class FilterChild {
  private static final long MILLI = 1_000_000L;
  private static final long RESPAWN_NANOS = 200 * MILLI;

  /** Longest wait before a process that ends at once is started again. */
  private static final long LONGEST_WAIT = 5_000 * MILLI;

  /** A process that lived so long has not failed at its start. */
  private static final long HEALTHY_NANOS = 1_000 * MILLI;

  /** How long a process may go on with what it was given, after its input has ended. */
  private static final long FINISH_MILLIS = 5_000;

  private final String command;
  private final PluginContext context;
  private final Supplier<PipeReader> readers;
  private final StopSignal stop;
  private final Log log;
  private int respawnsLeft;
  private ChildProcesses.Child child;
  private Thread thread;

  FilterChild(
      String command,
      int respawns,
      PluginContext context,
      Supplier<PipeReader> readers,
      StopSignal stop) {
    this.command = command;
    this.respawnsLeft = respawns;
    this.context = context;
    this.readers = readers;
    this.stop = stop;
    this.log = context.log();
  }

  void start() throws IOException {
    spawn();
    thread = context.start("exec_filter", this::run);
  }

  private synchronized void spawn() throws IOException {
    child = ChildProcesses.start(command, ChildProcesses.Streams.INPUT_AND_OUTPUT);
  }

  private void run() {
    long wait = RESPAWN_NANOS;
    while (true) {
      long start = System.nanoTime();
      ChildProcesses.Child running = current();
      if (running != null) {
        read(running);
      }
      if (stop.isSet() || !mayRespawn()) {
        return;
      }
      boolean healthy = System.nanoTime() - start > HEALTHY_NANOS;
      wait = healthy ? RESPAWN_NANOS : Math.min(LONGEST_WAIT, wait * 2);
      if (!stop.pause(wait)) {
        return;
      }
      respawn();
    }
  }

  private void read(ChildProcesses.Child running) {
    try {
      readers.get().run(running.output());
      int status = running.await();
      if (!stop.isSet()) {
        String why = ChildProcesses.shellFault(status);
        log.warn(
            "child process exits" + (why == null ? "" : ": " + why),
            "command",
            command,
            "status",
            status);
      }
    } catch (IOException e) {
      if (!stop.isSet()) {
        log.warn("reading from a child process failed", e, "command", command);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized ChildProcesses.Child current() {
    return child;
  }

  private synchronized boolean mayRespawn() {
    if (respawnsLeft == 0) {
      return false;
    }
    if (respawnsLeft != Integer.MAX_VALUE) {
      respawnsLeft--;
    }
    return true;
  }

  private void respawn() {
    log.info("respawning child process", "command", command);
    try {
      synchronized (this) {
        if (!stop.isSet()) {
          spawn();
        }
      }
    } catch (IOException e) {
      log.error("failed to start a child process", e, "command", command);
    }
  }

  synchronized boolean isAlive() {
    return child != null && child.isAlive();
  }

  /** Writes a chunk; one chunk at a time. */
  void write(Chunk chunk) throws IOException {
    ChildProcesses.Child running = current();
    synchronized (running) {
      OutputStream out = new BufferedOutputStream(running.input(), 1 << 16);
      chunk.writeTo(out);
      out.flush();
    }
  }

  /** Ends the input: the process finishes what it has. */
  void closeInput() {
    ChildProcesses.Child running = current();
    if (running != null) {
      running.closeInput();
    }
  }

  /** Waits for what the process still writes, and ends it. */
  void stop() {
    ChildProcesses.Child running = current();
    if (thread != null) {
      try {
        thread.join(FINISH_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    if (running != null) {
      running.stop(log);
    }
    StopSignal.join(thread, FINISH_MILLIS);
  }
}
