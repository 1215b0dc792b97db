package io.runnel.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.runnel.config.ConfigElement;
import io.runnel.config.ConfigException;
import io.runnel.config.ConfigReader;
import io.runnel.config.ConfigSpec;
import io.runnel.net.TransportConfig.Protocol;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAPublicKey;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a client sees of each parameter of {@code <transport tls>}. */
@Timeout(30)
class TransportConfigTest {
  private static final int PATIENCE_MILLIS = 10_000;
  private static final String PAIR =
      "cert_path " + file("server.crt") + "\nprivate_key_path " + file("server.key") + "\n";

  private static String file(String name) {
    try {
      return Path.of(TransportConfigTest.class.getResource(name).toURI()).toString();
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private static TransportConfig config(String protocol, String parameters) {
    ConfigElement root =
        ConfigReader.parse("<transport " + protocol + ">\n" + parameters + "\n</transport>\n");
    return ConfigSpec.of(TransportConfig.class)
        .bind(root.section("transport").orElseThrow(), false);
  }

  /** What a client that trusts everybody agrees on with a server of these parameters. */
  private static SSLSession session(String parameters, String... protocols) throws Exception {
    return session(parameters, false, protocols);
  }

  private static SSLSession session(String parameters, boolean certificate, String... protocols)
      throws Exception {
    Threads threads = (name, virtual, task) -> Thread.ofPlatform().daemon().name(name).start(task);
    TlsContext context = config("tls", parameters).serverContext("own.host");
    try (StreamLease lease = new ProcessSockets().tcp("127.0.0.1", 0, 0)) {
      ConnectionServer server =
          new ConnectionServer(
              "one byte",
              lease,
              context,
              ConnectionLimits.DEFAULT,
              threads,
              (message, error) -> {},
              session -> session.connection().write(new byte[1], 0, 1));
      server.start();
      try (SSLSocket socket =
          (SSLSocket)
              client(certificate)
                  .getSocketFactory()
                  .createSocket(InetAddress.getLoopbackAddress(), lease.port())) {
        socket.setSoTimeout(PATIENCE_MILLIS);
        if (protocols.length > 0) {
          socket.setEnabledProtocols(protocols);
        }
        if (socket.getInputStream().read() != 0) {
          throw new IOException("closed");
        }
        return socket.getSession();
      } finally {
        server.stop();
      }
    }
  }

  /** One that trusts everybody. */
  private static SSLContext client(boolean certificate) {
    return new TlsClientConfig(
            List.of(),
            true,
            false,
            false,
            certificate ? Optional.of(file("server.crt")) : Optional.empty(),
            certificate ? Optional.of(file("server.key")) : Optional.empty(),
            Optional.empty(),
            "TLSv1_2",
            Optional.empty(),
            Optional.empty(),
            "ALL:!aNULL:!eNULL:!SSLv2")
        .context()
        .context();
  }

  private static X509Certificate certificate(SSLSession session) throws Exception {
    return (X509Certificate) session.getPeerCertificates()[0];
  }

  private static X509Certificate own(String name) throws Exception {
    return Pem.certificates(Path.of(file(name))).getFirst();
  }

  @Test
  void showsItsCertificate() throws Exception {
    assertThat(certificate(session(PAIR))).isEqualTo(own("server.crt"));
    String locked =
        PAIR.replace("server.key", "server.pkcs8.enc.key") + "private_key_passphrase secret";
    assertThat(certificate(session(locked))).isEqualTo(own("server.crt"));
  }

  @Test
  void speaksTheVersionsAskedFor() throws Exception {
    assertThat(session(PAIR).getProtocol()).isEqualTo("TLSv1.2");
    assertThat(session(PAIR + "version TLSv1_3").getProtocol()).isEqualTo("TLSv1.3");
    String range = PAIR + "min_version TLS1_2\nmax_version TLS1_3\n";
    assertThat(session(range).getProtocol()).isEqualTo("TLSv1.3");
    assertThat(session(range, "TLSv1.2").getProtocol()).isEqualTo("TLSv1.2");
  }

  @Test
  void choosesAmongItsCiphers() throws Exception {
    String name = "ECDHE-RSA-AES128-SHA256";
    assertThat(session(PAIR + "ciphers " + name).getCipherSuite())
        .isEqualTo("TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256");
  }

  @Test
  void makesTheCertificateAskedFor() throws Exception {
    X509Certificate made =
        certificate(
            session(
                """
                insecure true
                generate_private_key_length 1024
                generate_cert_country JP
                generate_cert_state Tokyo
                generate_cert_locality Chiyoda
                generate_cert_common_name logs.example.com
                generate_cert_expiration 3d
                generate_cert_digest sha512
                """));
    assertThat(made.getSubjectX500Principal().getName())
        .contains("CN=logs.example.com", "L=Chiyoda", "ST=Tokyo", "C=JP");
    assertThat(((RSAPublicKey) made.getPublicKey()).getModulus().bitLength()).isEqualTo(1024);
    assertThat(made.getSigAlgName()).isEqualTo("SHA512withRSA");
    long valid = made.getNotAfter().getTime() - made.getNotBefore().getTime();
    assertThat(Duration.ofMillis(valid)).isBetween(Duration.ofDays(3), Duration.ofDays(4));
    assertThat(certificate(session("insecure true")).getSubjectX500Principal().getName())
        .contains("CN=own.host", "C=US");
  }

  @Test
  void signsWithTheAuthorityThatItHas() throws Exception {
    X509Certificate authority = own("server.crt");
    X509Certificate made =
        certificate(
            session(
                "ca_cert_path "
                    + file("server.crt")
                    + "\nca_private_key_path "
                    + file("server.pkcs8.enc.key")
                    + "\nca_private_key_passphrase secret"));
    assertThat(made.getIssuerX500Principal()).isEqualTo(authority.getSubjectX500Principal());
    made.verify(authority.getPublicKey());
  }

  @Test
  void demandsCertificatesThatItsAuthorityHasSigned() throws Exception {
    String demanding = PAIR + "client_cert_auth true\nca_path " + file("ca.crt");
    assertThat(session(demanding, true).getProtocol()).isEqualTo("TLSv1.2");
    assertThatThrownBy(() -> session(demanding, false)).isInstanceOf(IOException.class);
  }

  @Test
  void refusesWhatOnlyOpenSslOrRubyHas() {
    assertThatThrownBy(() -> session(PAIR + "ensure_fips true"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("Cannot enable FIPS compliant mode");
    assertThatThrownBy(() -> session(PAIR + "cert_verifier /etc/verify.rb"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("'/etc/verify.rb' is Ruby code");
  }

  @Test
  void isWhatThePluginCanSpeak() {
    assertThat(config("", "").protocol(Protocol.UDP, Protocol.TCP)).isEqualTo(Protocol.UDP);
    assertThat(config("tcp", "").protocol(Protocol.UDP, Protocol.TCP)).isEqualTo(Protocol.TCP);
    assertThatThrownBy(() -> config("udp", "").protocol(Protocol.TCP, Protocol.TLS))
        .hasMessageContaining("valid options are tcp,tls but got udp");
  }
}
