package io.runnel.cli;

import io.runnel.buffer.FoundChunk;
import io.runnel.buffer.Metadata;
import io.runnel.event.Json;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/** Shows chunks to people and to programs. */
final class ChunkText {
  private ChunkText() {}

  static Map<String, Object> json(FoundChunk chunk, long nowMillis) {
    Map<String, Object> one = new LinkedHashMap<>();
    one.put("file", chunk.file().toString());
    one.put("id", chunk.hexId());
    one.put("type", chunk.isSingle() ? "file_single" : "file");
    one.put("state", state(chunk));
    Metadata metadata = chunk.metadata();
    one.put("tag", metadata.tag());
    one.put("timekey", metadata.timekey());
    one.put("variables", metadata.variables());
    one.put("events", chunk.recordedEvents() < 0 ? null : chunk.recordedEvents());
    one.put("bytes", chunk.bytes());
    one.put("created", Instant.ofEpochMilli(chunk.createdMillis()).toString());
    one.put("modified", Instant.ofEpochMilli(chunk.modifiedMillis()).toString());
    one.put("age_seconds", age(chunk, nowMillis));
    one.put("compression", chunk.compression().text());
    one.put("format", chunk.format().name().toLowerCase(java.util.Locale.ROOT));
    one.put("metadata", chunk.metaFault() == null ? "ok" : chunk.metaFault());
    one.put("checksums", chunk.checksums().text());
    return one;
  }

  static long age(FoundChunk chunk, long nowMillis) {
    return Math.max(0, (nowMillis - chunk.createdMillis()) / 1000);
  }

  static String state(FoundChunk chunk) {
    return chunk.isQueued() ? "queued" : "staged";
  }

  /** Tag, time slice and other keys in one word each; foreign text never controls a terminal. */
  static String keys(Metadata metadata) {
    StringBuilder text = new StringBuilder();
    if (metadata.tag() != null) {
      text.append(word(metadata.tag()));
    }
    if (metadata.timekey() != null) {
      text.append(text.isEmpty() ? "" : " ");
      text.append("time=").append(Instant.ofEpochSecond(metadata.timekey()));
    }
    if (metadata.variables() != null) {
      metadata
          .variables()
          .forEach(
              (key, value) -> {
                text.append(text.isEmpty() ? "" : " ");
                text.append(word(key)).append('=').append(word(String.valueOf(value)));
              });
    }
    return text.isEmpty() ? "-" : text.toString();
  }

  static String word(String text) {
    boolean plain = !text.isEmpty() && text.chars().noneMatch(ChunkText::needsQuotes);
    return plain ? text : escaped(Json.write(text));
  }

  private static boolean needsQuotes(int c) {
    return c <= ' ' || c == '"' || c == '=' || c >= 0x7f && c < 0xa0;
  }

  /** JSON leaves the control characters above ASCII as they are; terminals obey some. */
  static String escaped(String json) {
    StringBuilder out = new StringBuilder(json.length());
    for (int i = 0; i < json.length(); i++) {
      char c = json.charAt(i);
      if (c >= 0x7f && c < 0xa0) {
        out.append("\\u00").append(Integer.toHexString(c));
      } else {
        out.append(c);
      }
    }
    return out.toString();
  }
}
