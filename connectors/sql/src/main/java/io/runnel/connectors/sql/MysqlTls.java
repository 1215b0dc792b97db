package io.runnel.connectors.sql;

import io.runnel.config.ConfigException;
import io.runnel.config.Doc;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Properties;

/** The parameters {@code ssl…} of the outputs for MySQL. */
record MysqlTls(
    @Doc("Refused: a certificate of this side is not supported.") Optional<String> sslkey,
    @Doc("Refused: a certificate of this side is not supported.") Optional<String> sslcert,
    @Doc("Certificates of authorities to trust (PEM); given, the connection uses TLS.")
        Optional<String> sslca,
    @Doc("A folder of such certificates; given, the connection uses TLS.")
        Optional<String> sslcapath,
    @Doc("Given, the connection uses TLS; the driver chooses the cipher itself.")
        Optional<String> sslcipher,
    @Doc("Checks the server's certificate and the name in it; true, the connection uses TLS.")
        Optional<Boolean> sslverify) {

  /**
   * The driver's properties.
   *
   * @throws ConfigException where something is asked for that is not there
   */
  Properties properties() {
    if (sslkey.isPresent() || sslcert.isPresent()) {
      throw new ConfigException(
          "sslkey and sslcert: certificates of clients are not supported; let the user log in with"
              + " a password over TLS (sslca, sslverify)");
    }
    Properties properties = new Properties();
    boolean verify = sslverify.orElse(false);
    if (!verify && sslca.isEmpty() && sslcapath.isEmpty() && sslcipher.isEmpty()) {
      return properties;
    }
    properties.setProperty("useSsl", "true");
    if (!verify) {
      properties.setProperty("trustServerCertificate", "true");
      return properties;
    }
    if (sslca.isEmpty() && sslcapath.isPresent()) {
      throw new ConfigException("sslcapath: give the certificates as one file, in sslca");
    }
    sslca.ifPresent(
        file -> {
          if (!Files.isReadable(Path.of(file))) {
            throw new ConfigException("sslca: there is no file " + file);
          }
          properties.setProperty("serverSslCert", file);
        });
    return properties;
  }
}
