package io.runnel.delivery;

import io.runnel.buffer.Buffer;
import io.runnel.buffer.Fate;
import io.runnel.buffer.StoredChunk;
import io.runnel.event.MsgpackException;
import io.runnel.host.Clock;
import io.runnel.log.Log;
import io.runnel.plugin.BufferedOutput;
import io.runnel.plugin.Chunk;
import io.runnel.plugin.PluginContext;
import io.runnel.plugin.UnrecoverableException;
import io.runnel.time.Strftime;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Delivers one chunk after the other and decides what becomes of it: purged, back to the queue, to
 * the secondary, or set aside. Has no threads of its own. Safe for use by several.
 */
final class Flusher {
  private final BufferSettings settings;
  private final Buffer buffer;
  private final BufferedOutput primary;
  private final BufferedOutput secondary;
  private final PluginContext context;
  private final Clock clock;
  private final Log log;
  private final Figures figures;
  private final BackupFiles backup;
  private final RetryPolicy policy;
  private final Runnable changed;
  private final Map<StoredChunk, Pending> pending = new ConcurrentHashMap<>();
  private final Set<StoredChunk> writing = ConcurrentHashMap.newKeySet();
  private final Object retryLock = new Object();

  /** Set where a stop does not wait any longer for the tries under way. */
  private volatile boolean givenUp;

  private RetryState retry;

  /**
   * @param secondary null where there is none
   * @param changed called where a chunk was purged or put back
   */
  Flusher(
      BufferSettings settings,
      Buffer buffer,
      BufferedOutput primary,
      BufferedOutput secondary,
      PluginContext context,
      Figures figures,
      BackupFiles backup,
      Runnable changed) {
    this.settings = settings;
    this.buffer = buffer;
    this.primary = primary;
    this.secondary = secondary;
    this.context = context;
    this.clock = context.clock();
    this.log = context.log();
    this.figures = figures;
    this.backup = backup;
    this.policy = settings.retryPolicy();
    this.changed = changed;
  }

  /** Milliseconds until the next try is allowed; 0 for now. */
  long waitMillis() {
    synchronized (retryLock) {
      return retry == null ? 0 : Math.max(0, retry.nextTime() - clock.millis());
    }
  }

  boolean isRetrying() {
    synchronized (retryLock) {
      return retry != null;
    }
  }

  /** Lets a waiting retry happen now. */
  void hurry() {
    synchronized (retryLock) {
      if (retry != null) {
        retry.hurry(clock.millis());
      }
    }
  }

  /** Asks the outputs about deliveries that an earlier run has begun; before the first delivery. */
  void resume() {
    buffer.removeDelivered(this::wasDelivered);
  }

  private boolean wasDelivered(StoredChunk chunk) {
    if (!chunk.isNoted()) {
      return false;
    }
    Chunk view = new DeliveredChunk(chunk, settings, log);
    try {
      boolean done = primary.resume(view) || secondary != null && secondary.resume(view);
      if (done) {
        log.info("a chunk was delivered before the last run ended", "chunk_id", chunk.hexId());
      }
      return done;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (Exception e) {
      log.warn(
          "cannot tell whether a chunk was delivered, so it is delivered again",
          e,
          "chunk_id",
          chunk.hexId());
    }
    return false;
  }

  /** Takes the head of the queue and delivers it; false where the queue is empty. */
  boolean flushOne() {
    StoredChunk chunk = buffer.take();
    if (chunk == null) {
      return false;
    }
    boolean usesSecondary;
    synchronized (retryLock) {
      usesSecondary = retry != null && secondary != null && retry.isSecondary(clock.millis());
    }
    BufferedOutput output = usesSecondary ? secondary : primary;
    writing.add(chunk);
    try {
      write(output, chunk, usesSecondary);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      takeBack(chunk, usesSecondary, e);
    } catch (Exception | LinkageError | StackOverflowError | OutOfMemoryError e) {
      pending.remove(chunk);
      if (isUnrecoverable(e) && !givenUp) {
        unrecoverable(chunk, usesSecondary, e);
      } else {
        takeBack(chunk, usesSecondary, e);
      }
    } finally {
      writing.remove(chunk);
    }
    return true;
  }

  /** The stop ends the tries that are under way: what fails from now on is no failure. */
  void giveUpTries() {
    givenUp = true;
    for (StoredChunk chunk : writing) {
      log.warn(
          "a delivery does not end within shutdown_grace, the stop interrupts it;"
              + (settings.isPersistent()
                  ? " its chunk stays in the buffer for the next start"
                  : " its events are lost"),
          "plugin_id",
          context.pluginId(),
          "chunk",
          chunk.hexId(),
          "records",
          chunk.records());
    }
  }

  /** Takes back the chunks of tries that do not even end where they are interrupted. */
  void abandonTries() {
    for (StoredChunk chunk : writing) {
      if (buffer.putBack(chunk)) {
        log.warn(
            "a delivery takes no notice of its interruption, it is left to itself",
            "plugin_id",
            context.pluginId(),
            "chunk",
            chunk.hexId());
      }
    }
  }

  private void write(BufferedOutput output, StoredChunk chunk, boolean usesSecondary)
      throws Exception {
    (usesSecondary ? figures.writeSecondaryCount : figures.writeCount).increment();
    Chunk view = new DeliveredChunk(chunk, settings, log);
    long begin = clock.nanos();
    if (output.isDelayedCommit()) {
      Pending commit = new Pending(chunk, usesSecondary, clock.millis());
      pending.put(chunk, commit);
      changed.run(); // its timeout runs from now
      output.tryWrite(view, commit);
      checkSlow(begin);
    } else {
      output.write(view);
      checkSlow(begin);
      delivered(chunk, usesSecondary);
    }
  }

  private void checkSlow(long begin) {
    long millis = (clock.nanos() - begin) / 1_000_000;
    figures.flushTimeCount.add(millis);
    if (millis > settings.slowFlushMillis()) {
      figures.slowFlushCount.increment();
      log.warn(
          "buffer flush took longer time than slow_flush_log_threshold:",
          "elapsed_time",
          millis / 1000.0,
          "slow_flush_log_threshold",
          settings.slowFlushMillis() / 1000.0,
          "plugin_id",
          context.pluginId());
    }
  }

  /** True for what Fluentd does not retry: wrong data or a broken plugin, not a broken world. */
  private static boolean isUnrecoverable(Throwable error) {
    return error instanceof UnrecoverableException
        || error instanceof MsgpackException
        || error instanceof ClassCastException
        || error instanceof NullPointerException
        || error instanceof IllegalArgumentException
        || error instanceof UnsupportedOperationException
        || error instanceof java.nio.charset.CharacterCodingException
        || error instanceof LinkageError;
  }

  private void delivered(StoredChunk chunk, boolean bySecondary) {
    if (!buffer.purge(chunk, bySecondary ? Fate.SECONDARY : Fate.DELIVERED)) {
      return;
    }
    endRetry(chunk, bySecondary);
    changed.run();
  }

  private void endRetry(StoredChunk chunk, boolean bySecondary) {
    synchronized (retryLock) {
      if (retry == null) {
        return;
      }
      retry = null;
    }
    log.warn(
        bySecondary ? "retry succeeded by secondary." : "retry succeeded.",
        "chunk_id",
        chunk.hexId());
  }

  private void takeBack(StoredChunk chunk, boolean usesSecondary, Throwable error) {
    log.debug("taking back chunk for errors.", "chunk", chunk.hexId());
    if (givenUp) {
      boolean ignored = buffer.putBack(chunk);
      changed.run();
      return;
    }
    if (buffer.putBack(chunk)) {
      figures.rollbackCount.increment();
      figures.retried.add(chunk.records());
    }
    failed(chunk, usesSecondary, error);
    changed.run();
  }

  /**
   * Counts a failure and plans the next try, or gives up.
   *
   * @param error null where the output gave no reason
   */
  private void failed(StoredChunk chunk, boolean usesSecondary, Throwable error) {
    figures.numErrors.increment();
    int steps;
    long next;
    boolean giveUp;
    synchronized (retryLock) {
      long now = clock.millis();
      if (retry == null) {
        retry = new RetryState(policy, secondary != null, now, context.random());
      } else {
        retry.failed(now);
      }
      steps = retry.steps();
      next = retry.nextTime();
      giveUp = retry.isLimitReached(now);
      if (giveUp) {
        retry = null;
      }
    }
    if (giveUp) {
      giveUp(steps, error);
    } else if (error != null) {
      log.warn(
          usesSecondary
              ? "failed to flush the buffer with secondary output."
              : "failed to flush the buffer.",
          error,
          "retry_times",
          steps,
          "next_retry_time",
          text(next),
          "chunk",
          chunk.hexId());
    }
  }

  private void giveUp(int steps, Throwable error) {
    log.error(
        "Hit limit for retries. dropping all chunks in the buffer queue.",
        error,
        "retry_times",
        steps,
        "records",
        buffer.queuedRecords());
    buffer.clearQueue(backup::evacuate);
    log.debug("buffer queue cleared");
  }

  private void unrecoverable(StoredChunk chunk, boolean usesSecondary, Throwable error) {
    figures.numErrors.increment();
    if (usesSecondary || secondary == null) {
      log.warn("got unrecoverable error in primary and no secondary", error);
    } else if (secondary.getClass() == primary.getClass()) {
      log.warn(
          "got unrecoverable error in primary and secondary type is same as primary. Skip"
              + " secondary",
          error);
    } else if (secondary.isDelayedCommit()) {
      log.warn(
          "got unrecoverable error in primary and secondary is async output. Skip secondary for"
              + " backup",
          error);
    } else {
      log.warn(
          "got unrecoverable error in primary. Skip retry and flush chunk to secondary", error);
      try {
        figures.writeSecondaryCount.increment();
        secondary.write(new DeliveredChunk(chunk, settings, log));
        delivered(chunk, true);
        return;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        takeBack(chunk, true, e);
        return;
      } catch (Exception e) {
        log.warn("got an error in secondary for unrecoverable error", e);
      }
    }
    setAside(chunk, usesSecondary);
  }

  private void setAside(StoredChunk chunk, boolean usesSecondary) {
    if (settings.parameters().disableChunkBackup()) {
      log.warn("disable_chunk_backup is true. " + chunk.hexId() + " chunk is thrown away");
    } else {
      try {
        keep(chunk);
      } catch (IOException e) {
        takeBack(chunk, usesSecondary, e); // better tried again than lost
        return;
      }
    }
    if (buffer.purge(chunk, Fate.UNRECOVERABLE)) {
      endRetry(chunk, usesSecondary);
    }
    changed.run();
  }

  /** The content in readable form, or as it is stored where it cannot be decompressed. */
  private void keep(StoredChunk chunk) throws IOException {
    try (InputStream probe = new DeliveredChunk(chunk, settings, log).open()) {
      probe.transferTo(java.io.OutputStream.nullOutputStream());
    } catch (IOException e) {
      try (InputStream raw = chunk.openRaw()) {
        backup.keep(chunk, raw);
      }
      return;
    }
    try (InputStream content = new DeliveredChunk(chunk, settings, log).open()) {
      backup.keep(chunk, content);
    }
  }

  // --- delayed commits

  /** A delivery whose end the output tells later, once. */
  private final class Pending implements BufferedOutput.Commit {
    private final StoredChunk chunk;
    private final boolean usesSecondary;
    private final long begun;
    private final AtomicBoolean ended = new AtomicBoolean();

    Pending(StoredChunk chunk, boolean usesSecondary, long begun) {
      this.chunk = chunk;
      this.usesSecondary = usesSecondary;
      this.begun = begun;
    }

    long expiresAt() {
      return begun + settings.parameters().delayedCommitTimeout().toMillis();
    }

    @Override
    public void commit() {
      if (ended.compareAndSet(false, true)) {
        pending.remove(chunk, this);
        delivered(chunk, usesSecondary);
      }
    }

    @Override
    public void rollback(Throwable error) {
      if (!ended.compareAndSet(false, true)) {
        return;
      }
      pending.remove(chunk, this);
      if (error instanceof Exception e && isUnrecoverable(e)) {
        unrecoverable(chunk, usesSecondary, e);
      } else {
        takeBack(chunk, usesSecondary, error);
      }
    }

    void expire(boolean stopping) {
      if (!ended.compareAndSet(false, true)) {
        return;
      }
      pending.remove(chunk, this);
      if (!buffer.putBack(chunk)) {
        return;
      }
      figures.rollbackCount.increment();
      if (!stopping) {
        log.warn(
            "failed to flush the buffer chunk, timeout to commit.",
            "chunk_id",
            chunk.hexId(),
            "flushed_at",
            text(begun));
        failed(chunk, usesSecondary, null);
      }
      changed.run();
    }
  }

  /** When the first delayed commit is overdue; {@link Long#MAX_VALUE} where none is awaited. */
  long nextExpiry() {
    return pending.values().stream().mapToLong(Pending::expiresAt).min().orElse(Long.MAX_VALUE);
  }

  /** Takes back what was not committed in time. */
  void expireDue() {
    long now = clock.millis();
    for (Pending each : pending.values()) {
      if (now >= each.expiresAt()) {
        each.expire(false);
      }
    }
  }

  boolean hasPending() {
    return !pending.isEmpty();
  }

  /** Takes back all that is not committed, without a word: the daemon stops. */
  void abandonPending() {
    pending.values().forEach(each -> each.expire(true));
  }

  // --- state

  /** Fluentd's retry state: {@code start}, {@code steps}, {@code next_time}; empty without one. */
  Map<String, Object> retryState() {
    synchronized (retryLock) {
      Map<String, Object> state = new LinkedHashMap<>();
      if (retry != null) {
        state.put("start", text(retry.start()));
        state.put("steps", (long) retry.steps());
        state.put("next_time", text(retry.nextTime()));
      }
      return state;
    }
  }

  int retrySteps() {
    synchronized (retryLock) {
      return retry == null ? 0 : retry.steps();
    }
  }

  private String text(long millis) {
    Instant instant = Instant.ofEpochMilli(millis);
    return Strftime.format("%Y-%m-%d %H:%M:%S %z", instant.getEpochSecond(), 0, context.zone());
  }
}
