package io.runnel.plugins.tail;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;

/**
 * The file system as tail sees it. Paths are texts as the configuration gives them, links are
 * followed.
 */
public interface TailFiles {
  /**
   * What is known of a file without opening it.
   *
   * @param key the identity (device and inode), equal for equal files
   * @param size in bytes
   * @param modifiedMillis last change, milliseconds since the epoch
   */
  record Stat(Object key, long size, long modifiedMillis, boolean directory) {}

  /** A file that is open; it stays readable when its name goes away. */
  interface OpenFile extends Closeable {
    /**
     * Reads at a position.
     *
     * @return the number of bytes, 0 or less at the end
     */
    int read(byte[] target, int offset, int count, long position) throws IOException;

    long size() throws IOException;
  }

  /** An open file together with what was known of it at that moment. */
  record Opened(OpenFile file, Stat stat) {}

  /** Null where there is no such file, or a part of its path is none. */
  Stat stat(String path) throws IOException;

  /**
   * When a file was created, milliseconds since the epoch; its last change where the file system
   * does not know, or -1 where there is no such file.
   */
  long createdMillis(String path) throws IOException;

  /** Whether a file exists and may be read. */
  boolean isReadable(String path);

  /** Opens a file for reading; null where it went away meanwhile. */
  Opened open(String path) throws IOException;

  /** The names in a directory, in order; empty where it is none. */
  List<String> list(String directory) throws IOException;

  /** The number of the inode of {@link Stat#key}. */
  long inode(Object key);
}
