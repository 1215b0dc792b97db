package io.runnel.plugins.tail;

import java.io.Closeable;
import java.util.List;
import java.util.Set;

/** Tells what happens in folders, as a hint: nothing relies on all of it being told. */
interface Changes extends Closeable {
  /** What happened to a name. */
  enum Kind {
    CREATED,
    DELETED,
    /** Without a name: any of the folder's files may have changed. */
    MODIFIED,
    /** Something was not told: look at everything. */
    OVERFLOW
  }

  /**
   * One change.
   *
   * @param folder as it was given to {@link #watch}
   */
  record Change(Kind kind, String folder, String name) {
    String path() {
      return folder + name;
    }
  }

  /**
   * Sets the folders to be told about: each ends with a slash, or is empty for the working folder.
   *
   * @return true where one was added: what happened in it before is not told
   */
  boolean watch(Set<String> folders);

  /** Whether changes of a folder are told; where they are not, it has to be looked into. */
  boolean isTold(String folder);

  /**
   * Waits for changes, at most so long; once {@link #wake} was called it only gives what there is.
   */
  List<Change> await(long nanos) throws InterruptedException;

  /** Ends the waiting, from another thread and for good. */
  void wake();

  @Override
  void close();
}
