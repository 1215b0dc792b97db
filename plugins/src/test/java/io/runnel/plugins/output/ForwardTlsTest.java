package io.runnel.plugins.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.runnel.plugin.Input;
import io.runnel.plugins.input.ForwardInput;
import io.runnel.testkit.MemoryChunk;
import io.runnel.testkit.TestCertificates;
import io.runnel.testkit.TestContext;
import io.runnel.testkit.TestPlugins;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** How a sender does TLS, parameter by parameter, towards the forward input. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ForwardTlsTest {
  private TestCertificates here;
  private TestCertificates elsewhere;
  private Input input;
  private TestContext receiver;
  private TestContext sender;

  @BeforeAll
  void makeCertificates(@TempDir Path one, @TempDir Path other) throws Exception {
    here = TestCertificates.in(one, "127.0.0.1");
    elsewhere = TestCertificates.in(other, "elsewhere.example");
  }

  @AfterEach
  void stop() {
    input.stop();
    input.close();
    receiver.close();
    sender.close();
  }

  /** Listens with a certificate; more goes into {@code <transport>}. */
  private int listen(TestCertificates certificates, String more) throws Exception {
    receiver = new TestContext();
    input =
        TestPlugins.input(
            ForwardInput.TYPE,
            ("bind 127.0.0.1\nport 0\n<transport tls>\n"
                    + "cert_path %s\nprivate_key_path %s\n%s\n</transport>")
                .formatted(certificates.certificate(), certificates.key(), more),
            receiver);
    input.start();
    Matcher port =
        Pattern.compile("listening port port=(\\d+)").matcher(receiver.log().texts().toString());
    assertThat(port.find()).isTrue();
    return Integer.parseInt(port.group(1));
  }

  private void send(int port, String config) throws Exception {
    sender = new TestContext().buffer(Buffers.keys("tag"));
    ForwardOutput output =
        (ForwardOutput)
            TestPlugins.output(
                ForwardOutput.TYPE,
                "transport tls\nheartbeat_type none\n"
                    + config
                    + "\n<server>\nhost 127.0.0.1\nport "
                    + port
                    + "\n</server>",
                sender);
    output.start();
    try {
      output.write(MemoryChunk.of("app", TestPlugins.stream(0, Map.of("a", 1))));
    } finally {
      output.stop();
      output.close();
    }
  }

  private void assertDelivers(int port, String config) throws Exception {
    send(port, config);
    assertThat(receiver.emitter().await(1)).hasSize(1);
  }

  private void assertRefused(int port, String config) {
    assertThatThrownBy(() -> send(port, config)).isInstanceOf(SSLException.class);
  }

  @Test
  void authoritiesToTrust() throws Exception {
    int port = listen(here, "");
    assertDelivers(port, "tls_ca_cert_path " + here.authority());
    assertRefused(port, "tls_ca_cert_path " + elsewhere.authority());
  }

  @Test
  void theOldNameOfAuthoritiesToTrust() throws Exception {
    assertDelivers(listen(here, ""), "tls_cert_path " + here.authority());
  }

  @Test
  void selfSignedCertificatesWhereAllowed() throws Exception {
    receiver = new TestContext();
    input =
        TestPlugins.input(
            ForwardInput.TYPE,
            "bind 127.0.0.1\nport 0\n<transport tls>\ninsecure true\n</transport>",
            receiver);
    input.start();
    Matcher port =
        Pattern.compile("listening port port=(\\d+)").matcher(receiver.log().texts().toString());
    assertThat(port.find()).isTrue();
    assertDelivers(
        Integer.parseInt(port.group(1)),
        "tls_allow_self_signed_cert true\ntls_verify_hostname false");
  }

  @Test
  void theNameOfTheHostIsComparedUnlessSwitchedOff() throws Exception {
    int port = listen(elsewhere, "");
    String trusted = "tls_ca_cert_path " + elsewhere.authority();
    assertRefused(port, trusted);
    assertDelivers(port, trusted + "\ntls_verify_hostname false");
  }

  @Test
  void aCertificateOfTheSender() throws Exception {
    int port = listen(here, "client_cert_auth true\nca_path " + here.authority());
    assertDelivers(
        port,
        "tls_ca_cert_path %s\ntls_client_cert_path %s\ntls_client_private_key_path %s"
            .formatted(here.authority(), here.certificate(), here.key()));
  }

  @Test
  void anEncryptedKeyOfTheSender() throws Exception {
    int port = listen(here, "client_cert_auth true\nca_path " + here.authority());
    assertDelivers(
        port,
        ("tls_ca_cert_path %s\ntls_client_cert_path %s\ntls_client_private_key_path %s\n"
                + "tls_client_private_key_passphrase %s")
            .formatted(
                here.authority(),
                here.certificate(),
                here.encryptedKey(),
                TestCertificates.PASSPHRASE));
  }

  @Test
  void versionsOfTls() throws Exception {
    int port = listen(here, "min_version TLS1_3\nmax_version TLS1_3");
    String trusted = "tls_ca_cert_path " + here.authority();
    assertRefused(port, trusted);
    assertDelivers(port, trusted + "\ntls_version TLSv1_3");
  }

  @Test
  void ciphersOfTheSender() throws Exception {
    int port = listen(here, "ciphers ECDHE-RSA-AES256-GCM-SHA384");
    String trusted = "tls_ca_cert_path " + here.authority();
    assertDelivers(port, trusted + "\ntls_ciphers ECDHE-RSA-AES256-GCM-SHA384");
    assertRefused(port, trusted + "\ntls_ciphers ECDHE-RSA-AES128-GCM-SHA256");
  }
}
