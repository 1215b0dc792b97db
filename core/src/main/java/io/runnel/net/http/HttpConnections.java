package io.runnel.net.http;

import io.runnel.net.Report;
import io.runnel.net.StreamLease;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.List;

/**
 * The connections of an {@link HttpLoop}: how they come, what is sent on them, how they end. Used
 * by the leader alone.
 */
final class HttpConnections {
  private static final int ACCEPTS_PER_ROUND = 64;
  private static final int WRITE_BYTES = 64 * 1024;

  private final StreamLease lease;
  private final HttpHandler handler;
  private final HttpLimits limits;
  private final Report report;
  private final HttpBudget budget;
  private final Selector selector;
  private final SelectionKey acceptKey;
  private final ByteBuffer outgoing = ByteBuffer.allocateDirect(WRITE_BYTES);
  private int count;
  private boolean accepting = true;

  HttpConnections(StreamLease lease, HttpHandler handler, HttpLimits limits, Report report)
      throws IOException {
    this.lease = lease;
    this.handler = handler;
    this.limits = limits;
    this.report = report;
    budget = new HttpBudget(limits.buffered());
    selector = Selector.open();
    acceptKey = lease.channel().register(selector, SelectionKey.OP_ACCEPT);
  }

  Selector selector() {
    return selector;
  }

  HttpBudget budget() {
    return budget;
  }

  int count() {
    return count;
  }

  /** True where something has to be looked after that no client tells of. */
  boolean needSweeps() {
    return count > 0 || !accepting;
  }

  boolean isDoor(SelectionKey key) {
    return key == acceptKey;
  }

  void accept() {
    for (int i = 0; i < ACCEPTS_PER_ROUND; i++) {
      try {
        SocketChannel channel = lease.channel().accept();
        if (channel == null) {
          return;
        }
        admit(channel);
      } catch (IOException e) {
        report.warn("could not accept a connection", e);
        acceptKey.interestOps(0); // until the next sweep
        accepting = false;
        return;
      }
    }
  }

  private void admit(SocketChannel channel) throws IOException {
    if (count >= limits.connections()) {
      report.warn("refused a connection: there are " + count + ", which is the limit", null);
      channel.close();
      return;
    }
    try {
      channel.configureBlocking(false);
      if (channel.getRemoteAddress() instanceof InetSocketAddress) {
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      }
      SelectionKey key = channel.register(selector, SelectionKey.OP_READ);
      HttpPeer peer = new HttpPeer(channel, key, limits);
      key.attach(peer);
      peer.deadline = System.nanoTime() + limits.idle().toNanos();
      count++;
    } catch (IOException e) {
      channel.close(); // the client has gone again already
    }
  }

  void send(HttpPeer peer, HttpResponse response, boolean keep) {
    peer.closeWhenSent = !keep;
    write(peer, response.encoded(keep));
  }

  /** Refuses what a client sends, and lets the connection end. */
  void reject(HttpPeer peer, int status, String reason) {
    peer.lingering = true;
    send(peer, handler.rejection(status, reason), false);
  }

  void write(HttpPeer peer, byte[] bytes) {
    try {
      ByteBuffer data =
          bytes.length <= outgoing.capacity()
              ? outgoing.clear().put(bytes).flip()
              : ByteBuffer.wrap(bytes);
      peer.channel.write(data);
      if (data.hasRemaining()) {
        peer.unsent = ByteBuffer.wrap(bytes, bytes.length - data.remaining(), data.remaining());
        peer.key.interestOps(SelectionKey.OP_WRITE);
        peer.deadline = System.nanoTime() + limits.body().toNanos();
      } else if (peer.closeWhenSent) {
        finish(peer);
      }
    } catch (IOException e) {
      close(peer);
    }
  }

  /** Goes on with an answer for which there was no room. */
  void flush(HttpPeer peer) {
    try {
      if (peer.unsent != null) {
        peer.channel.write(peer.unsent);
        if (peer.unsent.hasRemaining()) {
          peer.deadline = System.nanoTime() + limits.body().toNanos();
          return;
        }
        peer.unsent = null;
      }
      if (peer.closeWhenSent) {
        finish(peer);
      } else {
        peer.key.interestOps(SelectionKey.OP_READ);
      }
    } catch (IOException e) {
      close(peer);
    }
  }

  private void finish(HttpPeer peer) throws IOException {
    if (peer.lingering) {
      peer.channel.shutdownOutput();
      budget.release(peer);
      peer.key.interestOps(SelectionKey.OP_READ);
      peer.deadline = System.nanoTime() + HttpPeer.LINGER.toNanos();
    } else {
      close(peer);
    }
  }

  /** Gives up those whose time is over, and tries the door again where it was shut. */
  void sweep(long now, boolean stopping) {
    if (!accepting && !stopping) {
      accepting = true;
      acceptKey.interestOps(SelectionKey.OP_ACCEPT);
    }
    for (SelectionKey key : List.copyOf(selector.keys())) {
      if (key.attachment() instanceof HttpPeer peer && !peer.inFlight && now - peer.deadline > 0) {
        if (peer.parser.isInside() && peer.unsent == null && !peer.lingering) {
          send(peer, handler.rejection(408, "Request Timeout"), false);
        }
        close(peer);
      }
    }
  }

  /** Takes nobody in any more, and lets those go whose request is not being handled. */
  void shut() {
    if (acceptKey.isValid()) {
      acceptKey.cancel();
      for (SelectionKey key : List.copyOf(selector.keys())) {
        if (key.attachment() instanceof HttpPeer peer && !peer.inFlight && peer.unsent == null) {
          close(peer);
        }
      }
    }
  }

  void close(HttpPeer peer) {
    if (peer.key.isValid() || peer.channel.isOpen()) {
      peer.key.cancel();
      count--;
      budget.release(peer);
      try {
        peer.channel.close();
      } catch (IOException e) {
        // A connection that is to end has nothing left to say.
      }
    }
  }

  void closeAll() {
    if (!selector.isOpen()) {
      return; // stopped before
    }
    for (SelectionKey key : List.copyOf(selector.keys())) {
      if (key.attachment() instanceof HttpPeer peer) {
        close(peer);
      }
    }
    try {
      selector.close();
    } catch (IOException e) {
      report.warn("could not close a selector", e);
    }
  }
}
