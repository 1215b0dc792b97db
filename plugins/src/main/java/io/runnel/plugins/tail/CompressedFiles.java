package io.runnel.plugins.tail;

import io.runnel.log.Log;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Tells rotated files that were compressed: what they hold was read before, and as lines they would
 * be garbage. A name alone proves nothing, so the first bytes are looked at; a file of such a name
 * that has not got them yet is about to be written, and is left for the next look. Used by the tail
 * thread alone.
 */
final class CompressedFiles {
  private static final List<String> ENDINGS =
      List.of(".gz", ".tgz", ".bz2", ".xz", ".zst", ".zstd", ".lz4", ".Z", ".zip");

  /** How gzip, bzip2, xz, zstd, lz4, compress and zip begin. */
  private static final List<byte[]> BEGINNINGS =
      List.of(
          new byte[] {0x1f, (byte) 0x8b},
          new byte[] {'B', 'Z', 'h'},
          new byte[] {(byte) 0xfd, '7', 'z', 'X', 'Z', 0},
          new byte[] {0x28, (byte) 0xb5, 0x2f, (byte) 0xfd},
          new byte[] {0x04, 0x22, 0x4d, 0x18},
          new byte[] {0x1f, (byte) 0x9d},
          new byte[] {'P', 'K', 3, 4});

  private static final int LONGEST = 6;

  /** Files that are remembered, so that each is opened and named in the log once. */
  private static final int MOST_KNOWN = 10_000;

  private final TailFiles files;
  private final Log log;
  private final Map<String, Object> known = new HashMap<>();

  CompressedFiles(TailFiles files, Log log) {
    this.files = files;
    this.log = log;
  }

  /** True for the name of a compressed file. */
  static boolean isNamed(String path) {
    return ENDINGS.stream().anyMatch(path::endsWith);
  }

  /** True for a file that is compressed, or may become so in a moment. */
  boolean contains(String path) {
    if (!isNamed(path)) {
      return false;
    }
    try {
      TailFiles.Stat stat = files.stat(path);
      if (stat == null || stat.directory()) {
        return false;
      }
      if (stat.key().equals(known.get(path))) {
        return true;
      }
      byte[] head = new byte[LONGEST];
      int length = head(path, head);
      if (length == LONGEST && !begins(head)) {
        return false;
      }
      if (length == LONGEST) {
        remember(path, stat.key());
      }
      return true;
    } catch (IOException e) {
      return false; // it is looked at, and warned about, as any other that cannot be read
    }
  }

  private int head(String path, byte[] head) throws IOException {
    TailFiles.Opened opened = files.open(path);
    if (opened == null) {
      return 0;
    }
    try (TailFiles.OpenFile file = opened.file()) {
      return Math.max(0, file.read(head, 0, head.length, 0));
    }
  }

  private static boolean begins(byte[] head) {
    for (byte[] beginning : BEGINNINGS) {
      int same = 0;
      while (same < beginning.length && beginning[same] == head[same]) {
        same++;
      }
      if (same == beginning.length) {
        return true;
      }
    }
    return false;
  }

  private void remember(String path, Object key) {
    if (known.size() >= MOST_KNOWN) {
      known.clear();
    }
    known.put(path, key);
    log.info("skip a compressed file that a wildcard of path matches", "path", path);
  }
}
