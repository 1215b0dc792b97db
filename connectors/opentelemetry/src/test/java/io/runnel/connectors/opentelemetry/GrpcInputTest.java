package io.runnel.connectors.opentelemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.collector.logs.v1.LogsServiceGrpc;
import io.opentelemetry.proto.collector.metrics.v1.MetricsServiceGrpc;
import io.opentelemetry.proto.collector.trace.v1.TraceServiceGrpc;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.opentelemetry.proto.logs.v1.ResourceLogs;
import io.opentelemetry.proto.logs.v1.ScopeLogs;
import io.runnel.event.Bytes;
import io.runnel.host.BufferMemory;
import io.runnel.host.MemoryBudget;
import io.runnel.host.ProcessMemory;
import io.runnel.plugin.EmitException;
import io.runnel.testkit.Await;
import io.runnel.testkit.TestContext;
import io.runnel.testkit.TestPlugins;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The client is gRPC's own, on Netty, which the input does not use. */
class GrpcInputTest {
  private static final int BUDGET = 4_000_000;
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final MemoryBudget receiving = new MemoryBudget(BUDGET);
  private final TestContext context =
      new TestContext().memory(new ProcessMemory(new BufferMemory(1 << 20), receiving));
  private OpentelemetryInput input;
  private ManagedChannel channel;

  @BeforeEach
  void start() throws Exception {
    input =
        (OpentelemetryInput)
            TestPlugins.input(
                OpentelemetryInput.TYPE,
                "tag otel.${type}\n<grpc>\nbind 127.0.0.1\nport 0\nbody_size_limit 600k\n"
                    + "decompression_size_limit 1m\n</grpc>",
                context);
    input.start();
    channel = channel();
  }

  private ManagedChannel channel() {
    return NettyChannelBuilder.forAddress("127.0.0.1", input.grpcPort()).usePlaintext().build();
  }

  @AfterEach
  void stop() throws Exception {
    channel.shutdownNow();
    channel.awaitTermination(5, TimeUnit.SECONDS);
    input.stop();
    input.close();
    context.close();
  }

  private static ExportLogsServiceRequest logs(int length) {
    return ExportLogsServiceRequest.newBuilder()
        .addResourceLogs(
            ResourceLogs.newBuilder()
                .addScopeLogs(
                    ScopeLogs.newBuilder()
                        .addLogRecords(
                            LogRecord.newBuilder()
                                .setBody(
                                    AnyValue.newBuilder().setStringValue("x".repeat(length))))))
        .build();
  }

  private LogsServiceGrpc.LogsServiceBlockingStub stub() {
    return LogsServiceGrpc.newBlockingStub(channel).withDeadlineAfter(20, TimeUnit.SECONDS);
  }

  private Status refusal(ExportLogsServiceRequest request, String compression) {
    var stub = compression == null ? stub() : stub().withCompression(compression);
    StatusRuntimeException e =
        catchThrowableOfType(StatusRuntimeException.class, () -> stub.export(request));
    assertThat(e).isNotNull();
    return e.getStatus();
  }

  /** What was taken for a call is given back when gRPC is through with it, behind the answer. */
  private void awaitNothingTaken() {
    Await.await(PATIENCE, () -> receiving.used() + " bytes", () -> receiving.used() == 0);
  }

  @Test
  void aMessageBecomesAnEventOfItsKindAndIsAcknowledgedWhenItIsSafe() {
    assertThat(stub().export(Samples.logs()).hasPartialSuccess()).isTrue();
    assertThat(context.emitter().committedEvents()).isEqualTo(1);
    MetricsServiceGrpc.newBlockingStub(channel).withCompression("gzip").export(Samples.metrics());
    TraceServiceGrpc.newBlockingStub(channel).export(Samples.traces());
    assertThat(context.emitter().committedEvents()).isEqualTo(3);
    assertThat(context.emitter().events())
        .extracting(event -> event.tag())
        .containsExactly("otel.logs", "otel.metrics", "otel.traces");
    byte[] spans = Samples.traces().toByteArray();
    assertThat(context.emitter().records().getLast())
        .containsEntry("type", "opentelemetry_traces")
        .containsEntry("message", Signal.TRACES.json(spans, 0, spans.length));
    awaitNothingTaken();
  }

  @Test
  void aFullBufferIsAnsweredSoThatExportersTryAgain() {
    context.emitter().refuse(new EmitException("buffer is full"));
    Status status = refusal(Samples.logs(), null);
    assertThat(status.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(status.getDescription()).contains("buffer is full");
    context.emitter().refuse(null);
    stub().export(Samples.logs());
    assertThat(context.emitter().committedEvents()).isEqualTo(1);
  }

  @Test
  void whatIsTooLargeIsRefusedForGood() {
    assertThat(refusal(logs(700_000), null).getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    // A few kilobytes on the way, more than the limit when unpacked.
    assertThat(refusal(logs(1_200_000), "gzip").getCode())
        .isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    // So large that gRPC itself does not read it.
    assertThat(refusal(logs(1_500_000), null).getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    assertThat(context.emitter().events()).isEmpty();
    awaitNothingTaken();
  }

  /** What was on the way when a call is refused must not make its connection stand still. */
  @Test
  void aClientWhoseMessagesAreRefusedIsServedAgain() {
    for (int i = 0; i < 5; i++) {
      assertThat(refusal(logs(1_500_000), null).getCode())
          .isIn(Status.Code.RESOURCE_EXHAUSTED, Status.Code.UNAVAILABLE);
    }
    Await.await(
        PATIENCE,
        () -> "not taken: " + context.emitter().events(),
        () -> {
          try {
            stub().withDeadlineAfter(2, TimeUnit.SECONDS).export(logs(500_000));
            return true;
          } catch (StatusRuntimeException e) {
            return false; // the connection that is being ended
          }
        });
    awaitNothingTaken();
  }

  @Test
  void whatMemoryIsTooShortForIsToBeTriedAgain() {
    assertThat(receiving.take(BUDGET - 200_000)).isTrue();
    assertThat(refusal(logs(300_000), null).getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    // As gzip it is small; its text is not.
    assertThat(refusal(logs(300_000), "gzip").getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(context.log().contains("what is being received needs more than")).isTrue();
    receiving.give(BUDGET - 200_000);
    awaitNothingTaken();
    stub().export(logs(300_000));
    awaitNothingTaken();
  }

  @Test
  void bytesThatAreNoMessageAreRefusedForGood() {
    MethodDescriptor<Bytes, Bytes> raw =
        MethodDescriptor.<Bytes, Bytes>newBuilder()
            .setType(MethodDescriptor.MethodType.UNARY)
            .setFullMethodName(GrpcService.method(Signal.LOGS))
            .setRequestMarshaller(RawMessage.MARSHALLER)
            .setResponseMarshaller(RawMessage.MARSHALLER)
            .build();
    Bytes wrong = RawMessage.of(new byte[] {9});
    assertThatThrownBy(
            () -> ClientCalls.blockingUnaryCall(channel, raw, CallOptions.DEFAULT, wrong))
        .hasMessageContaining("INVALID_ARGUMENT")
        .hasMessageContaining("Failed to parse OpenTelemetry payload");
    assertThat(context.log().contains("Failed to parse OpenTelemetry payload")).isTrue();
  }

  @Test
  void anUnknownServiceIsSaidSo() {
    MethodDescriptor<Bytes, Bytes> other =
        MethodDescriptor.<Bytes, Bytes>newBuilder()
            .setType(MethodDescriptor.MethodType.UNARY)
            .setFullMethodName("some.Service/Export")
            .setRequestMarshaller(RawMessage.MARSHALLER)
            .setResponseMarshaller(RawMessage.MARSHALLER)
            .build();
    assertThatThrownBy(
            () ->
                ClientCalls.blockingUnaryCall(
                    channel, other, CallOptions.DEFAULT, RawMessage.of(new byte[0])))
        .hasMessageContaining("UNIMPLEMENTED");
  }

  @Test
  void manyCallsOfManyConnectionsAtOnceAreAllTaken() throws Exception {
    List<ManagedChannel> channels = new ArrayList<>();
    List<CompletableFuture<Void>> calls = new ArrayList<>();
    try {
      for (int i = 0; i < 8; i++) {
        ManagedChannel each = channel();
        channels.add(each);
        for (int n = 0; n < 25; n++) {
          calls.add(
              CompletableFuture.runAsync(
                  () -> LogsServiceGrpc.newBlockingStub(each).export(Samples.logs())));
        }
      }
      CompletableFuture.allOf(calls.toArray(CompletableFuture[]::new)).get(30, TimeUnit.SECONDS);
    } finally {
      channels.forEach(ManagedChannel::shutdownNow);
    }
    assertThat(context.emitter().committedEvents()).isEqualTo(200);
    awaitNothingTaken();
  }

  @Test
  void aClientThatSpeaksSomethingElseIsCutOffAndHarmsNobody() throws Exception {
    try (Socket http = new Socket(InetAddress.getLoopbackAddress(), input.grpcPort())) {
      http.setSoTimeout(20_000);
      http.getOutputStream().write("GET / HTTP/1.1\r\nHost: a\r\n\r\n".getBytes());
      http.getOutputStream().flush();
      byte[] answer = new byte[4096];
      int read;
      do {
        read = readOrEnd(http, answer);
      } while (read > 0);
      assertThat(read).isEqualTo(-1);
    }
    stub().export(Samples.logs());
    assertThat(context.emitter().events()).hasSize(1);
  }

  private static int readOrEnd(Socket socket, byte[] buffer) {
    try {
      return socket.getInputStream().read(buffer);
    } catch (java.net.SocketTimeoutException e) {
      throw new AssertionError("the server keeps the connection", e);
    } catch (IOException e) {
      return -1; // reset
    }
  }

  @Test
  void aStopAnswersWhatIsUnderWayAndEndsTheConnections() throws Exception {
    stub().export(Samples.logs());
    input.stop();
    assertThat(refusal(Samples.logs(), null).getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(context.emitter().events()).hasSize(1);
  }
}
