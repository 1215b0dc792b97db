package io.runnel.connectors.s3;

import io.runnel.config.ConfigException;
import io.runnel.config.Place;
import io.runnel.net.Pem;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpConfigurationOption;
import software.amazon.awssdk.http.urlconnection.ProxyConfiguration;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.utils.AttributeMap;

/**
 * How the service is reached.
 *
 * @param proxy URL of a proxy
 * @param verify whether the server's certificate must be trusted and name the host
 * @param trusted files or folders of certificates of authorities (PEM); empty for the JDK's
 */
record HttpSettings(Optional<String> proxy, boolean verify, List<Path> trusted) {
  private static final Duration CONNECT = Duration.ofSeconds(15);

  /** Longest pause of an answer; longer than the 20 s that SQS lets a question wait. */
  private static final Duration READ = Duration.ofSeconds(60);

  HttpSettings withProxy(Optional<String> other) {
    return new HttpSettings(other, verify, trusted);
  }

  SdkHttpClient client() {
    UrlConnectionHttpClient.Builder builder =
        UrlConnectionHttpClient.builder().connectionTimeout(CONNECT).socketTimeout(READ);
    proxy.ifPresent(url -> builder.proxyConfiguration(proxyOf(url)));
    if (verify && !trusted.isEmpty()) {
      TrustManager[] trust = trust();
      builder.tlsTrustManagersProvider(() -> trust);
    }
    return builder.buildWithDefaults(
        AttributeMap.builder()
            .put(SdkHttpConfigurationOption.TRUST_ALL_CERTIFICATES, !verify)
            .build());
  }

  private static ProxyConfiguration proxyOf(String url) {
    URI uri = URI.create(url);
    ProxyConfiguration.Builder builder =
        ProxyConfiguration.builder()
            .endpoint(URI.create(uri.getScheme() + "://" + uri.getHost() + ":" + port(uri)));
    String user = uri.getUserInfo();
    if (user != null) {
      int colon = user.indexOf(':');
      builder.username(colon < 0 ? user : user.substring(0, colon));
      builder.password(colon < 0 ? "" : user.substring(colon + 1));
    }
    return builder.build();
  }

  private static int port(URI uri) {
    if (uri.getPort() >= 0) {
      return uri.getPort();
    }
    return "https".equalsIgnoreCase(uri.getScheme()) ? 443 : 80;
  }

  private TrustManager[] trust() {
    try {
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      for (Path path : trusted) {
        for (X509Certificate certificate : Pem.certificates(path)) {
          store.setCertificateEntry("ca" + store.size(), certificate);
        }
      }
      TrustManagerFactory factory =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init(store);
      return factory.getTrustManagers();
    } catch (IOException | GeneralSecurityException e) {
      throw new ConfigException(
          "cannot read the trusted certificates: " + e.getMessage(), Place.NONE, e);
    }
  }
}
