package io.runnel.buffer;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How the files of a buffer are named; see the description of this package.
 *
 * @param directory where new chunks are made
 * @param prefix what stands before {@code .b<id>.}
 * @param suffix what stands behind it
 * @param olderDirectories further folders whose chunks are resumed
 * @param singleKey for buf_file_single the chunk key that is part of the name: {@code tag} or a
 *     field; null for buf_file
 */
public record FileLayout(
    Path directory, String prefix, String suffix, List<Path> olderDirectories, String singleKey) {
  static final String META = ".meta";

  /** A chunk's file as its name tells. */
  record Name(Path path, boolean queued, byte[] id, String key) {}

  /**
   * @param pattern a path whose last part has {@code .*.} for the id
   */
  public static FileLayout ofPattern(Path pattern, List<Path> olderDirectories, String singleKey) {
    String name = pattern.getFileName().toString();
    int star = name.indexOf(".*.");
    Path directory = pattern.toAbsolutePath().getParent();
    return new FileLayout(
        directory, name.substring(0, star), name.substring(star + 3), olderDirectories, singleKey);
  }

  public boolean isSingle() {
    return singleKey != null;
  }

  Path staged(byte[] id, String key) {
    return directory.resolve(name(key, 'b', id));
  }

  /** The name that a staged chunk gets in the queue. */
  Path queued(Path staged, byte[] id) {
    String hex = ChunkId.hex(id);
    String name = staged.getFileName().toString();
    int at = name.lastIndexOf(".b" + hex);
    return at < 0
        ? staged
        : staged.resolveSibling(name.substring(0, at) + ".q" + name.substring(at + 2));
  }

  /** The other name of a chunk's file: staged for queued and the other way round. */
  static Path sibling(Name name) {
    String hex = ChunkId.hex(name.id());
    String text = name.path().getFileName().toString();
    char now = name.queued() ? 'q' : 'b';
    char other = name.queued() ? 'b' : 'q';
    int at = text.lastIndexOf("." + now + hex);
    return name.path().resolveSibling(text.substring(0, at) + "." + other + text.substring(at + 2));
  }

  static Path meta(Path chunk) {
    return chunk.resolveSibling(chunk.getFileName() + META);
  }

  /** The checksums: hidden, and the same for staged and queued, so that it needs no renaming. */
  Path sums(Path chunk, byte[] id) {
    return chunk.resolveSibling("." + prefix + "." + ChunkId.hex(id) + ".sum");
  }

  /** An output's note of the delivery, hidden like the checksums. */
  Path note(Path chunk, byte[] id) {
    return chunk.resolveSibling("." + prefix + "." + ChunkId.hex(id) + ".out");
  }

  /** The receipts of the whole buffer, hidden as well. */
  Path receipts() {
    return directory.resolve("." + prefix + ".receipts");
  }

  /** The books of the whole buffer. */
  Path books() {
    return directory.resolve("." + prefix + ".books");
  }

  private String name(String key, char state, byte[] id) {
    StringBuilder name = new StringBuilder(prefix);
    if (isSingle()) {
      name.append('.').append(encode(key));
    }
    return name.append('.')
        .append(state)
        .append(ChunkId.hex(id))
        .append('.')
        .append(suffix)
        .toString();
  }

  private Pattern chunkPattern() {
    return Pattern.compile(
        Pattern.quote(prefix)
            + "(?:\\.(.*))?\\.([bq])([0-9a-f]{16}|[0-9a-f]{32})\\."
            + Pattern.quote(suffix));
  }

  /** Reads the name of a chunk; null where the file is none of this buffer. */
  Name parse(Path file) {
    Matcher matcher = chunkPattern().matcher(file.getFileName().toString());
    if (!matcher.matches()) {
      return null;
    }
    String key = matcher.group(1) == null ? "" : decode(matcher.group(1));
    return new Name(file, matcher.group(2).equals("q"), ChunkId.parse(matcher.group(3)), key);
  }

  /** Which chunk a checksum file or note belongs to; null where it is none of this buffer. */
  String chunkOf(Path file) {
    Matcher matcher =
        Pattern.compile(
                "\\." + Pattern.quote(prefix) + "\\.([0-9a-f]{16}|[0-9a-f]{32})\\.(?:sum|out)")
            .matcher(file.getFileName().toString());
    return matcher.matches() ? matcher.group(1) : null;
  }

  /** All bytes but {@code [-_.a-zA-Z0-9]} as {@code %XX}; it can name no other folder. */
  static String encode(String key) {
    StringBuilder out = new StringBuilder();
    for (byte b : key.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (b & 0xff);
      if (c >= 'a' && c <= 'z'
          || c >= 'A' && c <= 'Z'
          || c >= '0' && c <= '9'
          || c == '-'
          || c == '_'
          || c == '.') {
        out.append(c);
      } else {
        out.append('%').append("%02X".formatted((int) c));
      }
    }
    return out.toString();
  }

  static String decode(String encoded) {
    byte[] out = new byte[encoded.length()];
    int length = 0;
    for (int i = 0; i < encoded.length(); i++) {
      char c = encoded.charAt(i);
      int high = c == '%' && i + 2 < encoded.length() ? hex(encoded.charAt(i + 1)) : -1;
      int low = high >= 0 ? hex(encoded.charAt(i + 2)) : -1;
      if (low >= 0) {
        out[length++] = (byte) (high << 4 | low);
        i += 2;
      } else {
        out[length++] = (byte) c;
      }
    }
    return new String(out, 0, length, StandardCharsets.UTF_8);
  }

  private static int hex(char c) {
    return Character.digit(c, 16);
  }
}
