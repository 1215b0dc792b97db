package io.runnel.daemon;

import java.util.concurrent.CompletableFuture;

/** What the daemon's main thread is asked to do, by signals, the RPC server and plugins. */
sealed interface Request {
  /**
   * @param status exit status
   * @param flush flush all buffers first, whatever they are told to do at shutdown
   */
  record Stop(int status, boolean flush) implements Request {}

  /** Flush all buffers; with {@code reopen} open the log file anew first. */
  record Flush(boolean reopen) implements Request {}

  /**
   * Read the configuration again and change over to it.
   *
   * @param done gets null, or why the old configuration stays
   */
  record Reload(CompletableFuture<String> done) implements Request {}

  /** Leave source-only mode: start the plugins that are not inputs. */
  record LeaveSourceOnly() implements Request {}

  /** Write a thread dump. */
  record Dump() implements Request {}
}
