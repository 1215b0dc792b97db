package io.runnel.plugins.tail;

import java.io.IOException;
import java.util.Arrays;

/**
 * The state of one file (one identity) that is followed. It has a name as long as one of the paths
 * leads to it, and is read to its end after it has lost it. Used by the tail thread alone.
 *
 * <p>Three positions: {@link #read} is where the next line starts, {@link #safe} is where reading
 * must go on after a crash (behind the last event that was emitted; lines gathered for a multiline
 * event are not behind it), and what the pos_file says is the safe position of the last commit.
 */
final class TailedFile {
  /** Bytes at the start of a file by which it is recognised. */
  static final int HEAD = 128;

  /** Whether a path leads to the file. */
  enum State {
    /** Its path leads to it. */
    NAMED,
    /** Rotated or deleted: read until nothing comes any more. */
    DRAINING,
    /** Let go, but still there and able to come back: only its position is kept. */
    DORMANT
  }

  final Object key;
  final long inode;

  /** The path under which it was found first: it gives the tag, whatever the name is later. */
  final String origin;

  final String tag;
  final MultilineCollector collector;
  final ReadAllowance allowance;

  String path;
  State state = State.NAMED;
  TailFiles.OpenFile handle;
  PositionFile.Entry entry;
  long read;
  long safe;

  /** Size that the file had when it was last read to its end. */
  long seen;

  /** True while the rest of a line that is too long is passed over. */
  boolean skipping;

  /** Mismatches of lines before this offset have been warned about. */
  long warnedTo;

  /** {@link System#nanoTime}-like moment of the last growth that was seen, or of the rotation. */
  long lastGrowth;

  /** {@link System#nanoTime}-like moment at which it was found under its path. */
  long namedAt;

  /** No read before this moment (a failed emit, a limit); meaningful where {@link #paused}. */
  long pausedUntil;

  boolean paused;
  int failures;

  /** Whether there may be something to read. */
  boolean ready = true;

  /** How many of the first bytes {@link FileHeads} knows. */
  int rememberedHead;

  private byte[] head = new byte[0];

  TailedFile(
      Object key,
      long inode,
      String path,
      String tag,
      MultilineCollector collector,
      ReadAllowance allowance) {
    this.key = key;
    this.inode = inode;
    this.origin = path;
    this.path = path;
    this.tag = tag;
    this.collector = collector;
    this.allowance = allowance;
  }

  /** Sets where reading begins. */
  void startAt(long position) {
    read = position;
    safe = position;
    seen = position;
    warnedTo = 0;
    skipping = false;
    ready = true;
  }

  /** Goes back to the last safe position: what was read since is read again. */
  void rewind() {
    read = safe;
    skipping = false;
    if (collector != null) {
      collector.clear();
    }
  }

  /** Declares that everything up to {@link #read} was emitted or is gathered. */
  void settle() {
    if (collector != null && !collector.isEmpty()) {
      safe = collector.start();
    } else if (!skipping) {
      safe = read;
    }
  }

  void pause(long until) {
    paused = true;
    pausedUntil = until;
  }

  /** Whether reading may go on now. */
  boolean isDue(long now) {
    if (paused && now - pausedUntil >= 0) {
      paused = false;
    }
    return ready && !paused && state != State.DORMANT;
  }

  /**
   * Compares the first bytes with those seen before: false where the file was truncated and has
   * grown beyond the old position since, or is another one with the same inode.
   */
  boolean hasSameHead() throws IOException {
    if (head.length == 0) {
      return true;
    }
    byte[] now = new byte[head.length];
    return fill(now) == head.length && Arrays.equals(now, head);
  }

  /** Remembers the first bytes; true where more of them are known than before. */
  boolean learnHead() throws IOException {
    int wanted = (int) Math.min(HEAD, read);
    if (wanted <= head.length) {
      return false;
    }
    byte[] now = new byte[wanted];
    if (fill(now) < wanted) {
      return false;
    }
    head = now;
    return true;
  }

  /** Reads the first bytes; fewer where the file is shorter. */
  int fill(byte[] target) throws IOException {
    return fill(handle, target);
  }

  /** Reads the first bytes of an open file; fewer where it is shorter. */
  static int fill(TailFiles.OpenFile file, byte[] target) throws IOException {
    int have = 0;
    while (have < target.length) {
      int n = file.read(target, have, target.length - have, have);
      if (n <= 0) {
        break;
      }
      have += n;
    }
    return have;
  }

  byte[] head() {
    return head;
  }

  void forgetHead() {
    head = new byte[0];
    rememberedHead = 0;
  }

  void closeHandle() {
    if (handle != null) {
      try {
        handle.close();
      } catch (IOException e) {
        // a file that was only read loses nothing
      }
      handle = null;
    }
  }
}
