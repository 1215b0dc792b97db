package io.runnel.connectors.amqp;

import io.runnel.config.ConfigException;
import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.config.Secret;
import io.runnel.net.TlsClientConfig;
import java.util.List;
import java.util.Optional;

/** Where the broker is and who logs in. */
record BrokerConfig(
    @Doc("The broker's host.") Optional<String> host,
    @Doc("Several hosts, of which one that answers is taken.") List<String> hosts,
    @Doc("The broker's port.") @Default("5672") int port,
    @Doc("The user.") @Default("guest") String user,
    @Doc("The user's password.") @Secret @Default("guest") String pass,
    @Doc("The virtual host.") @Default("/") String vhost,
    @Doc("Connects with TLS; older than tls.") @Default("false") boolean ssl,
    @Doc("Checks the broker's certificate where ssl is set.") @Default("false") boolean verifySsl,
    @Doc("Seconds between two signs of life.") @Default("60") int heartbeat,
    @Doc("Connects with TLS and a certificate of this side.") @Default("false") boolean tls,
    @Doc("The certificate that this side shows (PEM).") Optional<String> tlsCert,
    @Doc("The private key of tls_cert (PEM).") Optional<String> tlsKey,
    @Doc("Certificates of authorities to trust (PEM).") List<String> tlsCaCertificates,
    @Doc("Checks the broker's certificate where tls is set.") @Default("true")
        boolean tlsVerifyPeer) {

  BrokerConfig {
    if (tls && (tlsCert.isEmpty() || tlsKey.isEmpty())) {
      throw new ConfigException(
          "'tls_key' and 'tls_cert' must be all specified if tls is enabled.");
    }
  }

  boolean hasHost() {
    return host.isPresent() || !hosts.isEmpty();
  }

  List<String> allHosts() {
    return hosts.isEmpty() ? List.of(host.orElseThrow()) : hosts;
  }

  /** Empty where the connection is plain. */
  Optional<TlsClientConfig> tlsConfig() {
    return tls || ssl
        ? Optional.of(
            TlsClientConfig.of(
                tlsCaCertificates,
                tls ? tlsVerifyPeer : verifySsl,
                tls ? tlsCert : Optional.empty(),
                tls ? tlsKey : Optional.empty(),
                Optional.empty()))
        : Optional.empty();
  }
}
