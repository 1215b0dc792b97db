package io.runnel.buffer;

import io.runnel.host.BufferMemory;
import io.runnel.host.Clock;
import java.util.List;
import java.util.random.RandomGenerator;

/** Chunks in memory; they end with the process. */
public final class MemoryStore implements ChunkStore {
  private final Compression compression;
  private final Clock clock;
  private final RandomGenerator random;
  private final BufferMemory memory;
  private final Receipts receipts;
  private final Ledger ledger;
  private BufferMemory.Share share;

  /**
   * @param memory of which this store takes a share, from its first use until it is closed
   */
  public MemoryStore(
      Compression compression, Clock clock, RandomGenerator random, BufferMemory memory) {
    this(compression, clock, random, memory, new MessageMemory(clock));
  }

  /**
   * @param messages bounds of what it remembers of messages
   */
  public MemoryStore(
      Compression compression,
      Clock clock,
      RandomGenerator random,
      BufferMemory memory,
      MessageMemory messages) {
    this.receipts = new Receipts(messages, null);
    this.ledger = new Ledger(null);
    this.compression = compression;
    this.clock = clock;
    this.random = random;
    this.memory = memory;
  }

  @Override
  public StoredChunk create(Metadata metadata) {
    long now = clock.millis();
    return new MemoryChunk(ChunkId.create(now, random), metadata, compression, now, share());
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
  public Ledger ledger() {
    return ledger;
  }

  @Override
  public Receipts receipts() {
    return receipts;
  }

  private synchronized BufferMemory.Share share() {
    if (share == null) {
      share = memory.open();
    }
    return share;
  }

  @Override
  public boolean hasRoom(long bytes) {
    return share().fits(bytes);
  }

  @Override
  public long room() {
    return memory.total();
  }

  @Override
  public synchronized void close() {
    receipts.close();
    if (share != null) {
      share.close();
    }
  }

  @Override
  public Compression compression() {
    return compression;
  }
}
