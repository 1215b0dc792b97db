package io.runnel.connectors.kafka;

import io.runnel.config.ConfigException;
import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.config.Secret;
import io.runnel.net.TlsClientConfig;
import io.runnel.net.TlsContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The parameters {@code ssl_*} of all plugins for Kafka. */
record SslConfig(
    @Doc("Certificates of authorities to trust (PEM); given, the connections use TLS.")
        List<String> sslCaCert,
    @Doc("The certificate that this side shows (PEM); given, the connections use TLS.")
        Optional<String> sslClientCert,
    @Doc("The private key of ssl_client_cert (PEM, PKCS#1 or PKCS#8).")
        Optional<String> sslClientCertKey,
    @Doc("The passphrase of ssl_client_cert_key.") @Secret
        Optional<String> sslClientCertKeyPassword,
    @Doc("Certificates between ssl_client_cert and the authority (PEM).")
        Optional<String> sslClientCertChain,
    @Doc("Trusts the machine's authorities; true, the connections use TLS.") @Default("false")
        boolean sslCaCertsFromSystem,
    @Doc("Whether the broker's certificate must name the host.") @Default("true")
        boolean sslVerifyHostname) {

  /** Whether the parameters ask for TLS. */
  boolean isUsed() {
    return !files().isEmpty() || sslClientCert.isPresent() || sslCaCertsFromSystem;
  }

  /** A configuration may hold {@code ssl_ca_cert ""}, filled in by a template. */
  private List<String> files() {
    return sslCaCert.stream().map(String::strip).filter(file -> !file.isEmpty()).toList();
  }

  /**
   * Reads the files.
   *
   * @throws ConfigException naming the file that is wrong
   */
  TlsContext context() {
    if (sslClientCert.isPresent() && sslClientCertKey.isEmpty()) {
      throw new ConfigException("ssl_client_cert needs ssl_client_cert_key");
    }
    if (sslClientCertChain.isEmpty()) {
      return context(sslClientCert);
    }
    if (sslClientCert.isEmpty()) {
      throw new ConfigException("ssl_client_cert_chain needs ssl_client_cert");
    }
    try {
      Path joined = Files.createTempFile("runnel-kafka", ".pem");
      try {
        Files.writeString(
            joined,
            Files.readString(Path.of(sslClientCert.get()))
                + "\n"
                + Files.readString(Path.of(sslClientCertChain.get())));
        return context(Optional.of(joined.toString()));
      } finally {
        Files.delete(joined);
      }
    } catch (IOException e) {
      throw new ConfigException(
          "cannot read ssl_client_cert and ssl_client_cert_chain: " + e,
          io.runnel.config.Place.NONE,
          e);
    }
  }

  private TlsContext context(Optional<String> certificate) {
    return new TlsClientConfig(
            files(),
            false,
            sslVerifyHostname,
            false,
            certificate,
            sslClientCertKey,
            sslClientCertKeyPassword,
            "TLSv1_2",
            Optional.of("TLSv1_2"),
            Optional.of("TLSv1_3"),
            "ALL:!aNULL:!eNULL:!SSLv2")
        .context();
  }
}
