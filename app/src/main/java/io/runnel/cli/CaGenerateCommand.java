package io.runnel.cli;

import io.runnel.net.Certificates;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.Callable;
import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.PBEParameterSpec;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * {@code runnel ca-generate DIR PASSPHRASE}: a private certificate authority for the TLS of forward
 * (fluent-ca-generate). The key is an encrypted PKCS #8 file (RFC 5958, PBES2).
 */
@Command(
    name = "ca-generate",
    description = "Makes a private certificate authority: ca_key.pem and ca_cert.pem.")
final class CaGenerateCommand implements Callable<Integer> {
  private static final int ITERATIONS = 100_000;
  private static final String ENCRYPTION = "PBEWithHmacSHA256AndAES_256";

  @Parameters(
      index = "0",
      paramLabel = "DIR",
      description = "Folder to write to; made where it is missing.")
  private Path folder;

  @Parameters(index = "1", paramLabel = "PASSPHRASE", description = "Protects the private key.")
  private String passphrase;

  @Option(
      names = "--key-length",
      defaultValue = "2048",
      description = "Bits of the RSA key (${DEFAULT-VALUE}).")
  private int keyLength;

  @Option(
      names = "--country",
      defaultValue = "US",
      description = "Country, two letters (${DEFAULT-VALUE}).")
  private String country;

  @Option(names = "--state", defaultValue = "CA", description = "State (${DEFAULT-VALUE}).")
  private String state;

  @Option(
      names = "--locality",
      defaultValue = "Mountain View",
      description = "Locality (${DEFAULT-VALUE}).")
  private String locality;

  @Option(
      names = "--common-name",
      defaultValue = "Fluentd Forward CA",
      description = "Name (${DEFAULT-VALUE}).")
  private String commonName;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Shows this text.")
  private boolean help;

  @Override
  public Integer call() throws IOException, GeneralSecurityException {
    Files.createDirectories(folder);
    Path keyFile = folder.resolve("ca_key.pem");
    Path certFile = folder.resolve("ca_cert.pem");
    if (Files.exists(keyFile) || Files.exists(certFile)) {
      System.err.println(
          folder + " has a ca_key.pem or ca_cert.pem already; it is not overwritten");
      return 1;
    }
    Certificates.Identity authority =
        Certificates.selfSigned(
            new Certificates.Subject(
                country, state, locality, commonName, Duration.ofDays(3650), "SHA256", true),
            keyLength);
    Files.createFile(
        keyFile,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(keyFile, pem("ENCRYPTED PRIVATE KEY", encrypt(authority.key())));
    Files.writeString(certFile, pem("CERTIFICATE", authority.chain().getFirst().getEncoded()));
    System.out.println("successfully generated: " + keyFile + ", " + certFile);
    System.out.println("copy and use ca_cert.pem to client(out_forward)");
    return 0;
  }

  private byte[] encrypt(PrivateKey key) throws IOException, GeneralSecurityException {
    byte[] salt = new byte[16];
    new SecureRandom().nextBytes(salt);
    Cipher cipher = Cipher.getInstance(ENCRYPTION);
    cipher.init(
        Cipher.ENCRYPT_MODE,
        SecretKeyFactory.getInstance(ENCRYPTION)
            .generateSecret(new PBEKeySpec(passphrase.toCharArray())),
        new PBEParameterSpec(salt, ITERATIONS));
    return new EncryptedPrivateKeyInfo(cipher.getParameters(), cipher.doFinal(key.getEncoded()))
        .getEncoded();
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
