package io.runnel.event;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Finds keys that a map has twice, while it is written as MessagePack. Not safe for use by several
 * threads at once.
 *
 * <p>The keys of all maps that are open lie on one stack, as hash and place in the output. An
 * object of up to {@link #FEW} keys is searched along the stack; one with more gets a hash table,
 * whose hash has a secret seed, so that chosen keys cannot make it slow.
 */
public final class UniqueKeys {
  private static final int FEW = 16;

  private static final VarHandle WORD =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private int[] hashes = new int[32];
  private int[] places = new int[32];
  private int size;
  private final ArrayDeque<Table> tables = new ArrayDeque<>(2);

  void clear() {
    size = 0;
    tables.clear();
  }

  /** Opens a map; the result is the base of its keys. */
  int open() {
    return size;
  }

  void close(int base) {
    size = base;
    if (!tables.isEmpty() && tables.peek().base == base) {
      tables.pop();
    }
  }

  /**
   * Adds the key that is written at {@code keyAt} to the innermost map.
   *
   * @param search false where the caller knows that no key with this hash was there before
   * @return true where the map has the key already
   */
  boolean add(byte[] out, int keyAt, int hash, int base, boolean search) {
    if (size - base >= FEW) {
      return table(out, base).add(out, keyAt);
    }
    boolean found = false;
    if (search) {
      for (int i = base; i < size && !found; i++) {
        found = hashes[i] == hash && sameKey(out, places[i], keyAt);
      }
    }
    if (size == hashes.length) {
      hashes = Arrays.copyOf(hashes, size * 2);
      places = Arrays.copyOf(places, size * 2);
    }
    hashes[size] = hash;
    places[size++] = keyAt;
    return found;
  }

  /**
   * Adds the key that is written from {@code keyAt} to {@code keyEnd}, where only one map is open.
   *
   * @return true where the map has the key already
   */
  public boolean add(byte[] out, int keyAt, int keyEnd) {
    return add(out, keyAt, hash(out, keyAt, keyEnd), 0, true);
  }

  /** A quick hash of a packed key, from its length and its first and last eight bytes. */
  static int hash(byte[] out, int keyAt, int keyEnd) {
    int length = keyEnd - keyAt;
    long word = 0;
    if (length >= 8) {
      word = (long) WORD.get(out, keyAt);
      word ^= (long) WORD.get(out, keyEnd - 8) * 0x9e37_79b9_7f4a_7c15L;
    } else {
      for (int i = keyAt; i < keyEnd; i++) {
        word = word << 8 | out[i] & 0xff;
      }
    }
    return (int) (word * 0xff51_afd7_ed55_8ccdL >>> 32);
  }

  private Table table(byte[] out, int base) {
    Table top = tables.peek();
    if (top == null || top.base != base) {
      top = new Table(base);
      for (int i = base; i < size; i++) {
        top.add(out, places[i]);
      }
      tables.push(top);
    }
    return top;
  }

  private static int content(byte[] out, int at) {
    return at
        + switch (out[at] & 0xff) {
          case 0xd9 -> 2;
          case 0xda -> 3;
          case 0xdb -> 5;
          default -> 1;
        };
  }

  private static int length(byte[] out, int at) {
    return switch (out[at] & 0xff) {
      case 0xd9 -> out[at + 1] & 0xff;
      case 0xda -> (out[at + 1] & 0xff) << 8 | out[at + 2] & 0xff;
      case 0xdb ->
          out[at + 1] << 24
              | (out[at + 2] & 0xff) << 16
              | (out[at + 3] & 0xff) << 8
              | out[at + 4] & 0xff;
      default -> out[at] & 31;
    };
  }

  private static boolean sameKey(byte[] out, int one, int other) {
    int length = length(out, one);
    if (out[one] != out[other] || length != length(out, other)) {
      return false;
    }
    int a = content(out, one);
    int b = content(out, other);
    return Arrays.equals(out, a, a + length, out, b, b + length);
  }

  /**
   * Rewrites the map at {@code mark} so that each key is there once, at its first place and with
   * its last value.
   *
   * @return the new end
   */
  public static int dropRepeated(byte[] out, int mark, int end) {
    MsgpackReader reader = new MsgpackReader(out, mark, end - mark);
    int count = reader.readMapHeader();
    Map<ByteBuffer, Integer> index = HashMap.newHashMap(count);
    List<int[]> pairs = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      int keyAt = reader.position();
      reader.skip();
      int valueAt = reader.position();
      reader.skip();
      int[] pair = {keyAt, valueAt, valueAt, reader.position()};
      ByteBuffer key = ByteBuffer.wrap(out, keyAt, valueAt - keyAt);
      Integer first = index.putIfAbsent(key, pairs.size());
      if (first == null) {
        pairs.add(pair);
      } else {
        pairs.get(first)[2] = valueAt;
        pairs.get(first)[3] = reader.position();
      }
    }
    Bytes kept = new Bytes(end - mark);
    new MsgpackWriter(kept).mapHeader(pairs.size());
    for (int[] pair : pairs) {
      kept.write(out, pair[0], pair[1] - pair[0]);
      kept.write(out, pair[2], pair[3] - pair[2]);
    }
    System.arraycopy(kept.array(), 0, out, mark, kept.length());
    return mark + kept.length();
  }

  /** Open addressing with linear probing; at most half full. */
  private static final class Table {
    private static final long SEED = new SplittableRandom().nextLong() | 1;

    private final int base;
    private int[] slots = new int[128];
    private int[] hashes = new int[128];
    private int count;

    Table(int base) {
      this.base = base;
    }

    boolean add(byte[] out, int keyAt) {
      if (count * 2 >= slots.length) {
        grow();
      }
      int hash = hash(out, keyAt);
      int mask = slots.length - 1;
      int slot = hash & mask;
      while (slots[slot] != 0) {
        if (hashes[slot] == hash && sameKey(out, slots[slot] - 1, keyAt)) {
          return true;
        }
        slot = slot + 1 & mask;
      }
      slots[slot] = keyAt + 1;
      hashes[slot] = hash;
      count++;
      return false;
    }

    private void grow() {
      int[] oldSlots = slots;
      int[] oldHashes = hashes;
      slots = new int[oldSlots.length * 2];
      hashes = new int[slots.length];
      int mask = slots.length - 1;
      for (int i = 0; i < oldSlots.length; i++) {
        if (oldSlots[i] != 0) {
          int slot = oldHashes[i] & mask;
          while (slots[slot] != 0) {
            slot = slot + 1 & mask;
          }
          slots[slot] = oldSlots[i];
          hashes[slot] = oldHashes[i];
        }
      }
    }

    private static int hash(byte[] out, int keyAt) {
      int p = content(out, keyAt);
      int end = p + length(out, keyAt);
      long hash = SEED ^ (end - p) * 0x9e37_79b9_7f4a_7c15L;
      for (; p + 8 <= end; p += 8) {
        hash = mix(hash ^ (long) WORD.get(out, p));
      }
      long rest = 0;
      for (; p < end; p++) {
        rest = rest << 8 | out[p] & 0xff;
      }
      hash = mix(hash ^ rest);
      return (int) (hash >>> 32);
    }

    /** The two halves of the 128-bit product with the seed: what collides depends on the seed. */
    private static long mix(long value) {
      return Math.multiplyHigh(value, SEED) ^ value * SEED ^ Long.rotateLeft(value, 29);
    }
  }
}
