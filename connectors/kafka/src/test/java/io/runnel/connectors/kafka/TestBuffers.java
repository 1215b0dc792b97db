package io.runnel.connectors.kafka;

import io.runnel.config.ByteSize;
import io.runnel.plugin.BufferConfig;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The buffer that an output is told of. */
final class TestBuffers {
  private TestBuffers() {}

  static BufferConfig of(String... chunkKeys) {
    return new BufferConfig(
        "memory",
        List.of(chunkKeys),
        Optional.empty(),
        Duration.ofMinutes(10),
        false,
        "+00:00",
        "text",
        1,
        Duration.ofMinutes(1),
        Optional.empty(),
        new ByteSize(8 << 20));
  }
}
