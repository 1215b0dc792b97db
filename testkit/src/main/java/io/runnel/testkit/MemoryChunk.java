package io.runnel.testkit;

import io.runnel.event.Bytes;
import io.runnel.event.Event;
import io.runnel.event.EventCursor;
import io.runnel.event.EventStream;
import io.runnel.event.MsgpackException;
import io.runnel.plugin.Chunk;
import io.runnel.plugin.FormatException;
import io.runnel.plugin.Formatter;
import io.runnel.plugin.UnrecoverableException;
import io.runnel.time.Strftime;
import io.runnel.time.Zone;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPOutputStream;

/**
 * A chunk for tests of outputs. Immutable; the {@code with…} methods return changed copies.
 *
 * @param content without compression
 */
public record MemoryChunk(
    byte[] id,
    String tag,
    Long timekey,
    Map<String, Object> variables,
    byte[] content,
    int records,
    long createdAt,
    String compression,
    Zone zone,
    Optional<Path> note)
    implements Chunk {
  private static final int EVENTS_PER_STREAM = 100;
  private static final Pattern PLACEHOLDER = Pattern.compile("\\$\\{([^}]+)}");
  private static final Pattern TAG_PART = Pattern.compile("tag\\[(-?\\d+)]");

  /** A chunk in the standard form with these events; the chunk key is {@code tag}. */
  public static MemoryChunk of(String tag, Event... events) {
    return of(tag, EventStream.of(List.of(events)));
  }

  public static MemoryChunk of(String tag, EventStream stream) {
    byte[] content =
        Arrays.copyOfRange(stream.bytes(), stream.offset(), stream.offset() + stream.length());
    return ofContent(content, stream.count()).withTag(tag);
  }

  /** A chunk with these events as a formatter writes them. */
  public static MemoryChunk of(String tag, EventStream stream, Formatter formatter)
      throws FormatException {
    Bytes out = new Bytes();
    for (EventCursor cursor = stream.cursor(); cursor.next(); ) {
      formatter.format(
          tag, cursor.time(), cursor.bytes(), cursor.recordOffset(), cursor.recordLength(), out);
    }
    return ofContent(out.toByteArray(), stream.count()).withTag(tag);
  }

  /** A chunk without chunk keys. */
  public static MemoryChunk ofContent(byte[] content, int records) {
    byte[] id = HexFormat.of().parseHex("60a1b2c3d4e5f60718293a4b5c6d7e8f");
    return new MemoryChunk(
        id,
        null,
        null,
        Map.of(),
        content,
        records,
        1_700_000_000_000L,
        "text",
        Zone.UTC,
        Optional.empty());
  }

  public MemoryChunk withTag(String newTag) {
    return new MemoryChunk(
        id, newTag, timekey, variables, content, records, createdAt, compression, zone, note);
  }

  /**
   * @param seconds start of the slice, seconds since the epoch
   */
  public MemoryChunk withTimekey(long seconds, Zone newZone) {
    return new MemoryChunk(
        id, tag, seconds, variables, content, records, createdAt, compression, newZone, note);
  }

  public MemoryChunk withVariables(Map<String, Object> newVariables) {
    Map<String, Object> copy = Collections.unmodifiableMap(new HashMap<>(newVariables));
    return new MemoryChunk(
        id, tag, timekey, copy, content, records, createdAt, compression, zone, note);
  }

  public MemoryChunk withId(byte[] newId) {
    return new MemoryChunk(
        newId, tag, timekey, variables, content, records, createdAt, compression, zone, note);
  }

  /** A chunk of a file buffer has a note, at this place. */
  public MemoryChunk withNote(Path newNote) {
    return new MemoryChunk(
        id,
        tag,
        timekey,
        variables,
        content,
        records,
        createdAt,
        compression,
        zone,
        Optional.of(newNote));
  }

  /** The same content as a buffer with {@code compress gzip} stores it. */
  public MemoryChunk gzipped() {
    return new MemoryChunk(
        id, tag, timekey, variables, content, records, createdAt, "gzip", zone, note);
  }

  @Override
  public String hexId() {
    return HexFormat.of().formatHex(id);
  }

  @Override
  public long bytes() {
    return stored().length;
  }

  private byte[] stored() {
    if (compression.equals("text")) {
      return content;
    }
    Bytes out = new Bytes();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  @Override
  public InputStream open() {
    return new ByteArrayInputStream(content);
  }

  @Override
  public void writeTo(OutputStream out) throws IOException {
    out.write(content);
  }

  @Override
  public InputStream openRaw() {
    return new ByteArrayInputStream(stored());
  }

  @Override
  public Optional<Path> file() {
    return Optional.empty();
  }

  @Override
  public void eachStream(Consumer<EventStream> consumer) {
    try {
      EventCursor cursor = new EventCursor(content, 0, content.length);
      int start = 0;
      int count = 0;
      while (cursor.next()) {
        count++;
        if (count == EVENTS_PER_STREAM) {
          consumer.accept(EventStream.packed(content, start, cursor.end() - start, count));
          start = cursor.end();
          count = 0;
        }
      }
      if (count > 0) {
        consumer.accept(EventStream.packed(content, start, content.length - start, count));
      }
    } catch (MsgpackException e) {
      throw new UnrecoverableException("broken chunk: " + e.getMessage(), e);
    }
  }

  @Override
  public String expand(String template) {
    String text = template;
    if (timekey != null) {
      Bytes out = new Bytes();
      Strftime.compile(template).format(timekey, 0, zone, out);
      text = out.toString();
    }
    return PLACEHOLDER
        .matcher(text)
        .replaceAll(match -> Matcher.quoteReplacement(value(match.group(1), match.group())));
  }

  private String value(String name, String whole) {
    if (name.equals("chunk_id")) {
      return hexId();
    }
    if (name.equals("tag") && tag != null) {
      return tag;
    }
    Matcher part = TAG_PART.matcher(name);
    if (part.matches() && tag != null) {
      String[] parts = tag.split("\\.", -1);
      int index = Integer.parseInt(part.group(1));
      int fromFront = index < 0 ? index + parts.length : index;
      return fromFront >= 0 && fromFront < parts.length ? parts[fromFront] : "";
    }
    if (!variables.containsKey(name)) {
      return whole;
    }
    Object variable = variables.get(name);
    return variable == null ? "" : variable.toString();
  }

  /** The content as text. */
  public String text() {
    return new String(content, java.nio.charset.StandardCharsets.UTF_8);
  }
}
