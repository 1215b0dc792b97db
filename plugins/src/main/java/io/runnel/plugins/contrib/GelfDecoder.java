package io.runnel.plugins.contrib;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import java.util.zip.InflaterInputStream;

/**
 * Makes messages of GELF datagrams: puts chunks together and decompresses. A chunk is {@code 1e
 * 0f}, eight bytes that name the message, its number, the count of chunks, data. Not safe for use
 * by several threads at once.
 */
final class GelfDecoder {
  /** Longest message after decompression, in bytes. */
  static final int MAX_MESSAGE = 8 << 20;

  private static final int MAX_CHUNKS = 128;
  private static final int HEADER = 12;

  /** Messages of which chunks are missing. */
  private static final int MAX_PARTIAL = 1000;

  /** Bytes of incomplete messages together: anybody can send beginnings. The oldest give way. */
  static final long MAX_PARTIAL_BYTES = 16 << 20;

  /** All chunks must come within five seconds, as the format says. */
  private static final long PARTIAL_NANOS = 5_000_000_000L;

  private static final class Partial {
    final byte[][] chunks;
    final long began;
    int missing;
    long bytes;

    Partial(int count, long began) {
      this.chunks = new byte[count][];
      this.missing = count;
      this.began = began;
    }
  }

  private final Map<Long, Partial> partials = new LinkedHashMap<>();
  private long partialBytes;

  /**
   * Takes a datagram.
   *
   * @param nanos now, by the monotonic clock
   * @return the JSON text; null where chunks are missing
   * @throws IOException with what is wrong with it
   */
  byte[] take(byte[] data, int length, long nanos) throws IOException {
    if (length >= 2 && data[0] == 0x1e && data[1] == 0x0f) {
      byte[] whole = chunk(data, length, nanos);
      return whole == null ? null : unpacked(whole, whole.length);
    }
    return unpacked(data, length);
  }

  private byte[] chunk(byte[] data, int length, long nanos) throws IOException {
    if (length < HEADER) {
      throw new IOException("chunk is too short");
    }
    int number = data[10] & 0xff;
    int count = data[11] & 0xff;
    if (count == 0 || count > MAX_CHUNKS || number >= count) {
      throw new IOException("chunk " + number + " of " + count + " is not possible");
    }
    expire(nanos);
    long id = 0;
    for (int i = 2; i < 10; i++) {
      id = id << 8 | data[i] & 0xff;
    }
    Partial partial = partials.get(id);
    if (partial == null || partial.chunks.length != count) {
      forget(partials.remove(id));
      partial = new Partial(count, nanos);
      partials.put(id, partial);
    }
    if (partial.chunks[number] != null) {
      return null; // a datagram that came twice
    }
    partial.chunks[number] = Arrays.copyOfRange(data, HEADER, length);
    partial.bytes += length - HEADER;
    partialBytes += length - HEADER;
    if (--partial.missing > 0) {
      return null;
    }
    forget(partials.remove(id));
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    for (byte[] part : partial.chunks) {
      whole.write(part);
    }
    return whole.toByteArray();
  }

  private void expire(long nanos) {
    Iterator<Partial> oldest = partials.values().iterator();
    while (oldest.hasNext()) {
      Partial partial = oldest.next();
      boolean late = nanos - partial.began > PARTIAL_NANOS;
      if (!late && partials.size() < MAX_PARTIAL && partialBytes <= MAX_PARTIAL_BYTES) {
        return;
      }
      oldest.remove();
      forget(partial);
    }
  }

  private void forget(Partial partial) {
    partialBytes -= partial == null ? 0 : partial.bytes;
  }

  /** Bytes of incomplete messages. */
  long partialBytes() {
    return partialBytes;
  }

  private static byte[] unpacked(byte[] data, int length) throws IOException {
    if (length < 2) {
      throw new IOException("message is too short");
    }
    ByteArrayInputStream in = new ByteArrayInputStream(data, 0, length);
    int first = data[0] & 0xff;
    int second = data[1] & 0xff;
    InputStream stream;
    if (first == 0x1f && second == 0x8b) {
      stream = new GZIPInputStream(in);
    } else if ((first & 0x0f) == 8 && (first << 8 | second) % 31 == 0) {
      stream = new InflaterInputStream(in);
    } else {
      return in.readAllBytes();
    }
    try (stream) {
      byte[] text = stream.readNBytes(MAX_MESSAGE + 1);
      if (text.length > MAX_MESSAGE) {
        throw new IOException("message is longer than " + MAX_MESSAGE + " bytes");
      }
      return text;
    }
  }
}
