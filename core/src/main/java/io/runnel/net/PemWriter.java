package io.runnel.net;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.Base64;
import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.PBEParameterSpec;

/** Writes certificates and keys as PEM texts (RFC 7468), which OpenSSL and {@link Pem} read. */
public final class PemWriter {
  private static final int ITERATIONS = 100_000;
  private static final int SALT_BYTES = 16;
  private static final String ENCRYPTION = "PBEWithHmacSHA256AndAES_256";

  private PemWriter() {}

  public static String certificate(X509Certificate certificate) throws GeneralSecurityException {
    return pem("CERTIFICATE", certificate.getEncoded());
  }

  /** An encrypted PKCS #8 key (RFC 5958, PBES2). */
  public static String key(PrivateKey key, String passphrase)
      throws IOException, GeneralSecurityException {
    byte[] salt = new byte[SALT_BYTES];
    new SecureRandom().nextBytes(salt);
    Cipher cipher = Cipher.getInstance(ENCRYPTION);
    cipher.init(
        Cipher.ENCRYPT_MODE,
        SecretKeyFactory.getInstance(ENCRYPTION)
            .generateSecret(new PBEKeySpec(passphrase.toCharArray())),
        new PBEParameterSpec(salt, ITERATIONS));
    // The cipher's own parameters have a name without an identifier, which the next class refuses.
    AlgorithmParameters named = AlgorithmParameters.getInstance("PBES2");
    named.init(cipher.getParameters().getEncoded());
    byte[] encrypted = cipher.doFinal(key.getEncoded());
    return pem("ENCRYPTED PRIVATE KEY", new EncryptedPrivateKeyInfo(named, encrypted).getEncoded());
  }

  private static String pem(String type, byte[] content) {
    return "-----BEGIN "
        + type
        + "-----\n"
        + Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
            .encodeToString(content)
        + "\n-----END "
        + type
        + "-----\n";
  }
}
