package io.runnel.net;

import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;

/**
 * What a TLS connection is made with. Immutable; safe for use by several threads.
 *
 * @param context keys and trust
 * @param protocols JSSE names of the versions ({@code TLSv1.2})
 * @param ciphers JSSE names; empty for the defaults
 * @param needClientCert whether a client must show a certificate (server side)
 * @param verifyHostname whether the certificate must name the host (client side)
 */
public record TlsContext(
    SSLContext context,
    List<String> protocols,
    List<String> ciphers,
    boolean needClientCert,
    boolean verifyHostname) {
  /** New parameters for one connection. */
  public SSLParameters parameters() {
    SSLParameters parameters = context.getDefaultSSLParameters();
    parameters.setProtocols(protocols.toArray(String[]::new));
    if (!ciphers.isEmpty()) {
      parameters.setCipherSuites(ciphers.toArray(String[]::new));
    }
    if (needClientCert) {
      parameters.setNeedClientAuth(true);
    }
    if (verifyHostname) {
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
    }
    return parameters;
  }
}
