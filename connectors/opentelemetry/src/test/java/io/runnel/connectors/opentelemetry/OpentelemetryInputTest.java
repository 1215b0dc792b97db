package io.runnel.connectors.opentelemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import io.runnel.plugin.EmitException;
import io.runnel.testkit.TestContext;
import io.runnel.testkit.TestPlugins;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OpentelemetryInputTest {
  private final TestContext context = new TestContext();
  private final HttpClient client = HttpClient.newHttpClient();
  private OpentelemetryInput input;

  @BeforeEach
  void start() throws Exception {
    input =
        (OpentelemetryInput)
            TestPlugins.input(
                OpentelemetryInput.TYPE,
                "tag otel.${type}\n<http>\nbind 127.0.0.1\nport 0\nbody_size_limit 10k\n"
                    + "decompression_size_limit 100k\n</http>",
                context);
    input.start();
  }

  @AfterEach
  void stop() {
    input.stop();
    input.close();
    client.close();
    context.close();
  }

  private HttpResponse<byte[]> post(String path, String type, String encoding, byte[] body)
      throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + input.port() + path))
            .header("Content-Type", type)
            .POST(HttpRequest.BodyPublishers.ofByteArray(body));
    if (encoding != null) {
      request.header("Content-Encoding", encoding);
    }
    return client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
  }

  private static byte[] gzip(byte[] plain) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(plain);
    }
    return out.toByteArray();
  }

  @Test
  void aMessageBecomesAnEventOfItsKindAndIsAcknowledgedWhenItIsSafe() throws Exception {
    byte[] spans = Samples.traces().toByteArray();
    var answer = post("/v1/traces", "application/x-protobuf", "gzip", gzip(spans));
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(ExportTraceServiceResponse.parseFrom(answer.body()).hasPartialSuccess()).isTrue();
    var event = context.emitter().events().getFirst();
    assertThat(event.tag()).isEqualTo("otel.traces");
    assertThat(event.record())
        .containsEntry("type", "opentelemetry_traces")
        .containsEntry("message", Signal.TRACES.json(spans, 0, spans.length));
    assertThat(context.emitter().committedEvents()).isEqualTo(1);
  }

  @Test
  void jsonIsTakenAndAnsweredInKind() throws Exception {
    String json =
        "{\"resourceLogs\":[{\"scope_logs\":[{\"logRecords\":[{\"severityNumber\":9}]}]}]}";
    var answer = post("/v1/logs", "application/json; charset=utf-8", null, json.getBytes());
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(new String(answer.body())).isEqualTo("{\"partialSuccess\":{}}");
    assertThat(context.emitter().records().getFirst())
        .containsEntry(
            "message",
            "{\"resourceLogs\":[{\"scopeLogs\":[{\"logRecords\":[{\"severityNumber\":"
                + "\"SEVERITY_NUMBER_INFO\"}]}]}]}");
  }

  @Test
  void whatCannotBeTakenIsSaidSo() throws Exception {
    byte[] logs = Samples.logs().toByteArray();
    String protobuf = "application/x-protobuf";
    assertThat(post("/v1/other", protobuf, null, logs).statusCode()).isEqualTo(404);
    assertThat(post("/v1/logs", "text/plain", null, logs).statusCode()).isEqualTo(415);
    assertThat(post("/v1/logs", protobuf, "br", logs).statusCode()).isEqualTo(400);
    assertThat(post("/v1/logs", protobuf, "gzip", logs).statusCode()).isEqualTo(400);
    assertThat(post("/v1/logs", protobuf, null, new byte[] {9}).statusCode()).isEqualTo(400);
    assertThat(post("/v1/logs", "application/json", null, "[".getBytes()).statusCode())
        .isEqualTo(400);
    assertThat(post("/v1/logs", protobuf, null, new byte[20_000]).statusCode()).isEqualTo(413);
    assertThat(post("/v1/logs", protobuf, "gzip", gzip(new byte[200_000])).statusCode())
        .isEqualTo(413);
    assertThat(context.emitter().events()).isEmpty();
  }

  @Test
  void aFullBufferIsAnsweredSoThatExportersTryAgain() throws Exception {
    context.emitter().refuse(new EmitException("buffer is full"));
    byte[] logs = Samples.logs().toByteArray();
    assertThat(post("/v1/logs", "application/x-protobuf", null, logs).statusCode()).isEqualTo(503);
    context.emitter().refuse(null);
    assertThat(post("/v1/logs", "application/x-protobuf", null, logs).statusCode()).isEqualTo(200);
  }
}
