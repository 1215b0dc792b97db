package io.runnel.buffer;

import java.io.IOException;
import java.io.InputStream;

/** Content of compressed members or frames, read one after the other. */
abstract class MemberStream extends InputStream {
  private final byte[] single = new byte[1];
  private final long limit;
  private long produced;
  private long members;

  /**
   * @param limit how many bytes one member may give
   */
  MemberStream(long limit) {
    this.limit = limit;
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

  final void memberEnded() {
    produced = 0;
    members++;
  }

  /** How many members were read to their end. */
  final long members() {
    return members;
  }

  /** How many bytes of the stored content the whole members take that were read so far. */
  abstract long wholeMembersEnd();

  @Override
  public int read() throws IOException {
    int count = read(single, 0, 1);
    return count < 0 ? -1 : single[0] & 0xff;
  }
}
