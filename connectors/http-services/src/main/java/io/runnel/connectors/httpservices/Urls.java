package io.runnel.connectors.httpservices;

import io.runnel.config.ConfigException;
import io.runnel.plugin.PluginContext;
import java.net.URI;
import java.net.URISyntaxException;

/** URLs of configurations. Messages do not show them: many hold a token. */
final class Urls {
  private Urls() {}

  /**
   * @throws ConfigException where it is no http or https URL with a host
   */
  static URI parse(String text, String parameter, PluginContext context) {
    try {
      URI uri = new URI(text.strip());
      boolean web = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
      if (web && uri.getHost() != null) {
        return uri;
      }
    } catch (URISyntaxException e) {
      // falls through: its message would show the URL
    }
    throw new ConfigException(
        parameter + " must be an http or https URL with a host",
        context.element().has(parameter)
            ? context.element().placeOf(parameter)
            : context.element().place());
  }
}
