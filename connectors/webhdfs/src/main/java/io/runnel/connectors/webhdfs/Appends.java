package io.runnel.connectors.webhdfs;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;

/**
 * What was being appended when the answer got lost. Where the file has since grown by exactly the
 * chunk's bytes, the chunk is in it: nobody else writes to a file of HDFS at the same time, as long
 * as there is one writer here. Safe for use by several threads.
 */
final class Appends {
  /** More than chunks that are tried again at the same time. */
  private static final int MAX_OPEN = 64;

  private record Append(String path, long before, long bytes) {}

  private final boolean alone;
  private final Map<String, Append> open = new LinkedHashMap<>();

  /**
   * @param alone whether one thread writes at a time; else nothing can be told from a length
   */
  Appends(boolean alone) {
    this.alone = alone;
  }

  synchronized void begin(String chunk, String path, OptionalLong length, long bytes) {
    if (!alone) {
      return;
    }
    if (open.size() >= MAX_OPEN) {
      open.remove(open.keySet().iterator().next());
    }
    open.put(chunk, new Append(path, length.orElse(0), bytes));
  }

  synchronized void end(String chunk) {
    open.remove(chunk);
  }

  /** Whether an attempt that failed has done it all the same. */
  synchronized boolean isDone(String chunk, String path, OptionalLong length) {
    Append append = open.get(chunk);
    boolean done =
        append != null
            && append.path.equals(path)
            && length.isPresent()
            && length.getAsLong() == append.before + append.bytes;
    if (done) {
      open.remove(chunk);
    }
    return done;
  }
}
