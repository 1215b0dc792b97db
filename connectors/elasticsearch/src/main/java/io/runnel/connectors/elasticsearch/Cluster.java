package io.runnel.connectors.elasticsearch;

import io.runnel.config.ConfigException;
import io.runnel.event.Bytes;
import io.runnel.event.Json;
import io.runnel.net.TlsClientConfig;
import io.runnel.net.TlsVersion;
import io.runnel.plugin.PluginContext;
import io.runnel.plugins.client.HttpBody;
import io.runnel.plugins.client.HttpDestination;
import io.runnel.plugins.client.HttpResponse;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Sends requests to the hosts of a cluster: to one after the other until one answers. Safe for use
 * by several threads at once.
 */
final class Cluster implements AutoCloseable {
  /** What is read of an answer: more than a bulk request of 100 MB (the servers' limit) gives. */
  private static final int MAX_ANSWER = 64 << 20;

  /** Different hosts by placeholders that are remembered; the oldest are forgotten. */
  private static final int MAX_HOST_TEXTS = 100;

  private static final int SNIFF_AFTER = 10_000;

  private final ConnectionConfig config;
  private final PluginContext context;
  private final Authentication authentication;
  private final Map<String, String> headers = new LinkedHashMap<>();
  private final HttpDestination http;
  private final AtomicLong requests = new AtomicLong();
  private final Map<String, Hosts> known =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Hosts> eldest) {
          return size() > MAX_HOST_TEXTS;
        }
      };

  Cluster(ConnectionConfig config, Authentication authentication, PluginContext context) {
    this.config = config;
    this.context = context;
    this.authentication = authentication;
    config.customHeaders().forEach((name, value) -> headers.put(name, String.valueOf(value)));
    if (config.sslMinVersion().isPresent() != config.sslMaxVersion().isPresent()) {
      String given = config.sslMinVersion().isPresent() ? "min" : "max";
      String missing = given.equals("min") ? "max" : "min";
      throw new ConfigException(
          "When you set 'ssl_%s_version', must set 'ssl_%s_version' together."
              .formatted(given, missing),
          context.element().placeOf("ssl_" + given + "_version"));
    }
    if (config.user().isPresent() && config.password().isEmpty()) {
      throw new ConfigException(
          "`password` must be present if `user` is present", context.element().placeOf("user"));
    }
    http =
        HttpDestination.of(context)
            .open(config.requestTimeout())
            .read(config.requestTimeout())
            .tls(tls())
            .build();
  }

  private TlsClientConfig tls() {
    return new TlsClientConfig(
        config.caFile().map(List::of).orElse(List.of()),
        !config.sslVerify(),
        true,
        false,
        config.clientCert(),
        config.clientKey(),
        config.clientKeyPass(),
        config.sslVersion().text(),
        Optional.of(config.sslMinVersion().map(TlsVersion::text).orElse("TLSv1_2")),
        Optional.of(config.sslMaxVersion().map(TlsVersion::text).orElse("TLSv1_3")),
        "ALL:!aNULL:!eNULL:!SSLv2");
  }

  /** The hosts of these texts, placeholders replaced; what is known of them is kept. */
  Hosts hosts(Optional<String> hosts, String host) {
    synchronized (known) {
      return known.computeIfAbsent(
          hosts.orElse("") + "\n" + host, ignored -> hosts(Host.of(hosts, host, config)));
    }
  }

  Hosts hosts(List<Host> hosts) {
    return new Hosts(hosts, config.resurrectAfter(), context.clock());
  }

  void start() {
    http.start();
  }

  void stop() {
    http.stop();
  }

  @Override
  public void close() {
    http.close();
  }

  /** Compresses a body where the configuration says so. */
  boolean compresses() {
    return config.compressionLevel().compresses();
  }

  /** A request with a JSON body, or without one where it is null. */
  HttpResponse json(Hosts hosts, String method, String path, Object body) throws IOException {
    Bytes bytes = new Bytes(256);
    if (body != null) {
      bytes.utf8(body instanceof String text ? text : Json.write(body));
    }
    return send(hosts, method, path, "application/json", null, bytes);
  }

  /**
   * A request; the first host that answers decides.
   *
   * @param accept null for any
   * @throws IOException where no host answers
   */
  HttpResponse send(Hosts hosts, String method, String path, String type, String accept, Bytes body)
      throws IOException {
    sniffIfDue(hosts);
    Bytes sent = body;
    Map<String, String> all = new LinkedHashMap<>();
    all.put("Content-Type", type);
    if (accept != null) {
      all.put("Accept", accept);
    }
    if (compresses() && body.length() > 0) {
      sent = new Bytes(body.length() / 4 + 64);
      HttpDestination.gzip(body, config.compressionLevel().level()).writer().writeTo(sent);
      all.put("Content-Encoding", "gzip");
    }
    all.putAll(headers);
    List<String> failures = new ArrayList<>();
    IOException last = null;
    for (Host host : hosts.order()) {
      URI uri = host.resolve(path);
      Map<String, String> own = new LinkedHashMap<>(all);
      try {
        authentication.add(method, uri, host, own, sent);
        HttpResponse answer = http.client().send(method, uri, own, HttpBody.of(sent), MAX_ANSWER);
        hosts.works(host);
        if (config.reloadOnFailure() && last != null) {
          sniff(hosts);
        }
        if (config.withTransporterLog()) {
          context.log().info(method + " " + uri + " [status:" + answer.status() + "]");
        }
        return answer;
      } catch (IOException e) {
        hosts.failed(host);
        failures.add(host + ": " + (e.getMessage() == null ? e.toString() : e.getMessage()));
        last = e;
      }
    }
    if (config.reloadOnFailure()) {
      hosts.replace(hosts.configured());
    }
    throw new IOException(String.join("; ", failures), last);
  }

  private void sniffIfDue(Hosts hosts) {
    long due = config.reloadAfter() > 0 ? config.reloadAfter() : SNIFF_AFTER;
    if (config.reloadConnections() && requests.incrementAndGet() % due == 0) {
      sniff(hosts);
    }
  }

  /** Asks for the nodes' own addresses; what cannot be asked changes nothing. */
  void sniff(Hosts hosts) {
    for (Host host : hosts.order()) {
      URI uri = host.resolve("/_nodes/http");
      Map<String, String> own = new LinkedHashMap<>(headers);
      try {
        authentication.add("GET", uri, host, own, new Bytes(0));
        HttpResponse answer = http.client().send("GET", uri, own, HttpBody.empty(), MAX_ANSWER);
        if (answer.isSuccess()) {
          hosts.replace(nodes(answer.body(), host));
          return;
        }
      } catch (IOException | IllegalArgumentException e) {
        context.log().debug("cannot ask " + host + " for the nodes: " + e.getMessage());
      }
    }
  }

  private static List<Host> nodes(String body, Host asked) {
    List<Host> found = new ArrayList<>();
    if (Json.parse(body) instanceof Map<?, ?> root && root.get("nodes") instanceof Map<?, ?> all) {
      for (Object node : all.values()) {
        if (node instanceof Map<?, ?> map
            && map.get("http") instanceof Map<?, ?> http
            && http.get("publish_address") instanceof String address) {
          String plain = address.substring(address.indexOf('/') + 1);
          String path = asked.base().getRawPath() == null ? "" : asked.base().getRawPath();
          URI base = URI.create(asked.base().getScheme() + "://" + plain + path);
          found.add(new Host(base, asked.user()));
        }
      }
    }
    return found;
  }
}
