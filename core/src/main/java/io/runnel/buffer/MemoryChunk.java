package io.runnel.buffer;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A chunk in memory, a list of blocks. Small appends are copied into blocks; a large one that fills
 * its array is kept as it is. An append never spans two blocks.
 */
final class MemoryChunk extends StoredChunk {
  /** The size of blocks doubles up to here, so that many small chunks stay small. */
  private static final int MAX_BLOCK = 64 * 1024;

  private static final int MIN_BLOCK = 512;

  /** From this size on an append is kept without copying, where its array holds little else. */
  private static final int KEEP_FROM = 16 * 1024;

  private static final class Block {
    final byte[] bytes;
    final int offset;
    final boolean writable;
    int length;

    Block(byte[] bytes, int offset, int length, boolean writable) {
      this.bytes = bytes;
      this.offset = offset;
      this.length = length;
      this.writable = writable;
    }
  }

  private final List<Block> blocks = new ArrayList<>();

  MemoryChunk(byte[] id, Metadata metadata, Compression compression, long createdAt) {
    super(id, metadata, compression, createdAt);
  }

  @Override
  void append(byte[] source, int offset, int length, int count) {
    if (length >= KEEP_FROM && length >= source.length / 4 * 3) {
      blocks.add(new Block(source, offset, length, false));
    } else {
      Block block = blockFor(length);
      System.arraycopy(source, offset, block.bytes, block.length, length);
      block.length += length;
    }
    bytes += length;
    records += count;
  }

  private Block blockFor(int length) {
    Block last = blocks.isEmpty() ? null : blocks.getLast();
    if (last != null && last.writable && last.bytes.length - last.length >= length) {
      return last;
    }
    long wanted = Math.clamp(bytes, MIN_BLOCK, MAX_BLOCK);
    Block block = new Block(new byte[(int) Math.max(wanted, length)], 0, 0, true);
    blocks.add(block);
    return block;
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
      out.write(block.bytes, block.offset, block.length);
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
  }

  @Override
  void close() {}

  private final class BlockStream extends InputStream {
    private int index;
    private int at;

    @Override
    public int read() {
      while (index < blocks.size()) {
        Block block = blocks.get(index);
        if (at < block.length) {
          return block.bytes[block.offset + at++] & 0xff;
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
        System.arraycopy(block.bytes, block.offset + at, target, offset + done, part);
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
