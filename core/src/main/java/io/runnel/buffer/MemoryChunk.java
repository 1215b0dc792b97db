package io.runnel.buffer;

import io.runnel.host.BufferMemory;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A chunk in memory, a list of blocks. Appends are copied, since their bytes are only lent; one
 * never spans two blocks.
 */
final class MemoryChunk extends StoredChunk {
  /** The size of blocks doubles up to here, so that many small chunks stay small. */
  private static final int MAX_BLOCK = 64 * 1024;

  private static final int MIN_BLOCK = 512;

  /** What a block costs beside its bytes: two objects and a place in the list. */
  private static final int BLOCK_OVERHEAD = 64;

  private static final class Block {
    final byte[] bytes;
    int length;

    Block(int size) {
      bytes = new byte[size];
    }

    long cost() {
      return bytes.length + (long) BLOCK_OVERHEAD;
    }
  }

  private final List<Block> blocks = new ArrayList<>();
  private final BufferMemory.Share memory;
  private long taken;

  MemoryChunk(
      byte[] id,
      Metadata metadata,
      Compression compression,
      long createdAt,
      BufferMemory.Share memory) {
    super(id, metadata, compression, createdAt);
    this.memory = memory;
  }

  @Override
  void append(byte[] source, int offset, int length, int count) {
    Block block = blockFor(length);
    System.arraycopy(source, offset, block.bytes, block.length, length);
    block.length += length;
    bytes += length;
    records += count;
  }

  private Block blockFor(int length) {
    Block last = blocks.isEmpty() ? null : blocks.getLast();
    if (last != null && last.bytes.length - last.length >= length) {
      return last;
    }
    long wanted = Math.clamp(bytes, MIN_BLOCK, MAX_BLOCK);
    int size = (int) Math.max(wanted, length);
    take(size);
    Block block = new Block(size);
    blocks.add(block);
    return block;
  }

  private void take(int size) {
    long cost = size + (long) BLOCK_OVERHEAD;
    if (!memory.take(cost)) {
      throw new BufferFullException(
          ("buffer space has too many data: the memory buffers of this process may take %d MB"
                  + " together; use a file buffer, lower total_limit_size, or give the instance"
                  + " more memory (JAVA_OPTS=-Xmx...)")
              .formatted(memory.total() >> 20),
          cost);
    }
    taken += cost;
  }

  private void giveAll() {
    memory.give(taken);
    taken = 0;
  }

  @Override
  void rollback(Mark mark) {
    while (bytes > mark.bytes()) {
      Block last = blocks.getLast();
      long cut = Math.min(last.length, bytes - mark.bytes());
      last.length -= (int) cut;
      bytes -= cut;
      if (last.length == 0) {
        blocks.removeLast();
        memory.give(last.cost());
        taken -= last.cost();
      }
    }
    records = mark.records();
    modifiedAt = mark.modifiedAt();
  }

  @Override
  public InputStream openRaw() {
    return new BlockStream();
  }

  @Override
  public void writeRaw(OutputStream out) throws IOException {
    for (Block block : blocks) {
      out.write(block.bytes, 0, block.length);
    }
  }

  @Override
  public Optional<Path> file() {
    return Optional.empty();
  }

  @Override
  void seal() {}

  @Override
  void destroy() {
    // a plugin may still be reading: the collector frees the blocks with the last reference
    giveAll();
  }

  @Override
  void close() {
    giveAll();
  }

  private final class BlockStream extends InputStream {
    private int index;
    private int at;

    @Override
    public int read() {
      while (index < blocks.size()) {
        Block block = blocks.get(index);
        if (at < block.length) {
          return block.bytes[at++] & 0xff;
        }
        index++;
        at = 0;
      }
      return -1;
    }

    @Override
    public int read(byte[] target, int offset, int length) {
      int done = 0;
      while (done < length && index < blocks.size()) {
        Block block = blocks.get(index);
        int part = Math.min(length - done, block.length - at);
        System.arraycopy(block.bytes, at, target, offset + done, part);
        done += part;
        at += part;
        if (at == block.length) {
          index++;
          at = 0;
        }
      }
      return done == 0 && length > 0 ? -1 : done;
    }
  }
}
