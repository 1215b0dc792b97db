package io.runnel.plugins.common;

import io.runnel.event.EventBuilder;
import io.runnel.log.Log;
import io.runnel.plugin.ParseException;
import io.runnel.plugin.Parser;
import io.runnel.regexp.RegexpTimeoutException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.function.Consumer;

/**
 * Reads the output of a command to its end and parses it: object by object where the parser can do
 * that, line by line otherwise. A broken object costs no more than its line. Used by one thread.
 */
public final class PipeReader {
  /** Longest line or object: a command that never ends a line must not fill the memory. */
  private static final int LONGEST = 16 << 20;

  /** Longest part of a line in a warning. */
  private static final int MOST_SHOWN = 1024;

  /** Changes a line before it is parsed: the encoding. */
  @FunctionalInterface
  public interface Converter {
    byte[] convert(byte[] text, int offset, int length);
  }

  private final Parser parser;
  private final Converter converter;
  private final Consumer<EventBuilder> sink;
  private final long warnNanos;
  private final Log log;
  private final EventBuilder events = new EventBuilder();
  private byte[] buffer;
  private int have;
  private boolean skipping;
  private boolean warned;
  private long lastWarning;

  /**
   * @param converter null where bytes are parsed as they are
   * @param sink is given the events of each read; an event without a time has {@link
   *     io.runnel.event.EventTime#NONE}
   * @param warnInterval shortest time between two warnings about lines that do not parse
   */
  public PipeReader(
      Parser parser,
      int blockSize,
      Converter converter,
      Consumer<EventBuilder> sink,
      Duration warnInterval,
      Log log) {
    this.parser = parser;
    this.converter = converter;
    this.sink = sink;
    this.warnNanos = warnInterval.toNanos();
    this.log = log;
    this.buffer = new byte[Math.max(1024, blockSize)];
  }

  /** Reads until the end of the stream. */
  public void run(InputStream in) throws IOException {
    while (true) {
      if (have == buffer.length) {
        makeRoom();
      }
      int n = in.read(buffer, have, buffer.length - have);
      if (n < 0) {
        break;
      }
      have += n;
      take(parser.isStream() && converter == null ? objects() : lines());
      pass();
    }
    if (have > 0 && !skipping) {
      line(0, have);
      have = 0;
      pass();
    }
  }

  private void makeRoom() {
    if (buffer.length >= LONGEST) {
      log.warn("a line is longer than " + LONGEST + " bytes, it is skipped");
      skipping = true;
      have = 0;
    } else {
      buffer = Arrays.copyOf(buffer, buffer.length * 2);
    }
  }

  private void take(int used) {
    System.arraycopy(buffer, used, buffer, 0, have - used);
    have -= used;
  }

  private void pass() {
    if (!events.isEmpty()) {
      sink.accept(events);
      events.clear();
    }
  }

  private int objects() {
    long mark = events.mark();
    try {
      return parser.parsePrefix(buffer, 0, have, events);
    } catch (ParseException e) {
      events.rewind(mark);
      return lines(); // what is whole in it is still taken
    }
  }

  private int lines() {
    int from = 0;
    for (int i = 0; i < have; i++) {
      if (buffer[i] == '\n') {
        if (!skipping) {
          line(from, i - from);
        }
        skipping = false;
        from = i + 1;
      }
    }
    return from;
  }

  private void line(int offset, int length) {
    int size = length > 0 && buffer[offset + length - 1] == '\r' ? length - 1 : length;
    byte[] text = buffer;
    int at = offset;
    if (converter != null) {
      text = converter.convert(buffer, offset, size);
      at = 0;
      size = text.length;
    }
    if (parser.isStream() && isBlank(text, at, size)) {
      return; // what is between objects, or behind the last one
    }
    try {
      if (parser.parse(text, at, size, events) == 0) {
        mismatch(null, text, at, size);
      }
    } catch (ParseException | RegexpTimeoutException e) {
      mismatch(e, text, at, size);
    }
  }

  private static boolean isBlank(byte[] text, int offset, int length) {
    for (int i = offset; i < offset + length; i++) {
      if (text[i] != ' ' && text[i] != '\n' && text[i] != '\r' && text[i] != '\t') {
        return false;
      }
    }
    return true;
  }

  private void mismatch(Exception why, byte[] text, int offset, int length) {
    long now = System.nanoTime();
    if (warned && now - lastWarning < warnNanos) {
      return;
    }
    warned = true;
    lastWarning = now;
    String line = shown(text, offset, length);
    if (why == null) {
      log.warn("pattern not matched", "line", line);
    } else {
      log.warn("pattern not matched", why, "line", line);
    }
  }

  private static String shown(byte[] text, int offset, int length) {
    return new String(text, offset, Math.min(length, MOST_SHOWN), StandardCharsets.UTF_8);
  }
}
