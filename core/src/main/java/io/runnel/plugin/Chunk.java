package io.runnel.plugin;

import io.runnel.event.EventStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** One unit of delivery, as an output sees it. */
public interface Chunk {
  /** 16 bytes. */
  byte[] id();

  /** The id as 32 hexadecimal digits. */
  String hexId();

  /** Chunk key {@code tag}; null where it is none. */
  String tag();

  /** Chunk key {@code time}: seconds since the epoch; null where it is none. */
  Long timekey();

  /** The values of the other chunk keys by name; a missing field has a null value. */
  Map<String, Object> variables();

  /** Number of events. */
  int records();

  /** Bytes as stored (compressed, where the buffer compresses). */
  long bytes();

  /** When the chunk was begun, milliseconds since the epoch. */
  long createdAt();

  /** The content without compression. */
  InputStream open() throws IOException;

  /** Writes the content without compression, with the least copying. */
  void writeTo(OutputStream out) throws IOException;

  /** {@code text}, {@code gzip} or {@code zstd}: what {@link #openRaw} gives. */
  String compression();

  /** The content as stored: one or more gzip members or zstd frames where compressed. */
  InputStream openRaw() throws IOException;

  /** The file that holds the stored content; empty for a memory buffer. */
  Optional<Path> file();

  /**
   * Where an output may keep a small file that tells how far the delivery got, to find it in {@link
   * BufferedOutput#resume} if the process ends before the chunk is committed. It is deleted with
   * the chunk. Empty for a memory buffer.
   */
  default Optional<Path> note() {
    return Optional.empty();
  }

  /**
   * Passes the events of a chunk in the standard form in bounded batches, in order.
   *
   * @throws UnrecoverableException where the content is no stream of events
   */
  void eachStream(Consumer<EventStream> consumer) throws IOException;

  /**
   * Replaces the placeholders of a parameter by this chunk's values: strftime letters by the time
   * key, {@code ${tag}}, {@code ${tag[n]}}, {@code ${key}}, {@code ${chunk_id}}.
   *
   * @throws UnrecoverableException where a value would lead out of the folder that a path names
   */
  String expand(String template);
}
