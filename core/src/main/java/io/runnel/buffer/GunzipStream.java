package io.runnel.buffer;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import java.util.zip.ZipException;

/**
 * Reads gzip members back to back (RFC 1952), knowing where each ends, which {@link
 * java.util.zip.GZIPInputStream} does not tell.
 */
final class GunzipStream extends MemberStream {
  private static final int HAS_CRC = 2;
  private static final int HAS_EXTRA = 4;
  private static final int HAS_NAME = 8;
  private static final int HAS_COMMENT = 16;

  /** Bits that no gzip writes: what they would mean is not known (RFC 1952, 2.3.1.2). */
  private static final int RESERVED = 0xe0;

  private final Inflater inflater = new Inflater(true);
  private final CRC32 crc = new CRC32();
  private final byte[] input = new byte[8192];
  private int at;
  private int end;
  private boolean inMember;
  private boolean finished;

  GunzipStream(InputStream in, long limit) {
    super(in, limit);
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    while (!finished) {
      if (!inMember && !header()) {
        finished = true;
        break;
      }
      int count = inflate(target, offset, length);
      if (count > 0) {
        crc.update(target, offset, count);
        produced(count);
        return count;
      }
    }
    return -1;
  }

  /** Inflates some bytes; 0 where the member ended. */
  private int inflate(byte[] target, int offset, int length) throws IOException {
    try {
      while (true) {
        int count = inflater.inflate(target, offset, length);
        if (count > 0) {
          return count;
        }
        if (inflater.finished()) {
          giveBack();
          trailer();
          return 0;
        }
        if (inflater.needsDictionary()) {
          throw new ZipException("not a gzip member: it needs a dictionary");
        }
        if (at == end && !fill()) {
          throw new EOFException("gzip member ends too early");
        }
        inflater.setInput(input, at, end - at);
        at = end;
      }
    } catch (DataFormatException e) {
      throw new ZipException("damaged gzip member: " + e.getMessage());
    }
  }

  private void giveBack() {
    at = end - inflater.getRemaining();
  }

  /** Reads the header of the next member; false at the end of the content. */
  private boolean header() throws IOException {
    if (at == end && !fill()) {
      return false;
    }
    crc.reset();
    if (take() != 0x1f || take() != 0x8b || take() != 8) {
      throw new ZipException("not in gzip format");
    }
    int flags = take();
    if ((flags & RESERVED) != 0) {
      throw new ZipException("not in gzip format: unknown flags");
    }
    skip(6);
    if ((flags & HAS_EXTRA) != 0) {
      skip(take() | take() << 8);
    }
    if ((flags & HAS_NAME) != 0) {
      skipText();
    }
    if ((flags & HAS_COMMENT) != 0) {
      skipText();
    }
    if ((flags & HAS_CRC) != 0) {
      int expected = (int) crc.getValue() & 0xffff;
      if ((take() | take() << 8) != expected) {
        throw new ZipException("damaged gzip member: checksum of its header does not match");
      }
    }
    inMember = true;
    inflater.reset();
    crc.reset();
    return true;
  }

  private void trailer() throws IOException {
    long expected = crc.getValue();
    if (little32() != expected) {
      throw new ZipException("damaged gzip member: checksum does not match");
    }
    if (little32() != (inflater.getBytesWritten() & 0xffff_ffffL)) {
      throw new ZipException("damaged gzip member: length does not match");
    }
    inMember = false;
    memberEnded(end - at);
  }

  private long little32() throws IOException {
    long value = 0;
    for (int i = 0; i < 4; i++) {
      value |= (long) take() << 8 * i;
    }
    return value;
  }

  private void skip(int count) throws IOException {
    for (int i = 0; i < count; i++) {
      take();
    }
  }

  private void skipText() throws IOException {
    while (take() != 0) {
      // the name of a file, of no use here
    }
  }

  private int take() throws IOException {
    if (at == end && !fill()) {
      throw new EOFException("gzip member ends too early");
    }
    int value = input[at++] & 0xff;
    crc.update(value);
    return value;
  }

  private boolean fill() throws IOException {
    at = 0;
    end = Math.max(0, takeStored(input));
    return end > 0;
  }

  @Override
  public void close() throws IOException {
    finished = true;
    inflater.end();
    super.close();
  }
}
