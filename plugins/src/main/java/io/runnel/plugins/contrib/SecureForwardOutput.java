package io.runnel.plugins.contrib;

import io.runnel.config.ConfigElement;
import io.runnel.config.ConfigException;
import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.config.Inline;
import io.runnel.config.LegacyParameters;
import io.runnel.config.Secret;
import io.runnel.plugin.BufferDefaults;
import io.runnel.plugin.Output;
import io.runnel.plugin.OutputContext;
import io.runnel.plugin.PluginType;
import io.runnel.plugins.output.ForwardOutput;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The output of fluent-plugin-secure-forward: forward with TLS and a shared key. */
public final class SecureForwardOutput {
  public static final PluginType<Config, OutputContext, Output> TYPE =
      PluginType.output("secure_forward", Config.class, SecureForwardOutput::create)
          .legacy(LegacyParameters.BUFFER)
          .buffered(BufferDefaults.of(List.of("tag")));

  @Doc("Sends events in the forward protocol, with TLS and a shared key.")
  record Config(
      @Inline SecureForward.Common common,
      @Doc("Compares the certificate with the host's name.") @Default("false")
          boolean enableStrictVerification,
      @Doc("Certificates of authorities to trust (PEM).") Optional<String> caCertPath,
      @Doc("How long a send may make no progress.") @Default("60") Duration sendTimeout,
      @Doc("A server without a sign of life for this long is lost.") @Default("60")
          Duration hardTimeout,
      @Doc("Has no effect: forward looks at its servers by heartbeats.") @Default("5")
          Duration reconnectInterval,
      @Doc("How long a connection is kept; 0 keeps it without an end.") @Default("0")
          Duration keepalive,
      @Doc("Has no effect: a connection that makes no progress ends with send_timeout.")
          Optional<Duration> connectionHardTimeout,
      @Doc("How long a connection may take to be made.") @Default("10") Duration establishedTimeout,
      @Doc("How long an address is remembered; 0 asks each time.") @Default("60")
          Duration expireDnsCache,
      @Doc("Waits for acknowledgements.") @Default("false") boolean requireAckResponse,
      @Doc("The servers.") List<Server> server) {}

  @Doc("One server.")
  record Server(
      @Doc("Name or address.") String host,
      @Doc("The name in its certificate, where it is not that of host.") Optional<String> hostlabel,
      @Doc("Its port.") @Default(SecureForward.PORT) int port,
      @Doc("Key for this server alone.") @Secret("") Optional<String> sharedKey,
      @Doc("User for authentication.") Optional<String> username,
      @Doc("Password of the user.") @Secret("") Optional<String> password,
      @Doc("Used only while others are lost.") @Default("false") boolean standby) {}

  private SecureForwardOutput() {}

  private static Output create(Config config, OutputContext context) {
    if (!config.common.secure()) {
      context.log().warn("'insecure' mode has vulnerability for man-in-the-middle attacks.");
    } else if (config.caCertPath.isEmpty() && !config.enableStrictVerification) {
      throw new ConfigException(
          "FQDN verification required for certificates issued from public CA: set"
              + " enable_strict_verification yes, or ca_cert_path",
          context.element().place());
    }
    ConfigElement original = SecureForward.named(context.element(), config.common, context);
    return SecureForward.create(ForwardOutput.TYPE, rewritten(config, original), context);
  }

  /** The section of forward that does the same. */
  static ConfigElement rewritten(Config config, ConfigElement original) {
    ConfigElement forward = new ConfigElement("match", "", original.place());
    forward.set("transport", "tls");
    forward.set("tls_version", config.common.sslVersion());
    config.common.sslCiphers().ifPresent(ciphers -> forward.set("tls_ciphers", ciphers));
    forward.set("tls_insecure_mode", Boolean.toString(!config.common.secure()));
    forward.set("tls_verify_hostname", Boolean.toString(config.enableStrictVerification));
    config.caCertPath.ifPresent(path -> forward.set("tls_ca_cert_path", path));
    for (String name : List.of("send_timeout", "hard_timeout", "require_ack_response")) {
      SecureForward.copy(original, forward, name);
    }
    forward.set("connect_timeout", Long.toString(config.establishedTimeout.toSeconds()));
    forward.set("expire_dns_cache", Long.toString(config.expireDnsCache.toSeconds()));
    forward.set("keepalive", "true"); // the gem holds one connection to each server
    if (config.keepalive.isPositive()) {
      forward.set("keepalive_timeout", original.peek("keepalive"));
    }
    forward.add(SecureForward.security(original));
    for (ConfigElement server : original.sections("server")) {
      ConfigElement own = new ConfigElement("server", "", server.place());
      for (String name : List.of("host", "port", "shared_key", "username", "password", "standby")) {
        SecureForward.copy(server, own, name);
      }
      if (!own.has("port")) {
        own.set("port", SecureForward.PORT);
      }
      if (server.has("hostlabel")) {
        own.set("name", server.parameters().get("hostlabel"));
      }
      forward.add(own);
    }
    return forward;
  }
}
