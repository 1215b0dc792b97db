package io.runnel.host;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.List;
import java.util.Set;

/**
 * The door to files for the parts that hold data, so that tests can put a disk behind it that
 * fails, fills up or loses power. Safe for use by several threads at once.
 *
 * <p>Unlike with {@link java.nio.channels.FileChannel}, a thread that is interrupted while it reads
 * or writes does not close the file for the others.
 */
public interface Disk {
  /** A file open for appending. One thread at a time, but {@link #force} may run beside a write. */
  interface AppendFile extends AutoCloseable {
    /** Appends all bytes; after a failure the file may have grown by a part of them. */
    void append(byte[] bytes, int offset, int length) throws IOException;

    /** Cuts the file to a shorter length; the next append goes behind it. */
    void truncate(long length) throws IOException;

    /** Returns when all that has been appended is on the disk. */
    void force() throws IOException;

    @Override
    void close() throws IOException;
  }

  /** A file open for reading. One thread at a time. */
  interface ReadFile extends AutoCloseable {
    long size() throws IOException;

    /**
     * Reads at a position, up to {@code length} bytes.
     *
     * @return the number of bytes read; -1 at the end
     */
    int read(long position, byte[] bytes, int offset, int length) throws IOException;

    @Override
    void close() throws IOException;
  }

  /**
   * What is known of a file.
   *
   * @param size bytes
   * @param modifiedMillis time of the last change of the content
   * @param createdMillis time of the file's creation where the file system keeps it
   */
  record Stat(long size, long modifiedMillis, long createdMillis) {}

  /**
   * Opens for appending at the end, creating the file where there is none.
   *
   * @param permissions of a new file, whatever the umask; null for 0644 less the umask
   */
  AppendFile append(Path file, Set<PosixFilePermission> permissions) throws IOException;

  ReadFile read(Path file) throws IOException;

  /** The content of a file as a stream; not buffered. */
  InputStream stream(Path file) throws IOException;

  /** Copies {@code count} bytes of a file to a channel, without copying through the heap. */
  void transfer(Path file, long position, long count, WritableByteChannel target)
      throws IOException;

  /** Renames within a folder, replacing the target. */
  void rename(Path from, Path to) throws IOException;

  /** Deletes a file; false where there was none. */
  boolean delete(Path file) throws IOException;

  boolean exists(Path path);

  boolean isDirectory(Path path);

  /**
   * @throws java.nio.file.NoSuchFileException where there is none
   */
  Stat stat(Path file) throws IOException;

  /** The entries of a folder in no particular order; empty where there is no such folder. */
  List<Path> list(Path directory) throws IOException;

  /**
   * Makes a folder and those above it.
   *
   * @param permissions of new folders, whatever the umask; null for 0755 less the umask
   */
  void createDirectories(Path directory, Set<PosixFilePermission> permissions) throws IOException;

  /**
   * Returns when the content of an existing file, or the entries of a folder (new and renamed
   * files), are on the disk.
   */
  void force(Path path) throws IOException;

  /** Something that ends when the disk has written. */
  interface Sync {
    void run() throws IOException;
  }

  /**
   * Runs syncs that need no order among themselves, at the same time where that helps: a journaling
   * file system writes its journal once for all of them.
   *
   * @throws IOException where one of them failed
   */
  default void together(List<Sync> syncs) throws IOException {
    for (Sync sync : syncs) {
      sync.run();
    }
  }

  /**
   * Identifies the run of the machine: another one than before means that what was not synced may
   * be lost or torn.
   */
  String bootId();

  /** The whole content of a small file. */
  default byte[] readAll(Path file) throws IOException {
    try (InputStream in = stream(file)) {
      return in.readAllBytes();
    }
  }

  /**
   * Writes a small file as a whole: readers see the old content or the new one. Not synced.
   *
   * @param permissions as in {@link #append}
   */
  default void replace(Path file, byte[] content, Set<PosixFilePermission> permissions)
      throws IOException {
    Path temporary = file.resolveSibling("." + file.getFileName() + ".tmp");
    delete(temporary);
    try (AppendFile out = append(temporary, permissions)) {
      out.append(content, 0, content.length);
    }
    rename(temporary, file);
  }

  /** The machine's files. */
  static Disk local() {
    return LocalDisk.INSTANCE;
  }
}
