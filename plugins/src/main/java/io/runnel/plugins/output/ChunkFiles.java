package io.runnel.plugins.output;

import io.runnel.host.Clock;
import io.runnel.log.Log;
import io.runnel.plugin.Chunk;
import io.runnel.plugin.PluginContext;
import io.runnel.plugin.SystemSettings;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntFunction;

/**
 * Writes whole chunks into files, by the flush threads. What a failed write has left is taken back,
 * so that the retry does not double events: an appended file is cut to its old length, a new file
 * is deleted. Where the chunk comes from a file it may be deleted right after this, so the target
 * is synced first; a memory buffer promises nothing over a power loss, so its chunks are not.
 *
 * <p>Before a chunk of a file buffer is written, a {@link WriteNote} tells where, so that a chunk
 * that was written when the process was killed is neither doubled nor torn.
 *
 * <p>An appended file is locked while it is written, against other threads and workers of this
 * process and against other processes, because cutting back is only right for one writer.
 */
final class ChunkFiles {
  /** How long a file may stay locked by others before this attempt fails (and is retried). */
  private static final long LOCK_TIMEOUT_NANOS = 60_000_000_000L;

  private static final long LOCK_POLL_NANOS = 2_000_000L;

  /** Bytes that are copied at once: what stays in the processor's cache. */
  private static final int BLOCK = 64 * 1024;

  private final SystemSettings settings;
  private final Clock clock;
  private final Log log;
  private final Compression compression;
  private final boolean recompress;
  private final ReentrantLock[] locks = new ReentrantLock[16];

  /** One block that is not in use, kept for the next chunk. */
  private final AtomicReference<ByteBuffer> spare = new AtomicReference<>();

  /**
   * @param recompress false: a chunk that is compressed in the wanted way is copied as it is
   */
  ChunkFiles(PluginContext context, Compression compression, boolean recompress) {
    this.settings = context.system();
    this.clock = context.clock();
    this.log = context.log();
    this.compression = compression;
    this.recompress = recompress;
    Arrays.setAll(locks, i -> new ReentrantLock());
  }

  /** Appends a chunk to a file, which is made where it does not exist. */
  void append(Chunk chunk, Path path) throws IOException, InterruptedException {
    createDirectories(path.toAbsolutePath().getParent());
    ReentrantLock lock = locks[Math.floorMod(path.hashCode(), locks.length)];
    lock.lockInterruptibly();
    try {
      boolean isNew = !Files.exists(path);
      try (FileChannel channel =
          open(path, isNew, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
        FileLock held = lock(channel, path);
        long end = channel.size();
        try {
          note(chunk, new WriteNote(path, end, false));
          copy(chunk, channel);
          sync(chunk, channel, isNew ? path : null);
        } catch (IOException | RuntimeException | Error e) {
          cutBack(chunk, channel, path, end, e);
          throw e;
        } finally {
          if (held != null && channel.isOpen()) {
            held.release();
          }
        }
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Writes a chunk into a file that does not exist yet.
   *
   * @param names the path by number; the first free number from 0 is taken
   * @return the path that was taken
   */
  Path writeNew(Chunk chunk, IntFunction<Path> names) throws IOException {
    createDirectories(names.apply(0).toAbsolutePath().getParent());
    for (int number = 0; ; number++) {
      Path path = names.apply(number);
      if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
        continue;
      }
      try (FileChannel channel =
          open(path, true, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
        write(chunk, channel, path);
        return path;
      } catch (FileAlreadyExistsException e) {
        // another flush thread took this number: the next one may be free
      }
    }
  }

  private void write(Chunk chunk, FileChannel channel, Path path) throws IOException {
    try {
      note(chunk, new WriteNote(path, 0, true));
      copy(chunk, channel);
      sync(chunk, channel, path);
    } catch (IOException | RuntimeException | Error e) {
      try {
        Files.deleteIfExists(path);
        forget(chunk);
      } catch (IOException suppressed) {
        e.addSuppressed(suppressed);
      }
      throw e;
    }
  }

  /** Without a note the chunk may be doubled after a crash; that is no reason to keep it back. */
  private void note(Chunk chunk, WriteNote note) {
    if (chunk.note().isPresent()) {
      try {
        Files.write(chunk.note().get(), note.encode());
      } catch (IOException e) {
        log.debug("cannot note where a chunk is written", "chunk_id", chunk.hexId(), "error", e);
      }
    }
  }

  /** Deletes the note of a write that was taken back: others will write at that place. */
  private static void forget(Chunk chunk) throws IOException {
    if (chunk.note().isPresent()) {
      Files.deleteIfExists(chunk.note().get());
    }
  }

  /**
   * Finds out what became of a chunk that was being written when an earlier run ended, and takes
   * back what was half written. To be called before anything else is written.
   *
   * @return true where all of it is there, on the disk
   */
  boolean resume(Chunk chunk) throws IOException, InterruptedException {
    WriteNote note = chunk.note().isPresent() ? WriteNote.read(chunk.note().get()) : null;
    if (note != null && Files.isRegularFile(note.path())) {
      try (FileChannel file =
          FileChannel.open(note.path(), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
        FileLock held = lock(file, note.path());
        try {
          if (resume(chunk, note, file)) {
            return true;
          }
        } finally {
          if (held != null) {
            held.release();
          }
        }
      }
    }
    forget(chunk);
    return false;
  }

  private boolean resume(Chunk chunk, WriteNote note, FileChannel file) throws IOException {
    if (file.size() < note.offset()) {
      return false; // it was replaced
    }
    Comparison comparison = new Comparison(file, note.offset());
    content(chunk, comparison);
    if (comparison.isWhole()) {
      sync(chunk, file, note.path());
      return true;
    }
    if (comparison.isTorn()) {
      file.truncate(note.offset());
      if (note.own()) {
        Files.deleteIfExists(note.path());
      }
    }
    return false;
  }

  /** Writes what {@link #copy} writes. */
  private void content(Chunk chunk, OutputStream out) throws IOException {
    if (chunk.compression().equals(compression.text()) && !recompress) {
      try (InputStream in = chunk.openRaw()) {
        in.transferTo(out);
      }
      return;
    }
    try (OutputStream compressing = compression.wrap(out)) {
      chunk.writeTo(compressing);
    }
  }

  private void copy(Chunk chunk, FileChannel target) throws IOException {
    if (chunk.compression().equals(compression.text()) && !recompress) {
      copyStored(chunk, target);
      return;
    }
    if (compression == Compression.TEXT) {
      chunk.writeTo(new ChannelOutput(target));
      return;
    }
    try (OutputStream out = compression.wrap(new ChannelOutput(target))) {
      chunk.writeTo(out);
    }
  }

  private void copyStored(Chunk chunk, FileChannel target) throws IOException {
    Optional<Path> file = chunk.file();
    if (file.isEmpty()) {
      if (chunk.compression().equals(Compression.TEXT.text())) {
        chunk.writeTo(new ChannelOutput(target));
      } else {
        try (var in = chunk.openRaw()) {
          in.transferTo(new ChannelOutput(target));
        }
      }
      return;
    }
    try (FileChannel source = FileChannel.open(file.get(), StandardOpenOption.READ)) {
      copy(source, chunk.bytes(), target, file.get());
    }
  }

  /**
   * Copies by reading and writing: into a file that is open for appending the kernel moves nothing
   * by itself (sendfile refuses it), and {@link FileChannel#transferTo} would map the chunk, whose
   * page faults cost half as much again.
   */
  private void copy(FileChannel source, long length, FileChannel target, Path file)
      throws IOException {
    ByteBuffer free = spare.getAndSet(null);
    ByteBuffer block = free == null ? ByteBuffer.allocateDirect(BLOCK) : free;
    try {
      for (long done = 0; done < length; done += block.limit()) {
        block.clear().limit((int) Math.min(BLOCK, length - done));
        if (source.read(block, done) <= 0) {
          throw new IOException(
              file + " has " + done + " bytes of " + length + " that its chunk should have");
        }
        block.flip();
        while (block.hasRemaining()) {
          target.write(block);
        }
      }
    } finally {
      spare.set(block);
    }
  }

  private static void sync(Chunk chunk, FileChannel channel, Path created) throws IOException {
    if (chunk.file().isEmpty()) {
      return;
    }
    channel.force(false);
    if (created != null) {
      try (FileChannel folder =
          FileChannel.open(created.toAbsolutePath().getParent(), StandardOpenOption.READ)) {
        folder.force(true); // else a power loss could take the new name away
      }
    }
  }

  private static void cutBack(
      Chunk chunk, FileChannel channel, Path path, long end, Throwable cause) {
    boolean interrupted = Thread.interrupted(); // an interrupted thread cannot use a channel
    try {
      if (channel.isOpen()) {
        channel.truncate(end);
      } else {
        try (FileChannel again = FileChannel.open(path, StandardOpenOption.WRITE)) {
          again.truncate(end);
        }
      }
      forget(chunk);
    } catch (IOException e) {
      cause.addSuppressed(e);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** The lock of a file; null where the file system knows no locks. */
  private FileLock lock(FileChannel channel, Path path) throws IOException, InterruptedException {
    long start = clock.nanos();
    while (true) {
      try {
        FileLock lock = channel.tryLock();
        if (lock != null) {
          return lock;
        }
      } catch (OverlappingFileLockException e) {
        // another worker of this process has it: wait like for another process
      } catch (ClosedChannelException e) {
        throw e;
      } catch (IOException e) {
        return null;
      }
      if (clock.nanos() - start > LOCK_TIMEOUT_NANOS) {
        throw new IOException(path + " is locked by another writer");
      }
      clock.sleep(LOCK_POLL_NANOS);
    }
  }

  private FileChannel open(Path path, boolean isNew, OpenOption... options) throws IOException {
    FileChannel channel = FileChannel.open(path, options);
    if (isNew && settings.filePermission().isPresent()) {
      try {
        Files.setPosixFilePermissions(path, settings.filePermission().get());
      } catch (IOException e) {
        channel.close();
        throw e;
      }
    }
    return channel;
  }

  private void createDirectories(Path folder) throws IOException {
    createDirectories(folder, settings);
  }

  /** Makes a folder and those above it, with {@code dir_permission} where one is set. */
  static void createDirectories(Path folder, SystemSettings settings) throws IOException {
    if (folder == null || Files.isDirectory(folder)) {
      return;
    }
    createDirectories(folder.getParent(), settings);
    try {
      Files.createDirectory(folder);
    } catch (FileAlreadyExistsException e) {
      if (!Files.isDirectory(folder)) {
        throw e;
      }
      return; // made by another thread in between
    }
    if (settings.dirPermission().isPresent()) {
      Files.setPosixFilePermissions(folder, settings.dirPermission().get());
    }
  }

  /** Whether a file of that path could be made or written, as far as can be told beforehand. */
  static boolean isWritable(Path path) {
    if (Files.exists(path)) {
      return Files.isRegularFile(path) && Files.isWritable(path);
    }
    Path folder = path.toAbsolutePath().getParent();
    while (folder != null && !Files.exists(folder)) {
      folder = folder.getParent();
    }
    return folder != null && Files.isDirectory(folder) && Files.isWritable(folder);
  }
}
