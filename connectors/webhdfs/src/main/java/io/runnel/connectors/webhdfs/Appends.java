package io.runnel.connectors.webhdfs;

import io.runnel.plugin.Chunk;
import io.runnel.plugins.client.ChunkNote;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What was being appended when the answer got lost. Where the file has since grown by exactly the
 * chunk's bytes, the chunk is in it: nobody else writes to a file of HDFS at the same time, as long
 * as there is one writer here. Another append to the same file ends what can be told from its
 * length.
 *
 * <p>With a file buffer this stands in the note beside the chunk before the append begins, and
 * outlives the process:
 *
 * <pre>
 * 52 4e 4c 48 44 46 00 01   "RNLHDF", 0, version 1: the magic of a {@link ChunkNote}
 * int64 BE                  the file's length before
 * int64 BE                  bytes that are appended
 * UTF-8                     the file's path
 * </pre>
 *
 * <p>Safe for use by several threads.
 */
final class Appends {
  private static final byte[] MAGIC = {'R', 'N', 'L', 'H', 'D', 'F', 0, 1};

  /** HDFS allows paths of 8,000 characters. */
  private static final int MAX_NOTE = 64 * 1024;

  /** More than chunks that are tried again at the same time. */
  private static final int MAX_OPEN = 64;

  private record Append(String path, long before, long bytes, Optional<Path> note) {
    byte[] encode() {
      byte[] text = path.getBytes(StandardCharsets.UTF_8);
      ByteBuffer out = ByteBuffer.allocate(2 * Long.BYTES + text.length);
      return out.putLong(before).putLong(bytes).put(text).array();
    }

    static Append decode(byte[] content, Path note) {
      ByteBuffer in = ByteBuffer.wrap(content);
      long before = in.getLong();
      long bytes = in.getLong();
      return new Append(
          StandardCharsets.UTF_8.decode(in).toString(), before, bytes, Optional.of(note));
    }
  }

  private final boolean alone;
  private final Map<String, Append> open = new LinkedHashMap<>();

  /**
   * @param alone whether one thread writes at a time; else nothing can be told from a length
   */
  Appends(boolean alone) {
    this.alone = alone;
  }

  /** Reads what an earlier run has left of a chunk; before the first append of this one. */
  synchronized void resume(Chunk chunk) throws IOException {
    if (!alone || chunk.note().isEmpty()) {
      return;
    }
    Path note = chunk.note().get();
    Optional<byte[]> content = ChunkNote.read(note, MAGIC, MAX_NOTE);
    if (content.isPresent()) {
      try {
        put(chunk.hexId(), Append.decode(content.get(), note));
      } catch (BufferUnderflowException e) {
        Files.deleteIfExists(note); // ours, but of no version that there was
      }
    }
  }

  /**
   * An append begins.
   *
   * @throws IOException where it cannot be noted
   */
  synchronized void begin(Chunk chunk, String path, OptionalLong length, long bytes)
      throws IOException {
    if (!alone) {
      return;
    }
    for (Iterator<Append> each = open.values().iterator(); each.hasNext(); ) {
      Append other = each.next();
      if (other.path.equals(path)) {
        each.remove();
        forget(other);
      }
    }
    Append append = new Append(path, length.orElse(0), bytes, chunk.note());
    if (append.note.isPresent()) {
      ChunkNote.write(append.note.get(), MAGIC, append.encode());
    }
    put(chunk.hexId(), append);
  }

  private void put(String chunk, Append append) throws IOException {
    if (open.size() >= MAX_OPEN) {
      Iterator<Append> eldest = open.values().iterator();
      Append other = eldest.next();
      eldest.remove();
      forget(other);
    }
    open.put(chunk, append);
  }

  private static void forget(Append append) throws IOException {
    if (append.note.isPresent()) {
      Files.deleteIfExists(append.note.get());
    }
  }

  /** The chunk was written; its note goes with it. */
  synchronized void end(Chunk chunk) {
    open.remove(chunk.hexId());
  }

  /** Whether an attempt that failed has done it all the same. */
  synchronized boolean isDone(Chunk chunk, String path, OptionalLong length) {
    Append append = open.get(chunk.hexId());
    boolean done =
        append != null
            && append.path.equals(path)
            && length.isPresent()
            && length.getAsLong() == append.before + append.bytes;
    if (done) {
      open.remove(chunk.hexId());
    }
    return done;
  }
}
