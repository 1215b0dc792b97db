package io.runnel.connectors.elasticsearch;

import io.runnel.config.ConfigException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One address of the cluster.
 *
 * @param base without user and without a slash at its end
 * @param user {@code user:password}; null for none
 */
record Host(URI base, String user) {
  private static final Pattern PLAIN = Pattern.compile("[^:/@]+(:\\d+)?");
  private static final Pattern IPV6 = Pattern.compile("[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");
  private static final Pattern ESCAPED =
      Pattern.compile("(?<scheme>.*)%\\{(?<user>.*)}:%\\{(?<password>.*)}(?<rest>@.*)");
  private static final Pattern BRACED = Pattern.compile("%\\{(.*)}");

  /** Without anything secret. */
  @Override
  public String toString() {
    return base.toString();
  }

  URI resolve(String path) {
    return URI.create(base + path);
  }

  /** The addresses of {@code hosts}, or the one of {@code host}, placeholders replaced. */
  static List<Host> of(Optional<String> hosts, String host, ConnectionConfig config) {
    String user = user(config);
    List<Host> found = new ArrayList<>();
    if (hosts.isEmpty()) {
      String name = IPV6.matcher(host).matches() ? "[" + host + "]" : host;
      found.add(plain(name + ":" + config.port(), config, user));
    } else {
      for (String each : hosts.get().split(",")) {
        String text = each.strip();
        if (text.isEmpty()) {
          continue;
        }
        if (PLAIN.matcher(text).matches()) {
          String port = text.contains(":") ? "" : ":" + config.port();
          found.add(plain(text + port, config, user));
        } else if (IPV6.matcher(text).matches()) {
          found.add(plain("[" + text + "]:" + config.port(), config, user));
        } else {
          found.add(url(text, config, user));
        }
      }
    }
    if (found.isEmpty()) {
      throw new ConfigException("hosts names no host");
    }
    return List.copyOf(found);
  }

  private static Host plain(String authority, ConnectionConfig config, String user) {
    String text = config.scheme().text() + "://" + authority + path(config.path().orElse(""));
    try {
      URI uri = new URI(text);
      if (uri.getHost() == null) {
        throw new ConfigException("not a host: " + authority);
      }
      return new Host(uri, user);
    } catch (URISyntaxException e) {
      throw new ConfigException("not a host: " + authority, io.runnel.config.Place.NONE, e);
    }
  }

  private static Host url(String text, ConnectionConfig config, String user) {
    String secret = null;
    String plain = text;
    Matcher escaped = ESCAPED.matcher(text);
    if (escaped.matches()) {
      secret = escaped.group("user") + ":" + escaped.group("password");
      plain = escaped.group("scheme") + escaped.group("rest").substring(1);
    }
    try {
      URI uri = new URI(plain);
      if (uri.getHost() == null || uri.getScheme() == null) {
        throw new ConfigException("hosts must hold host, host:port or URLs");
      }
      if (secret == null && uri.getRawUserInfo() != null) {
        secret =
            URLDecoder.decode(uri.getRawUserInfo().replace("+", "%2B"), StandardCharsets.UTF_8);
      }
      String own = uri.getRawPath() == null ? "" : uri.getRawPath();
      int port = uri.getPort() >= 0 ? uri.getPort() : uri.getScheme().equals("https") ? 443 : 80;
      URI base =
          URI.create(
              uri.getScheme()
                  + "://"
                  + uri.getHost()
                  + ":"
                  + port
                  + path(own.isEmpty() || own.equals("/") ? config.path().orElse("") : own));
      return new Host(base, secret == null ? user : secret);
    } catch (URISyntaxException e) {
      // Not the cause: its message holds the text, which may hold a password.
      throw new ConfigException("hosts must hold host, host:port or URLs");
    }
  }

  private static String path(String path) {
    String trimmed = path.replaceAll("/+$", "");
    return trimmed.isEmpty() || trimmed.startsWith("/") ? trimmed : "/" + trimmed;
  }

  private static String user(ConnectionConfig config) {
    return config
        .user()
        .map(user -> unbraced(user) + ":" + unbraced(config.password().orElse("")))
        .orElse(null);
  }

  private static String unbraced(String text) {
    Matcher braced = BRACED.matcher(text);
    return braced.find() ? braced.group(1) : text;
  }

  /** The address that a cloud id of Elastic stands for: {@code name:base64(domain$id$…)}. */
  static Host ofCloud(String cloudId, String user) {
    String coded = cloudId.substring(cloudId.indexOf(':') + 1);
    try {
      String[] parts =
          new String(java.util.Base64.getDecoder().decode(coded), StandardCharsets.UTF_8)
              .split("\\$");
      if (parts.length >= 2 && !parts[0].isEmpty() && !parts[1].isEmpty()) {
        String[] domain = parts[0].split(":", 2);
        String port = domain.length > 1 ? domain[1] : "443";
        return new Host(new URI("https://" + parts[1] + "." + domain[0] + ":" + port), user);
      }
    } catch (IllegalArgumentException | URISyntaxException e) {
      throw new ConfigException(
          "cloud_id cannot be read: " + e.getMessage(), io.runnel.config.Place.NONE, e);
    }
    throw new ConfigException("cloud_id cannot be read: it has no domain and id");
  }
}
