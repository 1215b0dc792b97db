package io.runnel.buffer;

import io.runnel.host.Clock;
import java.util.List;
import java.util.random.RandomGenerator;

/** Chunks in memory; they end with the process. */
public final class MemoryStore implements ChunkStore {
  private final Compression compression;
  private final Clock clock;
  private final RandomGenerator random;

  public MemoryStore(Compression compression, Clock clock, RandomGenerator random) {
    this.compression = compression;
    this.clock = clock;
    this.random = random;
  }

  @Override
  public StoredChunk create(Metadata metadata) {
    long now = clock.millis();
    return new MemoryChunk(ChunkId.create(now, random), metadata, compression, now);
  }

  @Override
  public Resumed resume() {
    return new Resumed(List.of(), List.of(), 0);
  }

  @Override
  public boolean isPersistent() {
    return false;
  }

  @Override
  public Compression compression() {
    return compression;
  }
}
