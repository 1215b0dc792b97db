package io.runnel.config;

import java.util.Set;

/**
 * Writes a configuration as Fluentd shows it at start: strings in quotes where the parameter's type
 * is known, everything else as it is, secrets as {@code xxxxxx}.
 */
public final class ConfigDump {
  /**
   * Parameters that are never shown, whatever is known of their plugin: a plugin that could not be
   * loaded must not leak a password into the log.
   */
  private static final Set<String> SECRETS =
      Set.of(
          "password",
          "shared_key",
          "secret",
          "secret_key",
          "token",
          "apikey",
          "api_key",
          "access_key",
          "aws_sec_key",
          "aws_secret_access_key",
          "secret_access_key",
          "passphrase",
          "private_key_passphrase",
          "tls_private_key_passphrase",
          "tls_client_private_key_passphrase",
          "ca_private_key_passphrase",
          "client_key_pass",
          "client_key_password",
          "auth_token");

  /** Says what is known of a section. */
  public interface Describer {
    /**
     * @return null where nothing is known
     */
    SectionDescription describe(ConfigElement element);
  }

  private final Describer describer;
  private final StringBuilder out = new StringBuilder();

  private ConfigDump(Describer describer) {
    this.describer = describer;
  }

  /** Dumps without knowledge of types; well-known secrets are hidden. */
  public static String dump(ConfigElement element) {
    return dump(element, ignored -> null);
  }

  public static String dump(ConfigElement element, Describer describer) {
    ConfigDump dump = new ConfigDump(describer);
    dump.element(element, null, 0);
    return dump.out.toString();
  }

  private void element(ConfigElement element, SectionDescription inherited, int depth) {
    String indent = "  ".repeat(depth);
    SectionDescription described = describer.describe(element);
    SectionDescription known = described == null ? inherited : described;
    out.append(indent).append(element).append('\n');
    element
        .parameters()
        .forEach((key, value) -> parameter(indent + "  ", key, value, parameter(known, key)));
    for (ConfigElement section : element.sections()) {
      element(section, section(known, section.name()), depth + 1);
    }
    out.append(indent).append("</").append(element.name()).append(">\n");
  }

  private void parameter(String indent, String key, ConfigValue value, ParameterDescription known) {
    out.append(indent).append(key).append(' ');
    String text = value.text();
    if (isSecret(key, known)) {
      out.append("xxxxxx");
    } else if (text != null && known != null && known.type().equals("string")) {
      out.append('"').append(escape(text)).append('"');
    } else if (text != null) {
      out.append(text);
    }
    out.append('\n');
  }

  private static boolean isSecret(String key, ParameterDescription known) {
    return known == null ? SECRETS.contains(key) : known.secret() || SECRETS.contains(key);
  }

  private static String escape(String text) {
    return text.replace("\\", "\\\\")
        .replace("\"", "\\\"")
        .replace("\n", "\\n")
        .replace("\r", "\\r")
        .replace("\t", "\\t");
  }

  static ParameterDescription parameter(SectionDescription known, String key) {
    if (known == null) {
      return null;
    }
    return known.parameters().stream()
        .filter(parameter -> parameter.name().equals(key) || parameter.aliases().contains(key))
        .findFirst()
        .orElse(null);
  }

  static SectionDescription section(SectionDescription known, String name) {
    if (known == null) {
      return null;
    }
    return known.sections().stream()
        .filter(section -> section.name().equals(name) || section.aliases().contains(name))
        .findFirst()
        .orElse(null);
  }
}
