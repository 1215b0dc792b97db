package io.runnel.plugins.forward;

import java.nio.charset.StandardCharsets;

/**
 * The beginning of a PackedForward message whose end has not come: {@code [tag, entries …}.
 *
 * @param size items of the array
 * @param tag the tag; null where the message is of another kind and cannot be taken in parts
 * @param headBytes what stands in front of the entries
 * @param left bytes of entries that have not been taken
 * @param isStarted whether any have been taken
 */
record LongMessage(int size, String tag, int headBytes, long left, boolean isStarted) {
  private static final LongMessage OTHER = new LongMessage(0, null, 0, 0, false);
  private static final byte ENTRY = (byte) 0x92;

  /** Looks at the first bytes of a message. */
  static LongMessage begin(byte[] bytes, int from, int to) {
    int code = bytes[from] & 0xff;
    int tagEnd = Entries.skip(bytes, from + 1, to);
    if (code != 0x92 && code != 0x93 || tagEnd < 0 || !isText(bytes, from + 1)) {
      return OTHER;
    }
    int lengthBytes =
        tagEnd >= to
            ? 0
            : switch (bytes[tagEnd] & 0xff) {
              case 0xc6, 0xdb -> 4;
              default -> 0; // whatever is shorter is no long message
            };
    int entriesAt = tagEnd + 1 + lengthBytes;
    if (lengthBytes == 0 || entriesAt >= to || bytes[entriesAt] != ENTRY) {
      return OTHER; // compressed entries begin otherwise
    }
    long length = 0;
    for (int i = tagEnd + 1; i < entriesAt; i++) {
      length = length << 8 | bytes[i] & 0xff;
    }
    return new LongMessage(
        code & 15, text(bytes, from + 1, tagEnd), entriesAt - from, length, false);
  }

  private static boolean isText(byte[] bytes, int at) {
    int code = bytes[at] & 0xff;
    return code >= 0xa0 && code <= 0xbf || code == 0xd9 || code == 0xda;
  }

  private static String text(byte[] bytes, int at, int end) {
    int code = bytes[at] & 0xff;
    int head = code <= 0xbf ? 1 : code == 0xd9 ? 2 : 3;
    return new String(bytes, at + head, end - at - head, StandardCharsets.UTF_8);
  }

  boolean isSound() {
    return tag != null;
  }

  /** What is left after so many bytes of entries were taken. */
  LongMessage without(int bytes) {
    return new LongMessage(size, tag, 0, left - bytes, true);
  }
}
