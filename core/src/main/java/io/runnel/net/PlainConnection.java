package io.runnel.net;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/** A connection without TLS, over a channel in blocking mode. */
public final class PlainConnection implements Connection {
  /**
   * Most bytes of one system call: the JDK keeps a direct buffer of this size for each thread that
   * reads, and more brings no more speed.
   */
  static final int SLICE = 128 * 1024;

  private final SocketChannel channel;
  private final InetSocketAddress peer;
  private byte[] wrapped;
  private ByteBuffer view;

  public PlainConnection(SocketChannel channel) throws IOException {
    this.channel = channel;
    SocketAddress remote = channel.getRemoteAddress();
    peer = remote instanceof InetSocketAddress inet ? inet : null;
    if (peer != null) {
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    }
  }

  SocketChannel channel() {
    return channel;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    if (wrapped != target) {
      wrapped = target;
      view = ByteBuffer.wrap(target);
    }
    view.limit(offset + Math.min(length, SLICE)).position(offset);
    return channel.read(view);
  }

  @Override
  public void write(byte[] source, int offset, int length) throws IOException {
    ByteBuffer data = ByteBuffer.wrap(source, offset, length);
    int end = offset + length;
    while (data.position() < end) {
      data.limit(Math.min(end, data.position() + SLICE));
      channel.write(data);
    }
  }

  @Override
  public InetAddress peer() {
    return peer == null ? null : peer.getAddress();
  }

  @Override
  public int peerPort() {
    return peer == null ? 0 : peer.getPort();
  }

  @Override
  public void endInput() {
    try {
      channel.shutdownInput();
    } catch (IOException e) {
      // Closed already: then reading ends as well.
    }
  }

  @Override
  public void close() {
    quietly();
  }

  @Override
  public void abort() {
    try {
      if (peer != null) {
        channel.setOption(StandardSocketOptions.SO_LINGER, 0);
      }
    } catch (IOException e) {
      // Closed already.
    }
    quietly();
  }

  private void quietly() {
    try {
      channel.close();
    } catch (IOException e) {
      // There is nothing left to do for a connection that is to end.
    }
  }
}
