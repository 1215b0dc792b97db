package io.runnel.net.http;

import io.runnel.net.Report;
import io.runnel.net.StreamLease;
import io.runnel.net.Threads;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * Serves all connections of a port with one selector.
 *
 * <p>A round reads what has come, handles the requests that are whole, commits once for all of them
 * (one sync of a file buffer serves many clients), and sends the answers.
 *
 * <p>Handling may block, where an output's buffer is full. A watcher notices that, and lets another
 * thread lead the loop from there on; the blocked one finishes the requests that it has taken,
 * hands their answers over, and ends; while one is blocked, each request is committed by itself. So
 * a slow output holds up only the clients that send to it, and at first those of one round. {@link
 * HttpTurn} decides, by compare and set, whose the loop is.
 */
final class HttpLoop {
  /** A handler that takes longer loses the loop. */
  private static final long STALL_NANOS = 50_000_000L;

  /** Requests that may be stuck at once; beyond it, the loop waits: that is the back-pressure. */
  private static final int MAX_STUCK = 64;

  /** Time between two looks for connections to be given up. */
  private static final long SWEEP_NANOS = 500_000_000L;

  /** The watcher goes to sleep this long after the last request. */
  private static final long WATCH_NANOS = 2_000_000_000L;

  /** From here on a commit is worth collecting requests for. */
  private static final long SLOW_COMMIT_NANOS = 1_000_000L;

  /** Part of a commit's time that is waited for more requests. */
  private static final int GATHER_PART = 4;

  private static final int READ_BYTES = 64 * 1024;
  private static final int ACCEPTS_PER_ROUND = 64;
  private static final byte[] CONTINUE =
      "HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  private final String name;
  private final StreamLease lease;
  private final HttpHandler handler;
  private final HttpLimits limits;
  private final Threads threads;
  private final Report report;
  private final Selector selector;
  private final SelectionKey acceptKey;
  private final ByteBuffer incoming = ByteBuffer.allocateDirect(READ_BYTES);
  private final ByteBuffer outgoing = ByteBuffer.allocateDirect(READ_BYTES);
  private final HttpBudget budget;
  private final Queue<HttpPeer> finished = new ConcurrentLinkedQueue<>();
  private final AtomicInteger stuck = new AtomicInteger();
  private final List<Thread> workers = new ArrayList<>();
  private volatile HttpTurn turn = new HttpTurn();
  private volatile boolean stopping;
  private volatile boolean ended;
  private volatile long lastRequest;
  private volatile boolean watcherSleeps = true;
  private Thread watcher;
  private int connections;
  private int lastRound;

  /** How long commits take, on average over the last few. */
  private long commitNanos;

  private long nextSweep;
  private boolean accepting = true;

  HttpLoop(
      String name,
      StreamLease lease,
      HttpHandler handler,
      HttpLimits limits,
      Threads threads,
      Report report)
      throws IOException {
    this.name = name;
    this.lease = lease;
    this.handler = handler;
    this.limits = limits;
    this.threads = threads;
    this.report = report;
    budget = new HttpBudget(limits.buffered());
    selector = Selector.open();
    acceptKey = lease.channel().register(selector, SelectionKey.OP_ACCEPT);
  }

  void start() {
    lead(turn);
    watcher = threads.start(name + "-watch", false, this::watch);
  }

  private void lead(HttpTurn next) {
    synchronized (workers) {
      workers.removeIf(thread -> !thread.isAlive());
      workers.add(threads.start(name, false, () -> run(next)));
    }
  }

  /** Returns when all requests that were taken are answered, or cannot be any more. */
  void stop() {
    stopping = true;
    selector.wakeup();
    long deadline = System.nanoTime() + HttpServer.DRAIN.toNanos();
    while (System.nanoTime() - deadline < 0 && workers().stream().anyMatch(Thread::isAlive)) {
      workers().forEach(thread -> join(thread, 20)); // a new one may join them meanwhile
    }
    ended = true;
    selector.wakeup();
    LockSupport.unpark(watcher);
    for (Thread thread : workers()) {
      if (thread.isAlive()) {
        thread.interrupt();
        join(thread, 1000);
      }
    }
    closeAll();
  }

  private List<Thread> workers() {
    synchronized (workers) {
      return List.copyOf(workers);
    }
  }

  private static void join(Thread thread, long millis) {
    try {
      thread.join(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void closeAll() {
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

  /** The watcher's thread: takes the loop from a leader that is stuck in a handler. */
  private void watch() {
    while (!ended) {
      HttpTurn leading = turn;
      long now = System.nanoTime();
      boolean stalled = leading.isStalled(now, STALL_NANOS);
      if (stalled && stuck.get() < MAX_STUCK && leading.lose()) {
        stuck.incrementAndGet();
        turn = new HttpTurn();
        lead(turn);
      }
      if (!stalled && now - lastRequest > WATCH_NANOS) {
        watcherSleeps = true;
        if (System.nanoTime() - lastRequest > WATCH_NANOS) {
          LockSupport.park(this);
        }
        watcherSleeps = false;
      } else {
        LockSupport.parkNanos(this, STALL_NANOS / 2);
      }
    }
  }

  /** The leader's thread. */
  private void run(HttpTurn mine) {
    boolean lost = false;
    try {
      while (!lost && !ended) {
        if (stopping) {
          stopAccepting();
          if (stuck.get() == 0 && finished.isEmpty() && selector.selectedKeys().isEmpty()) {
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
      boolean timed = connections > 0 || stopping || !accepting;
      selector.select(timed ? SWEEP_NANOS / 1_000_000 : 0);
    }
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
    long now = System.nanoTime();
    if (now - nextSweep >= 0) {
      nextSweep = now + SWEEP_NANOS;
      sweep(now);
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
    if (mine.taken.isEmpty() || commitNanos < SLOW_COMMIT_NANOS || stuck.get() > 0) {
      return true;
    }
    int wanted = Math.min(connections, lastRound + mine.taken.size());
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
      if (key == acceptKey) {
        accept();
        return true;
      }
      HttpPeer peer = (HttpPeer) key.attachment();
      if (peer.inFlight) {
        key.interestOps(0); // its thread is still at it
        return true;
      }
      if (key.isWritable()) {
        flush(peer);
        return !ready(peer) || take(peer, mine);
      }
      return !key.isReadable() || read(peer, mine);
    } catch (CancelledKeyException e) {
      return true;
    }
  }

  private boolean ready(HttpPeer peer) {
    return peer.unsent == null && peer.key.isValid();
  }

  private void accept() {
    for (int i = 0; i < ACCEPTS_PER_ROUND && !stopping; i++) {
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
    if (connections >= limits.connections()) {
      report.warn("refused a connection: there are " + connections + ", which is the limit", null);
      channel.close();
      return;
    }
    try {
      channel.configureBlocking(false);
      if (channel.getRemoteAddress() instanceof java.net.InetSocketAddress) {
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      }
      SelectionKey key = channel.register(selector, SelectionKey.OP_READ);
      HttpPeer peer = new HttpPeer(channel, key, limits);
      key.attach(peer);
      peer.deadline = System.nanoTime() + limits.idle().toNanos();
      connections++;
    } catch (IOException e) {
      channel.close(); // the client has gone again already
    }
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
      close(peer);
      return true;
    }
    if (count == 0) {
      return true;
    }
    if (peer.lingering) {
      return true; // nobody wants it; see HttpPeer
    }
    if (!budget.charge(peer, count)) {
      reject(peer, 503, "too much data is being received");
      return true;
    }
    boolean fresh = !peer.parser.isInside();
    byte[] buffer = peer.parser.room(count);
    incoming.flip().get(buffer, peer.parser.end(), count);
    peer.parser.filled(count);
    if (fresh) {
      peer.deadline = System.nanoTime() + limits.head().toNanos();
    } else if (!peer.parser.isInHead()) {
      progress(peer, count);
    }
    return take(peer, mine);
  }

  private void progress(HttpPeer peer, int count) {
    peer.unmeasured += count;
    if (peer.unmeasured >= HttpLimits.PROGRESS_BYTES) {
      peer.unmeasured = 0;
      peer.deadline = System.nanoTime() + limits.body().toNanos();
    }
  }

  /** Handles the request of a peer, where one is whole; false where the loop was lost over it. */
  private boolean take(HttpPeer peer, HttpTurn mine) {
    switch (peer.parser.advance()) {
      case MORE -> {
        return true;
      }
      case CONTINUE -> {
        write(peer, CONTINUE);
        peer.deadline = System.nanoTime() + limits.body().toNanos();
        return true;
      }
      case REJECTED -> {
        reject(peer, peer.parser.status(), peer.parser.reason());
        return true;
      }
      case REQUEST -> {
        if (stopping) {
          close(peer);
          return true;
        }
        return handle(peer, mine);
      }
    }
    throw new IllegalStateException();
  }

  private boolean handle(HttpPeer peer, HttpTurn mine) {
    if (stuck.get() > 0 && !mine.taken.isEmpty() && !settle(mine)) {
      peer.inFlight = true;
      finished.add(peer); // not handled: the new leader takes it again
      return false;
    }
    peer.inFlight = true;
    mine.taken.add(peer);
    mine.enter();
    lastRequest = mine.since();
    if (watcherSleeps) {
      watcherSleeps = false;
      LockSupport.unpark(watcher);
    }
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
    budget.release(peer);
    peer.unmeasured = 0;
    peer.deadline =
        System.nanoTime() + (peer.parser.isInside() ? limits.head() : limits.idle()).toNanos();
    send(peer, response, keep);
    return ready(peer) && peer.parser.isInside();
  }

  /** An answer out of a thread that had lost the loop. */
  private void stuckAnswer(HttpPeer peer) {
    if (!peer.key.isValid()) {
      close(peer);
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
      stuck.decrementAndGet();
      selector.wakeup();
    }
  }

  private void send(HttpPeer peer, HttpResponse response, boolean keep) {
    peer.closeWhenSent = !keep;
    write(peer, response.encoded(keep));
  }

  private void reject(HttpPeer peer, int status, String reason) {
    peer.lingering = true;
    send(peer, handler.rejection(status, reason), false);
  }

  private void write(HttpPeer peer, byte[] bytes) {
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

  private void flush(HttpPeer peer) {
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

  private void sweep(long now) {
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

  private void stopAccepting() {
    if (acceptKey.isValid()) {
      acceptKey.cancel();
      for (SelectionKey key : List.copyOf(selector.keys())) {
        if (key.attachment() instanceof HttpPeer peer && !peer.inFlight && peer.unsent == null) {
          close(peer);
        }
      }
    }
  }

  private void close(HttpPeer peer) {
    if (peer.key.isValid() || peer.channel.isOpen()) {
      peer.key.cancel();
      connections--;
      budget.release(peer);
      try {
        peer.channel.close();
      } catch (IOException e) {
        // A connection that is to end has nothing left to say.
      }
    }
  }
}
