package io.runnel.plugins.tail;

import io.runnel.host.ReplacedFile;
import io.runnel.log.Log;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.zip.CRC32C;

/**
 * By which bytes the files of the pos_file began, so that after a stop a new file with an old
 * inode, or one that was truncated and has grown since, is not taken for the old one. Kept beside
 * the pos_file as {@code POS_FILE.heads}, because Fluentd would warn about anything more in the
 * pos_file itself: lines {@code inode <space> length <space> CRC-32C}, as 16, 8 and 8 hexadecimal
 * digits; the last line of an inode counts, anything else is ignored. Without the file nothing is
 * checked.
 */
final class FileHeads {
  private static final int LINE = 16 + 1 + 8 + 1 + 8;

  /** Lines that may be added before the file is rewritten. */
  private static final int MOST_ADDED = 10_000;

  private static final Set<PosixFilePermission> PERMISSIONS =
      PosixFilePermissions.fromString("rw-r--r--");

  private record Head(int length, int crc) {
    /** Instead of equals, which for a record is made at run time, at the first use. */
    boolean matches(Head other) {
      return other != null && other.length == length && other.crc == crc;
    }
  }

  private final Path path;
  private final Log log;
  private final Map<Long, Head> heads = new HashMap<>();
  private final StringBuilder pending = new StringBuilder();
  private int added;

  /**
   * @param path null where nothing is kept
   */
  FileHeads(Path path, Log log) {
    this.path = path;
    this.log = log;
    if (path != null && Files.exists(path)) {
      load();
    }
  }

  private void load() {
    try {
      for (String line : Files.readString(path, StandardCharsets.ISO_8859_1).split("\n")) {
        if (line.matches("[0-9a-f]{16} [0-9a-f]{8} [0-9a-f]{8}") && line.length() == LINE) {
          heads.put(
              Long.parseUnsignedLong(line, 0, 16, 16),
              new Head(
                  Integer.parseUnsignedInt(line, 17, 25, 16),
                  Integer.parseUnsignedInt(line, 26, 34, 16)));
        }
      }
    } catch (IOException e) {
      log.warn("the beginnings of the files are not known, inodes alone are compared", e);
    }
  }

  boolean isSame(TailedFile file) throws IOException {
    Head known = heads.get(file.inode);
    if (known == null || known.length <= 0 || known.length > TailedFile.HEAD) {
      return true;
    }
    byte[] now = new byte[known.length];
    return file.fill(now) == known.length && crc(now) == known.crc;
  }

  private static int crc(byte[] bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    return (int) crc.getValue();
  }

  /**
   * Takes what is known of a file's beginning, for the next {@link #flush}: once when there is any,
   * once when it is all.
   */
  void remember(TailedFile file) {
    int length = file.head().length;
    boolean wanted =
        file.rememberedHead == 0 || length == TailedFile.HEAD && file.rememberedHead < length;
    if (path == null || length == 0 || !wanted) {
      return;
    }
    Head head = new Head(length, crc(file.head()));
    file.rememberedHead = length;
    if (head.matches(heads.put(file.inode, head))) {
      return;
    }
    pending.append(line(file.inode, head));
    added++;
  }

  /** Writes what was remembered since the last time, in one go. */
  void flush() {
    if (pending.isEmpty()) {
      return;
    }
    try {
      Files.writeString(path, pending, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException e) {
      log.warn("the beginnings of files could not be noted", e);
    }
    pending.setLength(0);
  }

  /** Whether enough lines have gathered to rewrite the file. */
  boolean isLong() {
    return added > MOST_ADDED;
  }

  /** Rewrites the file with what is known of these files. */
  void compact(Collection<TailedFile> files) {
    if (path == null) {
      return;
    }
    StringBuilder text = new StringBuilder();
    Map<Long, Head> kept = new HashMap<>();
    for (TailedFile file : files) {
      Head head = heads.get(file.inode);
      if (head != null) {
        kept.put(file.inode, head);
        text.append(line(file.inode, head));
      }
    }
    pending.setLength(0);
    heads.clear();
    heads.putAll(kept);
    added = 0;
    try {
      byte[] bytes = text.toString().getBytes(StandardCharsets.US_ASCII);
      ReplacedFile.write(path, bytes, PERMISSIONS, false);
    } catch (IOException e) {
      log.warn("the beginnings of the files could not be noted", e);
    }
  }

  private static String line(long inode, Head head) {
    return String.format("%016x %08x %08x\n", inode, head.length, head.crc);
  }
}
