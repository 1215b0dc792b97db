package io.runnel.plugins.contrib;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.runnel.config.ByteSize;
import io.runnel.config.ConfigException;
import io.runnel.event.Event;
import io.runnel.event.EventTime;
import io.runnel.event.Json;
import io.runnel.log.Level;
import io.runnel.net.ProcessSockets;
import io.runnel.net.http.HttpLimits;
import io.runnel.net.http.HttpResponse;
import io.runnel.net.http.HttpServer;
import io.runnel.plugin.BufferConfig;
import io.runnel.plugin.BufferedOutput;
import io.runnel.plugins.BuiltinPlugins;
import io.runnel.testkit.MemoryChunk;
import io.runnel.testkit.TestContext;
import io.runnel.testkit.TestPlugins;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LokiOutputTest {
  /** What the server was asked. */
  private record Request(String path, Map<String, String> headers, byte[] body) {
    Object json() {
      return Json.parse(body);
    }
  }

  private final TestContext context = new TestContext(new BuiltinPlugins()).buffer(buffer(1));
  private final List<Request> requests = Collections.synchronizedList(new ArrayList<>());
  private volatile int status = 204;
  private HttpServer server;
  private BufferedOutput output;

  @BeforeEach
  void serve() throws Exception {
    server =
        HttpServer.start(
            new ProcessSockets().tcp("127.0.0.1", 0, 0),
            request -> {
              Map<String, String> headers = new LinkedHashMap<>();
              request.eachHeader((name, value) -> headers.put(name.toLowerCase(), value));
              int from = request.bodyOffset();
              byte[] body = Arrays.copyOfRange(request.buffer(), from, from + request.bodyLength());
              requests.add(new Request(request.path(), headers, body));
              return HttpResponse.text(status, status == 204 ? "" : "no");
            },
            HttpLimits.small());
  }

  @AfterEach
  void close() {
    if (output != null) {
      output.stop();
      output.close();
    }
    server.close();
    context.close();
  }

  private void write(String config, Event... events) throws Exception {
    output =
        (BufferedOutput)
            TestPlugins.output(
                LokiOutput.TYPE, "url http://127.0.0.1:" + server.port() + "/\n" + config, context);
    output.start();
    output.write(MemoryChunk.of("app.web", events));
  }

  private static BufferConfig buffer(int flushThreads) {
    return new BufferConfig(
        "memory",
        List.of("tag"),
        Optional.empty(),
        Duration.ZERO,
        false,
        "+00:00",
        "text",
        flushThreads,
        Duration.ofSeconds(60),
        Optional.empty(),
        new ByteSize(1 << 20));
  }

  @Test
  void severalFlushThreadsHaveALabelAndExtraLabelsWin() throws Exception {
    context.buffer(buffer(2));
    write(
        "extra_labels {\"env\":\"dev\"}\nlabel_keys env",
        event(1, "env", "own", "path", "C:\\\\x y"));
    assertThat(Json.write(requests.getFirst().json()))
        .contains("\"fluentd_thread\":\"flush_thread_0\"")
        .contains("\"env\":\"dev\"")
        .contains("path=\\\"C:");
  }

  private static Event event(long nanos, Object... fields) {
    Map<String, Object> record = new LinkedHashMap<>();
    for (int i = 0; i < fields.length; i += 2) {
      record.put((String) fields[i], fields[i + 1]);
    }
    return new Event(EventTime.pack(1_700_000_000L, nanos), record);
  }

  @Test
  void labelsAndLines() throws Exception {
    write(
        "tenant t-${tag}\nextra_labels {\"env\":\"dev\"}\nlabel_keys lvl\n"
            + "include_thread_label false\n"
            + "remove_keys secret\n<label>\njob\npod.name $.k8s.pod\n</label>",
        event(2, "job", "a", "lvl", 1, "msg", "se\"cond", "n", 5, "secret", "x"),
        event(1, "job", "a", "lvl", 1, "msg", "first"),
        event(3, "k8s", new LinkedHashMap<>(Map.of("pod", "p1")), "msg", "other"));
    Request request = requests.getFirst();
    assertThat(request.path()).isEqualTo("/loki/api/v1/push");
    assertThat(request.headers())
        .containsEntry("x-scope-orgid", "t-app.web")
        .containsEntry("content-type", "application/json");
    assertThat(request.json())
        .isEqualTo(
            Map.of(
                "streams",
                List.of(
                    Map.of(
                        "stream",
                        Map.of("env", "dev", "job", "a", "lvl", "1"),
                        "values",
                        List.of(
                            List.of("1700000000000000001", "msg=first"),
                            List.of("1700000000000000002", "msg=se\\\"cond n=5"))),
                    Map.of(
                        "stream",
                        Map.of("env", "dev", "pod_name", "p1"),
                        "values",
                        List.of(List.of("1700000000000000003", "k8s={} msg=other"))))));
  }

  @Test
  void jsonLinesAndSingleFields(@TempDir Path folder) throws Exception {
    Path token = Files.writeString(folder.resolve("token"), "abc\n");
    write(
        "line_format json\ndrop_single_key true\nbearer_token_file " + token,
        event(1, "a", 1, "b", Map.of("c", 2)),
        event(2, "log", "alone"));
    assertThat(requests.getFirst().headers()).containsEntry("authorization", "Bearer abc");
    assertThat(Json.write(requests.getFirst().json()))
        .doesNotContain("fluentd_thread")
        .contains("{\\\"a\\\":1,\\\"b\\\":{\\\"c\\\":2}}")
        .contains("[\"1700000000000000002\",\"alone\"]");
  }

  @Test
  void compressedWithPassword() throws Exception {
    write(
        "compress gzip\nusername u\npassword p\ncustom_headers {\"X-A\":\"b\"}"
            + "\nextract_kubernetes_labels true",
        event(1, "m", "x", "kubernetes", Map.of("labels", Map.of("app.io/name", "n"))));
    Request request = requests.getFirst();
    assertThat(request.headers())
        .containsEntry("authorization", "Basic dTpw")
        .containsEntry("x-a", "b")
        .containsEntry("content-encoding", "gzip");
    try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(request.body()))) {
      assertThat(new String(in.readAllBytes())).contains("\"app_io_name\":\"n\"");
    }
  }

  @Test
  void busyServerIsTriedAgainARefusalIsNot() throws Exception {
    status = 429;
    assertThatThrownBy(() -> write("", event(1, "a", 1)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("429");
    output.close();
    status = 400;
    write("", event(1, "a", 1));
    assertThat(context.log().texts(Level.ERROR)).singleElement().asString().contains("400");
  }

  @Test
  void wrongConfigurations() {
    for (String config :
        List.of(
            "url nowhere", "url ftp://x", "url http://x\nca_cert /no", "bearer_token_file /no")) {
      assertThatThrownBy(() -> TestPlugins.output(LokiOutput.TYPE, config, context))
          .as(config)
          .isInstanceOf(ConfigException.class);
    }
  }
}
