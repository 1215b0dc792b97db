package io.runnel.plugins.contrib;

import io.runnel.config.ConfigElement;
import io.runnel.config.ConfigException;
import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.config.Inline;
import io.runnel.config.Secret;
import io.runnel.plugin.Input;
import io.runnel.plugin.PluginContext;
import io.runnel.plugin.PluginType;
import io.runnel.plugins.input.ForwardInput;
import java.util.List;
import java.util.Optional;

/** The input of fluent-plugin-secure-forward: forward with TLS and a shared key. */
public final class SecureForwardInput {
  public static final PluginType<Config, PluginContext, Input> TYPE =
      PluginType.input("secure_forward", Config.class, SecureForwardInput::create);

  @Doc("Listens for events in the forward protocol, with TLS and a shared key.")
  record Config(
      @Inline SecureForward.Common common,
      @Doc("The address to bind.") @Default("0.0.0.0") String bind,
      @Doc("The port.") @Default(SecureForward.PORT) int port,
      @Doc("Lets clients keep their connections.") @Default("true") boolean allowKeepalive,
      @Doc("Lets clients connect that no <client> names.") @Default("true")
          boolean allowAnonymousSource,
      @Doc("Clients must name a user and prove his password.") @Default("false")
          boolean authentication,
      @Doc("Has no effect: with secure no a certificate is made where none is given.")
          @Default("false")
          boolean certAutoGenerate,
      @Doc("The server's certificate (PEM).") Optional<String> certPath,
      @Doc("Its private key.") Optional<String> privateKeyPath,
      @Doc("Passphrase of the private key.") @Secret("") Optional<String> privateKeyPassphrase,
      @Doc("Certificate of an authority with which a certificate is made at start.")
          Optional<String> caCertPath,
      @Doc("Private key of ca_cert_path.") Optional<String> caPrivateKeyPath,
      @Doc("Passphrase of ca_private_key_path.") @Secret("")
          Optional<String> caPrivateKeyPassphrase,
      @Doc("Bits of the key of a certificate made at start.") @Default("2048")
          int generatePrivateKeyLength,
      @Doc("Country in a certificate made at start.") @Default("US") String generateCertCountry,
      @Doc("State in a certificate made at start.") @Default("CA") String generateCertState,
      @Doc("Locality in a certificate made at start.") @Default("Mountain View")
          String generateCertLocality,
      @Doc("Name in a certificate made at start; by default self_hostname.")
          Optional<String> generateCertCommonName,
      @Doc("Users.") List<User> user,
      @Doc("Clients.") List<Client> client) {}

  @Doc("A user.")
  record User(
      @Doc("The name.") String username, @Doc("The password.") @Secret("") String password) {}

  @Doc("A client, or a network of them.")
  record Client(
      @Doc("Name or address.") Optional<String> host,
      @Doc("Network such as 192.168.0.0/16.") Optional<String> network,
      @Doc("A key for these clients alone.") @Secret("") Optional<String> sharedKey,
      @Doc("Users that these clients may name, with commas between them.")
          Optional<String> users) {}

  private SecureForwardInput() {}

  private static Input create(Config config, PluginContext context) {
    ConfigElement original = SecureForward.named(context.element(), config.common, context);
    if (!config.common.secure()) {
      context
          .log()
          .warn(
              "'insecure' mode has vulnerability for man-in-the-middle attacks for clients (output"
                  + " plugins).");
    }
    return SecureForward.create(ForwardInput.TYPE, rewritten(config, original), context);
  }

  private static ConfigElement rewritten(Config config, ConfigElement original) {
    ConfigElement forward = new ConfigElement("source", "", original.place());
    forward.set("bind", config.bind);
    forward.set("port", Integer.toString(config.port));
    forward.set("deny_keepalive", Boolean.toString(!config.allowKeepalive));
    ConfigElement transport = new ConfigElement("transport", "tls", original.place());
    transport.set("version", config.common.sslVersion());
    config.common.sslCiphers().ifPresent(ciphers -> transport.set("ciphers", ciphers));
    for (String name :
        List.of(
            "cert_path",
            "private_key_path",
            "private_key_passphrase",
            "ca_cert_path",
            "ca_private_key_path",
            "ca_private_key_passphrase",
            "generate_private_key_length",
            "generate_cert_country",
            "generate_cert_state",
            "generate_cert_locality",
            "generate_cert_common_name")) {
      SecureForward.copy(original, transport, name);
    }
    if (!transport.has("generate_cert_common_name")) {
      transport.set("generate_cert_common_name", original.peek("self_hostname"));
    }
    if (config.certPath.isEmpty() && config.caCertPath.isEmpty()) {
      if (config.common.secure()) {
        throw new ConfigException(
            "cert_path or ca_cert_path required for secure communication", original.place());
      }
      transport.set("insecure", "true");
    }
    forward.add(transport);
    forward.add(security(config, original));
    return forward;
  }

  private static ConfigElement security(Config config, ConfigElement original) {
    ConfigElement security = SecureForward.security(original);
    security.set("user_auth", Boolean.toString(config.authentication));
    security.set("allow_anonymous_source", Boolean.toString(config.allowAnonymousSource));
    original.sections("user").forEach(user -> security.add(user.copy()));
    original.sections("client").forEach(client -> security.add(client.copy()));
    return security;
  }
}
