package io.runnel.plugins;

import io.runnel.net.Connection;
import java.net.InetAddress;
import java.util.Random;

/** A connection whose client has sent some bytes and gone; what is written to it is dropped. */
public final class BytesConnection implements Connection {
  private final byte[] bytes;
  private final Random pieces;
  private int at;

  /**
   * @param pieces cuts what is read into small parts; null to give as much as is asked for
   */
  public BytesConnection(byte[] bytes, Random pieces) {
    this.bytes = bytes;
    this.pieces = pieces;
  }

  @Override
  public int read(byte[] target, int offset, int length) {
    if (at == bytes.length) {
      return -1;
    }
    int wanted = pieces == null ? length : Math.min(length, 1 + pieces.nextInt(9));
    int count = Math.min(wanted, bytes.length - at);
    System.arraycopy(bytes, at, target, offset, count);
    at += count;
    return count;
  }

  @Override
  public void write(byte[] source, int offset, int length) {}

  @Override
  public InetAddress peer() {
    return InetAddress.getLoopbackAddress();
  }

  @Override
  public int peerPort() {
    return 1;
  }

  @Override
  public void endInput() {}

  @Override
  public void close() {}

  @Override
  public void abort() {}
}
