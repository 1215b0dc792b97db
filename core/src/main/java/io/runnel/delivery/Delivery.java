package io.runnel.delivery;

import io.runnel.buffer.AppendResult;
import io.runnel.buffer.Balance;
import io.runnel.buffer.Batch;
import io.runnel.buffer.Buffer;
import io.runnel.buffer.BufferFullException;
import io.runnel.buffer.ChunkStore;
import io.runnel.buffer.Receipt;
import io.runnel.buffer.StoredChunk;
import io.runnel.delivery.BufferParameters.FlushMode;
import io.runnel.event.Bytes;
import io.runnel.event.EventStream;
import io.runnel.host.Disk;
import io.runnel.host.Ownership;
import io.runnel.log.Log;
import io.runnel.plugin.BufferOverflowException;
import io.runnel.plugin.BufferedOutput;
import io.runnel.plugin.EmitException;
import io.runnel.plugin.EventSink;
import io.runnel.plugin.PluginContext;
import io.runnel.plugin.StagedChunkListener;
import io.runnel.plugin.TaggedStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/**
 * One output with its buffer: takes events from any number of threads and delivers them in chunks.
 *
 * <p>The owner calls {@link #start}, later {@link #stop}, then {@link #close}, from one thread.
 */
public final class Delivery implements EventSink {
  /** Fluentd looks for space so often while overflow_action is block. */
  private static final long BLOCK_NANOS = 1_000_000_000L;

  /**
   * At most one message about a full buffer in this time; a flood of events is no flood of lines.
   */
  private static final long OVERFLOW_LOG_MILLIS = 1_000;

  /** How long a stop waits for deliveries that are committed later. */
  private static final long COMMIT_AT_STOP_MILLIS = 10_000;

  /** Formatted events of one emit are put together in memory that is kept up to this size. */
  private static final int KEPT_BYTES = 512 * 1024;

  /** A formatter may make so many bytes of one (a control character in JSON). */
  private static final int LARGEST_GROWTH = 6;

  private final BufferSettings settings;
  private final PluginContext context;
  private final Log log;
  private final Figures figures;
  private final Storage storage;
  private final Buffer buffer;
  private final Grouping grouping;
  private final Flusher flusher;
  private final FlushThreads flushThreads;
  private final EnqueueThread enqueueThread;
  private final StagedChunkListener stagedListener;
  private final AtomicLong overflowLogged = new AtomicLong(Long.MIN_VALUE / 2);

  /**
   * Memory for formatted events that no emit is using. For files only: they are written before an
   * emit returns, while chunks in memory keep the arrays that they are given.
   */
  private final AtomicReference<Bytes> work = new AtomicReference<>();

  private Ownership.Claim claim;
  private volatile boolean open;
  private boolean held;
  private boolean released;

  /**
   * @param secondary null where there is none
   * @throws io.runnel.config.ConfigException where the buffer's path cannot be used
   */
  public Delivery(
      BufferSettings settings,
      BufferedOutput primary,
      BufferedOutput secondary,
      PluginContext context) {
    this(settings, primary, secondary, context, Disk.local());
  }

  Delivery(
      BufferSettings settings,
      BufferedOutput primary,
      BufferedOutput secondary,
      PluginContext context,
      Disk disk) {
    this.settings = settings;
    this.context = context;
    this.log = context.log();
    this.figures = new Figures(context.metrics());
    BackupFiles backup = new BackupFiles(context, disk);
    this.storage = Storage.of(settings, primary.chunkFormat(), context, disk, backup);
    ChunkStore store = storage.store();
    this.buffer = new Buffer(settings.limits(), store, backup, context.clock()::millis);
    this.grouping =
        new Grouping(
            settings,
            primary.chunkFormat(),
            (tag, time, record, why) -> context.emitter().emitError(tag, time, record, why));
    this.flusher =
        new Flusher(
            settings, buffer, primary, secondary, context, figures, backup, this::queueChanged);
    this.flushThreads = new FlushThreads(settings, buffer, flusher, context);
    this.enqueueThread =
        new EnqueueThread(settings, buffer, flusher, context, flushThreads::signal);
    this.stagedListener =
        settings.isPersistent() && primary instanceof StagedChunkListener listener
            ? listener
            : null;
    Figures.register(context.metrics(), buffer, settings.hasTime());
    context.metrics().gauge("retry_count", flusher::retrySteps);
  }

  @Override
  public String id() {
    return context.pluginId();
  }

  /**
   * Takes over what an earlier run left and begins to deliver.
   *
   * @throws IOException where the buffer's folder cannot be used, or belongs to another instance
   */
  public void start() throws IOException {
    takeOver();
    startThreads();
  }

  /**
   * Takes over what an earlier run left and takes events, and keeps them all: nothing is delivered
   * until {@link #release}, nor at a stop.
   *
   * @throws IOException as {@link #start} does
   */
  public void startHeld() throws IOException {
    held = true;
    takeOver();
  }

  /**
   * Begins to deliver what has been kept; from now on a stop flushes, whatever flush_at_shutdown
   * says: the buffer is to become empty.
   */
  public void release() {
    held = false;
    released = true;
    startThreads();
  }

  private void startThreads() {
    flushThreads.start();
    enqueueThread.start();
  }

  private void takeOver() throws IOException {
    if (storage.claimed() != null) {
      storage.store().prepare();
      claim = context.ownership().claim(storage.claimed(), "buffer");
    }
    buffer.resume();
    if (context.workers() > 1) {
      // a message that one worker has stored may be sent to another one the next time
      buffer.receipts().join(id() + " " + context.element().place());
    }
    flusher.resume();
    if (stagedListener != null) {
      announce(buffer.staged());
    }
    open = true;
  }

  /**
   * @throws BufferOverflowException where the buffer is full
   */
  @Override
  public void emit(String tag, EventStream stream) {
    if (stream.isEmpty()) {
      return;
    }
    requireOpen();
    count(stream);
    Bytes memory = takeWork();
    try {
      store(grouping.group(tag, stream, memory));
    } finally {
      giveWork(memory);
    }
  }

  /**
   * Stores streams of several tags with as few writes as the chunk keys allow.
   *
   * @throws BufferOverflowException where the buffer is full
   */
  @Override
  public void emit(List<TaggedStream> streams) {
    requireOpen();
    streams.forEach(each -> count(each.stream()));
    Bytes memory = takeWork();
    try {
      store(grouping.group(streams, memory));
    } finally {
      giveWork(memory);
    }
  }

  /** Not where a record among them could be too large for a chunk, which concerns its tag alone. */
  @Override
  public boolean takesTogether(long bytes) {
    return bytes * LARGEST_GROWTH < settings.limits().chunkBytes();
  }

  private void count(EventStream stream) {
    figures.emitCount.increment();
    figures.emitRecords.add(stream.count());
    figures.emitSize.add(stream.length());
  }

  private Bytes takeWork() {
    Bytes memory = work.getAndSet(null);
    return memory == null ? new Bytes(4096) : memory;
  }

  private void giveWork(Bytes memory) {
    memory.reset(KEPT_BYTES);
    work.set(memory);
  }

  private void store(List<Batch> batches) {
    boolean immediate = settings.flushMode() == FlushMode.IMMEDIATE;
    AppendResult result = append(batches, immediate, Receipt.of(buffer, batches));
    if (result.repeated()) {
      batches.forEach(batch -> figures.repeated.add(batch.count()));
      return;
    }
    if (result.queued()) {
      flushThreads.signal();
    }
    if (!result.begun().isEmpty()) {
      enqueueThread.signal();
      announce(result.begun());
    }
    if (!result.oversize().isEmpty()) {
      figures.droppedOversize.add(result.oversize().size());
      result.oversize().forEach(each -> log.warn("failed to write data into buffer: " + each));
      throw new EmitException(result.oversize().getFirst());
    }
  }

  private void requireOpen() {
    if (!open) {
      throw new EmitException("output " + id() + " takes no events: it is stopped");
    }
  }

  private void announce(List<StoredChunk> chunks) {
    if (stagedListener != null) {
      chunks.forEach(chunk -> stagedListener.staged(new DeliveredChunk(chunk, settings, log)));
    }
  }

  private AppendResult append(List<Batch> batches, boolean seal, Receipt receipt) {
    while (true) {
      try {
        return buffer.append(batches, seal, receipt);
      } catch (BufferFullException e) {
        overflow(e);
      } catch (IOException e) {
        throw new EmitException("failed to write data into buffer: " + e.getMessage(), e);
      }
    }
  }

  /** Makes or waits for space, or throws. */
  private void overflow(BufferFullException full) {
    String action =
        settings.parameters().overflowAction().name().toLowerCase(java.util.Locale.ROOT);
    long now = context.clock().nanos() / 1_000_000;
    long last = overflowLogged.get();
    if (now - last >= OVERFLOW_LOG_MILLIS && overflowLogged.compareAndSet(last, now)) {
      log.warn(
          "failed to write data into buffer by buffer overflow action=:" + action,
          "plugin_id",
          id(),
          "buffered_bytes",
          buffer.totalBytes(),
          "reason",
          full.getMessage());
    }
    if (!buffer.canEverHold(full.needed())) {
      throw new BufferOverflowException(full.getMessage());
    }
    if (full.needed() > 0 && buffer.enqueue(chunk -> true, true)) {
      flushThreads.signal(); // a chunk that waits for its time would hold the memory until then
    }
    switch (settings.parameters().overflowAction()) {
      case THROW_EXCEPTION -> throw new BufferOverflowException(full.getMessage());
      case BLOCK -> {
        awaitSpace(full);
      }
      case DROP_OLDEST_CHUNK -> dropOldest(full);
    }
  }

  private void awaitSpace(BufferFullException full) {
    try {
      do {
        if (!open) {
          throw new BufferOverflowException(full.getMessage());
        }
        buffer.awaitSpace(full.needed(), BLOCK_NANOS);
      } while (!buffer.isStorable(full.needed()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BufferOverflowException(full.getMessage() + " (interrupted)");
    }
  }

  private void dropOldest(BufferFullException full) {
    do {
      dropOne(full);
    } while (full.needed() > 0 && !buffer.isStorable(full.needed()));
    if (!buffer.isStorable()) {
      throw new BufferOverflowException(full.getMessage());
    }
  }

  private void dropOne(BufferFullException full) {
    StoredChunk oldest = buffer.dropOldest();
    if (oldest == null) {
      throw new BufferOverflowException(full.getMessage());
    }
    figures.dropOldestChunkCount.increment();
    log.warn(
        "dropping oldest chunk to make space after buffer overflow",
        "chunk_id",
        oldest.hexId(),
        "records",
        oldest.records());
  }

  private void queueChanged() {
    flushThreads.signal();
    enqueueThread.signal();
  }

  /** Sends all that is here on its way (signal USR1); waits for nothing. */
  public void flushNow() {
    if (buffer.enqueue(chunk -> true, true)) {
      log.debug("flushing all buffer forcedly", "plugin_id", id());
    }
    flushThreads.signal();
  }

  /**
   * Takes no more events, flushes where flush_at_shutdown says so, until the queue is empty or a
   * delivery fails, and waits for deliveries under way, for each of them as long as shutdown_grace
   * says.
   */
  public void stop() {
    if (!open) {
      return;
    }
    open = false;
    long began = System.nanoTime();
    buffer.wakeWaiting();
    enqueueThread.stop();
    if (!held && (released || settings.flushAtShutdown())) {
      buffer.enqueue(chunk -> true, true);
      if (!settings.isPersistent()) {
        flusher.hurry(); // what is in memory has no other chance than this one
      }
      flushThreads.drain(began);
    }
    awaitCommits();
    flushThreads.stop(began);
    flusher.abandonPending();
  }

  /** Gives outputs that commit later time to do so. */
  private void awaitCommits() {
    long patience =
        Math.min(COMMIT_AT_STOP_MILLIS, settings.parameters().delayedCommitTimeout().toMillis());
    long end = System.nanoTime() + patience * 1_000_000;
    try {
      while (flusher.hasPending() && System.nanoTime() < end) {
        Thread.sleep(5); // rare and short: not worth a condition in every commit
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Closes the files. What is in memory is lost now, and counted. */
  public void close() {
    close(() -> {});
  }

  /**
   * Closes the files.
   *
   * @param last runs while the buffer's folder still belongs to this instance
   */
  public void close(Runnable last) {
    stop();
    buffer.close();
    last.run();
    long left = settings.isPersistent() ? 0 : buffer.giveUp();
    if (left > 0) {
      log.warn("buffered data is lost at shutdown", "plugin_id", id(), "records", left);
    }
    if (claim != null) {
      claim.close();
      claim = null;
    }
  }

  /** False where a thread of this output has died, so that nothing is delivered any more. */
  public boolean isHealthy() {
    return flushThreads.isHealthy() && enqueueThread.isHealthy();
  }

  /** What came in and what became of it, over all runs. */
  public Balance balance() {
    return buffer.balance();
  }

  /** Fluentd's retry state: {@code start}, {@code steps}, {@code next_time}; empty without one. */
  public Map<String, Object> retryState() {
    return flusher.retryState();
  }

  /** The time keys of the chunks that are here, for monitor_agent. */
  public List<Long> timekeys() {
    return buffer.timekeys();
  }

  /** True where no chunk is left, in whatever state. */
  public boolean isEmpty() {
    return buffer.stageLength() + buffer.queueLength() + buffer.takenLength() == 0;
  }

  /** Where the chunk files are: folder or pattern; null for a buffer in memory. */
  public Path bufferPath() {
    return storage.claimed();
  }

  // for simulations, which have no threads

  Flusher flusher() {
    return flusher;
  }

  EnqueueThread enqueuer() {
    return enqueueThread;
  }

  Buffer buffer() {
    return buffer;
  }

  /** Like {@link #start}, without any thread. */
  void startWithoutThreads() throws IOException {
    buffer.resume();
    flusher.resume();
    open = true;
  }
}
