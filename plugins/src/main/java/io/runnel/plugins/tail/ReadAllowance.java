package io.runnel.plugins.tail;

/**
 * How much of one file may be read now: {@code read_bytes_limit_per_second} and the limit of its
 * group. Times are those of {@link io.runnel.host.Clock#nanos}.
 */
final class ReadAllowance {
  /** Smallest limit of bytes per second that Fluentd allows. */
  static final int LEAST_BYTES = 8192;

  private static final long SECOND = 1_000_000_000L;

  private final long bytesPerSecond;
  private final GroupLimits.Share share;
  private long secondStart;
  private long bytesUsed;
  private boolean started;

  /**
   * @param bytesPerSecond -1 for no limit
   * @param share null where the file has no group
   */
  ReadAllowance(long bytesPerSecond, GroupLimits.Share share) {
    this.bytesPerSecond = bytesPerSecond;
    this.share = share;
  }

  /** Bytes that may be taken now; {@link Long#MAX_VALUE} without a limit. */
  long bytes(long now) {
    if (bytesPerSecond < 0) {
      return Long.MAX_VALUE;
    }
    if (!started || now - secondStart >= SECOND) {
      // a line that was longer than what was left is paid for by the seconds after it
      long seconds = started ? Math.min((now - secondStart) / SECOND, 1 << 20) : 0;
      bytesUsed = Math.max(0, bytesUsed - seconds * bytesPerSecond);
      started = true;
      secondStart = now;
    }
    return Math.max(0, bytesPerSecond - bytesUsed);
  }

  /** Lines that may be taken now; {@link Long#MAX_VALUE} without a limit. */
  long lines(long now) {
    return share == null ? Long.MAX_VALUE : share.remaining(now);
  }

  void used(long bytes, long lines) {
    bytesUsed += bytes;
    if (share != null) {
      share.used(lines);
    }
  }

  /** When something may be taken again, after nothing could be. */
  long again(long now) {
    long byBytes = bytesPerSecond >= 0 && bytes(now) == 0 ? secondStart + SECOND : now;
    long byLines = share != null && share.remaining(now) == 0 ? share.again(now) : now;
    return byLines - byBytes > 0 ? byLines : byBytes;
  }

  /** The file is let go: its group has one file less. */
  void release() {
    if (share != null) {
      share.release();
    }
  }
}
