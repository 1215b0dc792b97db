package io.runnel.plugins.contrib;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.runnel.config.ByteSize;
import io.runnel.config.ConfigElement;
import io.runnel.config.ConfigSpec;
import io.runnel.event.Event;
import io.runnel.event.EventTime;
import io.runnel.net.Certificates;
import io.runnel.net.PemWriter;
import io.runnel.net.TlsClientConfig;
import io.runnel.plugin.BufferConfig;
import io.runnel.plugin.BufferedOutput;
import io.runnel.plugin.Input;
import io.runnel.testkit.Await;
import io.runnel.testkit.MemoryChunk;
import io.runnel.testkit.TestContext;
import io.runnel.testkit.TestPlugins;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAPublicKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What each parameter of secure_forward does, between its input and its output. */
@Timeout(60)
class SecureForwardParametersTest {
  private static final int KEY_BITS = 1024; // quickly made; nothing is kept secret with it
  private static final String OPEN = "secure no\ngenerate_private_key_length 1024\n";

  /** An authority and a certificate for logs.example; the passphrase of both keys is secret. */
  @TempDir static Path pem;

  private final TestContext server = new TestContext();
  private final TestContext client =
      new TestContext()
          .buffer(
              new BufferConfig(
                  "memory",
                  List.of("tag"),
                  Optional.empty(),
                  Duration.ZERO,
                  false,
                  "+00:00",
                  "text",
                  1,
                  Duration.ofSeconds(60),
                  Optional.empty(),
                  new ByteSize(1 << 20)));
  private final List<Input> inputs = new ArrayList<>();

  @BeforeAll
  static void makeCertificates() throws Exception {
    Certificates.Identity authority = Certificates.selfSigned(subject("Authority", true), KEY_BITS);
    Certificates.Identity own =
        Certificates.signedBy(authority, subject("logs.example", false), KEY_BITS);
    write("authority", authority);
    write("own", own);
  }

  private static void write(String name, Certificates.Identity identity) throws Exception {
    Files.writeString(
        pem.resolve(name + ".crt"), PemWriter.certificate(identity.chain().getFirst()));
    Files.writeString(pem.resolve(name + ".key"), PemWriter.key(identity.key(), "secret"));
  }

  private static Certificates.Subject subject(String name, boolean authority) {
    return new Certificates.Subject("", "", "", name, Duration.ofDays(1), "SHA256", authority);
  }

  @AfterEach
  void close() {
    inputs.forEach(Input::stop);
    inputs.forEach(Input::close);
    server.close();
    client.close();
  }

  private int serve(String parameters) throws Exception {
    return serve(parameters, server);
  }

  private int serve(String parameters, TestContext context) throws Exception {
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    Input input =
        TestPlugins.input(
            SecureForwardInput.TYPE,
            "bind 127.0.0.1\nport "
                + port
                + "\n"
                + (parameters.contains("self_hostname") ? "" : "self_hostname server\n")
                + (parameters.startsWith(OPEN + "shared_key") ? "" : "shared_key k\n")
                + parameters.replace("PEM", pem.toString()),
            context);
    input.start();
    inputs.add(input);
    return port;
  }

  private static String target(int port, String parameters) {
    return "<server>\nhost 127.0.0.1\nport " + port + "\n" + parameters + "\n</server>\n";
  }

  /** Sends one event; fails where it is not taken. */
  private void send(int port, String server) throws Exception {
    send("secure no\n" + target(port, server), 1);
  }

  private void send(String parameters, int times) throws Exception {
    BufferedOutput output =
        (BufferedOutput)
            TestPlugins.output(
                SecureForwardOutput.TYPE,
                "self_hostname client\nshared_key k\nrequire_ack_response yes\n"
                    + parameters.replace("PEM", pem.toString()),
                client);
    output.start();
    try {
      for (int i = 0; i < times; i++) {
        output.write(
            MemoryChunk.of("t", new Event(EventTime.pack(1_700_000_000L + i, 0), Map.of("a", 1L))));
      }
    } finally {
      output.stop();
      output.close();
    }
  }

  private void assertRefused(int port, String server, String logged) {
    assertThatThrownBy(() -> send(port, server)).isInstanceOf(Exception.class);
    Await.await(() -> this.server.log().contains(logged));
  }

  /** What a client sees that trusts everybody; the first bytes are the server's greeting. */
  private record Seen(SSLSession session, String greeting) {
    X509Certificate certificate() throws IOException {
      return (X509Certificate) session.getPeerCertificates()[0];
    }
  }

  private static Seen look(int port) throws Exception {
    TlsClientConfig lenient =
        new TlsClientConfig(
            List.of(),
            true,
            false,
            false,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            "TLSv1_2",
            Optional.empty(),
            Optional.empty(),
            "ALL:!aNULL:!eNULL:!SSLv2");
    try (SSLSocket socket =
        (SSLSocket)
            lenient
                .context()
                .context()
                .getSocketFactory()
                .createSocket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(Math.toIntExact(Await.DEADLINE.toMillis()));
      byte[] greeting = new byte[1000];
      int length = socket.getInputStream().read(greeting);
      return new Seen(
          socket.getSession(),
          new String(greeting, 0, Math.max(0, length), StandardCharsets.ISO_8859_1));
    }
  }

  @Test
  void theServerShowsItsOwnCertificate() throws Exception {
    int port =
        serve(
            "cert_path PEM/own.crt\nprivate_key_path PEM/own.key\nprivate_key_passphrase secret\n");
    send("ca_cert_path PEM/authority.crt\n" + target(port, ""), 1);
    assertThat(look(port).certificate().getSubjectX500Principal().getName())
        .isEqualTo("CN=logs.example");
  }

  @Test
  void theServerSignsItsCertificateWithAnAuthority() throws Exception {
    int port =
        serve(
            """
            ca_cert_path PEM/authority.crt
            ca_private_key_path PEM/authority.key
            ca_private_key_passphrase secret
            generate_private_key_length 1024
            generate_cert_country JP
            generate_cert_state Tokyo
            generate_cert_locality Chiyoda
            generate_cert_common_name made.example
            """);
    send("ca_cert_path PEM/authority.crt\n" + target(port, ""), 1);
    X509Certificate made = look(port).certificate();
    assertThat(made.getSubjectX500Principal().getName())
        .contains("CN=made.example", "L=Chiyoda", "ST=Tokyo", "C=JP");
    assertThat(((RSAPublicKey) made.getPublicKey()).getModulus().bitLength()).isEqualTo(1024);
  }

  @Test
  void versionCiphersAndNameAreThoseGiven() throws Exception {
    String named = OPEN + "cert_auto_generate yes\nhostname me\n";
    Seen modern = look(serve(named + "self_hostname ${hostname}.x\nssl_version TLSv1_3"));
    assertThat(modern.session().getProtocol()).isEqualTo("TLSv1.3");
    assertThat(modern.certificate().getSubjectX500Principal().getName()).contains("CN=me.x");
    Seen chosen = look(serve(OPEN + "ssl_ciphers ECDHE-RSA-AES128-SHA256"));
    assertThat(chosen.session().getCipherSuite())
        .isEqualTo("TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256");
    assertThat(chosen.certificate().getSubjectX500Principal().getName())
        .containsPattern("CN=server(,|$)");
  }

  @Test
  void theServerSaysWhetherConnectionsMayStay() throws Exception {
    assertThat(look(serve(OPEN + "allow_keepalive yes")).greeting()).contains("keepalive\u00c3");
    assertThat(look(serve(OPEN + "allow_keepalive no")).greeting()).contains("keepalive\u00c2");
  }

  @Test
  void aServerMayHaveAKeyOfItsOwn() throws Exception {
    int port = serve(OPEN + "shared_key special");
    send(port, "shared_key special");
    assertRefused(port, "", "Shared key mismatch");
  }

  @Test
  void usersAreCheckedWhereWished() throws Exception {
    int port = serve(OPEN + "authentication yes\n<user>\nusername u\npassword p\n</user>");
    send(port, "username u\npassword p");
    assertRefused(port, "username u\npassword wrong", "Authentication failed");
  }

  @Test
  void onlyClientsThatAreNamedMayConnect() throws Exception {
    String strict = OPEN + "allow_anonymous_source no\n<client>\n%s\n</client>";
    send(serve(strict.formatted("host 127.0.0.1")), "");
    send(serve(strict.formatted("network 127.0.0.0/8")), "");
    assertRefused(serve(strict.formatted("host 10.1.2.3")), "", "Anonymous");
  }

  @Test
  void clientsMayHaveKeysAndUsersOfTheirOwn() throws Exception {
    String users =
        "authentication yes\n<user>\nusername bob\npassword b\n</user>\n"
            + "<user>\nusername eve\npassword e\n</user>\n";
    int port =
        serve(
            OPEN
                + users
                + "<client>\nnetwork 127.0.0.0/8\nshared_key special\nusers bob\n</client>");
    send(port, "shared_key special\nusername bob\npassword b");
    assertRefused(port, "shared_key special\nusername eve\npassword e", "Authentication failed");
    assertRefused(port, "username bob\npassword b", "Shared key mismatch");
  }

  @Test
  void theCertificateMustNameTheServerWhereThatIsChecked() throws Exception {
    int port =
        serve(
            "cert_path PEM/own.crt\nprivate_key_path PEM/own.key\nprivate_key_passphrase secret\n");
    String strict = "enable_strict_verification yes\nca_cert_path PEM/authority.crt\n";
    send(strict + target(port, "hostlabel logs.example"), 1);
    assertThatThrownBy(() -> send(strict + target(port, ""), 1)).isInstanceOf(Exception.class);
  }

  @Test
  void aServerThatStandsByGetsNothingWhileOthersLive() throws Exception {
    TestContext spare = new TestContext();
    int standing = serve(OPEN, spare);
    int port = serve(OPEN);
    send("secure no\n" + target(standing, "standby yes") + target(port, ""), 6);
    assertThat(server.emitter().await(6)).hasSize(6);
    assertThat(spare.emitter().events()).isEmpty();
    spare.close();
  }

  @Test
  void timesAndAcknowledgementsAreThoseOfForward() {
    ConfigElement written =
        TestPlugins.section(
            "match",
            """
            self_hostname client
            shared_key k
            secure no
            require_ack_response yes
            send_timeout 11
            hard_timeout 12
            established_timeout 13
            expire_dns_cache 14
            keepalive 15
            ssl_version TLSv1_3
            ssl_ciphers HIGH
            """);
    SecureForwardOutput.Config config =
        ConfigSpec.of(SecureForwardOutput.Config.class).bind(written, false);
    ConfigElement forward = SecureForwardOutput.rewritten(config, written);
    assertThat(
            List.of(
                forward.peek("require_ack_response"),
                forward.peek("send_timeout"),
                forward.peek("hard_timeout"),
                forward.peek("connect_timeout"),
                forward.peek("expire_dns_cache"),
                forward.peek("keepalive_timeout"),
                forward.peek("tls_version"),
                forward.peek("tls_ciphers")))
        .containsExactly("yes", "11", "12", "13", "14", "15", "TLSv1_3", "HIGH");
  }
}
