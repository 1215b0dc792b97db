package io.runnel.connectors.opentelemetry;

import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.Status;
import io.runnel.event.Bytes;
import io.runnel.plugin.EmitException;
import io.runnel.plugin.PluginContext;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Answers the calls of one service. A call is answered with success when its event is safe in the
 * buffers; with {@code UNAVAILABLE}, which exporters try again, where it cannot be taken now.
 *
 * @param socket ends connections
 * @param executor runs what comes from gRPC's own threads and may wait
 * @param timer ends calls whose message does not come
 */
record GrpcIntake(
    Signal signal,
    SignalEmitter emitter,
    PluginContext context,
    LeasedServerSocket socket,
    Executor executor,
    ScheduledExecutorService timer)
    implements ServerCallHandler<Received, Bytes> {
  /** How long a message may take to come: 32 MiB in it are 0.3 MB a second. */
  private static final Duration RECEIVE = Duration.ofSeconds(120);

  @Override
  public ServerCall.Listener<Received> startCall(
      ServerCall<Received, Bytes> call, Metadata headers) {
    Export export = new Export(call);
    export.begin();
    return export;
  }

  /** One call: a message, then its answer. */
  private final class Export extends ServerCall.Listener<Received> {
    private final ServerCall<Received, Bytes> call;
    private Future<?> overdue;
    private Received received;
    private boolean ended;

    Export(ServerCall<Received, Bytes> call) {
      this.call = call;
    }

    private void begin() {
      overdue =
          timer.schedule(() -> executor.execute(this::late), RECEIVE.toSeconds(), TimeUnit.SECONDS);
      InboundLimit.current().onRefusal(status -> executor.execute(() -> refuseEarly(status)));
      call.request(2); // a second message would be a fault of the client, to be answered
    }

    @Override
    public void onMessage(Received message) {
      synchronized (this) {
        if (received == null && !ended) {
          received = message;
          return;
        }
      }
      message.release(context.memory().receiving());
      close(Status.INTERNAL.withDescription("more than one message in a call"));
    }

    @Override
    public void onHalfClose() {
      overdue.cancel(false);
      Received message = take();
      if (message == null) {
        close(Status.INTERNAL.withDescription("no message in the call"));
        return;
      }
      try {
        answer(message);
      } finally {
        message.release(context.memory().receiving());
      }
    }

    private synchronized Received take() {
      Received message = received;
      received = null;
      return message;
    }

    private void answer(Received message) {
      if (!message.status().isOk()) {
        refuse(message.status());
        return;
      }
      try {
        String json = signal.json(message.body().array(), 0, message.body().length());
        emitter.emit(signal, json);
        emitter.commit();
      } catch (IllegalArgumentException e) {
        refuse(
            Status.INVALID_ARGUMENT.withDescription(
                "Failed to parse OpenTelemetry payload: " + e.getMessage()));
        return;
      } catch (EmitException e) {
        close(Status.UNAVAILABLE.withDescription(e.getMessage()));
        return;
      } catch (RuntimeException e) {
        context.log().error("unexpected error", e);
        close(Status.INTERNAL.withDescription("unexpected error"));
        return;
      }
      succeed();
    }

    private synchronized void succeed() {
      if (!ended) {
        ended = true;
        call.sendHeaders(new Metadata());
        call.sendMessage(RawMessage.of(OtlpIntake.TAKEN_PROTOBUF));
        call.close(Status.OK, new Metadata());
      }
    }

    private void late() {
      refuseEarly(
          Status.DEADLINE_EXCEEDED.withDescription(
              "the message has not come within " + RECEIVE.toSeconds() + " seconds"));
    }

    /** Before the message has come. */
    private void refuseEarly(Status status) {
      refuse(status);
      SocketAddress peer = call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
      if (peer != null) {
        socket.hangUp(peer);
      }
    }

    private void refuse(Status status) {
      context.log().warn(status.getDescription() == null ? "refused" : status.getDescription());
      close(status);
    }

    private synchronized void close(Status status) {
      if (!ended) {
        ended = true;
        call.close(status, new Metadata());
      }
      overdue.cancel(false);
    }

    @Override
    public void onCancel() {
      end();
    }

    @Override
    public void onComplete() {
      end();
    }

    private void end() {
      overdue.cancel(false);
      synchronized (this) {
        ended = true;
      }
      Received left = take();
      if (left != null) {
        left.release(context.memory().receiving());
      }
    }
  }
}
