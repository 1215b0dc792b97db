package io.runnel.plugins.output;

import io.runnel.config.ByteSize;
import io.runnel.plugin.BufferConfig;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Buffers for tests. */
final class Buffers {
  private Buffers() {}

  static BufferConfig keys(String... keys) {
    return of(List.of(keys), 86_400, "text");
  }

  static BufferConfig of(List<String> keys, long timekeySeconds, String compress) {
    return new BufferConfig(
        "memory",
        keys,
        keys.contains("time") ? Optional.of(Duration.ofSeconds(timekeySeconds)) : Optional.empty(),
        Duration.ofMinutes(10),
        true,
        "+00:00",
        compress,
        1,
        Duration.ofMinutes(1),
        Optional.empty(),
        new ByteSize(8 << 20));
  }
}
