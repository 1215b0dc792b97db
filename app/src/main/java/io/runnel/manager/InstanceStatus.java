package io.runnel.manager;

import java.nio.file.Path;
import java.util.List;

/**
 * How an instance fares.
 *
 * @param pid 0 where it does not run
 * @param ports what it listens on where it runs, otherwise what it would listen on
 * @param cpuPercent of one core, averaged over its life
 * @param bufferedBytes content of the chunks in its buffer directories
 * @param oldestChunkMillis when the oldest of these chunks was made; 0 where there is none
 * @param buffers folders or patterns of its file buffers
 * @param lastError the last line of its log with an error; empty where there is none
 */
public record InstanceStatus(
    String name,
    State state,
    long pid,
    long uptimeSeconds,
    List<String> ports,
    long memoryBytes,
    double cpuSeconds,
    double cpuPercent,
    long bufferedBytes,
    int bufferedChunks,
    long oldestChunkMillis,
    List<String> buffers,
    String lastError,
    Path config,
    Path log,
    String command) {
  /** The states of LSB, with their exit codes. */
  public enum State {
    RUNNING("running", 0),
    /** Told to pause by SIGSTOP. */
    HELD("held", 0),
    DEAD("dead", 1),
    STOPPED("stopped", 3);

    private final String word;
    private final int exitCode;

    State(String word, int exitCode) {
      this.word = word;
      this.exitCode = exitCode;
    }

    public String word() {
      return word;
    }

    public int exitCode() {
      return exitCode;
    }
  }
}
