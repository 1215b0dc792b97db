package io.runnel.connectors.kafka;

import io.runnel.net.TlsContext;
import java.security.KeyStore;
import java.util.Map;
import java.util.Set;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import org.apache.kafka.common.security.auth.SslEngineFactory;

/**
 * Gives the Kafka client the TLS of Runnel, which reads the PEM files that Ruby's OpenSSL reads.
 * Made by the client; the context stands among its properties.
 */
public final class TlsEngines implements SslEngineFactory {
  /** The property with the {@link TlsContext}. */
  static final String CONTEXT = "runnel.tls.context";

  private TlsContext tls;

  @Override
  public void configure(Map<String, ?> properties) {
    tls = (TlsContext) properties.get(CONTEXT);
  }

  @Override
  public SSLEngine createClientSslEngine(String host, int port, String endpointIdentification) {
    SSLEngine engine = tls.context().createSSLEngine(host, port);
    engine.setUseClientMode(true);
    SSLParameters parameters = engine.getSSLParameters();
    parameters.setProtocols(tls.protocols().toArray(String[]::new));
    if (!tls.ciphers().isEmpty()) {
      parameters.setCipherSuites(tls.ciphers().toArray(String[]::new));
    }
    parameters.setEndpointIdentificationAlgorithm(tls.verifyHostname() ? "HTTPS" : null);
    engine.setSSLParameters(parameters);
    return engine;
  }

  @Override
  public SSLEngine createServerSslEngine(String host, int port) {
    throw new UnsupportedOperationException("a client only");
  }

  @Override
  public boolean shouldBeRebuilt(Map<String, Object> properties) {
    return false;
  }

  @Override
  public Set<String> reconfigurableConfigs() {
    return Set.of();
  }

  @Override
  public KeyStore keystore() {
    return null;
  }

  @Override
  public KeyStore truststore() {
    return null;
  }

  @Override
  public void close() {}
}
