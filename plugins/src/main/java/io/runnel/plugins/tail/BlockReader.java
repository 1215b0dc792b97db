package io.runnel.plugins.tail;

import io.runnel.host.Clock;
import io.runnel.log.Log;
import io.runnel.plugin.BufferOverflowException;
import io.runnel.plugin.EmitException;
import io.runnel.plugin.Emitter;
import java.io.IOException;

/**
 * Reads files block by block, splits them into lines and emits these in batches. One buffer serves
 * all files. Used by the tail thread alone.
 *
 * <p>A line is read from its start each time, so no unfinished line is kept between two reads.
 */
final class BlockReader {
  /** What became of a read. */
  enum Outcome {
    /** The end of the file, or only part of a line is left. */
    END,
    /** There may be more. */
    MORE,
    /** A limit is reached: the file is paused. */
    LIMITED,
    /** The events were not taken: the file has gone back and is paused. */
    REFUSED
  }

  private static final int BLOCK = 256 << 10;

  /** Longest line that is read where max_line_size does not say less. */
  private static final int LONGEST_LINE = 32 << 20;

  private static final long SECOND = 1_000_000_000L;

  /** Longest pause after a refusal. */
  private static final long LONGEST_PAUSE = 30 * SECOND;

  private final LineEvents events;
  private final LineEncoding encoding;
  private final Newlines newlines;
  private final Emitter emitter;
  private final PositionFile positions;
  private final Clock clock;
  private final Log log;
  private final int linesPerBatch;
  private final int longestLine;
  private byte[] buffer = new byte[BLOCK];
  private boolean interrupted;

  BlockReader(
      TailConfig config,
      LineEncoding encoding,
      LineEvents events,
      Emitter emitter,
      PositionFile positions,
      Clock clock,
      Log log) {
    this.positions = positions;
    this.events = events;
    this.encoding = encoding;
    this.newlines = encoding.newlines();
    this.emitter = emitter;
    this.clock = clock;
    this.log = log;
    this.linesPerBatch = Math.max(1, config.readLinesLimit());
    this.longestLine =
        (int) Math.min(LONGEST_LINE, config.maxLineSize().map(s -> s.bytes()).orElse(1L << 40));
  }

  /** Reads one block at the file's position and emits its whole lines. */
  Outcome read(TailedFile file) throws IOException {
    long now = clock.nanos();
    long allowed = file.allowance.bytes(now);
    if (allowed == 0 || file.allowance.lines(now) == 0) {
      file.pause(file.allowance.again(now));
      return Outcome.LIMITED;
    }
    int want = (int) Math.min(BLOCK, Math.max(allowed, ReadAllowance.LEAST_BYTES));
    int have = fill(file, 0, want);
    while (have > 0 && newlines.indexOf(buffer, 0, have) < 0) {
      if (have < want) {
        file.seen = file.read + have;
        return Outcome.END; // the rest of the line is still to come
      }
      if (file.skipping || have > longestLine) {
        file.skipping = true;
        file.read += have - have % newlines.width();
        return Outcome.MORE;
      }
      want = Math.min(want * 2, longestLine + BLOCK);
      grow(want);
      have = fill(file, have, want);
    }
    file.seen = file.read + Math.max(0, have);
    if (have <= 0) {
      return Outcome.END;
    }
    Outcome outcome = lines(file, have, now);
    if (buffer.length > BLOCK) {
      buffer = new byte[BLOCK];
    }
    return outcome == Outcome.MORE && have < want ? Outcome.END : outcome;
  }

  private void grow(int size) {
    if (size > buffer.length) {
      buffer = java.util.Arrays.copyOf(buffer, size);
    }
  }

  /** Fills the buffer up to {@code want} bytes of the file from its position on. */
  private int fill(TailedFile file, int have, int want) throws IOException {
    int filled = have;
    while (filled < want) {
      int n = file.handle.read(buffer, filled, want - filled, file.read + filled);
      if (n <= 0) {
        break;
      }
      filled += n;
    }
    return filled;
  }

  /** Emits the lines among the first bytes of the buffer, batch by batch. */
  private Outcome lines(TailedFile file, int have, long now) {
    int at = 0;
    while (true) {
      long most = Math.min(linesPerBatch, file.allowance.lines(now));
      if (most == 0) {
        file.pause(file.allowance.again(now));
        return Outcome.LIMITED;
      }
      events.begin();
      int count = 0;
      int from = at;
      for (; count < most; count++) {
        int newline = newlines.indexOf(buffer, at, have);
        if (newline < 0) {
          break;
        }
        int end = newline + newlines.width();
        line(file, at, end - at, file.read + (at - from), now);
        at = end;
      }
      if (count == 0) {
        return Outcome.MORE;
      }
      file.read += at - from;
      file.allowance.used(at - from, count);
      if (!emit(file)) {
        return Outcome.REFUSED;
      }
    }
  }

  /**
   * Takes one line of the buffer, line end included.
   *
   * @param at its offset in the file
   */
  private void line(TailedFile file, int from, int size, long at, long now) {
    if (file.skipping || size - newlines.width() > longestLine) {
      file.skipping = false;
      log.warn("received line length is longer than " + longestLine, "file", file.path, "at", at);
      return;
    }
    boolean quiet = at < file.warnedTo;
    file.warnedTo = Math.max(file.warnedTo, at + 1);
    byte[] text = buffer;
    int offset = from;
    int length = size;
    if (encoding.converts()) {
      text = encoding.convert(buffer, from, length);
      offset = 0;
      length = text.length;
    }
    if (file.collector != null) {
      file.collector.line(file, text, offset, length, at, now, quiet);
    } else {
      int bare = MultilineCollector.chomped(text, offset, length);
      events.add(file, text, offset, bare, quiet);
    }
  }

  /** Emits what a multiline event has gathered so far. */
  boolean flush(TailedFile file) {
    events.begin();
    file.collector.flush(file, false);
    return emit(file);
  }

  /** Emits the last line of a file that nobody will complete any more. */
  boolean emitRest(TailedFile file) throws IOException {
    int have = file.skipping ? 0 : fill(file, 0, BLOCK);
    events.begin();
    if (have > 0 && have < BLOCK && have <= longestLine) {
      line(file, 0, have, file.read, clock.nanos());
      file.read += have;
    }
    if (file.collector != null) {
      file.collector.flush(file, false);
    }
    return emit(file);
  }

  /** Hands the batch over; where it is not taken the file goes back and pauses. */
  private boolean emit(TailedFile file) {
    try {
      if (!events.isEmpty()) {
        emitter.emit(file.tag, events.lend());
      }
      file.settle();
      positions.emitted(file.entry, file.safe);
      file.failures = 0;
      return true;
    } catch (BufferOverflowException e) {
      refused(file, SECOND);
    } catch (EmitException e) {
      if (!mayPass(e)) {
        log.error(
            "emit failed, these lines are given up",
            e,
            "file",
            file.path,
            "from",
            file.safe,
            "to",
            file.read);
        file.settle();
        file.failures = 0;
        return true;
      }
      log.warn("emit failed, the lines are kept and emitted again", e, "file", file.path);
      refused(file, Math.min(LONGEST_PAUSE, SECOND << Math.min(file.failures, 5)));
    }
    return false;
  }

  /**
   * Whether the same events may be taken another time: after a fault of a disk or network, or an
   * interrupt. Other refusals are for an event itself (one that is larger than a chunk may be); the
   * other events of the batch are stored by then, so that another try would only repeat them.
   */
  private static boolean mayPass(EmitException e) {
    return e.getCause() instanceof IOException
        || e.getCause() instanceof InterruptedException
        || Thread.currentThread().isInterrupted();
  }

  private void refused(TailedFile file, long pause) {
    // the interrupt of a stop has done its work once the emit has given up; left standing it would
    // close the files that this thread uses next
    interrupted |= Thread.interrupted();
    file.failures++;
    file.rewind();
    file.pause(clock.nanos() + pause);
  }

  /** True once an emit was interrupted: this tail is to end, and another emit might wait again. */
  boolean isInterrupted() {
    return interrupted;
  }
}
