package io.runnel.plugins.output;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.runnel.config.ConfigException;
import io.runnel.config.ConfigSpec;
import io.runnel.event.EventBuilder;
import io.runnel.event.EventStream;
import io.runnel.event.EventTime;
import io.runnel.plugin.UnrecoverableException;
import io.runnel.plugins.client.AwsCredentials;
import io.runnel.plugins.client.AwsSigner;
import io.runnel.testkit.Await;
import io.runnel.testkit.FakeHttpServer;
import io.runnel.testkit.MemoryChunk;
import io.runnel.testkit.TestContext;
import io.runnel.testkit.TestPlugins;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HttpOutputTest {
  private final TestContext context =
      new TestContext(new FakeFormats()).buffer(Buffers.keys("tag"));
  private HttpOutput output;

  @AfterEach
  void stop() {
    if (output != null) {
      output.stop();
      output.close();
    }
    context.close();
  }

  private HttpOutput start(int port, String path, String config) throws IOException {
    output =
        (HttpOutput)
            TestPlugins.output(
                HttpOutput.TYPE,
                "endpoint http://127.0.0.1:" + port + path + "\n" + config,
                context);
    output.start();
    return output;
  }

  private static MemoryChunk chunk(String text) {
    return MemoryChunk.ofContent(text.getBytes(UTF_8), 1).withTag("app.a");
  }

  @Test
  void postsTheChunk() throws Exception {
    try (FakeHttpServer server = FakeHttpServer.answering(200, "")) {
      start(server.port(), "/got.${tag}?time=1", "").write(chunk("{\"a\":1}\n"));
      FakeHttpServer.Request request = server.requests().getFirst();
      assertThat(request.method()).isEqualTo("POST");
      assertThat(request.target()).isEqualTo("/got.app.a?time=1");
      assertThat(request.text()).isEqualTo("{\"a\":1}\n");
      assertThat(request.headers())
          .containsEntry("content-type", "application/x-ndjson")
          .containsEntry("content-length", "8")
          .containsEntry("host", "127.0.0.1:" + server.port());
    }
  }

  @Test
  void sendsHeadersAndBasicAuthentication() throws Exception {
    try (FakeHttpServer server = FakeHttpServer.answering(204, "")) {
      start(
              server.port(),
              "/",
              """
              http_method put
              content_type text/x
              headers {"x-a":"b"}
              headers_from_placeholders {"x-tag":"t-${tag}"}
              <auth>
                username bob
                password pw
              </auth>
              """)
          .write(chunk("x"));
      FakeHttpServer.Request request = server.requests().getFirst();
      assertThat(request.method()).isEqualTo("PUT");
      assertThat(request.headers())
          .containsEntry("content-type", "text/x")
          .containsEntry("x-a", "b")
          .containsEntry("x-tag", "t-app.a")
          .containsEntry("authorization", "Basic Ym9iOnB3");
    }
  }

  @Test
  void compressesBodiesAndPassesCompressedChunksOn() throws Exception {
    try (FakeHttpServer server = FakeHttpServer.answering(200, "")) {
      start(server.port(), "/", "compress gzip");
      output.write(chunk("plain"));
      output.write(chunk("stored").gzipped());
      assertThat(server.requests())
          .extracting(HttpOutputTest::unzipped)
          .containsExactly("plain", "stored");
      assertThat(server.requests().getFirst().headers()).containsEntry("content-encoding", "gzip");
    }
  }

  private static String unzipped(FakeHttpServer.Request request) {
    try (var in = new GZIPInputStream(new ByteArrayInputStream(request.body()))) {
      return new String(in.readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void recordsBecomeOneArray() throws Exception {
    try (FakeHttpServer server = FakeHttpServer.answering(200, "")) {
      start(server.port(), "/", "json_array true");
      EventBuilder events = new EventBuilder();
      events.add(EventTime.pack(1, 0), Map.of("a", 1));
      events.add(EventTime.pack(2, 0), Map.of("a", 2));
      EventStream stream = events.take();
      output.write(MemoryChunk.of("t", stream, output.chunkFormat()));
      assertThat(server.requests().getFirst().text()).isEqualTo("[1 t {a=1},2 t {a=2}]");
      assertThat(server.requests().getFirst().headers())
          .containsEntry("content-type", "application/json");
    }
  }

  @Test
  void answersDecideAboutRetries() throws Exception {
    try (FakeHttpServer server = FakeHttpServer.answering(503, "later")) {
      start(server.port(), "/", "");
      assertThatThrownBy(() -> output.write(chunk("x")))
          .isInstanceOf(IOException.class)
          .hasMessage("503 Service Unavailable later");
    }
    try (FakeHttpServer server = FakeHttpServer.answering(404, "what?")) {
      start(server.port(), "/", "");
      assertThatThrownBy(() -> output.write(chunk("x")))
          .isInstanceOf(UnrecoverableException.class)
          .hasMessage("404 Not Found what?");
      start(server.port(), "/", "error_response_as_unrecoverable false");
      output.write(chunk("x"));
      assertThat(context.log().contains("got error response from 'POST")).isTrue();
      start(server.port(), "/", "retryable_response_codes 404,500");
      assertThatThrownBy(() -> output.write(chunk("x"))).isInstanceOf(IOException.class);
    }
  }

  @Test
  void connectionsAreReusedWhereAsked() throws Exception {
    try (FakeHttpServer server = FakeHttpServer.answering(200, "ok")) {
      start(server.port(), "/", "reuse_connections true");
      output.write(chunk("a"));
      output.write(chunk("b"));
      assertThat(server.connections()).isEqualTo(1);
      stop();
      start(server.port(), "/", "");
      output.write(chunk("c"));
      output.write(chunk("d"));
      assertThat(server.connections()).isEqualTo(3);
    }
  }

  @Test
  void aSilentServerIsLeftAfterReadTimeout() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      start(silent.getLocalPort(), "/", "read_timeout 1");
      assertThatThrownBy(() -> output.write(chunk("x"))).isInstanceOf(SocketTimeoutException.class);
    }
  }

  @Test
  void anAnswerWithoutEndOrSenseIsAnError() throws Exception {
    assertAnswer("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort", "5 bytes too early");
    assertAnswer("SSH-2.0-OpenSSH\r\n", "wrong status line");
    assertAnswer("HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n", "wrong length");
    assertAnswer("", "end of file reached");
  }

  private void assertAnswer(String answer, String message) throws IOException {
    try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      Thread.ofVirtual().start(() -> answerOnce(server, answer));
      start(server.getLocalPort(), "/", "");
      assertThatThrownBy(() -> output.write(chunk("x"))).hasMessageContaining(message);
    }
  }

  private static void answerOnce(ServerSocket server, String answer) {
    try (Socket socket = server.accept()) {
      socket.getInputStream().read(new byte[4096]);
      socket.getOutputStream().write(answer.getBytes(UTF_8));
      socket.shutdownOutput();
      socket.getInputStream().readAllBytes(); // or a reset could overtake the answer
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void chunkedAnswersAreRead() throws Exception {
    String answer =
        """
        HTTP/1.1 100 Continue

        HTTP/1.1 404 No
        Transfer-Encoding: chunked

        3
        abc
        2;x=y
        de
        0

        """;
    assertAnswer(answer.replace("\n", "\r\n"), "404 No abcde");
  }

  @Test
  void requestsGoThroughAProxy() throws Exception {
    try (FakeHttpServer proxy = FakeHttpServer.answering(200, "")) {
      output =
          (HttpOutput)
              TestPlugins.output(
                  HttpOutput.TYPE,
                  "endpoint http://nowhere.invalid/x\nproxy http://u:p@127.0.0.1:" + proxy.port(),
                  context);
      output.write(chunk("x"));
      FakeHttpServer.Request request = proxy.requests().getFirst();
      assertThat(request.target()).isEqualTo("http://nowhere.invalid/x");
      assertThat(request.headers())
          .containsEntry("host", "nowhere.invalid")
          .containsEntry("proxy-authorization", "Basic dTpw");
    }
  }

  @Test
  void placeholdersLeadToAllowedHostsOnly() throws Exception {
    try (FakeHttpServer server = FakeHttpServer.answering(200, "")) {
      String endpoint = "endpoint http://${tag}:" + server.port() + "/\n";
      HttpOutput open = (HttpOutput) TestPlugins.output(HttpOutput.TYPE, endpoint, context);
      assertThatThrownBy(() -> open.write(chunk("x").withTag("127.0.0.1")))
          .isInstanceOf(UnrecoverableException.class)
          .hasMessage(
              "allowed_hosts is strictly required when using placeholders in the endpoint host");
      HttpOutput guarded =
          (HttpOutput)
              TestPlugins.output(HttpOutput.TYPE, endpoint + "allowed_hosts 127.0.0.1", context);
      guarded.write(chunk("x").withTag("127.0.0.1"));
      assertThat(server.requests()).hasSize(1);
      assertThatThrownBy(() -> guarded.write(chunk("x").withTag("localhost")))
          .hasMessage("Not allowed host: localhost");
    }
  }

  @Test
  void wrongConfigurationsAreRefused() {
    assertRefused(
        "endpoint http://a/\njson_array true\n<format>\n@type csv\n</format>",
        "json_array option could be used with json formatter only");
    assertRefused(
        "endpoint http://a/\n<format>\n@type odd\n</format>",
        "can't determine Content-Type from formatter type. Set content_type parameter explicitly");
    assertRefused("endpoint ftp://a/", "endpoint must be an http or https URL: ftp://a/");
  }

  private void assertRefused(String config, String message) {
    assertThatThrownBy(() -> TestPlugins.output(HttpOutput.TYPE, config, context))
        .isInstanceOf(ConfigException.class)
        .hasMessage(message);
  }

  /** The example in Amazon's description of signatures for S3 (GET Object). */
  @Test
  void signaturesAreThoseOfAmazon() {
    AwsCredentials credentials =
        new AwsCredentials(
            "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", null, null);
    Map<String, String> headers =
        new AwsSigner("s3", "us-east-1")
            .sign(
                "GET",
                URI.create("https://examplebucket.s3.amazonaws.com/test.txt"),
                Map.of("Range", "bytes=0-9"),
                new byte[0],
                0,
                credentials,
                Instant.parse("2013-05-24T00:00:00Z"));
    assertThat(headers.get("Authorization"))
        .endsWith("Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
    assertThat(credentials.toString()).doesNotContain("wJalr");
  }

  @Test
  void aServerThatDoesNotAcceptIsLeftAfterOpenTimeout() throws Exception {
    try (FullBacklog full = new FullBacklog()) {
      start(full.port(), "/", "open_timeout 1");
      CompletableFuture<Throwable> error = writing();
      Await.await(error::isDone);
      assertThat(error.join()).isInstanceOf(SocketTimeoutException.class);
    }
  }

  @Test
  void aServerWithoutTlsIsLeftAfterSslTimeout() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      output =
          (HttpOutput)
              TestPlugins.output(
                  HttpOutput.TYPE,
                  "ssl_timeout 1\nendpoint https://127.0.0.1:" + silent.getLocalPort() + "/",
                  context);
      output.start();
      CompletableFuture<Throwable> error = writing();
      Await.await(error::isDone);
      assertThat(error.join()).isInstanceOf(IOException.class);
    }
  }

  /** The error of a delivery that is under way. */
  private CompletableFuture<Throwable> writing() {
    return CompletableFuture.supplyAsync(
        () -> catchThrowable(() -> output.write(chunk("x"))), Thread::startVirtualThread);
  }

  /** The headers of a request that is signed for AWS. */
  private Map<String, String> signed(String more, Map<String, String> variables) throws Exception {
    String sts =
        "<Credentials><AccessKeyId>ROLEKEY</AccessKeyId><SecretAccessKey>s</SecretAccessKey>"
            + "<SessionToken>t</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration>"
            + "</Credentials>";
    try (FakeHttpServer server = FakeHttpServer.answering(200, sts)) {
      var section =
          TestPlugins.section(
              "match",
              ("endpoint http://127.0.0.1:%d/\n<auth>\nmethod aws_sigv4\n"
                      + "aws_service es\naws_region eu-west-9\n%s\n</auth>")
                  .formatted(server.port(), more));
      Map<String, String> environment = new HashMap<>(variables);
      environment.put("AWS_ENDPOINT_URL_STS", "http://127.0.0.1:" + server.port() + "/sts");
      output =
          new HttpOutput(
              ConfigSpec.of(HttpOutput.Config.class).bind(section, true),
              context.element(section),
              environment);
      output.start();
      output.write(chunk("x"));
      return server.requests().getLast().headers();
    }
  }

  @Test
  void requestsAreSignedForServiceAndRegion() throws Exception {
    Map<String, String> keys =
        Map.of("AWS_ACCESS_KEY_ID", "OWNKEY", "AWS_SECRET_ACCESS_KEY", "secret");
    assertThat(signed("", keys).get("authorization"))
        .startsWith("AWS4-HMAC-SHA256 Credential=OWNKEY/")
        .contains("/eu-west-9/es/aws4_request");
    assertThat(signed("aws_role_arn arn:aws:iam::1:role/r", keys).get("authorization"))
        .startsWith("AWS4-HMAC-SHA256 Credential=ROLEKEY/");
  }
}
