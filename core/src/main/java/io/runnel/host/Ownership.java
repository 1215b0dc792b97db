package io.runnel.host;

import java.io.IOException;
import java.nio.file.Path;

/**
 * Locks on what one instance alone may use: buffer directories, position files, storage files, unix
 * sockets. They are held by the process and end with it, however it ends. Within the process a lock
 * is counted, so that a reloaded configuration can take it before the old one lets go.
 */
public interface Ownership {
  /** A lock that is held; closing it gives it back. */
  interface Claim extends AutoCloseable {
    @Override
    void close();
  }

  /**
   * Takes the lock of {@code path}.
   *
   * @param what what the path is used for, for messages: {@code buffer}, {@code pos_file} …
   * @throws OwnedException where another live process has it; names the owner
   */
  Claim claim(Path path, String what) throws IOException;

  /** Locks nothing: for tests and dry runs. */
  static Ownership none() {
    return (path, what) -> () -> {};
  }

  /** What is wanted belongs to another live instance. */
  final class OwnedException extends IOException {
    private static final long serialVersionUID = 1L;

    public OwnedException(String message) {
      super(message);
    }
  }
}
