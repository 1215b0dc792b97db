package io.runnel.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.runnel.config.ConfigException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.PublicKey;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(30)
class TlsTest {
  private static String file(String name) {
    try {
      return Path.of(TlsTest.class.getResource(name).toURI()).toString();
    } catch (java.net.URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A server configuration; key and certificate may be null. */
  private static TransportConfig server(String certificate, String key, String passphrase) {
    return transport(certificate, key, passphrase, false, false, null);
  }

  private static TransportConfig transport(
      String certificate,
      String key,
      String passphrase,
      boolean insecure,
      boolean clientAuth,
      String authority) {
    boolean signs = authority != null && !clientAuth;
    return new TransportConfig(
        Optional.of(TransportConfig.Protocol.TLS),
        Optional.empty(),
        0,
        TlsVersion.TLSV1_2,
        Optional.of(TlsVersion.TLS1_2),
        Optional.of(TlsVersion.TLSV1_3),
        "ALL:!aNULL:!eNULL:!SSLv2",
        insecure,
        false,
        clientAuth ? Optional.of(file(authority)) : Optional.empty(),
        Optional.ofNullable(certificate).map(TlsTest::file),
        Optional.ofNullable(key).map(TlsTest::file),
        Optional.ofNullable(passphrase),
        clientAuth,
        signs ? Optional.of(file(authority)) : Optional.empty(),
        signs ? Optional.of(file("ca.key")) : Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        2048,
        "US",
        "CA",
        "Mountain View",
        Optional.empty(),
        Duration.ofDays(10),
        TransportConfig.Digest.SHA256);
  }

  private static TlsClientConfig client(List<String> authorities, boolean insecure, boolean self) {
    return new TlsClientConfig(
        authorities,
        insecure,
        true,
        self,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        "TLSv1_2",
        Optional.empty(),
        Optional.empty(),
        "ALL:!aNULL:!eNULL:!SSLv2");
  }

  /** Starts an echo server, sends a text as a client, and returns the answer. */
  private static String echo(TlsContext server, TlsContext client, String host) throws Exception {
    Threads threads = (name, virtual, task) -> Thread.ofPlatform().daemon().name(name).start(task);
    try (StreamLease lease = new ProcessSockets().tcp("127.0.0.1", 0, 0)) {
      ConnectionServer echo =
          new ConnectionServer(
              "echo",
              lease,
              server,
              ConnectionLimits.DEFAULT,
              threads,
              (message, error) -> {},
              TlsTest::echo);
      echo.start();
      try (Connection connection =
          TlsConnection.connect(
              new PlainConnection(
                  SocketChannel.open(
                      new InetSocketAddress(InetAddress.getLoopbackAddress(), lease.port()))),
              client,
              host)) {
        byte[] text = "hello".getBytes(StandardCharsets.UTF_8);
        connection.write(text, 0, text.length);
        byte[] answer = new byte[100];
        int count = connection.read(answer, 0, 100);
        return count < 0 ? "" : new String(answer, 0, count, StandardCharsets.UTF_8);
      } finally {
        echo.stop();
      }
    }
  }

  private static void echo(ConnectionServer.Session session) throws IOException {
    byte[] buffer = new byte[1000];
    for (int count; (count = session.connection().read(buffer, 0, 1000)) > 0; ) {
      session.connection().write(buffer, 0, count);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "server.crt, server.key,",
    "server.crt, server.pkcs1.key,",
    "server.crt, server.pkcs1.enc.key, secret",
    "server.crt, server.pkcs8.enc.key, secret"
  })
  void readsKeysInEveryForm(String certificate, String key, String passphrase) throws Exception {
    TlsContext server = server(certificate, key, passphrase).serverContext("localhost");
    TlsContext client = client(List.of(file("ca.crt")), false, false).context();
    assertThat(echo(server, client, "localhost")).isEqualTo("hello");
  }

  @Test
  void readsAnEllipticKeyAndTrustsASelfSignedCertificateWhereAllowed() throws Exception {
    TlsContext server = server("ec.crt", "ec.key", null).serverContext("localhost");
    TlsContext lenient = client(List.of(), true, false).context();
    assertThat(echo(server, lenient, "localhost")).isEqualTo("hello");
    TlsContext strict = client(List.of(), false, false).context();
    assertThatThrownBy(() -> echo(server, strict, "localhost")).isInstanceOf(IOException.class);
  }

  @Test
  void makesASelfSignedCertificate() throws Exception {
    TlsContext server = transport(null, null, null, true, false, null).serverContext("localhost");
    assertThat(echo(server, client(List.of(), false, true).context(), "localhost"))
        .isEqualTo("hello");
    TlsContext strict = client(List.of(), false, false).context();
    assertThatThrownBy(() -> echo(server, strict, "localhost")).isInstanceOf(IOException.class);
  }

  @Test
  void signsACertificateWithAnAuthority() throws Exception {
    TlsContext server =
        transport(null, null, null, false, false, "ca.crt").serverContext("localhost");
    TlsContext client = client(List.of(file("ca.crt")), false, false).context();
    assertThat(echo(server, client, "localhost")).isEqualTo("hello");
    assertThatThrownBy(() -> echo(server, client, "other.example")).isInstanceOf(IOException.class);
  }

  @Test
  void demandsAClientCertificate() throws Exception {
    TlsContext server =
        transport("server.crt", "server.key", null, false, true, "ca.crt").serverContext("x");
    TlsContext without = client(List.of(file("ca.crt")), false, false).context();
    assertThatThrownBy(() -> echo(server, without, "localhost")).isInstanceOf(IOException.class);
    TlsContext with =
        new TlsClientConfig(
                List.of(file("ca.crt")),
                false,
                true,
                false,
                Optional.of(file("server.crt")),
                Optional.of(file("server.key")),
                Optional.empty(),
                "TLSv1_3",
                Optional.empty(),
                Optional.empty(),
                "ECDHE-RSA-AES128-GCM-SHA256:TLS_AES_128_GCM_SHA256")
            .context();
    assertThat(echo(server, with, "localhost")).isEqualTo("hello");
  }

  @Test
  void theMadeCertificateVerifies() throws Exception {
    Certificates.Subject subject =
        new Certificates.Subject("", "", "", "A", Duration.ofDays(36500), "SHA512", true);
    Certificates.Identity authority = Certificates.selfSigned(subject, 2048);
    PublicKey key = authority.chain().getFirst().getPublicKey();
    authority.chain().getFirst().verify(key);
    assertThat(authority.chain().getFirst().getBasicConstraints()).isPositive();
  }

  @Test
  void saysWhatIsMissing() {
    assertThatThrownBy(() -> server(null, null, null).serverContext("x"))
        .isInstanceOf(ConfigException.class)
        .hasMessage(
            "no valid cert options configured. specify either 'cert_path', 'ca_cert_path' or"
                + " 'insecure'");
    assertThatThrownBy(() -> server("server.crt", null, null).serverContext("x"))
        .hasMessage("private_key_path is required when cert_path is specified");
    assertThatThrownBy(() -> server("server.crt", "server.pkcs8.enc.key", null).serverContext("x"))
        .hasMessageContaining("no passphrase");
    assertThatThrownBy(() -> server("server.key", "server.key", null).serverContext("x"))
        .hasMessageContaining("no certificate");
    assertThatThrownBy(
            () -> TlsContexts.protocols("TLSv1_2", Optional.of("TLSv1_2"), Optional.empty()))
        .hasMessageContaining("max_version");
  }

  @Test
  void translatesCipherLists() {
    String[] known = {
      "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
      "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384",
      "TLS_RSA_WITH_AES_128_CBC_SHA"
    };
    assertThat(TlsCiphers.translate("ALL:!aNULL:!eNULL:!SSLv2", known)).isEmpty();
    assertThat(TlsCiphers.translate("ECDHE-RSA-AES128-GCM-SHA256:AES128-SHA", known))
        .containsExactly(known[0], known[2]);
    assertThat(TlsCiphers.translate("HIGH:!SHA1", known)).containsExactly(known[0], known[1]);
    assertThatThrownBy(() -> TlsCiphers.translate("NOPE", known)).hasMessageContaining("NOPE");
  }
}
