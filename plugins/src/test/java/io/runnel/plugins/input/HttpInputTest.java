package io.runnel.plugins.input;

import static io.runnel.testkit.Emitted.of;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.runnel.config.ConfigException;
import io.runnel.event.Bytes;
import io.runnel.event.EventTime;
import io.runnel.plugin.EmitException;
import io.runnel.plugins.BuiltinPlugins;
import io.runnel.testkit.ManualClock;
import io.runnel.testkit.TestContext;
import io.runnel.testkit.TestPlugins;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Map;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class HttpInputTest {
  private static final long T = 1_700_000_000;
  private static final String JSON = "Content-Type: application/json";

  private final TestContext context =
      new TestContext(new BuiltinPlugins()).clock(ManualClock.standard());
  private HttpInput input;

  private void start(String config) throws Exception {
    input =
        (HttpInput) TestPlugins.input(HttpInput.TYPE, "port 0\nbind 127.0.0.1\n" + config, context);
    input.start();
  }

  @AfterEach
  void stop() {
    if (input != null) {
      input.stop();
    }
    context.close();
  }

  /** Sends one request and returns the whole answer as Latin-1. */
  private String send(String method, String target, byte[] body, String... headers)
      throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), input.port())) {
      socket.setSoTimeout(20_000);
      Bytes request = new Bytes();
      request.utf8(method + " " + target + " HTTP/1.1\r\nHost: h\r\nConnection: close\r\n");
      for (String header : headers) {
        request.utf8(header + "\r\n");
      }
      request.ascii("Content-Length: " + body.length + "\r\n\r\n");
      request.write(body);
      socket.getOutputStream().write(request.array(), 0, request.length());
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    }
  }

  private String post(String target, String body, String... headers) throws IOException {
    return send("POST", target, body.getBytes(StandardCharsets.UTF_8), headers);
  }

  private int status(String answer) {
    return Integer.parseInt(answer.substring(9, 12));
  }

  @Test
  void thePathIsTheTagAndTheBodyTheRecord() throws Exception {
    start("");
    assertThat(post("/app/web.x/?time=1700000000.25", "{\"m\":1,\"time\":5}", JSON))
        .startsWith("HTTP/1.1 200 OK\r\n")
        .contains("Content-Type: text/plain\r\n", "Content-Length: 0\r\n")
        .endsWith("\r\n\r\n");
    post("/a", "[{\"m\":1},7,{\"m\":2}]", JSON + "; charset=utf-8");
    post("/a", "[]", JSON);
    post("/", "{\"max\":18446744073709551615,\"s\":\"日本\"}", "content-type: APPLICATION/JSON");
    assertThat(context.emitter().events())
        .containsExactly(
            new io.runnel.testkit.Emitted(
                "app.web.x", EventTime.pack(T, 250_000_000), Map.of("m", 1L, "time", 5L)),
            of("a", T, Map.of("m", 1L)),
            of("a", T, Map.of("m", 2L)),
            of("", T, Map.of("max", new BigInteger("18446744073709551615"), "s", "日本")));
    assertThat(context.emitter().committedEvents()).isEqualTo(4);
  }

  @Test
  void theTimeMayStandInTheRecord() throws Exception {
    start("");
    post("/a", "{\"m\":1,\"time\":1700000001}", JSON);
    post("/a", "[{\"time\":1700000002.5},{\"time\":\"1700000003\"}]", JSON);
    post("/a?time=0", "{\"m\":4}", JSON);
    assertThat(post("/a", "{\"m\":1,\"time\":\"yesterday\"}", JSON)).startsWith("HTTP/1.1 400 ");
    assertThat(context.emitter().events())
        .containsExactly(
            of("a", T + 1, Map.of("m", 1L)),
            new io.runnel.testkit.Emitted("a", EventTime.pack(T + 2, 500_000_000), Map.of()),
            of("a", T + 3, Map.of()),
            of("a", T, Map.of("m", 4L)));
  }

  @Test
  void aTimeFormatIsUsedForTheRecordsTime() throws Exception {
    start(
        "<parse>\n"
            + "time_key at\n"
            + "time_type string\n"
            + "time_format %d/%b/%Y:%H:%M:%S %z\n"
            + "keep_time_key true\n"
            + "</parse>");
    post("/b", "{\"m\": 2, \"at\": \"15/Nov/2023:07:13:20 +0900\"}", JSON);
    assertThat(context.emitter().events())
        .containsExactly(of("b", T, Map.of("m", 2L, "at", "15/Nov/2023:07:13:20 +0900")));
  }

  @Test
  void brokenBodiesAreDroppedSilently() throws Exception {
    start("");
    for (String body : new String[] {"{\"m\":", "just text", "\"text\"", ""}) {
      assertThat(status(post("/a", body, JSON))).isEqualTo(200);
    }
    assertThat(
            status(
                post(
                    "/a", "{\"m\":1}\n{oops\n{\"m\":2}\r\n", "Content-Type: application/x-ndjson")))
        .isEqualTo(200);
    assertThat(context.emitter().records()).containsExactly(Map.of("m", 1L), Map.of("m", 2L));
  }

  @Test
  void takesMessagePackAndForms() throws Exception {
    start("");
    send(
        "PUT",
        "/a",
        HexFormat.of().parseHex("9281a16d0281a16dc0"),
        "Content-Type: application/msgpack");
    String form = "Content-Type: application/x-www-form-urlencoded";
    post("/a", "time=1700000060&json={\"m\":\"a b%2Bc%26d+e\"}", form);
    post("/a?json=%7B%22m%22%3A5%7D", "");
    String multipart =
        "--X\r\nContent-Disposition: form-data; name=\"json\"\r\n\r\n{\"m\":6}\r\n--X\r\n"
            + "Content-Disposition: form-data; name=\"time\"\r\n\r\n1700000007\r\n--X--\r\n";
    post("/a", multipart, "Content-Type: multipart/form-data; boundary=X");
    assertThat(context.emitter().records().get(1)).containsEntry("m", null);
    assertThat(context.emitter().events())
        .contains(
            of("a", T, Map.of("m", 2L)),
            of("a", T + 60, Map.of("m", "a b+c&d e")),
            of("a", T, Map.of("m", 5L)),
            of("a", T + 7, Map.of("m", 6L)));
    for (String type : new String[] {form, "Content-Type: text/plain", "X: y"}) {
      assertThat(post("/a", "foo=bar", type))
          .startsWith("HTTP/1.1 400 ")
          .endsWith("400 Bad Request\n'json', 'ndjson' or 'msgpack' parameter is required\n");
    }
    assertThat(status(post("/a", "\u0081", "Content-Type: application/msgpack"))).isIn(200, 400);
    assertThat(status(post("/a", "", form))).isEqualTo(400);
  }

  @Test
  void anotherParserReadsWholeBodies() throws Exception {
    start("<parse>\n@type csv\nkeys a,b,c\n</parse>");
    assertThat(status(post("/b?time=1700000009", "1,\"x, y\",z", "Content-Type: text/csv")))
        .isEqualTo(200);
    assertThat(context.emitter().events())
        .containsExactly(of("b", T + 9, Map.of("a", "1", "b", "x, y", "c", "z")));
  }

  @Test
  void undoesCompressionUpToALimit() throws Exception {
    start("decompression_size_limit 1m");
    ByteArrayOutputStream gzip = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(gzip)) {
      out.write("[{\"m\":1},{\"m\":\"zipped\"}]".getBytes(StandardCharsets.UTF_8));
    }
    send("POST", "/a", gzip.toByteArray(), JSON, "Content-Encoding: gzip");
    ByteArrayOutputStream deflate = new ByteArrayOutputStream();
    try (DeflaterOutputStream out = new DeflaterOutputStream(deflate)) {
      out.write("{\"m\":2}".getBytes(StandardCharsets.UTF_8));
    }
    send("POST", "/a", deflate.toByteArray(), JSON, "Content-Encoding: deflate");
    ByteArrayOutputStream bomb = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(bomb)) {
      out.write(new byte[3_000_000]);
    }
    assertThat(status(send("POST", "/a", bomb.toByteArray(), JSON, "Content-Encoding: gzip")))
        .isEqualTo(413);
    assertThat(status(post("/a", "{\"m\":1}", JSON, "Content-Encoding: gzip"))).isEqualTo(400);
    assertThat(status(post("/a", "{\"m\":1}", JSON, "Content-Encoding: br"))).isEqualTo(400);
    assertThat(context.emitter().records())
        .containsExactly(Map.of("m", 1L), Map.of("m", "zipped"), Map.of("m", 2L));
  }

  @Test
  void addsHeadersQueryAndAddress() throws Exception {
    start("add_http_headers true\nadd_query_params true\nadd_remote_addr true\nadd_tag_prefix pre");
    post(
        "/a?q=x+y&page=2",
        "{\"m\":1}",
        JSON,
        "X-Request-Id: abc",
        "X-Forwarded-For: 203.0.113.7, 10.0.0.1");
    Map<String, Object> record = context.emitter().records().getFirst();
    assertThat(record)
        .containsEntry("HTTP_X_REQUEST_ID", "abc")
        .containsEntry("HTTP_CONTENT_LENGTH", "7")
        .containsEntry("QUERY_Q", "x y")
        .containsEntry("QUERY_PAGE", "2")
        .containsEntry("REMOTE_ADDR", "203.0.113.7")
        .containsEntry("m", 1L);
    assertThat(context.emitter().events().getFirst().tag()).isEqualTo("pre.a");
  }

  @Test
  void answersAsConfigured() throws Exception {
    start("use_204_response true\nbody_size_limit 20");
    assertThat(status(post("/a", "{\"m\":1}", JSON))).isEqualTo(204);
    assertThat(post("/a", "{\"m\":\"" + "x".repeat(30) + "\"}", JSON))
        .startsWith("HTTP/1.1 413 ")
        .endsWith("Too large");
    assertThat(status(send("GET", "/a", new byte[0]))).isEqualTo(200);
    assertThat(status(send("OPTIONS", "/a", new byte[0]))).isEqualTo(403);
    assertThat(context.emitter().events()).hasSize(1);
    input.stop();
    start("respond_with_empty_img true");
    assertThat(post("/a", "{\"m\":1}", JSON))
        .contains("Content-Type: image/gif; charset=utf-8\r\n")
        .endsWith(
            "\r\n\r\n"
                + "GIF89a\1\0\1\0\u0080\u00ff\0\u00ff\u00ff\u00ff\0\0\0,\0\0\0\0\1\0\1\0\0\2\2D\1\0;");
  }

  @Test
  void cors() throws Exception {
    start(
        "cors_allow_origins [\"http://ok.example\", \"http://*.wild.example\"]\n"
            + "cors_allow_credentials true");
    String preflight = "Access-Control-Request-Method: POST";
    assertThat(
            send(
                "OPTIONS",
                "/a",
                new byte[0],
                "Origin: http://a.wild.example",
                preflight,
                "Access-Control-Request-Headers: content-type"))
        .startsWith("HTTP/1.1 200 ")
        .contains(
            "Access-Control-Allow-Origin: http://a.wild.example\r\n",
            "Access-Control-Allow-Methods: POST\r\n",
            "Access-Control-Allow-Headers: content-type\r\n",
            "Access-Control-Allow-Credentials: true\r\n");
    assertThat(status(send("OPTIONS", "/a", new byte[0], "Origin: http://bad.example", preflight)))
        .isEqualTo(403);
    assertThat(status(send("OPTIONS", "/a", new byte[0], "Origin: http://ok.example")))
        .isEqualTo(403);
    assertThat(post("/a", "{\"m\":1}", JSON, "Origin: http://ok.example"))
        .startsWith("HTTP/1.1 200 ")
        .contains("Access-Control-Allow-Origin: http://ok.example\r\n");
    assertThat(status(post("/a", "{\"m\":1}", JSON, "Origin: http://bad.example"))).isEqualTo(403);
    assertThat(status(post("/a", "{\"m\":1}", JSON))).isEqualTo(200);
    assertThat(context.emitter().events()).hasSize(2);
    assertThatThrownBy(
            () -> TestPlugins.input(HttpInput.TYPE, "cors_allow_credentials true", context))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("Cannot enable cors_allow_credentials without specific origins");
  }

  @Test
  void saysSoWhereEventsCouldNotBeTaken() throws Exception {
    start("");
    context.emitter().refuse(new EmitException("buffer is full"));
    assertThat(post("/a", "{\"m\":1}", JSON))
        .startsWith("HTTP/1.1 500 ")
        .endsWith("500 Internal Server Error\nbuffer is full\n");
    context.emitter().refuse(null);
    context.emitter().refuseCommit(new EmitException("disk full"));
    assertThat(status(post("/a", "{\"m\":1}", JSON))).isEqualTo(500);
    context.emitter().refuseCommit(null);
    assertThat(status(post("/a", "{\"m\":2}", JSON))).isEqualTo(200);
    assertThat(context.log().contains("failed to process request")).isTrue();
  }

  @Test
  void speaksTls() throws Exception {
    start("<transport tls>\ninsecure true\n</transport>");
    var client =
        new io.runnel.net.TlsClientConfig(
                java.util.List.of(),
                true,
                false,
                false,
                java.util.Optional.empty(),
                java.util.Optional.empty(),
                java.util.Optional.empty(),
                "TLSv1_2",
                java.util.Optional.empty(),
                java.util.Optional.empty(),
                "ALL")
            .context();
    try (Socket socket =
        client
            .context()
            .getSocketFactory()
            .createSocket(InetAddress.getLoopbackAddress(), input.port())) {
      String request =
          "POST /tls HTTP/1.1\r\n"
              + "Content-Type: application/json\r\n"
              + "Connection: close\r\n"
              + "Content-Length: 7\r\n\r\n"
              + "{\"m\":1}";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
      assertThat(answer).startsWith("HTTP/1.1 200 OK");
    }
    assertThat(context.emitter().events()).containsExactly(of("tls", T, Map.of("m", 1L)));
  }
}
