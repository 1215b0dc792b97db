package io.runnel.connectors.opentelemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Message;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.runnel.plugin.UnrecoverableException;
import io.runnel.plugins.BuiltinPlugins;
import io.runnel.testkit.FakeHttpServer;
import io.runnel.testkit.FakeHttpServer.Answer;
import io.runnel.testkit.MemoryChunk;
import io.runnel.testkit.OutputDriver;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OpentelemetryOutputTest {
  private static Map<String, Object> record(Signal signal, Message message) {
    byte[] bytes = message.toByteArray();
    return Map.of("type", signal.recordType(), "message", signal.json(bytes, 0, bytes.length));
  }

  private static OutputDriver driver(FakeHttpServer server, String config) throws Exception {
    return new OutputDriver(new BuiltinPlugins(), "tag")
        .start(
            OpentelemetryOutput.TYPE,
            "<http>\nendpoint http://127.0.0.1:"
                + server.port()
                + "/otlp/\n"
                + config
                + "\n</http>");
  }

  @Test
  void theEventsOfAKindAreOneRequest() throws Exception {
    try (FakeHttpServer server = FakeHttpServer.answering(200, "");
        OutputDriver driver = driver(server, "compress gzip")) {
      driver.write(
          "otel",
          record(Signal.LOGS, Samples.logs()),
          record(Signal.METRICS, Samples.metrics()),
          record(Signal.LOGS, Samples.logs()));
      assertThat(server.requests())
          .extracting(FakeHttpServer.Request::target)
          .containsExactly("/otlp/v1/logs", "/otlp/v1/metrics");
      FakeHttpServer.Request logs = server.requests().getFirst();
      assertThat(logs.headers())
          .containsEntry("content-type", "application/x-protobuf")
          .containsEntry("content-encoding", "gzip");
      byte[] body = new GZIPInputStream(new ByteArrayInputStream(logs.body())).readAllBytes();
      assertThat(ExportLogsServiceRequest.parseFrom(body))
          .isEqualTo(Samples.logs().toBuilder().mergeFrom(Samples.logs()).build());
    }
  }

  @Test
  void recordsThatAreNoMessagesGoToTheErrorLabel() throws Exception {
    try (FakeHttpServer server = FakeHttpServer.answering(200, "");
        OutputDriver driver = driver(server, "")) {
      driver.write(
          "otel",
          Map.of("message", "{}"),
          Map.of("type", "opentelemetry_logs", "message", "{\"resourceLogs\":7}"),
          record(Signal.TRACES, Samples.traces()));
      assertThat(server.requests()).hasSize(1);
      assertThat(driver.context().emitter().errors()).hasSize(2);
    }
  }

  @Test
  void whatArrivedIsNotSentAgain() throws Exception {
    Set<String> broken = new HashSet<>(Set.of("/otlp/v1/metrics"));
    try (FakeHttpServer server =
            new FakeHttpServer(
                request -> new Answer(broken.contains(request.target()) ? 503 : 200, ""));
        OutputDriver driver = driver(server, "")) {
      var chunk =
          driver.chunk(
              "otel",
              record(Signal.LOGS, Samples.logs()),
              record(Signal.METRICS, Samples.metrics()));
      assertThatThrownBy(() -> driver.write(chunk))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("got retryable error response");
      broken.clear();
      driver.write(chunk);
      assertThat(server.requests())
          .extracting(FakeHttpServer.Request::target)
          .containsExactly("/otlp/v1/logs", "/otlp/v1/metrics", "/otlp/v1/metrics");
    }
  }

  @Test
  void norByTheNextRunWhereTheBufferIsAFile(@TempDir Path folder) throws Exception {
    Set<String> broken = new HashSet<>(Set.of("/otlp/v1/metrics"));
    try (FakeHttpServer server =
        new FakeHttpServer(
            request -> new Answer(broken.contains(request.target()) ? 503 : 200, ""))) {
      MemoryChunk chunk;
      try (OutputDriver driver = driver(server, "")) {
        chunk =
            driver
                .chunk(
                    "otel",
                    record(Signal.LOGS, Samples.logs()),
                    record(Signal.METRICS, Samples.metrics()))
                .withNote(folder.resolve("note"));
        MemoryChunk half = chunk;
        assertThatThrownBy(() -> driver.write(half)).isInstanceOf(IOException.class);
      }
      broken.clear();
      try (OutputDriver driver = driver(server, "")) {
        driver.write(chunk);
      }
      assertThat(server.requests())
          .extracting(FakeHttpServer.Request::target)
          .containsExactly("/otlp/v1/logs", "/otlp/v1/metrics", "/otlp/v1/metrics");
    }
  }

  @Test
  void aRequestThatIsTooLargeIsHalved() throws Exception {
    int one = Samples.logs().getSerializedSize();
    try (FakeHttpServer server =
            new FakeHttpServer(request -> new Answer(request.body().length > one ? 413 : 200, ""));
        OutputDriver driver = driver(server, "")) {
      Map<String, Object> event = record(Signal.LOGS, Samples.logs());
      driver.write("otel", event, event, event);
      assertThat(server.requests().stream().filter(r -> r.body().length == one)).hasSize(3);
    }
  }

  @Test
  void answersAreJudgedAsTheConfigurationSays() throws Exception {
    int[] status = {401};
    try (FakeHttpServer server = new FakeHttpServer(request -> new Answer(status[0], "why"));
        OutputDriver driver = driver(server, "")) {
      var chunk = driver.chunk("otel", record(Signal.LOGS, Samples.logs()));
      assertThatThrownBy(() -> driver.write(chunk))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("response code is 401")
          .hasMessageContaining("credentials");
      status[0] = 400;
      assertThatThrownBy(() -> driver.write(chunk)).isInstanceOf(UnrecoverableException.class);
      status[0] = 501;
      String endpoint = "<http>\nendpoint http://127.0.0.1:" + server.port() + "\n";
      driver.start(
          OpentelemetryOutput.TYPE, endpoint + "error_response_as_unrecoverable true\n</http>");
      assertThatThrownBy(() -> driver.write(chunk)).isInstanceOf(UnrecoverableException.class);
      driver.start(
          OpentelemetryOutput.TYPE, endpoint + "error_response_as_unrecoverable false\n</http>");
      driver.write(chunk);
      assertThat(driver.context().log().contains("got error response from")).isTrue();
      driver.start(OpentelemetryOutput.TYPE, endpoint + "retryable_response_codes 501\n</http>");
      assertThatThrownBy(() -> driver.write(chunk)).hasMessageContaining("got retryable");
    }
  }

  @Test
  void whatTheServerHasNotTakenIsSaid() throws Exception {
    String partial = "\n\u0006\b\u0002\u0012\u0002no"; // partial_success: 2 rejected, "no"
    try (FakeHttpServer server = FakeHttpServer.answering(200, partial);
        OutputDriver driver = driver(server, "")) {
      driver.write("otel", record(Signal.LOGS, Samples.logs()));
      assertThat(driver.context().log().texts().toString())
          .contains("the server has not taken everything rejectedLogRecords=\"2\" message=\"no\"");
    }
  }

  @Test
  void anUnknownHostIsSaid() throws Exception {
    try (OutputDriver driver =
        new OutputDriver(new BuiltinPlugins(), "tag")
            .start(OpentelemetryOutput.TYPE, "<http>\nendpoint http://nowhere.invalid\n</http>")) {
      assertThatThrownBy(() -> driver.write("otel", record(Signal.LOGS, Samples.logs())))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("nowhere.invalid");
    }
  }
}
