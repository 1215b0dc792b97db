package io.runnel.delivery;

import io.runnel.buffer.BufferLimits;
import io.runnel.buffer.Compression;
import io.runnel.config.ByteSize;
import io.runnel.config.ConfigElement;
import io.runnel.config.ConfigException;
import io.runnel.config.ConfigSpec;
import io.runnel.config.Problems;
import io.runnel.delivery.BufferParameters.FlushMode;
import io.runnel.delivery.BufferParameters.RetryType;
import io.runnel.host.LocalZone;
import io.runnel.plugin.BufferConfig;
import io.runnel.plugin.BufferDefaults;
import io.runnel.time.Zone;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The effective buffer of one output: its {@code <buffer>} with the defaults of the output and of
 * the buffer's type, after Fluentd's rules about what goes together.
 *
 * @param type {@code memory}, {@code file} or {@code file_single}
 * @param chunkKeys as written
 * @param flushMode never {@code DEFAULT}
 * @param zone zone of the time slices
 * @param slowFlushMillis deliveries that take longer are reported (slow_flush_log_threshold)
 */
public record BufferSettings(
    String type,
    List<String> chunkKeys,
    BufferParameters parameters,
    FlushMode flushMode,
    Zone zone,
    BufferLimits limits,
    boolean flushAtShutdown,
    Duration shutdownGrace,
    long slowFlushMillis) {
  /** What does not come to its end by then stays in the buffer. */
  private static final Duration FILE_GRACE = Duration.ofSeconds(20);

  /** Longer, because what is interrupted is lost; the service files wait longer than that. */
  private static final Duration MEMORY_GRACE = Duration.ofSeconds(60);

  private static final Set<String> TYPES = Set.of("memory", "file", "file_single");

  /** Parameters that buffers in memory do not have. */
  public static final Set<String> FILE_ONLY =
      Set.of(
          "path",
          "path_suffix",
          "file_permission",
          "dir_permission",
          "calc_num_records",
          "chunk_format");

  private static final long MEMORY_CHUNK = 8L << 20;
  private static final long MEMORY_TOTAL = 512L << 20;
  private static final long FILE_CHUNK = 256L << 20;
  private static final long FILE_TOTAL = 64L << 30;

  /** Fluentd warns from here on: chunks become many and small. */
  private static final int MANY_KEYS = 4;

  /** Defaults of parameters of {@code <buffer>} that depend on the type, for reference pages. */
  public static Map<String, String> typeDefaults(String type) {
    boolean memory = type.equals("memory");
    return Map.of(
        "chunk_limit_size", Long.toString(memory ? MEMORY_CHUNK : FILE_CHUNK),
        "total_limit_size", Long.toString(memory ? MEMORY_TOTAL : FILE_TOTAL));
  }

  /**
   * Reads the buffer of an output.
   *
   * @param output the output's section, v0.12 parameters already turned into sections
   * @throws ConfigException where the section cannot be read; all faults are in {@code problems}
   */
  public static BufferSettings resolve(
      ConfigElement output, BufferDefaults defaults, boolean strict, Problems problems) {
    ConfigElement written = output.section("buffer").orElse(null);
    ConfigElement effective =
        written == null ? new ConfigElement("buffer", "", output.place()) : written.copy();
    defaults
        .parameters()
        .forEach(
            (name, value) -> {
              if (!effective.has(name)) {
                effective.set(name, value);
              }
            });
    BufferParameters parameters =
        ConfigSpec.of(BufferParameters.class).bind(effective, strict, problems);
    if (written != null) {
      written.markSectionUsed();
      boolean memory = effective.type() == null || effective.type().equals("memory");
      written.parameters().keySet().stream()
          .filter(effective::isUsed)
          .filter(name -> !memory || !FILE_ONLY.contains(name))
          .forEach(written::markUsed);
    }
    ConfigElement place = written == null ? output : written;
    int before = problems.all().size();
    BufferSettings settings =
        new Resolver(output, place, effective, parameters, defaults, problems).settings();
    for (Problems.Problem problem : problems.all().subList(before, problems.all().size())) {
      if (problem.fatal()) {
        throw new ConfigException(problem.message(), problem.place());
      }
    }
    return settings;
  }

  /** What plugins may know. */
  public BufferConfig view() {
    return new BufferConfig(
        type,
        chunkKeys,
        hasTime() ? parameters.timekey() : Optional.empty(),
        parameters.timekeyWait(),
        parameters.timekeyUseUtc(),
        zone.id().equals(ZoneOffset.UTC) ? "+00:00" : zone.id().getId(),
        compression().text(),
        parameters.flushThreadCount(),
        parameters.delayedCommitTimeout(),
        parameters.path(),
        new ByteSize(limits.chunkBytes()));
  }

  public boolean isPersistent() {
    return !type.equals("memory");
  }

  boolean hasTime() {
    return chunkKeys.contains("time");
  }

  boolean hasTag() {
    return chunkKeys.contains("tag");
  }

  List<String> variables() {
    return chunkKeys.stream().filter(key -> !key.equals("time") && !key.equals("tag")).toList();
  }

  Compression compression() {
    return switch (parameters.compress()) {
      case TEXT -> Compression.TEXT;
      case GZIP -> Compression.GZIP;
      case ZSTD -> Compression.ZSTD;
    };
  }

  long decompressionLimit() {
    return parameters.decompressionSizeLimit().bytes();
  }

  RetryPolicy retryPolicy() {
    boolean periodic = parameters.retryType() == RetryType.PERIODIC;
    return new RetryPolicy(
        parameters.retryWait().toMillis(),
        periodic ? 1 : parameters.retryExponentialBackoffBase(),
        parameters.retryMaxInterval().map(Duration::toMillis).orElse(Long.MAX_VALUE),
        parameters.retryMaxTimes().orElse(Integer.MAX_VALUE),
        parameters.retryTimeout().toMillis(),
        parameters.retryForever(),
        parameters.retryRandomize(),
        periodic,
        parameters.retrySecondaryThreshold());
  }

  /** Permissions given in octal; null where the parameter is absent. */
  static Set<PosixFilePermission> permissions(Optional<String> octal) {
    if (octal.isEmpty()) {
      return null;
    }
    int bits;
    try {
      bits = Integer.parseInt(octal.get(), 8);
    } catch (NumberFormatException e) {
      throw new ConfigException("permissions must be octal digits, found '" + octal.get() + "'");
    }
    PosixFilePermission[] all = PosixFilePermission.values(); // from owner's read downwards
    Set<PosixFilePermission> set = EnumSet.noneOf(PosixFilePermission.class);
    for (int i = 0; i < all.length; i++) {
      if ((bits >> all.length - 1 - i & 1) == 1) {
        set.add(all[i]);
      }
    }
    return set;
  }

  /** The rules. */
  private record Resolver(
      ConfigElement output,
      ConfigElement section,
      ConfigElement effective,
      BufferParameters parameters,
      BufferDefaults defaults,
      Problems problems) {
    BufferSettings settings() {
      String type = Optional.ofNullable(effective.type()).orElse("memory");
      if (!TYPES.contains(type)) {
        error("Unknown buffer plugin '" + type + "'", "@type", "one of memory, file, file_single");
      }
      List<String> keys = keys();
      checkKeys(keys, type);
      boolean hasTime = keys.contains("time");
      FlushMode mode = mode(hasTime);
      checkNumbers();
      boolean memory = type.equals("memory");
      boolean flushAtShutdown = parameters.flushAtShutdown().orElse(memory);
      if (memory && !flushAtShutdown) {
        warn(
            "'flush_at_shutdown' is false, and buffer plugin 'memory' is not persistent buffer."
                + " your configuration will lose buffered data at shutdown. please confirm your"
                + " configuration again.",
            "flush_at_shutdown");
      }
      return new BufferSettings(
          type,
          keys,
          parameters,
          mode,
          zone(hasTime),
          limits(memory),
          flushAtShutdown,
          parameters.shutdownGrace().orElse(memory ? MEMORY_GRACE : FILE_GRACE),
          slowMillis());
    }

    private List<String> keys() {
      return section.argument().isEmpty() || section == output
          ? defaults.chunkKeys()
          : parameters.chunkKeys();
    }

    private void checkKeys(List<String> keys, String type) {
      for (String key : keys) {
        boolean dotted = key.startsWith("$.") && key.matches("\\$(\\.[^.\\[\\]\\s]+)+");
        if (key.startsWith("$[")) {
          error("in chunk_keys: bracket notation is not allowed: " + key, null, "$.a.b");
        } else if (!dotted && !key.matches("[-_.@a-zA-Z0-9]+")) {
          error("chunk_keys specification includes invalid char: " + key, null, null);
        }
      }
      if (keys.contains("time")) {
        if (parameters.timekey().isEmpty()) {
          error(
              "<buffer ...> argument includes 'time', but timekey is not configured",
              null,
              "add timekey, such as timekey 1h");
        } else if (parameters.timekey().get().toSeconds() < 1) {
          error("timekey must be at least 1 second", "timekey", null);
        }
      }
      if (keys.size() >= MANY_KEYS) {
        warn("many chunk keys specified, and it may cause too many chunks on your system.", null);
      }
      if (type.equals("file_single") && keys.size() > 1) {
        error("2 or more chunk keys is not allowed", null, "file_single takes tag or one field");
      } else if (type.equals("file_single") && (keys.isEmpty() || keys.contains("time"))) {
        error("chunk keys must be tag or one field", null, null);
      }
    }

    private FlushMode mode(boolean hasTime) {
      FlushMode mode = parameters.flushMode();
      boolean explicit = mode != FlushMode.DEFAULT;
      if (!explicit) {
        mode = hasTime ? FlushMode.LAZY : FlushMode.INTERVAL;
      }
      if (section != output && section.has("flush_interval") && mode != FlushMode.INTERVAL) {
        String name = mode.name().toLowerCase(java.util.Locale.ROOT);
        if (explicit) {
          error(
              "'flush_interval' can't be specified when 'flush_mode' is not 'interval' explicitly:"
                  + " '"
                  + name
                  + "'",
              "flush_interval",
              "flush_mode interval");
        } else {
          warn(
              "'flush_interval' is ignored because default 'flush_mode' is not 'interval': '"
                  + name
                  + "'",
              "flush_interval");
        }
      }
      return mode;
    }

    private void checkNumbers() {
      if (parameters.flushThreadCount() < 1) {
        error("flush_thread_count must be 1 or more", "flush_thread_count", null);
      }
      double threshold = parameters.retrySecondaryThreshold();
      if (!(threshold >= 0 && threshold <= 1)) {
        error(
            "retry_secondary_threshold must be between 0.0 and 1.0",
            "retry_secondary_threshold",
            null);
      }
      if (!(parameters.chunkFullThreshold() > 0)) {
        error("chunk_full_threshold must be more than 0", "chunk_full_threshold", null);
      }
      if (output.section("secondary").isPresent() && parameters.retryForever()) {
        warn(
            "<secondary> with 'retry_forever', only unrecoverable errors are moved to secondary",
            "retry_forever");
      }
      for (Map.Entry<String, Optional<String>> octal :
          Map.of(
                  "file_permission", parameters.filePermission(),
                  "dir_permission", parameters.dirPermission())
              .entrySet()) {
        try {
          permissions(octal.getValue());
        } catch (ConfigException e) {
          error(e.getMessage(), octal.getKey(), "such as 0644");
        }
      }
    }

    private BufferLimits limits(boolean memory) {
      long chunk =
          parameters
              .chunkLimitSize()
              .map(ByteSize::bytes)
              .orElse(memory ? MEMORY_CHUNK : FILE_CHUNK);
      if (chunk < 1) {
        error("chunk_limit_size must be more than 0", "chunk_limit_size", null);
      }
      long total =
          parameters
              .totalLimitSize()
              .map(ByteSize::bytes)
              .orElse(memory ? MEMORY_TOTAL : FILE_TOTAL);
      if (parameters.queueLimitLength().isPresent()) {
        total = parameters.queueLimitLength().get() * chunk;
      }
      return new BufferLimits(
          chunk,
          parameters.chunkLimitRecords().orElse(Integer.MAX_VALUE),
          parameters.chunkFullThreshold(),
          total,
          parameters.queuedChunksLimitSize().orElse(Math.max(1, parameters.flushThreadCount())));
    }

    private Zone zone(boolean hasTime) {
      if (parameters.timekeyUseUtc()) {
        return Zone.UTC;
      }
      if (parameters.timekeyZone().isPresent() && hasTime) {
        try {
          return Zone.parse(parameters.timekeyZone().get());
        } catch (IllegalArgumentException e) {
          error(e.getMessage(), "timekey_zone", "+09:00, +0900 or Asia/Tokyo");
        }
      }
      // Fluentd's default is the offset at start, not the zone with its changes
      return Zone.of(LocalZone.id().getRules().getOffset(Instant.now()));
    }

    private long slowMillis() {
      output.markUsed("slow_flush_log_threshold");
      String text = output.peek("slow_flush_log_threshold");
      try {
        return (long) (Double.parseDouble(text == null ? "20.0" : text.strip()) * 1000);
      } catch (NumberFormatException e) {
        error(
            "slow_flush_log_threshold: a number of seconds required",
            "slow_flush_log_threshold",
            null);
        return 0;
      }
    }

    private void error(String message, String parameter, String hint) {
      problems.error(
          message, parameter == null ? section.place() : section.placeOf(parameter), hint);
    }

    private void warn(String message, String parameter) {
      problems.warn(
          message, parameter == null ? section.place() : section.placeOf(parameter), null);
    }
  }
}
