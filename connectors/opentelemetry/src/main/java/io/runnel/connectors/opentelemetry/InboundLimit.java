package io.runnel.connectors.opentelemetry;

import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import io.runnel.host.MemoryBudget;
import java.util.function.Consumer;

/**
 * Counts the bytes of one call's message while they come, as they were sent: against what one
 * message may have, and against what all that is being received may take together. gRPC by itself
 * keeps a message until it is whole, of every client at once.
 */
final class InboundLimit extends ServerStreamTracer {
  private static final Context.Key<InboundLimit> KEY = Context.key("inbound");

  private final long limit;
  private final MemoryBudget budget;
  private long taken;
  private boolean closed;
  private Status refusal;
  private Consumer<Status> refuse;

  private InboundLimit(long limit, MemoryBudget budget) {
    this.limit = limit;
    this.budget = budget;
  }

  /**
   * @param limit most bytes of a message as it is sent
   */
  static ServerStreamTracer.Factory factory(long limit, MemoryBudget budget) {
    return new ServerStreamTracer.Factory() {
      @Override
      public ServerStreamTracer newServerStreamTracer(String fullMethodName, Metadata headers) {
        return new InboundLimit(limit, budget);
      }
    };
  }

  /** That of the call that begins on this thread. */
  static InboundLimit current() {
    return KEY.get();
  }

  @Override
  public Context filterContext(Context context) {
    return context.withValue(KEY, this);
  }

  /**
   * Who is told, once, that no more is taken; what was refused before is told at once.
   *
   * @param listener called by gRPC's thread within its locks: it must hand over to another
   */
  synchronized void onRefusal(Consumer<Status> listener) {
    refuse = listener;
    if (refusal != null) {
      listener.accept(refusal);
    }
  }

  @Override
  public synchronized void inboundWireSize(long bytes) {
    if (closed || refusal != null) {
      return; // what still comes is let go with the call
    }
    if (taken + bytes > limit) {
      refuse(
          Status.RESOURCE_EXHAUSTED.withDescription(
              "the message is larger than body_size_limit, which is " + limit + " bytes"));
    } else if (budget.take(bytes)) {
      taken += bytes;
    } else {
      refuse(
          Status.UNAVAILABLE.withDescription(
              "what is being received needs more than " + budget.total() + " bytes"));
    }
  }

  private void refuse(Status status) {
    refusal = status;
    if (refuse != null) {
      refuse.accept(status);
    }
  }

  @Override
  public synchronized void streamClosed(Status status) {
    if (!closed) {
      closed = true;
      budget.give(taken);
    }
  }
}
