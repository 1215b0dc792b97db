package io.runnel.cli;

import io.runnel.net.Certificates;
import io.runnel.net.PemWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.concurrent.Callable;
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
    Files.writeString(keyFile, PemWriter.key(authority.key(), passphrase));
    Files.writeString(certFile, PemWriter.certificate(authority.chain().getFirst()));
    System.out.println("successfully generated: " + keyFile + ", " + certFile);
    System.out.println("copy and use ca_cert.pem to client(out_forward)");
    return 0;
  }
}
