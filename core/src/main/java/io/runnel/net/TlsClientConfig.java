package io.runnel.net;

import java.util.List;
import java.util.Optional;

/**
 * How a client does TLS.
 *
 * @param caPaths files or directories of trusted certificates (PEM); empty for the machine's own
 * @param insecure accepts any certificate
 * @param verifyHostname whether the certificate must name the host that was asked for
 * @param allowSelfSigned accepts a self-signed certificate that is valid at the moment
 * @param certPath the client's own certificate (PEM)
 * @param privateKeyPath its key (PEM)
 * @param privateKeyPassphrase the key's passphrase
 * @param version used where {@code minVersion} and {@code maxVersion} are not both given
 * @param ciphers an OpenSSL list
 */
public record TlsClientConfig(
    List<String> caPaths,
    boolean insecure,
    boolean verifyHostname,
    boolean allowSelfSigned,
    Optional<String> certPath,
    Optional<String> privateKeyPath,
    Optional<String> privateKeyPassphrase,
    String version,
    Optional<String> minVersion,
    Optional<String> maxVersion,
    String ciphers) {
  /** TLS 1.2 or 1.3 with the usual ciphers; without {@code verify} any certificate is accepted. */
  public static TlsClientConfig of(
      List<String> caPaths,
      boolean verify,
      Optional<String> certPath,
      Optional<String> privateKeyPath,
      Optional<String> privateKeyPassphrase) {
    return new TlsClientConfig(
        caPaths,
        !verify,
        verify,
        false,
        certPath,
        privateKeyPath,
        privateKeyPassphrase,
        "TLSv1_2",
        Optional.of("TLSv1_2"),
        Optional.of("TLSv1_3"),
        "ALL:!aNULL:!eNULL:!SSLv2");
  }

  /**
   * What the section {@code <transport>} says of a client: its certificate, whom it trusts, the
   * versions. TLS 1.2 or 1.3 where it names neither lowest nor highest version.
   */
  public static TlsClientConfig of(TransportConfig transport) {
    boolean versions = transport.minVersion().isPresent() || transport.maxVersion().isPresent();
    return new TlsClientConfig(
        transport.caPath().map(List::of).orElse(List.of()),
        transport.insecure(),
        !transport.insecure(),
        false,
        transport.certPath(),
        transport.privateKeyPath(),
        transport.privateKeyPassphrase(),
        "TLSv1_2",
        versions ? transport.minVersion().map(TlsVersion::text) : Optional.of("TLSv1_2"),
        versions ? transport.maxVersion().map(TlsVersion::text) : Optional.of("TLSv1_3"),
        transport.ciphers());
  }

  /** Reads the files; to be called once, at configuration. */
  public TlsContext context() {
    return TlsContexts.client(this);
  }
}
