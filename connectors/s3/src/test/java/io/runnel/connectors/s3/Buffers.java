package io.runnel.connectors.s3;

import io.runnel.config.ByteSize;
import io.runnel.plugin.BufferConfig;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Buffers for tests. */
final class Buffers {
  private Buffers() {}

  static BufferConfig hourly(int threads, String zone) {
    return new BufferConfig(
        "memory",
        List.of("time", "tag"),
        Optional.of(Duration.ofHours(1)),
        Duration.ofMinutes(10),
        false,
        zone,
        "text",
        threads,
        Duration.ofMinutes(1),
        Optional.empty(),
        new ByteSize(8 << 20));
  }
}
