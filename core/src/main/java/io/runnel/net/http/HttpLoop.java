package io.runnel.net.http;

import io.runnel.net.Report;
import io.runnel.net.StreamLease;
import io.runnel.net.Threads;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Serves all connections of a port with one selector.
 *
 * <p>A round reads what has come, handles the requests that are whole, commits once for all of them
 * (one sync of a file buffer serves many clients), and sends the answers.
 *
 * <p>Handling may block, where an output's buffer is full. A watcher notices that, and lets another
 * thread lead the loop from there on; the blocked one finishes the requests that it has taken,
 * hands their answers over, and ends; while one is blocked, each request is committed by itself. So
 * a slow output holds up only the clients that send to it, and at first those of one round. See
 * {@link HttpLeaders}.
 */
final class HttpLoop {
  /** Time between two looks for connections to be given up. */
  private static final long SWEEP_NANOS = 500_000_000L;

  /** From here on a commit is worth collecting requests for. */
  private static final long SLOW_COMMIT_NANOS = 1_000_000L;

  /** Part of a commit's time that is waited for more requests. */
  private static final int GATHER_PART = 4;

  private static final int READ_BYTES = 64 * 1024;
  private static final byte[] CONTINUE =
      "HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  private final HttpHandler handler;
  private final HttpLimits limits;
  private final Report report;
  private final HttpConnections connections;
  private final Selector selector;
  private final HttpLeaders leaders;
  private final ByteBuffer incoming = ByteBuffer.allocateDirect(READ_BYTES);
  private final Queue<HttpPeer> finished = new ConcurrentLinkedQueue<>();
  private volatile boolean stopping;
  private int lastRound;

  /** How long commits take, on average over the last few. */
  private long commitNanos;

  private long nextSweep;

  /** When this round began, nanoseconds; deadlines need no more than that. */
  private long roundBegin;

  HttpLoop(
      String name,
      StreamLease lease,
      HttpHandler handler,
      HttpLimits limits,
      Threads threads,
      Report report)
      throws IOException {
    this.handler = handler;
    this.limits = limits;
    this.report = report;
    connections = new HttpConnections(lease, handler, limits, report);
    selector = connections.selector();
    leaders = new HttpLeaders(name, threads, this::run);
  }

  void start() {
    leaders.start();
  }

  /** Returns when all requests that were taken are answered, or cannot be any more. */
  void stop() {
    stopping = true;
    selector.wakeup();
    leaders.drain(HttpServer.DRAIN.toNanos());
    leaders.end(selector::wakeup);
    connections.closeAll();
  }

  /** The leader's thread. */
  private void run(HttpTurn mine) {
    boolean lost = false;
    try {
      while (!lost && !leaders.areEnded()) {
        if (stopping) {
          connections.shut();
          if (!leaders.anyStuck() && finished.isEmpty() && selector.selectedKeys().isEmpty()) {
            return;
          }
        }
        lost = !round(mine);
      }
    } catch (IOException e) {
      report.warn("the HTTP server cannot wait for its clients any more", e);
    }
    if (lost) {
      orphaned(mine);
    }
  }

  /** One round; false where the loop was lost on the way. */
  private boolean round(HttpTurn mine) throws IOException {
    if (selector.selectedKeys().isEmpty()) {
      boolean timed = stopping || connections.needSweeps();
      selector.select(timed ? SWEEP_NANOS / 1_000_000 : 0);
    }
    roundBegin = System.nanoTime();
    for (HttpPeer peer; (peer = finished.poll()) != null; ) {
      stuckAnswer(peer);
    }
    if (!serveSelected(mine) || !gather(mine)) {
      return false;
    }
    lastRound = mine.taken.size();
    while (!mine.taken.isEmpty()) {
      if (!commit(mine) || !reply(mine)) {
        return false;
      }
    }
    if (roundBegin - nextSweep >= 0) {
      nextSweep = roundBegin + SWEEP_NANOS;
      connections.sweep(roundBegin, stopping);
    }
    return true;
  }

  private boolean serveSelected(HttpTurn mine) {
    Iterator<SelectionKey> keys = selector.selectedKeys().iterator();
    while (keys.hasNext()) {
      SelectionKey key = keys.next();
      keys.remove();
      if (!serve(key, mine)) {
        return false;
      }
    }
    return true;
  }

  /**
   * Waits a moment for those who were answered last: where a commit takes long, as on a disk,
   * clients would else fall into two groups that wait for each other's commits. The moment is short
   * against what each of them waits for the commit.
   */
  private boolean gather(HttpTurn mine) throws IOException {
    long patience = commitNanos / GATHER_PART;
    if (mine.taken.isEmpty() || commitNanos < SLOW_COMMIT_NANOS || leaders.anyStuck()) {
      return true;
    }
    int wanted = Math.min(connections.count(), lastRound + mine.taken.size());
    long begin = System.nanoTime();
    while (mine.taken.size() < wanted && System.nanoTime() - begin < patience && !stopping) {
      selector.select(1);
      if (!serveSelected(mine)) {
        return false;
      }
    }
    return true;
  }

  private boolean serve(SelectionKey key, HttpTurn mine) {
    try {
      if (connections.isDoor(key)) {
        if (!stopping) {
          connections.accept();
        }
        return true;
      }
      HttpPeer peer = (HttpPeer) key.attachment();
      if (peer.inFlight) {
        key.interestOps(0); // its thread is still at it
        return true;
      }
      if (key.isWritable()) {
        connections.flush(peer);
        return !ready(peer) || take(peer, mine);
      }
      return !key.isReadable() || read(peer, mine);
    } catch (CancelledKeyException e) {
      return true;
    }
  }

  private static boolean ready(HttpPeer peer) {
    return peer.unsent == null && peer.key.isValid();
  }

  private boolean read(HttpPeer peer, HttpTurn mine) {
    incoming.clear();
    int count;
    try {
      count = peer.channel.read(incoming);
    } catch (IOException e) {
      count = -1;
    }
    if (count < 0) {
      connections.close(peer);
      return true;
    }
    if (count == 0 || peer.lingering) {
      return true; // nobody wants what comes after a refusal; see HttpPeer
    }
    if (!connections.budget().charge(peer, count)) {
      connections.reject(peer, 503, "too much data is being received");
      return true;
    }
    boolean fresh = !peer.parser.isInside();
    byte[] buffer = peer.parser.room(count);
    incoming.flip().get(buffer, peer.parser.end(), count);
    peer.parser.filled(count);
    if (fresh) {
      peer.deadline = roundBegin + limits.head().toNanos();
    } else if (!peer.parser.isInHead()) {
      progress(peer, count);
    }
    return take(peer, mine);
  }

  private void progress(HttpPeer peer, int count) {
    peer.unmeasured += count;
    if (peer.unmeasured >= HttpLimits.PROGRESS_BYTES) {
      peer.unmeasured = 0;
      peer.deadline = roundBegin + limits.body().toNanos();
    }
  }

  /** Handles the request of a peer, where one is whole; false where the loop was lost over it. */
  private boolean take(HttpPeer peer, HttpTurn mine) {
    switch (peer.parser.advance()) {
      case MORE -> {
        return true;
      }
      case CONTINUE -> {
        connections.write(peer, CONTINUE);
        peer.deadline = roundBegin + limits.body().toNanos();
        return true;
      }
      case REJECTED -> {
        connections.reject(peer, peer.parser.status(), peer.parser.reason());
        return true;
      }
      case REQUEST -> {
        if (stopping) {
          connections.close(peer);
          return true;
        }
        return handle(peer, mine);
      }
    }
    throw new IllegalStateException();
  }

  private boolean handle(HttpPeer peer, HttpTurn mine) {
    if (leaders.anyStuck() && !mine.taken.isEmpty() && !settle(mine)) {
      peer.inFlight = true;
      finished.add(peer); // not handled: the new leader takes it again
      return false;
    }
    peer.inFlight = true;
    mine.taken.add(peer);
    mine.enter();
    leaders.working(mine);
    try {
      peer.response = handler.handle(peer.parser.request());
    } catch (Exception e) {
      peer.response = handler.failure(e);
    }
    return mine.leave();
  }

  /**
   * Answers what was taken before something that may get stuck as well: only the thread that
   * handled a request can commit it.
   */
  private boolean settle(HttpTurn mine) {
    if (!commit(mine)) {
      return false;
    }
    mine.taken.forEach(this::stuckAnswer);
    mine.taken.clear();
    return true;
  }

  private boolean commit(HttpTurn mine) {
    mine.enter();
    commitTaken(mine);
    long took = System.nanoTime() - mine.since();
    boolean leading = mine.leave();
    if (leading) {
      commitNanos = (3 * commitNanos + took) / 4;
    }
    return leading;
  }

  private void commitTaken(HttpTurn mine) {
    try {
      handler.commit();
    } catch (Exception e) {
      HttpResponse failure = handler.failure(e);
      for (HttpPeer peer : mine.taken) {
        if (peer.response.status() < 300) {
          peer.response = failure;
        }
      }
    }
  }

  /** Sends the answers, and takes what the clients have sent behind their requests. */
  private boolean reply(HttpTurn mine) {
    List<HttpPeer> answered = List.copyOf(mine.taken);
    mine.taken.clear();
    for (int i = 0; i < answered.size(); i++) {
      HttpPeer peer = answered.get(i);
      boolean more = answer(peer);
      if (more && !take(peer, mine)) {
        mine.taken.addAll(answered.subList(i + 1, answered.size()));
        return false;
      }
    }
    return true;
  }

  /** Sends one answer; true where the connection goes on and has bytes to look at. */
  private boolean answer(HttpPeer peer) {
    HttpResponse response = peer.response;
    boolean keep = peer.parser.request().keepAlive() && !response.isClosing() && !stopping;
    peer.inFlight = false;
    peer.response = null;
    peer.parser.next();
    connections.budget().release(peer);
    peer.unmeasured = 0;
    peer.deadline = roundBegin + (peer.parser.isInside() ? limits.head() : limits.idle()).toNanos();
    connections.send(peer, response, keep);
    return ready(peer) && peer.parser.isInside();
  }

  /** Goes on with a connection whose request was in the hands of a thread that lost the loop. */
  private void stuckAnswer(HttpPeer peer) {
    if (!peer.key.isValid()) {
      connections.close(peer);
      return;
    }
    peer.key.interestOps(SelectionKey.OP_READ);
    if (peer.response == null) {
      peer.inFlight = false;
      peer.key.interestOps(SelectionKey.OP_READ | SelectionKey.OP_WRITE);
    } else if (answer(peer)) {
      // Pipelined requests are looked at when the client is heard of next; it waits for nothing
      // else.
      peer.key.interestOps(SelectionKey.OP_READ | SelectionKey.OP_WRITE);
    }
  }

  /** The end of a thread that has lost the loop: it finishes what it has taken. */
  private void orphaned(HttpTurn mine) {
    try {
      commitTaken(mine);
    } finally {
      finished.addAll(mine.taken);
      leaders.unstuck();
      selector.wakeup();
    }
  }
}
