package io.runnel.connectors.opentelemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import com.google.protobuf.Message;
import com.google.rpc.RetryInfo;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.runnel.plugin.UnrecoverableException;
import io.runnel.plugins.BuiltinPlugins;
import io.runnel.testkit.Await;
import io.runnel.testkit.OutputDriver;
import io.runnel.testkit.ServerProcess;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The server is gRPC's own, on Netty, which the output does not use. */
class GrpcOutputTest {
  private CollectorServer server;
  private OutputDriver driver;

  @BeforeEach
  void start() throws Exception {
    server = new CollectorServer(0, null);
    driver = new OutputDriver(new BuiltinPlugins(), "tag");
    start(server.port(), "timeout 20");
  }

  private void start(int port, String parameters) throws Exception {
    driver.start(
        OpentelemetryOutput.TYPE,
        "<grpc>\nendpoint 127.0.0.1:" + port + "\n" + parameters + "\n</grpc>");
  }

  @AfterEach
  void stop() throws Exception {
    driver.close();
    server.close();
  }

  private static Map<String, Object> record(Signal signal, Message message) {
    byte[] bytes = message.toByteArray();
    return Map.of("type", signal.recordType(), "message", signal.json(bytes, 0, bytes.length));
  }

  private static Map<String, Object> logs() {
    return record(Signal.LOGS, Samples.logs());
  }

  @ParameterizedTest
  @CsvSource({"text,null", "gzip,gzip"})
  void theEventsOfAKindAreOneRequest(String compress, String encoding) throws Exception {
    start(server.port(), "compress " + compress);
    driver.write("otel", logs(), record(Signal.METRICS, Samples.metrics()), logs());
    assertThat(server.logs)
        .containsExactly(Samples.logs().toBuilder().mergeFrom(Samples.logs()).build());
    assertThat(server.metrics).containsExactly(Samples.metrics());
    assertThat(server.encodings).containsOnly(encoding);
  }

  @Test
  void whatArrivedIsNotSentAgain() throws Exception {
    server.metricsFail = Status.UNAVAILABLE.withDescription("busy").asRuntimeException();
    var chunk = driver.chunk("otel", logs(), record(Signal.METRICS, Samples.metrics()));
    assertThatThrownBy(() -> driver.write(chunk))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("got retryable error response from '127.0.0.1:")
        .hasMessageContaining("status is UNAVAILABLE: busy");
    server.metricsFail = null;
    driver.write(chunk);
    assertThat(server.logs).hasSize(1);
    assertThat(server.metrics).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({
    "CANCELLED,true",
    "UNKNOWN,false",
    "INVALID_ARGUMENT,false",
    "DEADLINE_EXCEEDED,true",
    "NOT_FOUND,false",
    "ALREADY_EXISTS,false",
    "PERMISSION_DENIED,true",
    "RESOURCE_EXHAUSTED,false",
    "FAILED_PRECONDITION,false",
    "ABORTED,true",
    "OUT_OF_RANGE,true",
    "UNIMPLEMENTED,true",
    "INTERNAL,false",
    "UNAVAILABLE,true",
    "DATA_LOSS,true",
    "UNAUTHENTICATED,true",
  })
  void aStatusSaysWhetherAChunkIsTriedAgain(Status.Code code, boolean again) throws Exception {
    server.logsFail = code.toStatus().withDescription("why").asRuntimeException();
    var chunk = driver.chunk("otel", logs());
    assertThatThrownBy(() -> driver.write(chunk))
        .isInstanceOf(again ? IOException.class : UnrecoverableException.class)
        .hasMessageContaining(code + ": why");
  }

  private static StatusRuntimeException exhausted(RetryInfo info) {
    Metadata trailers = new Metadata();
    trailers.put(
        Metadata.Key.of("grpc-status-details-bin", Metadata.BINARY_BYTE_MARSHALLER),
        com.google.rpc.Status.newBuilder()
            .setCode(Status.Code.RESOURCE_EXHAUSTED.value())
            .addDetails(Any.pack(info))
            .build()
            .toByteArray());
    return Status.RESOURCE_EXHAUSTED.asRuntimeException(trailers);
  }

  @Test
  void aServerThatSaysWhenItHasRoomAgainIsLeftAloneUntilThen() throws Exception {
    var chunk = driver.chunk("otel", logs());
    server.logsFail =
        exhausted(
            RetryInfo.newBuilder()
                .setRetryDelay(Duration.newBuilder().setNanos(300_000_000))
                .build());
    long begin = System.nanoTime();
    assertThatThrownBy(() -> driver.write(chunk))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("got retryable");
    server.logsFail = null;
    driver.write(chunk);
    assertThat(System.nanoTime() - begin).isGreaterThanOrEqualTo(300_000_000);
    assertThat(server.logs).hasSize(1);
  }

  @Test
  void aStopEndsTheWaitForAServerThatWantsToBeLeftAlone() throws Exception {
    var chunk = driver.chunk("otel", logs());
    server.logsFail =
        exhausted(
            RetryInfo.newBuilder().setRetryDelay(Duration.newBuilder().setSeconds(3600)).build());
    assertThatThrownBy(() -> driver.write(chunk)).isInstanceOf(IOException.class);
    CompletableFuture<Throwable> ended = new CompletableFuture<>();
    Thread writer =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    driver.write(chunk);
                    ended.complete(null);
                  } catch (Throwable e) {
                    ended.complete(e);
                  }
                });
    Await.await(
        java.time.Duration.ofSeconds(20),
        () -> "the writer is " + writer.getState(),
        () -> writer.getState() == Thread.State.TIMED_WAITING);
    driver.close();
    assertThat(ended.get(20, TimeUnit.SECONDS))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("stopped");
  }

  @Test
  void aRequestThatIsTooLargeIsHalved() throws Exception {
    server.largest = Samples.logs().getSerializedSize();
    driver.write("otel", logs(), logs(), logs());
    assertThat(server.logs).hasSize(3).containsOnly(Samples.logs());
  }

  @Test
  void whatTheServerHasNotTakenIsSaid() throws Exception {
    server.partly(2, "no");
    driver.write("otel", logs());
    assertThat(driver.context().log().texts().toString())
        .contains("the server has not taken everything rejectedLogRecords=\"2\" message=\"no\"");
  }

  @Test
  void aServerThatComesLaterIsFoundAtTheNextTry() throws Exception {
    int port = ServerProcess.freePort();
    start(port, "timeout 20");
    var chunk = driver.chunk("otel", logs());
    for (int i = 0; i < 3; i++) {
      assertThatThrownBy(() -> driver.write(chunk))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("got retryable")
          .hasMessageContaining("Connection refused");
    }
    try (CollectorServer late = new CollectorServer(port, null)) {
      driver.write(chunk);
      assertThat(late.logs).hasSize(1);
    }
  }

  @Test
  void aServerThatDoesNotAnswerIsNotWaitedForLongerThanTheTimeout() throws Exception {
    try (java.net.ServerSocket silent =
        new java.net.ServerSocket(0, 10, java.net.InetAddress.getLoopbackAddress())) {
      start(silent.getLocalPort(), "timeout 1\nkeepalive_time 20\nkeepalive_timeout 5");
      var chunk = driver.chunk("otel", logs());
      assertThatThrownBy(() -> driver.write(chunk))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("DEADLINE_EXCEEDED");
    }
  }

  @Test
  void anUnknownHostIsSaid() throws Exception {
    driver.start(
        OpentelemetryOutput.TYPE, "<grpc>\nendpoint nowhere.invalid:4317\ntimeout 20\n</grpc>");
    assertThatThrownBy(() -> driver.write("otel", logs()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("nowhere.invalid");
  }
}
