package io.runnel.host;

import java.util.ArrayList;
import java.util.List;

/**
 * Memory for the contents of all memory buffers of the process. Half of it is divided among them,
 * so that a buffer whose output is dead never takes the last of it from the others; the other half
 * goes to whoever asks first. Safe for use by several threads.
 */
public final class BufferMemory {
  private final long total;
  private final List<Share> shares = new ArrayList<>();

  public BufferMemory(long bytes) {
    total = bytes;
  }

  /** Bytes for all buffers together. */
  public long total() {
    return total;
  }

  /** Bytes that are taken now. */
  public synchronized long used() {
    long used = 0;
    for (Share share : shares) {
      used += share.used;
    }
    return used;
  }

  /** Makes the share of one more buffer, which is to close it. */
  public synchronized Share open() {
    Share share = new Share();
    shares.add(share);
    return share;
  }

  private long guaranteed() {
    return total / 2 / shares.size();
  }

  /** What of the common half would be taken if a share had {@code more}. */
  private long common(Share grown, long more) {
    long guaranteed = guaranteed();
    long common = 0;
    for (Share share : shares) {
      long used = share == grown ? share.used + more : share.used;
      common += Math.max(0, used - guaranteed);
    }
    return common;
  }

  /** What one buffer takes. */
  public final class Share implements AutoCloseable {
    private long used;
    private boolean closed;

    private Share() {}

    /** Bytes for all buffers together. */
    public long total() {
      return total;
    }

    /** True where so many bytes could be taken now. */
    public boolean fits(long bytes) {
      synchronized (BufferMemory.this) {
        return !closed
            && (used + bytes <= guaranteed() || common(this, bytes) <= total - total / 2);
      }
    }

    /** Takes all of it or nothing. */
    public boolean take(long bytes) {
      synchronized (BufferMemory.this) {
        if (!fits(bytes)) {
          return false;
        }
        used += bytes;
        return true;
      }
    }

    public void give(long bytes) {
      synchronized (BufferMemory.this) {
        used -= bytes;
      }
    }

    /** Gives everything back; nothing can be taken any more. */
    @Override
    public void close() {
      synchronized (BufferMemory.this) {
        closed = true;
        shares.remove(this);
      }
    }
  }
}
