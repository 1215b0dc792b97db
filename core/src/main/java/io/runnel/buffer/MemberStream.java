package io.runnel.buffer;

import java.io.IOException;
import java.io.InputStream;

/** Content of compressed members or frames, read one after the other. */
abstract class MemberStream extends InputStream {
  private final byte[] single = new byte[1];
  private final InputStream in;
  private final long limit;
  private long taken;
  private long wholeEnd;
  private long produced;
  private long members;

  /**
   * @param in the stored content
   * @param limit how many bytes one member may give
   */
  MemberStream(InputStream in, long limit) {
    this.in = in;
    this.limit = limit;
  }

  /** Takes stored content; 0 or less where there is no more. */
  final int takeStored(byte[] target) throws IOException {
    int count = in.read(target);
    taken += Math.max(0, count);
    return count;
  }

  /** Counts bytes that a member gave. */
  final void produced(int count) throws IOException {
    produced += count;
    if (produced > limit) {
      throw new IOException(
          "decompressed size exceeds the limit (decompression_size_limit): more than "
              + limit
              + " bytes");
    }
  }

  /**
   * @param unread how many bytes of the stored content that was taken are behind the member
   */
  final void memberEnded(int unread) {
    wholeEnd = taken - unread;
    produced = 0;
    members++;
  }

  /** How many members were read to their end. */
  final long members() {
    return members;
  }

  /** How many bytes of the stored content the whole members take that were read so far. */
  final long wholeMembersEnd() {
    return wholeEnd;
  }

  @Override
  public int read() throws IOException {
    int count = read(single, 0, 1);
    return count < 0 ? -1 : single[0] & 0xff;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
