package io.runnel.plugins.contrib;

import io.runnel.config.ConfigElement;
import io.runnel.config.ConfigSpec;
import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.config.Secret;
import io.runnel.plugin.Plugin;
import io.runnel.plugin.PluginContext;
import io.runnel.plugin.PluginType;
import java.util.Optional;

/**
 * What the input and the output secure_forward share: both are forward with TLS and a shared key,
 * so their sections are rewritten. Always encrypted; {@code secure no} trusts any certificate.
 */
final class SecureForward {
  static final String PORT = "24284";

  /** The parameters of both. */
  @Doc("Who this side is, and the key that both sides know.")
  record Common(
      @Doc("Name of this side.") String selfHostname,
      @Doc("Key that both sides know.") @Secret("") String sharedKey,
      @Doc("false trusts any certificate, or makes one of its own.") @Default("true")
          boolean secure,
      @Doc("Version of TLS.") @Default("TLSv1_2") String sslVersion,
      @Doc("Ciphers of TLS, in OpenSSL's notation.") Optional<String> sslCiphers) {}

  private SecureForward() {}

  /** Makes the plugin of a rewritten section. */
  static <C, X extends PluginContext, P extends Plugin> P create(
      PluginType<C, X, P> type, ConfigElement element, X context) {
    boolean strict = context.system().strictConfigValue();
    return type.create(ConfigSpec.of(type.config()).bind(element, strict), context);
  }

  /** The section {@code <security>} of forward. */
  static ConfigElement security(Common common, ConfigElement original) {
    ConfigElement security = new ConfigElement("security", "", original.place());
    security.set("self_hostname", common.selfHostname);
    security.set("shared_key", common.sharedKey);
    return security;
  }

  static void copy(ConfigElement from, ConfigElement to, String name) {
    if (from.has(name)) {
      to.set(name, from.parameters().get(name));
    }
  }
}
