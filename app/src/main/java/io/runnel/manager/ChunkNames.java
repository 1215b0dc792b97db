package io.runnel.manager;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The names of chunk files: {@code PREFIX.b<32 hex>.SUFFIX} (being filled) and {@code .q…}
 * (waiting). The first 8 bytes of the number are the time in microseconds, shifted by 12 bits.
 */
final class ChunkNames {
  private static final Pattern CHUNK = Pattern.compile("^.*\\.[bq]([0-9a-f]{32})\\.[^/]+$");

  /** What a buffer keeps beside its chunks. */
  private static final Pattern BESIDE =
      Pattern.compile("^(owner\\.lock|\\..+\\.(books|receipts|sum|out))$");

  private ChunkNames() {}

  /** Whether a buffer has written the file: a chunk, what belongs to one, or its lock and books. */
  static boolean isOfBuffer(String name) {
    return CHUNK.matcher(name).matches() || BESIDE.matcher(name).matches();
  }

  static boolean isChunk(String name) {
    return CHUNK.matcher(name).matches() && !name.endsWith(".meta");
  }

  /** When the chunk was made, milliseconds since the epoch; 0 where the name does not tell. */
  static long createdMillis(String name) {
    Matcher matcher = CHUNK.matcher(name);
    if (!matcher.matches()) {
      return 0;
    }
    long micros = Long.parseUnsignedLong(matcher.group(1).substring(0, 16), 16) >>> 12;
    return micros / 1000;
  }
}
