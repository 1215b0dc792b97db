package io.runnel.connectors.opentelemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContextBuilder;
import io.opentelemetry.proto.collector.logs.v1.LogsServiceGrpc;
import io.runnel.plugins.BuiltinPlugins;
import io.runnel.testkit.FakeHttpServer;
import io.runnel.testkit.OutputDriver;
import io.runnel.testkit.TestCertificates;
import io.runnel.testkit.TestContext;
import io.runnel.testkit.TestPlugins;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLParameters;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** OTLP over TLS, in and out, over HTTP and gRPC; both sides show certificates. */
class OtlpTlsTest {
  private static final String HOST = "127.0.0.1";

  @TempDir static Path folder;
  private static TestCertificates ours;
  private static TestCertificates strange;

  @BeforeAll
  static void certificates() throws Exception {
    ours = TestCertificates.in(Files.createDirectory(folder.resolve("ours")), HOST);
    strange = TestCertificates.in(Files.createDirectory(folder.resolve("strange")), HOST);
  }

  private static String serverSection() {
    return "<transport tls>\ncert_path %s\nprivate_key_path %s\nprivate_key_passphrase %s\n"
            .formatted(ours.certificate(), ours.encryptedKey(), TestCertificates.PASSPHRASE)
        + "client_cert_auth true\nca_path "
        + ours.authority()
        + "\n</transport>";
  }

  private static String clientSection(TestCertificates trusted, TestCertificates shown) {
    return "<transport tls>\nca_path %s\ncert_path %s\nprivate_key_path %s\n"
            .formatted(trusted.authority(), shown.certificate(), shown.encryptedKey())
        + "private_key_passphrase "
        + TestCertificates.PASSPHRASE
        + "\nmin_version TLS1_2\nmax_version TLS1_3\n</transport>";
  }

  private OpentelemetryInput input(TestContext context) throws Exception {
    OpentelemetryInput input =
        (OpentelemetryInput)
            TestPlugins.input(
                OpentelemetryInput.TYPE,
                "tag otel\n<http>\nbind 127.0.0.1\nport 0\n</http>\n"
                    + "<grpc>\nbind 127.0.0.1\nport 0\n</grpc>\n"
                    + serverSection(),
                context);
    input.start();
    return input;
  }

  private interface WithInput {
    void run(OpentelemetryInput input, TestContext context) throws Exception;
  }

  private void withInput(WithInput test) throws Exception {
    try (TestContext context = new TestContext()) {
      OpentelemetryInput input = input(context);
      try {
        test.run(input, context);
      } finally {
        input.stop();
        input.close();
      }
    }
  }

  @Test
  void httpTakesFromClientsOfTheAuthorityOnly() throws Exception {
    withInput(
        (input, context) -> {
          HttpRequest request =
              HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + input.port() + "/v1/logs"))
                  .header("Content-Type", "application/x-protobuf")
                  .POST(HttpRequest.BodyPublishers.ofByteArray(Samples.logs().toByteArray()))
                  .build();
          try (HttpClient known = HttpClient.newBuilder().sslContext(ours.context()).build();
              HttpClient unknown = HttpClient.newBuilder().sslContext(strange.context()).build()) {
            assertThat(known.send(request, HttpResponse.BodyHandlers.discarding()).statusCode())
                .isEqualTo(200);
            assertThatThrownBy(() -> unknown.send(request, HttpResponse.BodyHandlers.discarding()))
                .isInstanceOf(IOException.class);
          }
          assertThat(context.emitter().committedEvents()).isEqualTo(1);
        });
  }

  private static ManagedChannel channel(int port, TestCertificates trusted, TestCertificates shown)
      throws IOException {
    SslContextBuilder tls = GrpcSslContexts.forClient().trustManager(trusted.authority().toFile());
    if (shown != null) {
      tls.keyManager(shown.certificate().toFile(), shown.key().toFile());
    }
    return NettyChannelBuilder.forAddress(HOST, port).sslContext(tls.build()).build();
  }

  private static void export(ManagedChannel channel) {
    try {
      LogsServiceGrpc.newBlockingStub(channel)
          .withDeadlineAfter(20, TimeUnit.SECONDS)
          .export(Samples.logs());
    } finally {
      channel.shutdownNow();
    }
  }

  @Test
  void grpcTakesFromClientsOfTheAuthorityOnly() throws Exception {
    withInput(
        (input, context) -> {
          int port = input.grpcPort();
          export(channel(port, ours, ours));
          assertThat(context.emitter().committedEvents()).isEqualTo(1);
          ManagedChannel unknown = channel(port, ours, strange);
          assertThatThrownBy(() -> export(unknown)).hasMessageContaining("UNAVAILABLE");
          ManagedChannel nameless = channel(port, ours, null);
          assertThatThrownBy(() -> export(nameless)).hasMessageContaining("UNAVAILABLE");
          ManagedChannel clear = NettyChannelBuilder.forAddress(HOST, port).usePlaintext().build();
          assertThatThrownBy(() -> export(clear)).isInstanceOf(StatusRuntimeException.class);
          export(channel(port, ours, ours));
          assertThat(context.emitter().committedEvents()).isEqualTo(2);
        });
  }

  private static Map<String, Object> logs() {
    byte[] bytes = Samples.logs().toByteArray();
    return Map.of(
        "type", Signal.LOGS.recordType(), "message", Signal.LOGS.json(bytes, 0, bytes.length));
  }

  private static OutputDriver driver(String config) throws Exception {
    return new OutputDriver(new BuiltinPlugins(), "tag").start(OpentelemetryOutput.TYPE, config);
  }

  @Test
  void httpShowsItsCertificateAndTrustsTheAuthorityOnly() throws Exception {
    SSLParameters demanding = ours.context().getDefaultSSLParameters();
    demanding.setNeedClientAuth(true);
    try (FakeHttpServer server = FakeHttpServer.secure(ours.context(), demanding)) {
      String http = "<http>\nendpoint https://127.0.0.1:" + server.port() + "\n</http>\n";
      try (OutputDriver driver = driver(http + clientSection(ours, ours))) {
        driver.write("otel", logs());
      }
      assertThat(server.requests()).hasSize(1);
      try (OutputDriver driver = driver(http + clientSection(strange, ours))) {
        assertThatThrownBy(() -> driver.write("otel", logs())).isInstanceOf(IOException.class);
      }
      assertThat(server.requests()).hasSize(1);
      String blind = "<transport tls>\ninsecure true";
      try (OutputDriver driver =
          driver(http + clientSection(strange, ours).replace("<transport tls>", blind))) {
        driver.write("otel", logs());
      }
      assertThat(server.requests()).hasSize(2);
      try (OutputDriver driver = driver(http + clientSection(ours, strange))) {
        assertThatThrownBy(() -> driver.write("otel", logs())).isInstanceOf(IOException.class);
      }
      assertThat(server.requests()).hasSize(2);
    }
  }

  @Test
  void grpcShowsItsCertificateAndTrustsTheAuthorityOnly() throws Exception {
    try (CollectorServer server = new CollectorServer(0, ours)) {
      String grpc = "<grpc>\nendpoint 127.0.0.1:" + server.port() + "\ntimeout 20\n</grpc>\n";
      try (OutputDriver driver = driver(grpc + clientSection(ours, ours))) {
        driver.write("otel", logs());
      }
      assertThat(server.logs).containsExactly(Samples.logs());
      for (String wrong :
          new String[] {
            grpc + clientSection(strange, ours), // a server that nobody knows
            grpc + clientSection(ours, strange), // a client that nobody knows
            grpc.replace("127.0.0.1", "localhost") + clientSection(ours, ours), // another name
            grpc // without TLS
          }) {
        try (OutputDriver driver = driver(wrong)) {
          assertThatThrownBy(() -> driver.write("otel", logs()))
              .as(wrong)
              .isInstanceOf(IOException.class)
              .hasMessageContaining("UNAVAILABLE");
        }
      }
      assertThat(server.logs).hasSize(1);
    }
  }

  @Test
  void grpcSpeaksTlsWhereItsEndpointSaysHttps() throws Exception {
    try (CollectorServer server = new CollectorServer(0, ours);
        OutputDriver driver =
            driver(
                "<grpc>\nendpoint https://127.0.0.1:%d\n</grpc>\n".formatted(server.port())
                    + clientSection(ours, ours).replace("<transport tls>", "<transport>"))) {
      driver.write("otel", logs());
      assertThat(server.logs).hasSize(1);
    }
  }
}
