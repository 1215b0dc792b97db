package io.runnel.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.runnel.net.Pem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class CaGenerateCommandTest {
  @TempDir Path folder;

  @Test
  void theKeyIsEncryptedAndBelongsToTheCertificate() throws Exception {
    String[] arguments = {folder.toString(), "secret", "--key-length", "1024", "--country", "JP"};
    assertThat(new CommandLine(new CaGenerateCommand()).execute(arguments)).isZero();
    X509Certificate authority = Pem.certificates(folder.resolve("ca_cert.pem")).getFirst();
    assertThat(authority.getSubjectX500Principal().getName())
        .contains("CN=Fluentd Forward CA", "C=JP");
    assertThat(authority.getBasicConstraints()).isNotNegative();
    Path file = folder.resolve("ca_key.pem");
    assertThat(Files.readString(file)).startsWith("-----BEGIN ENCRYPTED PRIVATE KEY-----\n");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    PrivateKey key = Pem.privateKey(file, "secret");
    Signature signature = Signature.getInstance("SHA256withRSA");
    signature.initSign(key);
    signature.update(new byte[] {1, 2, 3});
    byte[] signed = signature.sign();
    signature.initVerify(authority.getPublicKey());
    signature.update(new byte[] {1, 2, 3});
    assertThat(signature.verify(signed)).isTrue();
    // what is there is not overwritten
    assertThat(new CommandLine(new CaGenerateCommand()).execute(arguments)).isEqualTo(1);
  }
}
