package io.runnel.plugins.client;

import io.runnel.plugin.Chunk;
import io.runnel.time.Strftime;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Makes the keys of objects of stored chunks out of a format. First {@code %{path}} and {@code
 * %{file_extension}} are put in, then the placeholders of the chunk keys, then all else, so that
 * {@code path} may hold placeholders. One that is not known becomes empty, as in the gem.
 *
 * @param format the format, {@code %{hostname}} replaced already
 * @param timeSliceFormat strftime letters of {@code %{time_slice}}
 * @param zone of the time slices
 * @param hexLength digits of {@code %{hex_random}}
 * @param indexFormat {@code %d}, {@code %04d}, {@code %x} …
 * @param sliced true where {@code %{hms_slice}} and {@code %{date_slice}} are known and {@code
 *     %{index}} is not: without check_object
 */
public record ObjectKeys(
    String format,
    String path,
    String extension,
    String timeSliceFormat,
    ZoneId zone,
    int hexLength,
    String indexFormat,
    boolean sliced) {
  private static final Pattern PLACEHOLDER = Pattern.compile("%\\{[^}]+}");
  public static final String DEFAULT = "%{path}%{time_slice}_%{index}.%{file_extension}";
  public static final String DEFAULT_SLICED =
      "%{path}/%{time_slice}_%{hms_slice}.%{file_extension}";

  /** Strftime letters for {@code %{time_slice}} that tell slices of this length apart. */
  public static String timeSliceFormat(long timekeySeconds) {
    if (timekeySeconds < 60) {
      return "%Y%m%d%H%M%S";
    }
    if (timekeySeconds < 3600) {
      return "%Y%m%d%H%M";
    }
    return timekeySeconds < 86_400 ? "%Y%m%d%H" : "%Y%m%d";
  }

  /**
   * The key of a chunk.
   *
   * @param index 0 for the first try, one more for each key that was taken
   * @param now for {@code %{hms_slice}}
   */
  public String key(Chunk chunk, int index, Instant now) {
    String early = replace(format, Map.of("%{path}", path, "%{file_extension}", extension), true);
    Map<String, String> late = new HashMap<>();
    late.put("%{time_slice}", timeSlice(chunk));
    late.put("%{hex_random}", hexRandom(chunk));
    late.put("%{uuid_flush}", uuid(chunk));
    if (sliced) {
      late.put("%{date_slice}", late.get("%{time_slice}"));
      late.put("%{hms_slice}", Strftime.format("%H%M%S", now.getEpochSecond(), 0, ZoneOffset.UTC));
    } else {
      late.put("%{index}", index(index));
    }
    return replace(chunk.expand(early), late, false);
  }

  /** A value of an object's metadata. */
  public String metadata(Chunk chunk, String value, int index) {
    return replace(chunk.expand(value), Map.of("%{index}", index(index)), false);
  }

  private String index(int index) {
    return String.format(indexFormat, index);
  }

  private String timeSlice(Chunk chunk) {
    return chunk.timekey() == null
        ? ""
        : Strftime.format(timeSliceFormat, chunk.timekey(), 0, zone);
  }

  /** The id begins with a time: from its end it is more random. */
  private String hexRandom(Chunk chunk) {
    return new StringBuilder(chunk.hexId()).reverse().substring(0, hexLength);
  }

  /**
   * A UUID of the chunk, not of the attempt: a chunk that is sent again, because the answer was
   * lost, keeps its key.
   */
  private static String uuid(Chunk chunk) {
    ByteBuffer id = ByteBuffer.wrap(chunk.id());
    long high = id.getLong() & ~0xf000L | 0x4000L;
    long low = id.getLong() & ~(0xcL << 60) | 0x8L << 60;
    return new UUID(high, low).toString();
  }

  private static String replace(String text, Map<String, String> values, boolean keepUnknown) {
    return PLACEHOLDER
        .matcher(text)
        .replaceAll(
            match ->
                Matcher.quoteReplacement(
                    values.getOrDefault(match.group(), keepUnknown ? match.group() : "")));
  }
}
