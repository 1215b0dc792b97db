package io.runnel.connectors.mongo;

import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.config.Secret;
import io.runnel.net.TlsClientConfig;
import io.runnel.net.TlsContext;
import java.util.List;
import java.util.Optional;

/** The parameters {@code ssl…} of the outputs. */
record SslConfig(
    @Doc("Connects with TLS.") @Default("false") boolean ssl,
    @Doc("The certificate that this side shows (PEM).") Optional<String> sslCert,
    @Doc("The private key of ssl_cert (PEM).") Optional<String> sslKey,
    @Doc("The passphrase of ssl_key.") @Secret Optional<String> sslKeyPassPhrase,
    @Doc("Checks the server's certificate and the name in it.") @Default("false") boolean sslVerify,
    @Doc("Certificates of authorities to trust (PEM); the machine's own where it is not given.")
        Optional<String> sslCaCert) {

  /** With TLS, and nothing else set: what {@code mongo_tail} can say. */
  static SslConfig of(boolean ssl) {
    return new SslConfig(
        ssl, Optional.empty(), Optional.empty(), Optional.empty(), true, Optional.empty());
  }

  /**
   * Reads the files.
   *
   * @throws io.runnel.config.ConfigException naming the file that is wrong
   */
  TlsContext context() {
    return TlsClientConfig.of(
            sslCaCert.map(List::of).orElse(List.of()), sslVerify, sslCert, sslKey, sslKeyPassPhrase)
        .context();
  }
}
