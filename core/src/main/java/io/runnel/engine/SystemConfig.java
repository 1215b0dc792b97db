package io.runnel.engine;

import io.runnel.config.ByteSize;
import io.runnel.config.ConfigException;
import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.config.Since;
import io.runnel.delivery.BufferParameters.OverflowAction;
import io.runnel.log.Level;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The section {@code <system>}; each parameter can also be given on the command line. */
@Doc("Settings of the whole daemon.")
public record SystemConfig(
    @Doc("Number of workers; they run inside one process.") @Default("1") int workers,
    @Doc("Accepted for compatibility: workers are no processes that could fail alone.")
        @Default("0")
        Duration restartWorkerInterval,
    @Doc("Folder below which plugins with an @id keep buffers and storage.")
        Optional<String> rootDir,
    @Doc("Lowest level of the daemon's own log.") Optional<Level> logLevel,
    @Doc("Write an equal stack only once.") Optional<Boolean> suppressRepeatedStacktrace,
    @Doc("How long a line equal to the one before is left out.")
        Optional<Duration> ignoreRepeatedLogInterval,
    @Doc("How long a line that was written is left out.") Optional<Duration> ignoreSameLogInterval,
    @Doc(
            "Messages of one kind, level and plugin that are written within 10 seconds; further ones are"
                + " counted. 0 for all.")
        @Default("100")
        int logFloodLimit,
    @Doc("Pause between two messages about events that could not be emitted.")
        Optional<Duration> emitErrorLogInterval,
    @Doc("Leave the configuration out of the log.") Optional<Boolean> suppressConfigDump,
    @Doc("Also send the log lines of start and stop as events.") Optional<Boolean> logEventVerbose,
    @Doc("Start without inputs: deliver what is buffered.") Optional<Boolean> withoutSource,
    @Doc("Start with inputs only; events wait in a buffer for SIGWINCH.")
        Optional<Boolean> withSourceOnly,
    @Doc("Address of the RPC server: HOST:PORT.") Optional<String> rpcEndpoint,
    @Doc("Let the RPC server show the configuration.") Optional<Boolean> enableGetDump,
    @Doc("Title of the process.") Optional<String> processName,
    @Doc("Refuse malformed numbers and booleans.") Optional<Boolean> strictConfigValue,
    @Doc("Read and write MessagePack timestamps; events use EventTime whatever is set here.")
        Optional<Boolean> enableMsgpackTimeSupport,
    @Doc("Accepted for compatibility: the workers share one process.")
        Optional<Boolean> disableSharedSocket,
    @Doc("Count the events of inputs.") @Default("true") boolean enableInputMetrics,
    @Doc("Count the bytes of events too.") Optional<Boolean> enableSizeMetrics,
    @Doc("Accepted for compatibility: Ruby only.") @Default("false") boolean enableJit,
    @Doc("Permissions of files that are made, octal.") Optional<String> filePermission,
    @Doc("Permissions of folders that are made, octal.") Optional<String> dirPermission,
    @Doc("Folder whose files are added to the configuration.") @Since("1.19")
        Optional<String> configIncludeDir,
    @Doc("The daemon's own log.") LogSection log,
    @Doc("Accepted for compatibility; no bundled plugin uses counters.")
        Optional<CounterServer> counterServer,
    @Doc("Accepted for compatibility; no bundled plugin uses counters.")
        Optional<CounterClient> counterClient,
    @Doc("Where plugins keep their figures.") Optional<MetricsSection> metrics,
    @Doc("The buffer of --with-source-only.") Optional<SourceOnlyBuffer> sourceOnlyBuffer) {

  /** Forms of the log. */
  public enum LogFormat {
    TEXT,
    JSON
  }

  /** Levels, and none of them. */
  public enum ForcedLevel {
    NONE,
    TRACE,
    DEBUG,
    INFO,
    WARN,
    ERROR,
    FATAL
  }

  /** The section {@code <log>}. */
  public record LogSection(
      @Doc("File of the log; standard output where absent.") Optional<String> path,
      @Doc("Form of the lines.") @Default("text") LogFormat format,
      @Doc("Form of the time.") @Default("%Y-%m-%d %H:%M:%S %z") String timeFormat,
      @Doc("Old files kept, or daily, weekly, monthly.") Optional<String> rotateAge,
      @Doc("Size above which the file is rotated.") Optional<ByteSize> rotateSize,
      @Doc("Level of the lines of all stacks.") @Default("none") @Since("1.19")
          ForcedLevel forcedStacktraceLevel) {}

  /** The section {@code <counter_server>}. */
  public record CounterServer(
      String scope, Optional<Integer> port, Optional<String> bind, String backupPath) {}

  /** The section {@code <counter_client>}. */
  public record CounterClient(Optional<Integer> port, String host, Optional<Duration> timeout) {}

  /** The section {@code <metrics>}. */
  @Doc("Keeps the figures of plugins in memory, for monitor_agent and `runnel instance status`.")
  public record MetricsSection(
      @Doc("Where figures are kept; there is only local.")
          @io.runnel.config.Name("@type")
          @Default("local")
          String type,
      @Doc("Accepted for Fluentd's sake; figures are known by the plugin's id.")
          Map<String, Object> defaultLabels,
      @Doc("Accepted for Fluentd's sake; figures are known by the plugin's id.") @Default("{}")
          Map<String, Object> labels) {
    public MetricsSection {
      if (!type.equals("local")) {
        throw new ConfigException(
            "Unknown metrics plugin '" + type + "': figures are kept by 'local' only");
      }
    }
  }

  /** How the chunks of source-only mode are kept. */
  public enum SourceOnlyCompression {
    TEXT,
    GZIP
  }

  /** The section {@code <source_only_buffer>}. */
  public record SourceOnlyBuffer(
      @Doc("Threads that send the events on once the mode is left.") @Default("1")
          int flushThreadCount,
      @Doc("What happens to events where the buffer is full.") @Default("drop_oldest_chunk")
          OverflowAction overflowAction,
      @Doc(
              "Folder of the buffer. By default source-only-buffer/ID below root_dir or"
                  + " FLUENT_BACKUP_DIR; ID is FLUENT_INSTANCE_ID, or the instance's name, or the"
                  + " configuration file's.")
          Optional<String> path,
      @Doc("Pause between two flushes once the mode is left.") Optional<Duration> flushInterval,
      @Doc("Largest chunk.") Optional<ByteSize> chunkLimitSize,
      @Doc("Largest size of all chunks.") Optional<ByteSize> totalLimitSize,
      @Doc("How the chunks are kept.") Optional<SourceOnlyCompression> compress) {}

  public SystemConfig {
    if (workers < 1) {
      throw new ConfigException("invalid number of workers: " + workers);
    }
    filePermission.ifPresent(SystemConfig::permissions);
    dirPermission.ifPresent(SystemConfig::permissions);
  }

  /** Turns {@code 0644} or {@code 644} into permissions. */
  public static Set<PosixFilePermission> permissions(String octal) {
    int bits;
    try {
      bits = Integer.parseInt(octal.strip(), 8);
    } catch (NumberFormatException e) {
      throw new ConfigException(
          "invalid permission '" + octal + "': an octal number such as 0644 is needed");
    }
    Set<PosixFilePermission> all = EnumSet.noneOf(PosixFilePermission.class);
    PosixFilePermission[] order = PosixFilePermission.values(); // owner r w x, group, others
    for (int i = 0; i < 9; i++) {
      if ((bits & 1 << (8 - i)) != 0) {
        all.add(order[i]);
      }
    }
    return all;
  }
}
