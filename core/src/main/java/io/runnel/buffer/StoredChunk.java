package io.runnel.buffer;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Optional;

/**
 * One unit of flush: staged, queued, taken, gone. State, size and count belong to the {@link
 * Buffer} and change under its lock; the content of a queued or taken chunk no longer changes and
 * may be read by any thread.
 */
public abstract sealed class StoredChunk permits FileChunk, MemoryChunk {
  enum State {
    STAGED,
    QUEUED,
    TAKEN,
    GONE
  }

  private final byte[] id;
  private final String hexId;
  private final Metadata metadata;
  private final Compression compression;
  private final long createdAt;
  volatile State state = State.STAGED;
  volatile long modifiedAt;
  volatile long bytes;
  volatile int records;

  /**
   * @param createdAt milliseconds since the epoch
   */
  StoredChunk(byte[] id, Metadata metadata, Compression compression, long createdAt) {
    this.id = id;
    this.hexId = ChunkId.hex(id);
    this.metadata = metadata;
    this.compression = compression;
    this.createdAt = createdAt;
    this.modifiedAt = createdAt;
  }

  public byte[] id() {
    return id.clone();
  }

  byte[] idBytes() {
    return id;
  }

  public String hexId() {
    return hexId;
  }

  public Metadata metadata() {
    return metadata;
  }

  public Compression compression() {
    return compression;
  }

  /** Milliseconds since the epoch. */
  public long createdAt() {
    return createdAt;
  }

  /** Bytes as stored. */
  public long bytes() {
    return bytes;
  }

  public int records() {
    return records;
  }

  public boolean isGone() {
    return state == State.GONE;
  }

  /** The stored content from its beginning. */
  public abstract InputStream openRaw() throws IOException;

  /** Writes the stored content as it is. */
  public abstract void writeRaw(OutputStream out) throws IOException;

  public abstract Optional<Path> file();

  /** The file for an output's note; empty for a chunk in memory. */
  public Optional<Path> note() {
    return Optional.empty();
  }

  /** True where an earlier run has left a note of a delivery. */
  public boolean isNoted() {
    return false;
  }

  /** Adds bytes at the end; after a failure the chunk is what it was. */
  abstract void append(byte[] source, int offset, int length, int count) throws IOException;

  /** A point to which {@link #rollback} can go back. */
  Mark mark() {
    return new Mark(bytes, records, modifiedAt, 0);
  }

  /**
   * @param sums length of the file of checksums
   */
  record Mark(long bytes, int records, long modifiedAt, long sums) {}

  /** Takes back what was appended since. */
  abstract void rollback(Mark mark);

  /** No more is appended: the chunk goes from the stage to the queue. */
  abstract void seal();

  /** What became of a chunk that was checked. */
  enum Verdict {
    /** It can be used; damage, if any, was cut off. */
    SOUND,
    /** Nothing of it could be kept; what there was is set aside. */
    NOTHING_LEFT,
    /** It cannot be read or repaired now; its files stay as they are. */
    LEFT_ALONE
  }

  /** Checks a chunk that an earlier run left or a failed write damaged; does nothing for others. */
  Verdict verify() {
    return Verdict.SOUND;
  }

  /** True where nothing may be appended any more, because a failed write could not be undone. */
  boolean isDamaged() {
    return false;
  }

  /** Releases the content for ever. */
  abstract void destroy();

  /** Lets go of files; the chunk stays on the disk. */
  abstract void close();
}
