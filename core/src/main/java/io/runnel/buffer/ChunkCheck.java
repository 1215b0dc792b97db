package io.runnel.buffer;

import io.runnel.event.Bytes;
import io.runnel.event.MsgpackException;
import io.runnel.event.MsgpackReader;
import io.runnel.host.Disk;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.zip.CRC32C;

/**
 * Finds how much of a chunk's file is sound: first by its checksums, then, behind the last of them,
 * by the structure of the content.
 *
 * @param length sound bytes from the beginning; they end with a whole record
 * @param records events in them; -1 where they could not be counted
 * @param covered true where every sound byte has a checksum and the checksums end there
 * @param problem what is wrong behind them; null where all is sound
 */
record ChunkCheck(long length, int records, boolean covered, String problem) {
  /** Content that is kept in memory to find the end of the last whole record in it. */
  private static final int MAX_TAIL = 64 << 20;

  private static final int BLOCK = 64 * 1024;

  /** The smallest hole that a power loss can leave in a file: a sector. */
  private static final int HOLE = 512;

  /** What content without checksums is worth. */
  enum Belief {
    /** It is believed where its structure is right. */
    STRUCTURE,
    /** The same, but it may have holes: the checksums are unreadable. */
    UNLESS_HOLES,
    /** The machine was restarted since it was written: it is not believed. */
    NOTHING;

    /**
     * @param hasSums whether there are checksums at all: Fluentd has none
     * @param readable whether their header is sound
     * @param goneOn whether more was written than they tell, by this run of the machine or by
     *     Fluentd
     */
    static Belief of(boolean hasSums, boolean readable, boolean goneOn) {
      if (!hasSums || goneOn) {
        return STRUCTURE;
      }
      return readable ? NOTHING : UNLESS_HOLES;
    }
  }

  /**
   * @param sums null where there are none
   * @param belief what content behind the last checksum is worth
   */
  static ChunkCheck of(
      Disk disk,
      Path file,
      SumsReader sums,
      Belief belief,
      ChunkFormat format,
      Compression compression)
      throws IOException {
    long size = disk.stat(file).size();
    Covered covered =
        sums == null ? new Covered(0, 0, 0, null) : bySums(disk, file, size, sums, belief);
    if (covered.problem == null && belief == Belief.UNLESS_HOLES && covered.soundEnd < size) {
      covered = untilHole(disk, file, size, covered);
    }
    if (covered.problem == null && belief == Belief.NOTHING && covered.soundEnd < size) {
      String problem = "no checksums behind byte %d, and the machine was restarted since";
      covered =
          new Covered(
              covered.appendEnd,
              covered.soundEnd,
              covered.records,
              problem.formatted(covered.soundEnd));
    }
    long end = covered.problem != null ? covered.soundEnd : size;
    if (end == covered.appendEnd) {
      boolean all = sums != null && covered.problem == null && end == sums.totalLength();
      return new ChunkCheck(end, covered.records, all, covered.problem);
    }
    try (InputStream in = disk.stream(file)) {
      in.skipNBytes(Math.max(0, covered.appendEnd - 1));
      int before = covered.appendEnd > 0 ? in.read() : '\n';
      InputStream tail =
          new BufferedInputStream(new LimitedStream(in, end - covered.appendEnd), BLOCK);
      boolean ours = sums != null;
      Tail found =
          compression != Compression.TEXT
              ? members(tail, compression, format)
              : format == ChunkFormat.TEXT
                  ? lines(tail, end - covered.appendEnd, before == '\n', ours)
                  : values(tail, format);
      long length = covered.appendEnd + found.length;
      int records = found.records < 0 ? -1 : covered.records + found.records;
      String problem = covered.problem != null ? covered.problem : found.problem;
      return new ChunkCheck(length, records, false, problem);
    }
  }

  /** The content up to the first block that holds nothing but zeros: no log looks like that. */
  private static Covered untilHole(Disk disk, Path file, long size, Covered covered)
      throws IOException {
    byte[] block = new byte[HOLE];
    try (InputStream in = new BufferedInputStream(disk.stream(file), BLOCK)) {
      for (long at = 0; at < size; at += HOLE) {
        int read = in.readNBytes(block, 0, HOLE);
        if (at + read > covered.soundEnd && isZero(block, read)) {
          String problem = "nothing but zeros from byte %d on, and no checksums".formatted(at);
          long end = Math.max(at, covered.soundEnd);
          return new Covered(covered.appendEnd, end, covered.records, problem);
        }
      }
    }
    return covered;
  }

  private static boolean isZero(byte[] block, int length) {
    for (int i = 0; i < length; i++) {
      if (block[i] != 0) {
        return false;
      }
    }
    return true;
  }

  /** appendEnd: end of the last whole append; soundEnd: end of the last sound piece. */
  private record Covered(long appendEnd, long soundEnd, int records, String problem) {}

  private record Tail(long length, int records, String problem) {}

  private static Covered bySums(Disk disk, Path file, long size, SumsReader sums, Belief belief)
      throws IOException {
    long at = 0;
    long appendEnd = 0;
    int records = 0;
    byte[] piece = new byte[ChunkSums.PIECE];
    CRC32C crc = new CRC32C();
    try (InputStream in = new BufferedInputStream(disk.stream(file), BLOCK)) {
      for (int i = 0; i < sums.entries(); i++) {
        int length = sums.length(i);
        if (at + length > size) {
          return new Covered(
              appendEnd,
              belief == Belief.STRUCTURE ? size : at,
              records,
              "cut off at byte %d of at least %d".formatted(size, at + length));
        }
        piece = piece.length < length ? new byte[length] : piece;
        int read = in.readNBytes(piece, 0, length);
        crc.reset();
        crc.update(piece, 0, read);
        if (read < length || (int) crc.getValue() != sums.crc(i)) {
          return new Covered(
              appendEnd, at, records, "checksum does not match at byte %d".formatted(at));
        }
        at += length;
        if (sums.isLast(i)) {
          appendEnd = at;
          records += sums.records(i);
        }
      }
    }
    return new Covered(appendEnd, at, records, null);
  }

  private static Tail values(InputStream in, ChunkFormat format) throws IOException {
    PackedReader reader = new PackedReader(in, format == ChunkFormat.EVENTS);
    int records = 0;
    try {
      while (reader.next()) {
        records += reader.count();
      }
      return new Tail(reader.wholeEnd(), records, null);
    } catch (MsgpackException e) {
      String problem = e.getMessage() + " (after byte " + reader.wholeEnd() + ")";
      return new Tail(reader.wholeEnd(), records, problem);
    }
  }

  /** Lines up to the last line feed; content whose records end otherwise is kept or left whole. */
  private static Tail lines(InputStream in, long length, boolean atLineStart, boolean ours)
      throws IOException {
    if (!ours) {
      return new Tail(length, -1, null); // of Fluentd: no reason to doubt it
    }
    if (length > MAX_TAIL) {
      return new Tail(0, 0, "no whole record behind the last checksum");
    }
    if (!atLineStart) {
      return new Tail(length, -1, null); // the checksums end within lines: records without any
    }
    byte[] tail = in.readNBytes((int) length);
    int end = 0;
    int records = 0;
    for (int i = 0; i < tail.length; i++) {
      if (tail[i] == '\n') {
        end = i + 1;
        records++;
      }
    }
    return new Tail(end, records, end == tail.length ? null : "the last record ends too early");
  }

  static int countLines(InputStream in) throws IOException {
    RecordCounter counter = new RecordCounter(ChunkFormat.TEXT);
    byte[] block = new byte[BLOCK];
    for (int read; (read = in.read(block)) >= 0; ) {
      counter.add(block, read);
    }
    return counter.count();
  }

  private static Tail members(InputStream in, Compression compression, ChunkFormat format)
      throws IOException {
    MemberStream members = (MemberStream) compression.open(in, Long.MAX_VALUE);
    byte[] block = new byte[BLOCK];
    RecordCounter counter = new RecordCounter(format);
    try {
      for (int read; (read = members.read(block, 0, block.length)) >= 0; ) {
        counter.add(block, read);
      }
      return new Tail(members.wholeMembersEnd(), counter.count(), null);
    } catch (IOException e) {
      return new Tail(members.wholeMembersEnd(), -1, e.getMessage());
    }
  }

  /** Counts records in content that comes in blocks; line feeds of text, whole values else. */
  private static final class RecordCounter {
    private final ChunkFormat format;
    private final Bytes rest = new Bytes();
    private int count;
    private boolean broken;

    RecordCounter(ChunkFormat format) {
      this.format = format;
    }

    void add(byte[] block, int length) {
      if (format == ChunkFormat.TEXT) {
        for (int i = 0; i < length; i++) {
          if (block[i] == '\n') {
            count++;
          }
        }
      } else if (!broken) {
        rest.write(block, 0, length);
        skipWhole();
      }
    }

    private void skipWhole() {
      MsgpackReader reader = new MsgpackReader(rest.array(), 0, rest.length());
      int end = 0;
      try {
        while (reader.hasMore()) {
          reader.skip();
          count++;
          end = reader.position();
        }
      } catch (MsgpackException.Truncated e) {
        // the rest of it comes with the next block
      } catch (MsgpackException e) {
        broken = true;
      }
      int left = rest.length() - end;
      System.arraycopy(rest.array(), end, rest.array(), 0, left);
      rest.setLength(left);
    }

    /** -1 where the content is not what it should be. */
    int count() {
      return broken ? -1 : count;
    }
  }
}
