package io.runnel.connectors.httpservices;

import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.config.Name;
import io.runnel.config.Secret;
import java.util.Optional;

/** Who asks Google: the parameters of the BigQuery outputs. */
record GoogleAccess(
    @Doc(
            "private_key (PKCS12 file), json_key, compute_engine (the machine's account) or"
                + " application_default.")
        @Default("private_key")
        Method authMethod,
    @Doc("The service account of private_key.") Optional<String> email,
    @Doc("File with its key (PKCS12).") Optional<String> privateKeyPath,
    @Doc("Passphrase of that file.") @Secret @Default("notasecret") String privateKeyPassphrase,
    @Doc("Key of a service account, JSON or a file with it.") @Secret Optional<String> jsonKey) {
  enum Method {
    @Name("private_key")
    PRIVATE_KEY,
    @Name("compute_engine")
    COMPUTE_ENGINE,
    @Name("json_key")
    JSON_KEY,
    @Name("application_default")
    APPLICATION_DEFAULT
  }
}
