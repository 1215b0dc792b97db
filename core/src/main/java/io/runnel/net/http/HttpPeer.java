package io.runnel.net.http;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.time.Duration;

/**
 * One connection of an {@link HttpLoop}. It belongs to the thread that leads the loop; while {@link
 * #inFlight} it belongs to the thread that handles its request.
 */
final class HttpPeer {
  final SocketChannel channel;
  final HttpParser parser;
  final SelectionKey key;

  /** True from the moment a request is taken until its answer is sent. */
  boolean inFlight;

  /** The answer that waits for the commit. */
  HttpResponse response;

  /** Nanoseconds at which the connection is given up. */
  long deadline;

  /** Bytes of a body since the deadline was last moved. */
  int unmeasured;

  /** What the buffer takes of the loop's budget. */
  long charged;

  /** What is still to be sent; null where nothing is. */
  ByteBuffer unsent;

  boolean closeWhenSent;

  /**
   * True after a refusal: what the client still sends is read and thrown away for a moment, because
   * closing at once would reset the connection, and the client would not see the answer.
   */
  boolean lingering;

  static final Duration LINGER = Duration.ofSeconds(2);

  HttpPeer(SocketChannel channel, SelectionKey key, HttpLimits limits) throws IOException {
    this.channel = channel;
    this.key = key;
    InetAddress address =
        channel.getRemoteAddress() instanceof InetSocketAddress inet ? inet.getAddress() : null;
    this.parser = new HttpParser(limits, address);
  }
}
