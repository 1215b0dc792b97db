package io.runnel.delivery;

import io.runnel.config.Argument;
import io.runnel.config.ByteSize;
import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.config.Since;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The section {@code <buffer>}: parameters of Fluentd's output and of its buffer plugins. */
@Doc("How events are gathered into chunks, kept, and handed to the output.")
public record BufferParameters(
    @Argument("chunk_keys")
        @Doc("Chunk keys: time, tag, record fields; separated by commas.")
        @Default("")
        List<String> chunkKeys,
    @Doc("Length of a time slice; required with the chunk key time.") Optional<Duration> timekey,
    @Doc("How long a slice waits for late events before it is flushed.") @Default("600")
        Duration timekeyWait,
    @Doc("Cuts time slices in UTC.") @Default("false") boolean timekeyUseUtc,
    @Doc("Time zone of the slices; that of the machine by default.") Optional<String> timekeyZone,
    @Doc("Flushes at a stop; by default true for memory and false for files.")
        Optional<Boolean> flushAtShutdown,
    @Doc(
            "How long one delivery may still take once a stop has begun; then it is interrupted. Its"
                + " chunk stays for the next start in a file buffer, and is lost in memory; hence by"
                + " default 20s for files and 60s for memory. Fluentd waits without a limit.")
        Optional<Duration> shutdownGrace,
    @Doc("When chunks are queued; default is lazy with the chunk key time, else interval.")
        @Default("default")
        FlushMode flushMode,
    @Doc("Age at which a chunk is queued in the mode interval.") @Default("60")
        Duration flushInterval,
    @Doc("Number of threads that deliver chunks.") @Default("1") int flushThreadCount,
    @Doc(
            "Fluentd's interval between checks for work. Runnel's threads are woken when there is"
                + " some.")
        @Default("1.0")
        double flushThreadInterval,
    @Doc(
            "Pause of a thread between two queued chunks. Without it in the configuration there is"
                + " none.")
        Optional<Double> flushThreadBurstInterval,
    @Doc("How long an output that commits later may take.") @Default("60")
        Duration delayedCommitTimeout,
    @Doc("What happens to new events while the buffer is full.") @Default("throw_exception")
        OverflowAction overflowAction,
    @Doc("Tries for ever.") @Default("false") boolean retryForever,
    @Doc("How long delivery is tried until the queue is dropped.") @Default("72h")
        Duration retryTimeout,
    @Doc("How often delivery is tried again until the queue is dropped.")
        Optional<Integer> retryMaxTimes,
    @Doc("Part of the retry time after which the secondary is used.") @Default("0.8")
        double retrySecondaryThreshold,
    @Doc("How waits grow.") @Default("exponential_backoff") RetryType retryType,
    @Doc("Wait before the first retry, and the unit of the later ones.") @Default("1")
        Duration retryWait,
    @Doc("Factor between the waits of exponential_backoff.") @Default("2")
        double retryExponentialBackoffBase,
    @Doc("Longest wait between retries.") Optional<Duration> retryMaxInterval,
    @Doc("Varies waits by an eighth, so that many senders do not come back at once.")
        @Default("true")
        boolean retryRandomize,
    @Doc("Largest size of a chunk; 8m in memory, 256m in files by default.")
        Optional<ByteSize> chunkLimitSize,
    @Doc("Largest size of the buffer; 512m in memory, 64g in files by default.")
        Optional<ByteSize> totalLimitSize,
    @Doc("Sets total_limit_size to so many times chunk_limit_size.")
        Optional<Integer> queueLimitLength,
    @Doc("Largest number of events in a chunk.") Optional<Integer> chunkLimitRecords,
    @Doc("Part of its limit at which a chunk is queued.") @Default("0.95")
        double chunkFullThreshold,
    @Doc("Length of the queue up to which chunks that are due are added to it.")
        Optional<Integer> queuedChunksLimitSize,
    @Doc("Compression of the chunks.") @Default("text") Compress compress,
    @Doc(
            "Largest size that one compressed part of a chunk (one append) may have without"
                + " compression.")
        @Since("1.19.3")
        @Default("256m")
        ByteSize decompressionSizeLimit,
    @Doc("Throws chunks away that cannot be delivered, instead of keeping them in backup files.")
        @Default("false")
        boolean disableChunkBackup,
    @Doc("Folder of the chunk files, or a pattern with .*. for their names.") Optional<String> path,
    @Doc("Suffix of chunk files (type file).") @Default(".log") String pathSuffix,
    @Doc("Permissions of chunk files, octal; 0644 by default.") Optional<String> filePermission,
    @Doc("Permissions of folders, octal; 0755 by default.") Optional<String> dirPermission,
    @Doc(
            "Counts the lines of text that Fluentd left in chunks of type file_single; the events of"
                + " all other chunks are known, as their content is checked anyway.")
        @Default("true")
        boolean calcNumRecords,
    @Doc("What chunks hold, for counting (type file_single).") @Default("auto")
        ChunkFormatName chunkFormat) {
  /** {@code flush_mode}. */
  public enum FlushMode {
    DEFAULT,
    LAZY,
    INTERVAL,
    IMMEDIATE
  }

  /** {@code overflow_action}. */
  public enum OverflowAction {
    THROW_EXCEPTION,
    BLOCK,
    DROP_OLDEST_CHUNK
  }

  /** {@code retry_type}. */
  public enum RetryType {
    EXPONENTIAL_BACKOFF,
    PERIODIC
  }

  /** {@code compress}. */
  public enum Compress {
    TEXT,
    GZIP,
    ZSTD
  }

  /** {@code chunk_format}. */
  public enum ChunkFormatName {
    MSGPACK,
    TEXT,
    AUTO
  }
}
