package io.runnel.plugins.forward;

import io.runnel.event.MsgpackReader;

/**
 * What a client may say behind its events.
 *
 * @param compression {@code text}, {@code gzip} or {@code zstd}
 * @param chunkStart where the id of the chunk begins in the message
 * @param chunkEnd where it ends; 0 where the client wants no answer
 */
record MessageOption(String compression, int chunkStart, int chunkEnd) {
  static final MessageOption NONE = new MessageOption("text", 0, 0);

  boolean isCompressed() {
    return compression.equals("gzip") || compression.equals("zstd");
  }

  boolean wantsAnswer() {
    return chunkEnd > 0;
  }

  /** Reads the map that the reader stands in front of. */
  static MessageOption read(MsgpackReader reader) {
    String compression = "text";
    int chunkStart = 0;
    int chunkEnd = 0;
    int pairs = reader.readMapHeader();
    for (int i = 0; i < pairs; i++) {
      String key = reader.peekString() ? reader.readString() : skipped(reader);
      int valueAt = reader.position();
      if (key.equals("compressed") && reader.peekString()) {
        compression = reader.readString();
      } else {
        boolean present = !reader.peekNil();
        reader.skip();
        if (key.equals("chunk") && present) {
          chunkStart = valueAt;
          chunkEnd = reader.position();
        }
      }
    }
    return new MessageOption(compression, chunkStart, chunkEnd);
  }

  private static String skipped(MsgpackReader reader) {
    reader.skip();
    return "";
  }
}
