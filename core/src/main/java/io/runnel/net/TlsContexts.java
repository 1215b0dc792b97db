package io.runnel.net;

import io.runnel.config.ConfigException;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/** Builds TLS contexts out of configurations. All faults are ConfigExceptions. */
final class TlsContexts {
  private static final List<String> VERSIONS = List.of("TLSv1.1", "TLSv1.2", "TLSv1.3");

  private TlsContexts() {}

  static TlsContext server(TransportConfig config, String hostname) {
    config
        .certVerifier()
        .ifPresent(
            path -> {
              throw new ConfigException(
                  "cert_verifier '"
                      + path
                      + "' is Ruby code, which this collector does not run:"
                      + " use client_cert_auth with ca_path");
            });
    if (config.ensureFips()) {
      throw new ConfigException(
          "Cannot enable FIPS compliant mode. ensure_fips needs OpenSSL; set up a FIPS provider in"
              + " the JDK's java.security instead");
    }
    List<String> protocols =
        protocols(
            config.version().text(),
            config.minVersion().map(TlsVersion::text),
            config.maxVersion().map(TlsVersion::text));
    try {
      Certificates.Identity identity = identity(config, hostname);
      TrustManager[] trust = null;
      if (config.clientCertAuth() && config.caPath().isPresent()) {
        trust = trust(List.of(config.caPath().get()));
      }
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys(identity), trust, null);
      return new TlsContext(
          context,
          protocols,
          TlsCiphers.translate(
              config.ciphers(), context.getSupportedSSLParameters().getCipherSuites()),
          config.clientCertAuth(),
          false);
    } catch (GeneralSecurityException | IOException e) {
      throw fault(e);
    }
  }

  static TlsContext client(TlsClientConfig config) {
    List<String> protocols = protocols(config.version(), config.minVersion(), config.maxVersion());
    try {
      KeyManager[] keys = null;
      if (config.certPath().isPresent()) {
        Path certificate = existing("tls_client_cert_path", config.certPath().get());
        Path key =
            existing(
                "tls_client_private_key_path",
                required(
                    "tls_client_private_key_path",
                    "tls_client_cert_path",
                    config.privateKeyPath()));
        keys = keys(load(certificate, key, config.privateKeyPassphrase()));
      }
      TrustManager[] trust = config.caPaths().isEmpty() ? defaultTrust() : trust(config.caPaths());
      if (config.insecure()) {
        trust = new TrustManager[] {new Lenient(null)};
      } else if (config.allowSelfSigned()) {
        trust = new TrustManager[] {new Lenient((X509ExtendedTrustManager) trust[0])};
      }
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys, trust, null);
      boolean verify = config.verifyHostname() && !config.insecure();
      return new TlsContext(
          context,
          protocols,
          TlsCiphers.translate(
              config.ciphers(), context.getSupportedSSLParameters().getCipherSuites()),
          false,
          verify);
    } catch (GeneralSecurityException | IOException e) {
      throw fault(e);
    }
  }

  private static ConfigException fault(Exception e) {
    return new ConfigException("TLS: " + e.getMessage(), io.runnel.config.Place.NONE, e);
  }

  private static Certificates.Identity identity(TransportConfig config, String hostname)
      throws GeneralSecurityException, IOException {
    if (config.certPath().isPresent()) {
      Path certificate = existing("cert_path", config.certPath().get());
      String key = required("private_key_path", "cert_path", config.privateKeyPath());
      return load(certificate, existing("private_key_path", key), config.privateKeyPassphrase());
    }
    Certificates.Subject subject =
        new Certificates.Subject(
            config.generateCertCountry(),
            config.generateCertState(),
            config.generateCertLocality(),
            config.generateCertCommonName().orElse(hostname),
            config.generateCertExpiration(),
            config.generateCertDigest().name(),
            false);
    if (config.caCertPath().isPresent()) {
      Path certificate = existing("ca_cert_path", config.caCertPath().get());
      String key = required("ca_private_key_path", "ca_cert_path", config.caPrivateKeyPath());
      Certificates.Identity authority =
          load(certificate, existing("ca_private_key_path", key), config.caPrivateKeyPassphrase());
      return Certificates.signedBy(authority, subject, config.generatePrivateKeyLength());
    }
    if (config.insecure()) {
      return Certificates.selfSigned(subject, config.generatePrivateKeyLength());
    }
    throw new ConfigException(
        "no valid cert options configured. specify either 'cert_path', 'ca_cert_path' or"
            + " 'insecure'");
  }

  private static String required(String name, String because, Optional<String> value) {
    return value.orElseThrow(
        () -> new ConfigException(name + " is required when " + because + " is specified"));
  }

  private static Path existing(String name, String value) {
    Path path = Path.of(value);
    if (!Files.isReadable(path)) {
      throw new ConfigException(
          name + (Files.exists(path) ? " cannot be read:" : " does not exist:") + value);
    }
    return path;
  }

  private static Certificates.Identity load(Path certificate, Path key, Optional<String> passphrase)
      throws GeneralSecurityException, IOException {
    PrivateKey privateKey = Pem.privateKey(key, passphrase.orElse(null));
    return new Certificates.Identity(privateKey, Pem.certificates(certificate));
  }

  /** The versions from min to max; both or none must be given. */
  static List<String> protocols(String version, Optional<String> min, Optional<String> max) {
    if (min.isPresent() != max.isPresent()) {
      throw new ConfigException(
          min.isPresent()
              ? "When you set min_version, must set max_version together"
              : "When you set max_version, must set min_version together");
    }
    int from = version(min.orElse(version));
    int to = version(max.orElse(version));
    if (from > to) {
      throw new ConfigException("min_version must be lower than max_version");
    }
    return VERSIONS.subList(from, to + 1);
  }

  private static int version(String text) {
    int index =
        VERSIONS.indexOf(text.replace("TLSv", "TLS").replace("TLS", "TLSv").replace('_', '.'));
    if (index < 0) {
      throw new ConfigException(
          "valid options are TLSv1_1,TLSv1_2,TLSv1_3,TLS1_1,TLS1_2,TLS1_3 but got " + text);
    }
    return index;
  }

  private static KeyManager[] keys(Certificates.Identity identity)
      throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    char[] inMemory = new char[0];
    store.setKeyEntry(
        "runnel", identity.key(), inMemory, identity.chain().toArray(X509Certificate[]::new));
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(store, inMemory);
    return factory.getKeyManagers();
  }

  private static TrustManager[] trust(List<String> paths)
      throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    List<X509Certificate> all = new ArrayList<>();
    for (String path : paths) {
      all.addAll(Pem.certificates(existing("ca_path", path)));
    }
    for (int i = 0; i < all.size(); i++) {
      store.setCertificateEntry("ca" + i, all.get(i));
    }
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    return factory.getTrustManagers();
  }

  private static TrustManager[] defaultTrust() throws GeneralSecurityException {
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init((KeyStore) null);
    return factory.getTrustManagers();
  }

  /** Accepts anything (insecure), or besides what the strict one accepts self-signed ones. */
  private static final class Lenient extends X509ExtendedTrustManager {
    private final X509ExtendedTrustManager strict;

    Lenient(X509ExtendedTrustManager strict) {
      this.strict = strict;
    }

    private interface Check {
      void run() throws CertificateException;
    }

    private void check(X509Certificate[] chain, Check check) throws CertificateException {
      if (strict == null) {
        return;
      }
      try {
        check.run();
      } catch (CertificateException e) {
        boolean selfSigned =
            chain.length == 1
                && chain[0].getSubjectX500Principal().equals(chain[0].getIssuerX500Principal());
        if (!selfSigned) {
          throw e;
        }
        chain[0].checkValidity();
      }
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
        throws CertificateException {
      check(chain, () -> strict.checkServerTrusted(chain, type, socket));
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
        throws CertificateException {
      check(chain, () -> strict.checkServerTrusted(chain, type, engine));
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type)
        throws CertificateException {
      check(chain, () -> strict.checkServerTrusted(chain, type));
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
        throws CertificateException {
      throw new CertificateException("a client's trust is not asked about clients");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
        throws CertificateException {
      throw new CertificateException("a client's trust is not asked about clients");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type)
        throws CertificateException {
      throw new CertificateException("a client's trust is not asked about clients");
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return strict == null ? new X509Certificate[0] : strict.getAcceptedIssuers();
    }
  }
}
