package io.runnel.plugins.client;

import io.runnel.event.Bytes;
import java.util.Arrays;

/**
 * Encoded events that go to a server together, and what became of each. Used by one thread.
 *
 * @param <K> what the events of a batch have in common
 */
public final class Batch<K> {
  /** What became of an event. */
  enum Fate {
    OPEN,
    TAKEN,
    AGAIN,
    REFUSED
  }

  private final K key;
  private final Bytes bytes;
  private int count;
  private int[] froms = new int[16];
  private int[] tos = new int[16];
  private int[] numbers = new int[16];
  private long[] times = new long[16];
  private Fate[] fates;
  private String[] reasons;

  Batch(K key) {
    this(key, new Bytes(4096));
  }

  private Batch(K key, Bytes bytes) {
    this.key = key;
    this.bytes = bytes;
  }

  void add(int number, long time, byte[] source, int offset, int length) {
    int from = bytes.length();
    bytes.write(source, offset, length);
    add(number, time, from, bytes.length());
  }

  private void add(int number, long time, int from, int to) {
    if (count == froms.length) {
      froms = Arrays.copyOf(froms, count * 2);
      tos = Arrays.copyOf(tos, count * 2);
      numbers = Arrays.copyOf(numbers, count * 2);
      times = Arrays.copyOf(times, count * 2);
    }
    froms[count] = from;
    tos[count] = to;
    numbers[count] = number;
    times[count] = time;
    count++;
  }

  /** Some of the events as a batch of their own, over the same bytes. */
  Batch<K> part(int from, int to) {
    Batch<K> part = new Batch<>(key, bytes);
    for (int i = from; i < to; i++) {
      part.add(numbers[i], times[i], froms[i], tos[i]);
    }
    return part;
  }

  public K key() {
    return key;
  }

  public int count() {
    return count;
  }

  /** What the entries lie in, one after another. */
  public byte[] array() {
    return bytes.array();
  }

  /** Where entry {@code i} begins in {@link #array}. */
  public int from(int i) {
    return froms[i];
  }

  /** Bytes of entry {@code i}. */
  public int length(int i) {
    return tos[i] - froms[i];
  }

  /** Time of event {@code i}, packed. */
  public long time(int i) {
    return times[i];
  }

  /** The place of event {@code i} in the chunk. */
  public int number(int i) {
    return numbers[i];
  }

  /** Bytes of all entries. */
  int size() {
    return bytes.length();
  }

  /** All entries in order, with text before, between and behind them. */
  public Bytes joined(String before, String between, String after) {
    Bytes out = new Bytes(bytes.length() + count * between.length() + 256);
    out.utf8(before);
    for (int i = 0; i < count; i++) {
      if (i > 0) {
        out.ascii(between);
      }
      out.write(bytes.array(), froms[i], tos[i] - froms[i]);
    }
    out.utf8(after);
    return out;
  }

  /** The server has event {@code i}; only needed before an exception that concerns the others. */
  public void taken(int i) {
    set(i, Fate.TAKEN, null);
  }

  /** The server did not take event {@code i}, but may later. */
  public void again(int i, String why) {
    set(i, Fate.AGAIN, why);
  }

  /** The server will never take event {@code i}. */
  public void refuse(int i, String why) {
    set(i, Fate.REFUSED, why);
  }

  private void set(int i, Fate fate, String why) {
    if (fates == null) {
      fates = new Fate[count];
      reasons = new String[count];
      Arrays.fill(fates, Fate.OPEN);
    }
    fates[i] = fate;
    reasons[i] = why;
  }

  Fate fate(int i) {
    return fates == null ? Fate.OPEN : fates[i];
  }

  String reason(int i) {
    return reasons == null ? null : reasons[i];
  }
}
