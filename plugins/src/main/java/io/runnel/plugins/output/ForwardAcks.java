package io.runnel.plugins.output;

import io.runnel.plugin.BufferedOutput;
import io.runnel.plugin.OutputContext;
import io.runnel.plugins.client.ClientConnection;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Waits for the acks of the chunks that were sent, each in a virtual thread of its own, and commits
 * or gives back the chunk. A node that does not acknowledge is taken out until heartbeats show that
 * it is back.
 */
final class ForwardAcks {
  /** Each unacknowledged chunk holds a connection; with more of them the flush threads wait. */
  private static final int MAX_WAITING = 256;

  private static final long POLL_NANOS = 1_000_000L;

  /** One chunk on its way. */
  record Sent(
      ForwardNode node, ClientConnection connection, String id, BufferedOutput.Commit commit) {
    /** Each is one of a kind; comparing parts would be made at run time, at the first use. */
    @Override
    public boolean equals(Object other) {
      return this == other;
    }

    @Override
    public int hashCode() {
      return System.identityHashCode(this);
    }
  }

  private final OutputContext context;
  private final int timeoutMillis;
  private final Runnable nodeLost;
  private final Semaphore room = new Semaphore(MAX_WAITING);
  private final Set<Sent> waiting = ConcurrentHashMap.newKeySet();

  ForwardAcks(OutputContext context, int timeoutMillis, Runnable nodeLost) {
    this.context = context;
    this.timeoutMillis = timeoutMillis;
    this.nodeLost = nodeLost;
  }

  /** Waits until another chunk may be sent. */
  void reserve() throws InterruptedException, IOException {
    if (!room.tryAcquire(timeoutMillis, TimeUnit.MILLISECONDS)) {
      throw new IOException(MAX_WAITING + " chunks are sent and not acknowledged");
    }
  }

  /** Gives a reservation back, for a chunk that could not be sent. */
  void cancel() {
    room.release();
  }

  /** Waits until all acks have come, or the time is over. */
  void drain(long waitNanos) throws InterruptedException {
    long end = context.clock().nanos() + waitNanos;
    while (!waiting.isEmpty() && context.clock().nanos() < end) {
      context.clock().sleep(POLL_NANOS);
    }
  }

  /** Takes over a chunk that was sent under a reservation. */
  void await(Sent sent) {
    waiting.add(sent);
    context.startVirtual("out_forward_receiving_ack", () -> receive(sent));
  }

  private void receive(Sent sent) {
    try {
      String fault = awaitAck(sent.node(), sent.connection(), sent.id());
      if (fault == null) {
        sent.commit().commit();
      } else {
        sent.commit().rollback(null); // not the chunk's fault: it does not count as a retry
      }
    } finally {
      waiting.remove(sent);
      room.release();
    }
  }

  /**
   * Waits for one ack, and releases or closes the connection.
   *
   * @return null where the right ack has come; what was wrong otherwise, which is logged
   */
  String awaitAck(ForwardNode node, ClientConnection connection, String id) {
    String fault;
    boolean lost = true;
    try {
      String ack = ForwardNode.readAck(connection, timeoutMillis);
      if (id.equals(ack)) {
        node.release(connection);
        return null;
      }
      fault = "ack in response and chunk id in sent data are different";
      lost = false;
    } catch (SocketTimeoutException e) {
      fault = "no response from node. regard it as unavailable.";
    } catch (EOFException e) {
      fault = "destination node closed the connection. regard it as unavailable.";
    } catch (IOException | RuntimeException e) {
      fault = "unexpected error while receiving ack message: " + e.getMessage();
    }
    connection.close();
    context.log().warn(fault, "host", node.service().host(), "port", node.service().port());
    if (lost) {
      node.disable();
      nodeLost.run();
    }
    return fault;
  }

  /** Waits for the acks that are still to come, then ends the rest. */
  void stop(long waitNanos) {
    try {
      drain(waitNanos);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    waiting.forEach(sent -> sent.connection().close());
  }
}
