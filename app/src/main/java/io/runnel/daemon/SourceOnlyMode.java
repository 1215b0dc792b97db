package io.runnel.daemon;

import io.runnel.engine.SourceOnly;
import io.runnel.engine.SourceOnlyFolder;
import io.runnel.engine.SystemConfig;
import io.runnel.log.Log;
import io.runnel.log.LogSink;
import io.runnel.plugin.SystemSettings;
import java.io.IOException;
import java.util.List;

/**
 * Whether the daemon is in source-only mode. It is entered at a start only and left by SIGWINCH; a
 * reload changes nothing about it. Belongs to the main thread.
 */
final class SourceOnlyMode {
  private final SourceOnlyFolder folder;
  private SourceOnly phase;

  private SourceOnlyMode(SourceOnlyFolder folder, SourceOnly phase) {
    this.folder = folder;
    this.phase = phase;
  }

  /** The mode at a start: events that an earlier run has left in the buffer are sent on. */
  static SourceOnlyMode atStart(SystemConfig system, SystemSettings settings, Log log) {
    SourceOnlyFolder folder = SourceOnlyFolder.of(system, settings, System.getenv());
    SourceOnly phase = SourceOnly.OFF;
    if (system.withSourceOnly().orElse(false)) {
      phase = SourceOnly.HOLDING;
    } else {
      try {
        phase = folder.hasLeftOvers() ? SourceOnly.REPLAYING : SourceOnly.OFF;
      } catch (IOException e) {
        log.warn("the buffer of source-only mode cannot be read", e, "path", folder.base());
      }
    }
    return new SourceOnlyMode(folder, phase);
  }

  SourceOnly phase() {
    return phase;
  }

  /** Starts the other plugins of all workers; where one fails, its worker stays in the mode. */
  void leave(List<Worker> workers, LogSink sink) {
    boolean left = true;
    for (Worker worker : workers) {
      Log log = sink.log(worker.id(), null, null);
      log.info("try to cancel with-source-only mode");
      try {
        if (!worker.pipeline().leaveSourceOnly()) {
          log.info(
              "do nothing for canceling with-source-only because the current mode is not"
                  + " with-source-only.");
        }
      } catch (Exception e) {
        log.warn("failed to cancel source only; SIGWINCH tries again", e);
        left = false;
      }
    }
    if (left && phase == SourceOnly.HOLDING) {
      phase = SourceOnly.REPLAYING;
    }
  }

  /** To be called when the workers have stopped for good. */
  void stopped(Log log) {
    if (phase != SourceOnly.OFF) {
      folder.warnOfLeftOvers(log);
    }
  }
}
