package io.runnel.plugin;

import io.runnel.config.ByteSize;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The effective {@code <buffer>} of an output, defaults applied: what outputs may look at when they
 * check their own parameters.
 *
 * @param chunkKeys as written: {@code time}, {@code tag}, field names, {@code $.a.b}
 * @param timekey length of a time slice; empty without the key {@code time}
 * @param timekeyZone zone of the slices, such as {@code +09:00}
 */
public record BufferConfig(
    String type,
    List<String> chunkKeys,
    Optional<Duration> timekey,
    Duration timekeyWait,
    boolean timekeyUseUtc,
    String timekeyZone,
    String compress,
    int flushThreadCount,
    Duration delayedCommitTimeout,
    Optional<String> path,
    ByteSize chunkLimitSize) {
  public boolean hasTag() {
    return chunkKeys.contains("tag");
  }

  public boolean hasTime() {
    return chunkKeys.contains("time");
  }

  /** The chunk keys besides {@code time} and {@code tag}. */
  public List<String> variables() {
    return chunkKeys.stream().filter(key -> !key.equals("time") && !key.equals("tag")).toList();
  }
}
