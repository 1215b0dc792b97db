package io.runnel.buffer;

import io.runnel.host.Disk;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * A chunk that lies on the disk, looked at from outside. Its content is only read; while a daemon
 * uses it, it may grow, change its name, or be gone at the next call ({@link
 * java.nio.file.NoSuchFileException}).
 */
public final class FoundChunk {
  private final Disk disk;
  private final FileLayout layout;
  private final FileLayout.Name name;
  private final Disk.Stat stat;
  private final MetaFile.Content meta;
  private final String metaFault;
  private final SumsReader sums;
  private final Compression compression;
  private final ChunkFormat format;
  private final String bootId;

  /**
   * @param meta null where nothing tells
   * @param metaFault what is wrong with the meta file; null where it is sound or there is none to
   *     be
   * @param sums null where there are none
   */
  FoundChunk(
      Disk disk,
      FileLayout layout,
      FileLayout.Name name,
      Disk.Stat stat,
      MetaFile.Content meta,
      String metaFault,
      SumsReader sums,
      Compression compression,
      ChunkFormat format,
      String bootId) {
    this.disk = disk;
    this.layout = layout;
    this.name = name;
    this.stat = stat;
    this.meta = meta;
    this.metaFault = metaFault;
    this.sums = sums;
    this.compression = compression;
    this.format = format;
    this.bootId = bootId;
  }

  /** What is known of a chunk's checksums without reading the chunk. */
  public enum Checksums {
    /** Fluentd writes none. */
    NONE,
    /** They reach to the end of the chunk. */
    COMPLETE,
    /** There is content behind the last of them, as after a crash, or while the chunk grows. */
    BEHIND,
    /** They tell of more content than there is. */
    AHEAD,
    /** Their file is damaged. */
    DAMAGED;

    public String text() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  /**
   * What a check of the content found.
   *
   * @param bytes length of the file
   * @param soundBytes so many from the beginning are whole events
   * @param events in them; -1 where the content cannot be counted
   * @param problem what is wrong behind them; null where all is sound
   */
  public record Health(long bytes, long soundBytes, long events, String problem) {
    public boolean isSound() {
      return problem == null;
    }
  }

  public Path file() {
    return name.path();
  }

  public String hexId() {
    return ChunkId.hex(name.id());
  }

  public byte[] id() {
    return name.id().clone();
  }

  public boolean isQueued() {
    return name.queued();
  }

  /** True for a chunk of buf_file_single. */
  public boolean isSingle() {
    return layout.isSingle();
  }

  public long bytes() {
    return stat.size();
  }

  public long modifiedMillis() {
    return stat.modifiedMillis();
  }

  /** By the metadata, else by the id, else by the file. */
  public long createdMillis() {
    if (meta != null && meta.created() > 0 && !layout.isSingle()) {
      return meta.created() * 1000;
    }
    if (name.id().length == ChunkId.BYTES) {
      return (ByteBuffer.wrap(name.id()).getLong() >>> ChunkId.RANDOM_BITS) / 1000;
    }
    return stat.createdMillis();
  }

  /** {@link Metadata#NONE} where nothing tells. */
  public Metadata metadata() {
    return meta == null ? Metadata.NONE : meta.metadata();
  }

  /** What is wrong with the meta file; null where it is sound or there is none to be. */
  public String metaFault() {
    return metaFault;
  }

  /** Number of events as written down beside the content; -1 where nothing tells. */
  public long recordedEvents() {
    if (sums != null && sums.entries() > 0) {
      return sums.totalRecords();
    }
    return meta == null || meta.records() == 0 && stat.size() > 0 ? -1 : meta.records();
  }

  public Compression compression() {
    return compression;
  }

  public ChunkFormat format() {
    return format;
  }

  public Checksums checksums() {
    if (sums == null) {
      return Checksums.NONE;
    }
    if (sums.meta() == null) {
      return Checksums.DAMAGED;
    }
    long covered = sums.totalLength();
    return covered == stat.size()
        ? Checksums.COMPLETE
        : covered < stat.size() ? Checksums.BEHIND : Checksums.AHEAD;
  }

  /**
   * Reads the whole content and says how much of it is sound, as a daemon would at its start.
   *
   * @param trustTail believes content behind the last checksum where its structure is right, even
   *     after a restart of the machine or on another one
   */
  public Health check(boolean trustTail) throws IOException {
    boolean ofThisBoot = sums != null && sums.bootId().equals(bootId);
    boolean byFluentd =
        sums != null && sums.meta() != null && meta != null && meta.records() > sums.totalRecords();
    ChunkCheck.Belief belief =
        sums == null
            ? ChunkCheck.Belief.UNLESS_HOLES // zeros are no events: they are a lost block
            : ChunkCheck.Belief.of(true, sums.meta() != null, trustTail || ofThisBoot || byFluentd);
    ChunkCheck check = ChunkCheck.of(disk, file(), sums, belief, format, compression);
    long events = check.records();
    if (events < 0) {
      ChunkEvents.Counter counter = new ChunkEvents.Counter();
      events(check.length(), counter);
      events = counter.count();
    }
    return new Health(stat.size(), check.length(), events, check.problem());
  }

  /**
   * Passes on the events of the sound part, in order. A line of text becomes a record with {@code
   * message}; text and bare records have no time.
   *
   * @param soundBytes as {@link #check} found
   */
  public void events(long soundBytes, ChunkEvents.Consumer consumer) throws IOException {
    try (InputStream in = open(soundBytes)) {
      ChunkEvents.read(in, format, consumer);
    }
  }

  /** The sound part without compression. */
  public InputStream open(long soundBytes) throws IOException {
    return compression.open(stored(0, soundBytes), Long.MAX_VALUE);
  }

  /** Bytes of the file as they are, from one place to another. */
  InputStream stored(long from, long to) throws IOException {
    InputStream in = disk.stream(file());
    try {
      in.skipNBytes(from);
      return new LimitedStream(in, to - from);
    } catch (IOException e) {
      in.close();
      throw e;
    }
  }

  Disk disk() {
    return disk;
  }

  FileLayout.Name name() {
    return name;
  }

  FileLayout layout() {
    return layout;
  }

  String bootId() {
    return bootId;
  }
}
