package io.runnel.testkit;

import io.runnel.net.Certificates;
import io.runnel.net.Certificates.Identity;
import io.runnel.net.Certificates.Subject;
import io.runnel.net.PemWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Base64;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * An authority and a certificate that it has signed, made for a test; the files are in PEM.
 *
 * @param authority file with the authority's certificate
 * @param certificate file with the signed certificate, for both sides
 * @param key file with its key
 * @param encryptedKey the same key, encrypted with {@link #PASSPHRASE}
 * @param context of a server with that certificate, which trusts clients of the authority
 */
public record TestCertificates(
    Path authority, Path certificate, Path key, Path encryptedKey, SSLContext context) {
  public static final String PASSPHRASE = "opens the key";

  private static final int KEY_BITS = 2048;

  /**
   * Makes them.
   *
   * @param folder gets the files
   * @param host name or address that the certificate is for
   */
  public static TestCertificates in(Path folder, String host)
      throws IOException, GeneralSecurityException {
    String authority = "authority of a test in " + folder.getFileName(); // two differ in name too
    Identity root = Certificates.selfSigned(subject(authority, true), KEY_BITS);
    Identity leaf = Certificates.signedBy(root, subject(host, false), KEY_BITS);
    return new TestCertificates(
        Files.writeString(folder.resolve("ca.crt"), PemWriter.certificate(root.chain().getFirst())),
        Files.writeString(
            folder.resolve("host.crt"), PemWriter.certificate(leaf.chain().getFirst())),
        Files.writeString(folder.resolve("host.key"), plain(leaf.key())),
        Files.writeString(folder.resolve("host.enc.key"), PemWriter.key(leaf.key(), PASSPHRASE)),
        context(root, leaf));
  }

  private static Subject subject(String name, boolean authority) {
    return new Subject("", "", "", name, Duration.ofDays(2), "SHA256", authority);
  }

  private static String plain(PrivateKey key) {
    String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(key.getEncoded());
    return "-----BEGIN PRIVATE KEY-----\n" + body + "\n-----END PRIVATE KEY-----\n";
  }

  private static SSLContext context(Identity root, Identity leaf)
      throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setCertificateEntry("root", root.chain().getFirst());
    store.setKeyEntry(
        "leaf", leaf.key(), new char[0], leaf.chain().toArray(X509Certificate[]::new));
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, new char[0]);
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(store);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
    return context;
  }
}
