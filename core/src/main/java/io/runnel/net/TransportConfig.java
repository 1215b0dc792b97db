package io.runnel.net;

import io.runnel.config.Argument;
import io.runnel.config.ByteSize;
import io.runnel.config.ConfigException;
import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.config.Secret;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** The section {@code <transport>} of a server: protocol, and the certificate for TLS. */
@Doc("How the server talks: the argument names the protocol, the parameters its certificate.")
public record TransportConfig(
    @Argument("protocol") @Doc("The protocol: tcp, udp or tls, as far as the plugin has it.")
        Optional<Protocol> protocol,
    @Doc("Bytes that the kernel keeps for a UDP socket; its own default where not set.")
        Optional<ByteSize> receiveBufferSize,
    @Doc("Has no effect: the kernel sends what is left after a close; an error resets it.")
        @Default("0")
        int lingerTimeout,
    @Doc("The TLS version, where min_version and max_version are not set.") @Default("TLSv1_2")
        TlsVersion version,
    @Doc("Lowest TLS version; together with max_version.") Optional<TlsVersion> minVersion,
    @Doc("Highest TLS version; together with min_version.") Optional<TlsVersion> maxVersion,
    @Doc("Ciphers as an OpenSSL list; suites by their OpenSSL or IANA names.")
        @Default("ALL:!aNULL:!eNULL:!SSLv2")
        String ciphers,
    @Doc("Makes a self-signed certificate at start: encrypts, but proves nothing to clients.")
        @Default("false")
        boolean insecure,
    @Doc("Not supported: Java has no FIPS mode of OpenSSL.") @Default("false") boolean ensureFips,
    @Doc("Certificates of authorities that sign clients' certificates.") Optional<String> caPath,
    @Doc("The server's certificate, with its chain behind it (PEM).") Optional<String> certPath,
    @Doc("The certificate's private key (PEM: PKCS#8, PKCS#1 or SEC1).")
        Optional<String> privateKeyPath,
    @Secret("") @Doc("The passphrase of private_key_path.") Optional<String> privateKeyPassphrase,
    @Doc("Demands a certificate of every client.") @Default("false") boolean clientCertAuth,
    @Doc("Certificate of an authority with which the server signs its own at start (PEM).")
        Optional<String> caCertPath,
    @Doc("Private key of ca_cert_path (PEM).") Optional<String> caPrivateKeyPath,
    @Secret("") @Doc("The passphrase of ca_private_key_path.")
        Optional<String> caPrivateKeyPassphrase,
    @Doc("Not supported: a file of Ruby code that checks clients' certificates.")
        Optional<String> certVerifier,
    @Doc("Bits of the RSA key of a certificate made at start.") @Default("2048")
        int generatePrivateKeyLength,
    @Doc("Country in a certificate made at start.") @Default("US") String generateCertCountry,
    @Doc("State in a certificate made at start.") @Default("CA") String generateCertState,
    @Doc("Locality in a certificate made at start.") @Default("Mountain View")
        String generateCertLocality,
    @Doc("Common name in a certificate made at start; the host's name where not set.")
        Optional<String> generateCertCommonName,
    @Doc("How long a certificate made at start is valid.") @Default("315360000")
        Duration generateCertExpiration,
    @Doc("Digest of the signature of a certificate made at start.") @Default("sha256")
        Digest generateCertDigest) {

  /** What a transport can be. */
  public enum Protocol {
    TCP,
    UDP,
    TLS;

    String text() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  /** Digests for signatures. */
  public enum Digest {
    SHA1,
    SHA256,
    SHA384,
    SHA512
  }

  /**
   * The protocol, checked against those of the plugin.
   *
   * @param allowed the first is the default
   */
  public Protocol protocol(Protocol... allowed) {
    Protocol chosen = protocol.orElse(allowed[0]);
    if (!List.of(allowed).contains(chosen)) {
      String options =
          List.of(allowed).stream().map(Protocol::text).collect(Collectors.joining(","));
      throw new ConfigException("valid options are " + options + " but got " + chosen.text());
    }
    return chosen;
  }

  /**
   * The TLS context of a server; null where the protocol is another one.
   *
   * @param hostname for a certificate without a name of its own
   * @throws ConfigException where a file is missing or wrong, or the options do not go together
   */
  public TlsContext serverContext(String hostname) {
    if (protocol.orElse(Protocol.TCP) != Protocol.TLS) {
      return null;
    }
    return TlsContexts.server(this, hostname);
  }
}
