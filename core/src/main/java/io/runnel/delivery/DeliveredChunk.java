package io.runnel.delivery;

import io.runnel.buffer.PackedReader;
import io.runnel.buffer.StoredChunk;
import io.runnel.event.EventStream;
import io.runnel.event.MsgpackException;
import io.runnel.log.Log;
import io.runnel.plugin.Chunk;
import io.runnel.plugin.UnrecoverableException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** A chunk of the buffer as the output sees it. */
final class DeliveredChunk implements Chunk {
  private final StoredChunk stored;
  private final BufferSettings settings;
  private final Log log;

  DeliveredChunk(StoredChunk stored, BufferSettings settings, Log log) {
    this.stored = stored;
    this.settings = settings;
    this.log = log;
  }

  @Override
  public byte[] id() {
    return stored.id();
  }

  @Override
  public String hexId() {
    return stored.hexId();
  }

  @Override
  public String tag() {
    return stored.metadata().tag();
  }

  @Override
  public Long timekey() {
    return stored.metadata().timekey();
  }

  @Override
  public Map<String, Object> variables() {
    Map<String, Object> variables = stored.metadata().variables();
    return variables == null ? Map.of() : Collections.unmodifiableMap(variables);
  }

  @Override
  public int records() {
    return stored.records();
  }

  @Override
  public long bytes() {
    return stored.bytes();
  }

  @Override
  public long createdAt() {
    return stored.createdAt();
  }

  @Override
  public InputStream open() throws IOException {
    return stored.compression().open(stored.openRaw(), settings.decompressionLimit());
  }

  @Override
  public void writeTo(OutputStream out) throws IOException {
    switch (stored.compression()) {
      case TEXT -> stored.writeRaw(out);
      case GZIP, ZSTD -> {
        try (InputStream in = open()) {
          in.transferTo(out);
        }
      }
    }
  }

  @Override
  public String compression() {
    return stored.compression().text();
  }

  @Override
  public InputStream openRaw() throws IOException {
    return stored.openRaw();
  }

  @Override
  public Optional<Path> file() {
    return stored.file();
  }

  @Override
  public Optional<Path> note() {
    return stored.note();
  }

  @Override
  public void eachStream(Consumer<EventStream> consumer) throws IOException {
    try (PackedReader reader = new PackedReader(open(), true)) {
      while (next(reader)) {
        consumer.accept(EventStream.packed(reader.bytes(), 0, reader.length(), reader.count()));
      }
    }
  }

  private boolean next(PackedReader reader) throws IOException {
    try {
      return reader.next();
    } catch (MsgpackException e) {
      throw new UnrecoverableException(
          "chunk " + hexId() + " is no stream of events: " + e.getMessage(), e);
    }
  }

  @Override
  public String expand(String template) {
    Placeholders.Values values =
        new Placeholders.Values(
            timekey(), tag(), stored.metadata().variables(), hexId(), settings.zone());
    Placeholders.Expanded expanded = Placeholders.expand(template, values);
    if (!expanded.complete()) {
      log.warn(
          "chunk key placeholder could not be replaced. template: " + template,
          "chunk_id",
          hexId());
    }
    return expanded.text();
  }

  @Override
  public String toString() {
    return "chunk " + hexId();
  }
}
