package io.runnel.plugins.filter;

import io.runnel.event.Bytes;
import io.runnel.event.MsgpackReader;
import io.runnel.event.MsgpackWriter;
import java.util.Arrays;

/** Works on packed maps without decoding them. */
final class PackedMaps {
  private PackedMaps() {}

  /**
   * Appends {@code base} merged with {@code overlay}: a field of both keeps its place and takes the
   * overlay's value, the overlay's other fields come last.
   *
   * @param baseWithout fields of the base that are left out
   * @param overlayWithout fields of the overlay that are left out
   */
  static void merge(
      MsgpackReader base,
      MsgpackReader overlay,
      byte[][] baseWithout,
      byte[][] overlayWithout,
      Bytes out) {
    int start = overlay.position();
    int overlayPairs = overlay.readMapHeader();
    int[] places = new int[overlayPairs * 4];
    for (int i = 0; i < overlayPairs; i++) {
      int pair = overlay.position();
      int keyLength = key(overlay);
      places[4 * i] = pair;
      places[4 * i + 1] = overlay.position() - Math.max(keyLength, 0);
      places[4 * i + 2] = overlay.position();
      overlay.skip();
      places[4 * i + 3] = overlay.position();
    }
    overlay.position(start);
    MsgpackWriter writer = new MsgpackWriter(out);
    int mark = writer.open();
    int count = 0;
    long used = 0;
    boolean[] usedMany = overlayPairs > 64 ? new boolean[overlayPairs] : null;
    int basePairs = base.readMapHeader();
    for (int i = 0; i < basePairs; i++) {
      int pair = base.position();
      int length = key(base);
      int value = base.position();
      base.skip();
      int content = value - Math.max(length, 0);
      if (isOneOf(baseWithout, base.buffer(), content, length)) {
        continue;
      }
      count++;
      int found = find(base.buffer(), content, length, overlay.buffer(), places);
      if (found < 0) {
        out.write(base.buffer(), pair, base.position() - pair);
        continue;
      }
      out.write(base.buffer(), pair, value - pair);
      int from = places[4 * found + 2];
      out.write(overlay.buffer(), from, places[4 * found + 3] - from);
      if (usedMany == null) {
        used |= 1L << found;
      } else {
        usedMany[found] = true;
      }
    }
    for (int i = 0; i < overlayPairs; i++) {
      int key = places[4 * i + 1];
      boolean dropped = isOneOf(overlayWithout, overlay.buffer(), key, places[4 * i + 2] - key);
      if (!dropped && (usedMany == null ? (used & 1L << i) == 0 : !usedMany[i])) {
        out.write(overlay.buffer(), places[4 * i], places[4 * i + 3] - places[4 * i]);
        count++;
      }
    }
    writer.closeMap(mark, count);
  }

  private static boolean isOneOf(byte[][] keys, byte[] buffer, int at, int length) {
    for (byte[] key : keys) {
      if (equal(buffer, at, length, key, 0, key.length)) {
        return true;
      }
    }
    return false;
  }

  /** Appends a map with {@code prefix} in front of each key. */
  static void prefixKeys(MsgpackReader map, byte[] prefix, Bytes out) {
    MsgpackWriter writer = new MsgpackWriter(out);
    int pairs = map.readMapHeader();
    writer.mapHeader(pairs);
    for (int i = 0; i < pairs; i++) {
      int length = key(map);
      int value = map.position();
      map.skip();
      int size = Math.max(length, 0);
      writer.stringHeader(prefix.length + size);
      out.write(prefix, 0, prefix.length);
      out.write(map.buffer(), value - size, size);
      out.write(map.buffer(), value, map.position() - value);
    }
  }

  /** Takes a key; returns the length of its content, which ends at the reader, or -1. */
  private static int key(MsgpackReader reader) {
    if (!reader.peekString()) {
      reader.skip();
      return -1;
    }
    int length = reader.readStringHeader();
    reader.position(reader.position() + length);
    return length;
  }

  /** The last pair of the overlay with that key, as the last of equal keys counts; or -1. */
  private static int find(byte[] buffer, int at, int length, byte[] overlay, int[] places) {
    if (length < 0) {
      return -1;
    }
    for (int i = places.length / 4 - 1; i >= 0; i--) {
      int from = places[4 * i + 1];
      int size = places[4 * i + 2] - from;
      if (equal(buffer, at, length, overlay, from, size)) {
        return i;
      }
    }
    return -1;
  }

  private static boolean equal(
      byte[] left, int leftAt, int length, byte[] right, int rightAt, int rightLength) {
    return length == rightLength
        && Arrays.equals(left, leftAt, leftAt + length, right, rightAt, rightAt + length);
  }
}
