package io.runnel.plugins.output;

import io.runnel.event.EventStream;
import io.runnel.plugin.Chunk;
import io.runnel.testkit.MemoryChunk;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** A chunk whose content lies in a file, or whose content cannot be read to its end. */
record StoredChunk(MemoryChunk chunk, Optional<Path> path, int breaksAfter) implements Chunk {
  static StoredChunk in(Path path, MemoryChunk chunk) throws IOException {
    try (InputStream raw = chunk.openRaw()) {
      Files.write(path, raw.readAllBytes());
    }
    return new StoredChunk(chunk, Optional.of(path), Integer.MAX_VALUE);
  }

  /** A chunk whose reader gets an IOException after some bytes. */
  static StoredChunk broken(MemoryChunk chunk, int breaksAfter) {
    return new StoredChunk(chunk, Optional.empty(), breaksAfter);
  }

  @Override
  public byte[] id() {
    return chunk.id();
  }

  @Override
  public String hexId() {
    return chunk.hexId();
  }

  @Override
  public String tag() {
    return chunk.tag();
  }

  @Override
  public Long timekey() {
    return chunk.timekey();
  }

  @Override
  public Map<String, Object> variables() {
    return chunk.variables();
  }

  @Override
  public int records() {
    return chunk.records();
  }

  @Override
  public long bytes() {
    try {
      return path.isPresent() ? Files.size(path.get()) : chunk.bytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public long createdAt() {
    return chunk.createdAt();
  }

  @Override
  public InputStream open() {
    return chunk.open();
  }

  @Override
  public void writeTo(OutputStream out) throws IOException {
    int length = Math.min(breaksAfter, chunk.content().length);
    out.write(chunk.content(), 0, length);
    if (length < chunk.content().length) {
      throw new IOException("No space left on device");
    }
  }

  @Override
  public String compression() {
    return chunk.compression();
  }

  @Override
  public InputStream openRaw() {
    try {
      return path.isPresent() ? Files.newInputStream(path.get()) : chunk.openRaw();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public Optional<Path> file() {
    return path;
  }

  @Override
  public Optional<Path> note() {
    return path.map(file -> file.resolveSibling("." + file.getFileName() + ".out"));
  }

  @Override
  public void eachStream(Consumer<EventStream> consumer) {
    chunk.eachStream(consumer);
  }

  @Override
  public String expand(String template) {
    return chunk.expand(template);
  }
}
