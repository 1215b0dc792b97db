package io.runnel.plugins.output;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.runnel.plugin.BufferedOutput;
import io.runnel.plugin.Output;
import io.runnel.plugin.OutputContext;
import io.runnel.plugin.PluginType;
import io.runnel.plugins.BuiltinPlugins;
import io.runnel.plugins.contrib.GelfOutput;
import io.runnel.plugins.contrib.LokiOutput;
import io.runnel.testkit.FakeHttpServer;
import io.runnel.testkit.MemoryChunk;
import io.runnel.testkit.TestCertificates;
import io.runnel.testkit.TestContext;
import io.runnel.testkit.TestPlugins;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** How http, loki and gelf do TLS, parameter by parameter. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HttpsClientsTest {
  private static final String CIPHER = "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384";

  private TestCertificates certificates;
  private FakeHttpServer server;

  @BeforeAll
  void makeCertificates(@TempDir Path folder) throws Exception {
    certificates = TestCertificates.in(folder, "127.0.0.1");
  }

  @AfterEach
  void stop() {
    if (server != null) {
      server.close();
    }
  }

  private void serve(Consumer<SSLParameters> change) throws IOException {
    SSLParameters parameters = certificates.context().getDefaultSSLParameters();
    change.accept(parameters);
    server = FakeHttpServer.secure(certificates.context(), parameters);
  }

  private void send(PluginType<?, OutputContext, Output> type, String config) throws Exception {
    try (TestContext context = new TestContext(new BuiltinPlugins()).buffer(Buffers.keys("tag"))) {
      BufferedOutput output = (BufferedOutput) TestPlugins.output(type, config, context);
      output.start();
      try {
        output.write(
            output.chunkFormat() == null
                ? MemoryChunk.of("app", TestPlugins.stream(0, Map.of("a", 1)))
                : MemoryChunk.of(
                    "app", TestPlugins.stream(0, Map.of("a", 1)), output.chunkFormat()));
      } finally {
        output.stop();
        output.close();
      }
    }
  }

  private void assertDelivers(PluginType<?, OutputContext, Output> type, String... config)
      throws Exception {
    send(type, config(type, config));
    assertThat(server.requests()).isNotEmpty();
  }

  private void assertRefused(PluginType<?, OutputContext, Output> type, String... config) {
    assertThatThrownBy(() -> send(type, config(type, config))).isInstanceOf(IOException.class);
    assertThat(server.requests()).isEmpty();
  }

  private String config(PluginType<?, OutputContext, Output> type, String... config) {
    String url = "https://127.0.0.1:" + server.port();
    return (type == HttpOutput.TYPE ? "endpoint " : "url ")
        + url
        + "\n"
        + String.join("\n", config);
  }

  private String httpTrust() {
    return "tls_ca_cert_path " + certificates.authority();
  }

  private String lokiTrust() {
    return "ca_cert " + certificates.authority();
  }

  @Test
  void theAuthorityToTrust() throws Exception {
    serve(parameters -> {});
    assertRefused(HttpOutput.TYPE);
    assertRefused(LokiOutput.TYPE);
    assertDelivers(HttpOutput.TYPE, httpTrust());
    assertDelivers(LokiOutput.TYPE, lokiTrust());
  }

  @Test
  void anyCertificateWhereNothingIsVerified() throws Exception {
    serve(parameters -> {});
    assertDelivers(HttpOutput.TYPE, "tls_verify_mode none");
    assertDelivers(LokiOutput.TYPE, "insecure_tls true");
  }

  @Test
  void theCertificateOfTheClient() throws Exception {
    serve(parameters -> parameters.setNeedClientAuth(true));
    assertDelivers(
        HttpOutput.TYPE,
        httpTrust(),
        "tls_client_cert_path " + certificates.certificate(),
        "tls_private_key_path " + certificates.key());
    assertDelivers(
        LokiOutput.TYPE,
        lokiTrust(),
        "cert " + certificates.certificate(),
        "key " + certificates.key());
  }

  @Test
  void anEncryptedKeyOfTheClient() throws Exception {
    serve(parameters -> parameters.setNeedClientAuth(true));
    assertDelivers(
        HttpOutput.TYPE,
        httpTrust(),
        "tls_client_cert_path " + certificates.certificate(),
        "tls_private_key_path " + certificates.encryptedKey(),
        "tls_private_key_passphrase " + TestCertificates.PASSPHRASE);
  }

  @Test
  void versionsOfTls() throws Exception {
    serve(parameters -> parameters.setProtocols(new String[] {"TLSv1.3"}));
    assertRefused(HttpOutput.TYPE, httpTrust());
    assertDelivers(HttpOutput.TYPE, httpTrust(), "tls_version TLSv1_3");
    assertDelivers(LokiOutput.TYPE, lokiTrust(), "min_version TLS1_3");
  }

  @Test
  void ciphers() throws Exception {
    serve(parameters -> parameters.setCipherSuites(new String[] {CIPHER}));
    assertRefused(HttpOutput.TYPE, httpTrust(), "tls_ciphers ECDHE-RSA-AES128-GCM-SHA256");
    assertRefused(LokiOutput.TYPE, lokiTrust(), "ciphers ECDHE-RSA-AES128-GCM-SHA256");
    assertDelivers(HttpOutput.TYPE, httpTrust(), "tls_ciphers ECDHE-RSA-AES256-GCM-SHA384");
  }

  @Test
  void gelfTakesItsOptionsFromAHash() throws Exception {
    try (SSLServerSocket gelf =
        (SSLServerSocket)
            certificates
                .context()
                .getServerSocketFactory()
                .createServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      CompletableFuture<String> received = new CompletableFuture<>();
      Thread.startVirtualThread(
          () -> {
            while (!received.isDone() && !gelf.isClosed()) {
              try (var client = gelf.accept()) {
                received.complete(new String(client.getInputStream().readAllBytes(), UTF_8));
              } catch (IOException e) {
                // the client refuses the certificate, and goes
              }
            }
          });
      String config = "host 127.0.0.1\nport " + gelf.getLocalPort() + "\nprotocol tcp\ntls true\n";
      assertThatThrownBy(() -> send(GelfOutput.TYPE, config)).isInstanceOf(SSLException.class);
      send(GelfOutput.TYPE, config + "tls_options {\"ca\":\"" + certificates.authority() + "\"}");
      assertThat(received.get()).contains("\"_a\":1");
    }
  }
}
