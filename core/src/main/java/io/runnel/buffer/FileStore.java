package io.runnel.buffer;

import io.runnel.host.Clock;
import io.runnel.host.Disk;
import io.runnel.host.OpenFileLimit;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.random.RandomGenerator;

/** Chunks in files, in the formats of Fluentd's buf_file and buf_file_single. */
public final class FileStore implements ChunkStore {
  private final Disk disk;
  private final FileSettings settings;
  private final Clock clock;
  private final RandomGenerator random;
  private final BufferReport report;
  private final String bootId;
  private final OpenChunks open;
  private final Receipts receipts;
  private final Ledger ledger;

  public FileStore(
      Disk disk, FileSettings settings, Clock clock, RandomGenerator random, BufferReport report) {
    this(disk, settings, clock, random, report, new MessageMemory(clock));
  }

  /**
   * @param messages bounds of what it remembers of messages
   */
  public FileStore(
      Disk disk,
      FileSettings settings,
      Clock clock,
      RandomGenerator random,
      BufferReport report,
      MessageMemory messages) {
    this(disk, settings, clock, random, report, messages, OpenFileLimit.ofProcess());
  }

  FileStore(
      Disk disk,
      FileSettings settings,
      Clock clock,
      RandomGenerator random,
      BufferReport report,
      MessageMemory messages,
      int openFiles) {
    this.disk = disk;
    this.open = new OpenChunks(openFiles);
    this.settings = settings;
    this.clock = clock;
    this.random = random;
    this.report = report;
    this.bootId = disk.bootId();
    this.receipts = new Receipts(messages, this);
    this.ledger = new Ledger(this);
  }

  OpenChunks open() {
    return open;
  }

  String bootId() {
    return bootId;
  }

  Disk disk() {
    return disk;
  }

  FileSettings settings() {
    return settings;
  }

  FileLayout layout() {
    return settings.layout();
  }

  BufferReport report() {
    return report;
  }

  @Override
  public boolean isPersistent() {
    return true;
  }

  @Override
  public Ledger ledger() {
    return ledger;
  }

  @Override
  public Receipts receipts() {
    return receipts;
  }

  @Override
  public void close() {
    receipts.close();
    ledger.close();
  }

  @Override
  public Compression compression() {
    return settings.compression();
  }

  @Override
  public StoredChunk create(Metadata metadata) throws IOException {
    try {
      return make(metadata);
    } catch (NoSuchFileException e) {
      // somebody has removed the folder of a running daemon
      disk.createDirectories(layout().directory(), settings.directoryPermission());
      return make(metadata);
    }
  }

  /** The checksums first and the chunk last: a chunk of ours is never without its metadata. */
  private StoredChunk make(Metadata metadata) throws IOException {
    long now = clock.millis();
    byte[] id;
    Path path;
    Path sumsPath;
    do {
      id = ChunkId.create(now, random);
      path = layout().staged(id, key(metadata));
      sumsPath = layout().sums(path, id);
    } while (disk.exists(sumsPath));
    Path metaPath = FileLayout.meta(path);
    MetaFile.Content meta =
        new MetaFile.Content(metadata, id, 0, Math.max(1, now / 1000), Math.max(1, now / 1000));
    ChunkSums sums = null;
    Disk.AppendFile file = null;
    try {
      sums = ChunkSums.create(disk, sumsPath, meta, bootId, settings.filePermission());
      if (!layout().isSingle()) {
        write(metaPath, MetaFile.encode(meta));
      }
      file = disk.append(path, settings.filePermission());
      return new FileChunk(this, id, metadata, now, path, file, sums);
    } finally {
      if (file == null) {
        discard(sums, sumsPath, metaPath);
      }
    }
  }

  private void discard(ChunkSums sums, Path sumsPath, Path metaPath) throws IOException {
    if (sums != null) {
      sums.close();
    }
    disk.delete(sumsPath);
    disk.delete(metaPath);
  }

  /** The chunk key's value as it goes into the name of a buf_file_single. */
  private String key(Metadata metadata) {
    if (!layout().isSingle()) {
      return "";
    }
    Object value =
        layout().singleKey().equals("tag")
            ? metadata.tag()
            : metadata.variables().get(layout().singleKey());
    return value == null ? "" : value.toString();
  }

  private void write(Path file, byte[] content) throws IOException {
    try (Disk.AppendFile out = disk.append(file, settings.filePermission())) {
      out.append(content, 0, content.length);
    }
  }

  /** Writes a meta file under a name that is not in use. A failure costs Fluentd the metadata. */
  void writeMeta(Path file, MetaFile.Content meta) {
    try {
      disk.delete(file);
      write(file, MetaFile.encode(meta));
    } catch (IOException e) {
      report.warn("failed to write the metadata of a chunk", e, "path", file);
    }
  }

  /** Replaces a meta file as a whole. */
  void replaceMeta(Path file, MetaFile.Content meta) {
    try {
      disk.replace(file, MetaFile.encode(meta), settings.filePermission());
    } catch (IOException e) {
      report.warn("failed to write the metadata of a chunk", e, "path", file);
    }
  }

  /** Null where there are none. */
  SumsReader readSums(Path file) throws IOException {
    if (!disk.exists(file)) {
      return null;
    }
    SumsReader sums = SumsReader.of(disk.readAll(file));
    if (sums.meta() == null) {
      report.warn("checksums of a chunk are damaged", null, "path", file);
    }
    return sums;
  }

  /**
   * Writes new checksums over the whole content of a verified chunk.
   *
   * @return the length of their file
   */
  long rewriteSums(FileChunk chunk) throws IOException {
    Path target = chunk.sumsPath();
    Path temporary = target.resolveSibling(target.getFileName() + ".tmp");
    disk.delete(temporary);
    // what the new checksums cover must not get lost again, or they would speak against the rest
    disk.force(chunk.path());
    long length;
    try (InputStream in = disk.stream(chunk.path())) {
      length =
          ChunkSums.write(
              disk, temporary, chunk.meta(), bootId, settings.filePermission(), in, chunk.bytes());
    }
    disk.rename(temporary, target);
    return length;
  }

  /** Cuts a file and makes sure that it stays cut. */
  void truncate(Path file, long length) throws IOException {
    try (Disk.AppendFile open = disk.append(file, settings.filePermission())) {
      open.truncate(length);
      open.force();
    }
  }

  void deleteFiles(FileChunk chunk) {
    try {
      disk.delete(chunk.path());
      if (!layout().isSingle()) {
        disk.delete(FileLayout.meta(chunk.path()));
      }
      disk.delete(chunk.sumsPath());
      disk.delete(chunk.notePath());
    } catch (IOException e) {
      report.warn("failed to delete a chunk", e, "path", chunk.path());
    }
  }

  @Override
  public void prepare() throws IOException {
    disk.createDirectories(layout().directory(), settings.directoryPermission());
  }

  @Override
  public Resumed resume() throws IOException {
    prepare();
    ReceiptFile.Content known = receipts.load();
    ledger.load();
    Resumed resumed = new FileResume(this).run();
    ledger.begin();
    if (known != null) {
      receipts.confirm(known, resumed);
    }
    return resumed;
  }
}
