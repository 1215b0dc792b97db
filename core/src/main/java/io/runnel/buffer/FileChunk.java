package io.runnel.buffer;

import io.runnel.host.Disk;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A chunk in a file. The {@link Buffer} calls what changes it under its lock; {@link #awaitSafe}
 * may run at any time in any thread, and syncs without that lock.
 *
 * <p>The open files of a staged chunk are closed when it is sealed, or, where a sync is under way,
 * by the thread that syncs. A sealed chunk is synced by its path.
 */
final class FileChunk extends StoredChunk {
  private final FileStore store;
  private final Path sumsPath;
  private volatile Path path;
  private Disk.AppendFile file;
  private ChunkSums sums;
  private boolean verified;
  private boolean damaged;
  private ChunkCheck check;
  private long sumsLength;
  private boolean hasSums;
  private boolean sumsReadable;
  private boolean ofThisBoot;
  private boolean touchedByFluentd;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private boolean syncing;
  private boolean sealed;
  private boolean directorySynced;
  private long safe;
  private long rollbacks;
  private IOException syncFailure;

  /** A new, empty staged chunk whose files were just made. */
  FileChunk(
      FileStore store,
      byte[] id,
      Metadata metadata,
      long createdAt,
      Path path,
      Disk.AppendFile file,
      ChunkSums sums) {
    super(id, metadata, store.compression(), createdAt);
    this.store = store;
    this.path = path;
    this.sumsPath = store.layout().sums(path, id);
    this.file = file;
    this.sums = sums;
    this.verified = true;
  }

  /** A chunk that an earlier run left; to be verified before it is used. */
  FileChunk(FileStore store, byte[] id, Metadata metadata, long createdAt, Path path, State state) {
    super(id, metadata, store.compression(), createdAt);
    this.store = store;
    this.path = path;
    this.sumsPath = store.layout().sums(path, id);
    this.state = state;
    this.sealed = true;
  }

  Path path() {
    return path;
  }

  Disk disk() {
    return store.disk();
  }

  Receipts receipts() {
    return store.receipts();
  }

  Path sumsPath() {
    return sumsPath;
  }

  MetaFile.Content meta() {
    return new MetaFile.Content(
        metadata(), idBytes(), records, createdAt() / 1000, Math.max(1, modifiedAt / 1000));
  }

  // --- writing, under the lock of the buffer

  @Override
  void append(byte[] source, int offset, int length, int count) throws IOException {
    long before = bytes;
    open();
    try {
      file.append(source, offset, length);
    } catch (IOException e) {
      undo(before);
      throw e;
    }
    sums.add(source, offset, length, count);
    bytes = before + length;
    records += count;
    PendingSync.touched(this, bytes);
  }

  /** Opens the files where they are not, because others were in use meanwhile. */
  private void open() throws IOException {
    if (file == null) {
      Disk disk = store.disk();
      if (!disk.exists(path) || disk.stat(path).size() != bytes) {
        damaged = true;
        verified = false;
        throw new IOException(path + " was changed by somebody else");
      }
      Disk.AppendFile opened = disk.append(path, null);
      ChunkSums reopened;
      try {
        reopened = ChunkSums.reopen(disk, sumsPath, sumsLength);
      } catch (IOException e) {
        opened.close();
        throw e;
      }
      lock.lock();
      file = opened;
      sums = reopened;
      lock.unlock();
    }
    store.open().used(this);
  }

  /**
   * Closes the files until the next append, which is in no hurry; called under the lock of the
   * buffer. What has been written stays to be synced, by the path.
   *
   * @return false where that cannot be now
   */
  boolean park() {
    lock.lock();
    try {
      if (syncing || sealed || damaged || file == null) {
        return sealed || file == null;
      }
      sums.flush();
      sumsLength = sums.mark();
      closeNow();
      return true;
    } catch (IOException e) {
      return false; // the checksums stay in memory; the next sync tries again and tells
    } finally {
      lock.unlock();
    }
  }

  private void undo(long length) {
    try {
      file.truncate(length);
    } catch (IOException e) {
      damaged = true; // the file is longer than it should be
      verified = false;
      store.report().warn("failed to take back an append", e, "path", path);
    }
  }

  @Override
  boolean isDamaged() {
    return damaged;
  }

  @Override
  Mark mark() {
    return new Mark(bytes, records, modifiedAt, sums == null ? sumsLength : sums.mark());
  }

  @Override
  void rollback(Mark mark) {
    lock.lock();
    try {
      rollbacks++;
      safe = Math.min(safe, mark.bytes());
      try {
        open();
      } finally {
        bytes = mark.bytes();
        records = mark.records();
        modifiedAt = mark.modifiedAt();
      }
      undo(mark.bytes());
      sums.rollback(mark.sums());
    } catch (IOException e) {
      damaged = true;
      store.report().warn("failed to take back checksums", e, "path", sumsPath);
    } finally {
      lock.unlock();
    }
  }

  /** Makes a resumed chunk ready for more; its content must have been verified. */
  void reopen() throws IOException {
    Disk disk = store.disk();
    if (!check.covered() || !ofThisBoot) {
      sumsLength = store.rewriteSums(this);
    }
    file = disk.append(path, store.settings().filePermission());
    file.truncate(bytes);
    sums = ChunkSums.reopen(disk, sumsPath, sumsLength);
    sealed = false;
    store.open().used(this);
  }

  @Override
  void seal() {
    Path target = store.layout().queued(path, idBytes());
    boolean hasMeta = !store.layout().isSingle();
    if (hasMeta) {
      store.writeMeta(FileLayout.meta(target), meta());
    }
    Path before = path;
    try {
      store.disk().rename(before, target);
      path = target;
      if (hasMeta) {
        store.disk().delete(FileLayout.meta(before));
      }
    } catch (IOException e) {
      // it is in the queue all the same; after a restart it would be staged again
      store.report().warn("failed to rename a chunk for the queue", e, "path", before);
    }
    closeFiles();
  }

  @Override
  void close() {
    if (state == State.STAGED && !store.layout().isSingle()) {
      store.replaceMeta(FileLayout.meta(path), meta());
    }
    closeFiles();
  }

  @Override
  void destroy() {
    closeFiles();
    lock.lock();
    try {
      changed.signalAll(); // delivered: those who wait for the disk need not
    } finally {
      lock.unlock();
    }
    store.deleteFiles(this);
  }

  private void closeFiles() {
    store.open().closed(this);
    lock.lock();
    try {
      sealed = true;
      if (sums != null) {
        sums.flush();
      }
      if (!syncing) {
        closeNow();
      }
    } catch (IOException e) {
      syncFailure = e; // without checksums a power loss would make the content doubtful
      store.report().warn("failed to write checksums", e, "path", sumsPath);
      if (!syncing) {
        closeNow();
      }
    } finally {
      lock.unlock();
    }
  }

  private void closeNow() {
    try (ChunkSums closingSums = sums;
        Disk.AppendFile closingFile = file) {
      file = null;
      sums = null;
    } catch (IOException e) {
      store.report().warn("failed to close a chunk", e, "path", path);
    }
  }

  // --- verification

  @Override
  Verdict verify() {
    if (verified) {
      return Verdict.SOUND;
    }
    verified = true;
    try {
      if (damaged) {
        store.truncate(path, bytes);
        return Verdict.SOUND;
      }
      SumsReader found = store.readSums(sumsPath);
      sumsLength = found == null ? 0 : found.soundLength();
      ofThisBoot = found != null && found.bootId().equals(store.bootId());
      hasSums = found != null;
      sumsReadable = found != null && found.meta() != null;
      return new ChunkRepair(store, this, found).run();
    } catch (IOException e) {
      store.report().warn("found broken chunk file during resume.", e, "path", path);
      return Verdict.LEFT_ALONE;
    }
  }

  /** Says that the metadata shows more events than this program writes into it. */
  void touchedByFluentd() {
    touchedByFluentd = true;
  }

  /**
   * What content without checksums is worth: after a power loss it may have holes, and nothing in
   * it was promised to anybody.
   */
  ChunkCheck.Belief belief() {
    return ChunkCheck.Belief.of(hasSums, sumsReadable, ofThisBoot || touchedByFluentd);
  }

  /** Takes over what the check of the content found. */
  void checked(ChunkCheck result) {
    check = result;
    bytes = result.length();
    if (result.records() >= 0) {
      records = result.records();
    }
  }

  // --- sync

  /** True where nobody needs to wait for the first {@code end} bytes. */
  boolean isSafe(long end) {
    if (isGone()) {
      return true;
    }
    lock.lock();
    try {
      return syncFailure == null && safe >= Math.min(end, bytes);
    } finally {
      lock.unlock();
    }
  }

  /** Waits until the first {@code end} bytes are on the disk, or delivered. */
  void awaitSafe(long end) throws IOException {
    lock.lock();
    try {
      while (!isGone() && safe < Math.min(end, bytes)) {
        if (syncFailure != null) {
          throw new IOException(
              "failed to sync " + path + ": " + syncFailure.getMessage(), syncFailure);
        }
        if (syncing) {
          changed.awaitUninterruptibly();
        } else {
          sync();
        }
      }
    } finally {
      lock.unlock();
    }
  }

  /** Syncs for all that wait; called with the lock, which it lets go while the disk works. */
  private void sync() {
    syncing = true;
    Disk.AppendFile openFile = sealed ? null : file;
    ChunkSums openSums = sealed ? null : sums;
    boolean withDirectory = !directorySynced;
    long target = bytes;
    long rollbacksBefore = rollbacks;
    IOException failure = null;
    lock.unlock();
    try {
      force(openFile, openSums, withDirectory);
    } catch (IOException e) {
      failure = e;
    } finally {
      lock.lock();
      syncing = false;
      if (sealed && file != null) {
        closeNow();
      }
      changed.signalAll();
    }
    if (isGone()) {
      return;
    }
    if (failure != null) {
      // after a failed sync the system may have dropped the dirty pages: trying again proves
      // nothing
      syncFailure = failure;
    } else if (rollbacks == rollbacksBefore) {
      safe = target;
      directorySynced = true;
    }
  }

  private void force(Disk.AppendFile openFile, ChunkSums openSums, boolean withDirectory)
      throws IOException {
    List<Disk.Sync> syncs = new ArrayList<>();
    if (openFile != null) {
      openSums.flush();
      syncs.add(openFile::force);
      syncs.add(openSums::force);
    } else {
      syncs.add(this::forceByPath);
      syncs.add(() -> store.disk().force(sumsPath));
    }
    if (store.receipts().takeDirty()) {
      syncs.add(store.receipts()::force);
    }
    if (withDirectory) {
      syncs.add(() -> store.disk().force(path.getParent()));
    }
    store.disk().together(syncs);
  }

  private void forceByPath() throws IOException {
    Path now = path;
    try {
      store.disk().force(now);
    } catch (NoSuchFileException e) {
      if (now.equals(path)) {
        throw e;
      }
      store.disk().force(path); // it was renamed meanwhile
    }
  }

  // --- reading

  @Override
  public InputStream openRaw() throws IOException {
    return store.disk().stream(path);
  }

  @Override
  public void writeRaw(OutputStream out) throws IOException {
    if (out instanceof java.io.FileOutputStream target) {
      store.disk().transfer(path, 0, bytes, target.getChannel());
    } else {
      store.disk().transfer(path, 0, bytes, Channels.newChannel(out));
    }
  }

  @Override
  public Optional<Path> file() {
    return Optional.of(path);
  }

  Path notePath() {
    return store.layout().note(path, idBytes());
  }

  @Override
  public Optional<Path> note() {
    return Optional.of(notePath());
  }

  @Override
  public boolean isNoted() {
    return store.disk().exists(notePath());
  }
}
