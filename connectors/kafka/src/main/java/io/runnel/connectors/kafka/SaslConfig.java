package io.runnel.connectors.kafka;

import io.runnel.config.ConfigException;
import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.config.Secret;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** How the plugins say to the brokers who they are. */
record SaslConfig(
    @Doc("User, for SASL PLAIN or SCRAM.") Optional<String> username,
    @Doc("Password, for SASL PLAIN or SCRAM.") @Secret Optional<String> password,
    @Doc("sha256 or sha512: SCRAM; not given: PLAIN.") Optional<String> scramMechanism,
    @Doc("Refuses to send a password over a connection without TLS (kafka2, kafka, kafka_group).")
        @Default("true")
        boolean saslOverSsl,
    @Doc("Kerberos principal, for SASL GSSAPI.") Optional<String> principal,
    @Doc("File with the key of the principal.") Optional<String> keytab,
    @Doc("The brokers' name in Kerberos.") @Default("kafka") String serviceName,
    @Doc("Refused: the Java client has no AWS IAM; use SCRAM.") @Secret
        Optional<String> saslAwsMskIamAccessKeyId,
    @Doc("Refused, as sasl_aws_msk_iam_access_key_id.") @Secret
        Optional<String> saslAwsMskIamSecretKeyId,
    @Doc("Refused, as sasl_aws_msk_iam_access_key_id.") Optional<String> saslAwsMskIamAwsRegion) {

  boolean isUsed() {
    return principal.isPresent() || username.isPresent() && password.isPresent();
  }

  /**
   * Adds the client's properties.
   *
   * @throws ConfigException for what there is no way to do
   */
  void addTo(Map<String, Object> properties) {
    if (saslAwsMskIamAccessKeyId.isPresent()
        || saslAwsMskIamSecretKeyId.isPresent()
        || saslAwsMskIamAwsRegion.isPresent()) {
      throw new ConfigException(
          "sasl_aws_msk_iam_*: AWS IAM is not supported;"
              + " create a SCRAM user in the cluster and use username, password and"
              + " scram_mechanism sha512");
    }
    if (username.isPresent() && password.isPresent()) {
      properties.put("sasl.mechanism", mechanism());
      properties.put(
          "sasl.jaas.config",
          (scramMechanism.isPresent()
                  ? "org.apache.kafka.common.security.scram.ScramLoginModule"
                  : "org.apache.kafka.common.security.plain.PlainLoginModule")
              + " required username="
              + quoted(username.get())
              + " password="
              + quoted(password.get())
              + ";");
    } else if (principal.isPresent()) {
      properties.put("sasl.mechanism", "GSSAPI");
      properties.put("sasl.kerberos.service.name", serviceName);
      properties.put(
          "sasl.jaas.config",
          "com.sun.security.auth.module.Krb5LoginModule required useKeyTab=true storeKey=true"
              + " keyTab="
              + quoted(keytab.orElseThrow(() -> new ConfigException("principal needs keytab")))
              + " principal="
              + quoted(principal.get())
              + ";");
    }
  }

  private String mechanism() {
    if (scramMechanism.isEmpty()) {
      return "PLAIN";
    }
    return switch (scramMechanism.get().toLowerCase(Locale.ROOT)) {
      case "sha256", "scram-sha-256" -> "SCRAM-SHA-256";
      case "sha512", "scram-sha-512" -> "SCRAM-SHA-512";
      default ->
          throw new ConfigException(
              "SCRAM mechanism "
                  + scramMechanism.get()
                  + " is not supported: scram_mechanism must be sha256 or sha512");
    };
  }

  private static String quoted(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }
}
