package io.runnel.plugins.contrib;

import io.runnel.config.ByteSize;
import io.runnel.config.ConfigElement;
import io.runnel.config.ConfigSpec;
import io.runnel.config.ConfigValue;
import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.config.Secret;
import io.runnel.plugin.Plugin;
import io.runnel.plugin.PluginContext;
import io.runnel.plugin.PluginType;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the input and the output secure_forward share: both are forward with TLS and a shared key,
 * so their sections are rewritten. Always encrypted; {@code secure no} trusts any certificate.
 */
final class SecureForward {
  static final String PORT = "24284";

  private static final Pattern HOSTNAME = Pattern.compile("__HOSTNAME__|\\$\\{hostname\\}");

  /** The parameters of both. */
  @Doc("Who this side is, and the key that both sides know.")
  record Common(
      @Doc("Name of this side.") String selfHostname,
      @Doc("Key that both sides know.") @Secret("") String sharedKey,
      @Doc("false trusts any certificate, or makes one of its own.") @Default("true")
          boolean secure,
      @Doc("Version of TLS.") @Default("TLSv1_2") String sslVersion,
      @Doc("Ciphers of TLS, in OpenSSL's notation.") Optional<String> sslCiphers,
      @Doc("What ${hostname} and __HOSTNAME__ stand for in all values; by default the host's name.")
          Optional<String> hostname,
      @Doc("Has no effect: each connection has its own thread.") @Default("512")
          ByteSize readLength,
      @Doc("Has no effect: each connection has its own thread.") @Default("50")
          int readIntervalMsec,
      @Doc("Has no effect: each connection has its own thread.") @Default("200")
          int socketIntervalMsec) {}

  private SecureForward() {}

  /** Makes the plugin of a rewritten section. */
  static <C, X extends PluginContext, P extends Plugin> P create(
      PluginType<C, X, P> type, ConfigElement element, X context) {
    boolean strict = context.system().strictConfigValue();
    return type.create(ConfigSpec.of(type.config()).bind(element, strict), context);
  }

  /** The section with the host's name where its placeholders stand, in sections inside it too. */
  static ConfigElement named(ConfigElement original, Common common, PluginContext context) {
    String name = common.hostname.orElse(context.system().hostname());
    ConfigElement named = new ConfigElement(original.name(), original.argument(), original.place());
    original
        .parameters()
        .forEach(
            (key, value) -> {
              String text = value.text();
              boolean holds = text != null && HOSTNAME.matcher(text).find();
              String told =
                  holds ? HOSTNAME.matcher(text).replaceAll(Matcher.quoteReplacement(name)) : null;
              named.set(key, holds ? ConfigValue.of(told, value.place()) : value);
            });
    original.sections().forEach(inner -> named.add(named(inner, common, context)));
    return named;
  }

  /** The section {@code <security>} of forward. */
  static ConfigElement security(ConfigElement original) {
    ConfigElement security = new ConfigElement("security", "", original.place());
    copy(original, security, "self_hostname");
    copy(original, security, "shared_key");
    return security;
  }

  static void copy(ConfigElement from, ConfigElement to, String name) {
    if (from.has(name)) {
      to.set(name, from.parameters().get(name));
    }
  }
}
