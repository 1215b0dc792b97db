package io.runnel.connectors.kafka;

import io.runnel.config.ConfigException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The properties of librdkafka about TLS and SASL, laid over the plugin's own parameters. One that
 * is not known is refused: nobody wants a connection that is less safe than was asked for.
 */
final class RdkafkaSecurity {
  private static final Set<String> KNOWN =
      Set.of(
          "security.protocol",
          "ssl.ca.location",
          "ssl.certificate.location",
          "ssl.key.location",
          "ssl.key.password",
          "ssl.endpoint.identification.algorithm",
          "sasl.mechanism",
          "sasl.mechanisms",
          "sasl.username",
          "sasl.password",
          "sasl.kerberos.principal",
          "sasl.kerberos.keytab",
          "sasl.kerberos.service.name");

  private final Map<String, String> given = new HashMap<>();

  static boolean isOne(String name) {
    return name.startsWith("ssl.")
        || name.startsWith("sasl.")
        || name.startsWith("security.")
        || name.equals("enable.ssl.certificate.verification");
  }

  /**
   * @throws ConfigException for one that has no counterpart
   */
  void put(String name, String value) {
    boolean asUsual =
        name.equals("enable.ssl.certificate.verification") && Boolean.parseBoolean(value);
    if (asUsual) {
      return;
    }
    if (!KNOWN.contains(name)) {
      throw new ConfigException(
          name + " has no counterpart in the Java client: use the parameters ssl_* and sasl_*");
    }
    given.put(name, value);
  }

  private String protocol() {
    return given.getOrDefault("security.protocol", "").toLowerCase(Locale.ROOT);
  }

  private Optional<String> of(String name, Optional<String> other) {
    return given.containsKey(name) ? Optional.of(given.get(name)) : other;
  }

  /** The parameters with what is given here. */
  SslConfig over(SslConfig own) {
    boolean verify =
        own.sslVerifyHostname()
            && !"none".equals(given.get("ssl.endpoint.identification.algorithm"));
    return new SslConfig(
        given.containsKey("ssl.ca.location")
            ? List.of(given.get("ssl.ca.location"))
            : own.sslCaCert(),
        of("ssl.certificate.location", own.sslClientCert()),
        of("ssl.key.location", own.sslClientCertKey()),
        of("ssl.key.password", own.sslClientCertKeyPassword()),
        own.sslClientCertChain(),
        own.sslCaCertsFromSystem() || protocol().endsWith("ssl"),
        verify);
  }

  /** The parameters with what is given here. */
  SaslConfig over(SaslConfig own) {
    Optional<String> mechanism =
        of("sasl.mechanisms", of("sasl.mechanism", Optional.empty()))
            .filter(name -> !name.equalsIgnoreCase("PLAIN") && !name.equalsIgnoreCase("GSSAPI"));
    return new SaslConfig(
        of("sasl.username", own.username()),
        of("sasl.password", own.password()),
        mechanism.or(own::scramMechanism),
        own.saslOverSsl(),
        of("sasl.kerberos.principal", own.principal()),
        of("sasl.kerberos.keytab", own.keytab()),
        of("sasl.kerberos.service.name", Optional.of(own.serviceName())).orElseThrow(),
        own.saslAwsMskIamAccessKeyId(),
        own.saslAwsMskIamSecretKeyId(),
        own.saslAwsMskIamAwsRegion());
  }
}
