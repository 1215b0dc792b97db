package io.runnel.connectors.kafka;

import io.runnel.config.ConfigException;
import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.config.Inline;
import io.runnel.plugin.PluginContext;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** What all plugins for Kafka need to reach the brokers. */
record ClientConfig(
    @Doc("The brokers that are asked first for the others: host:port, with commas between them.")
        @Default("localhost:9092")
        List<String> brokers,
    @Doc("Refused: since version 4 Kafka has no ZooKeeper; use brokers.")
        Optional<String> zookeeper,
    @Doc("Refused, as zookeeper.") Optional<String> zookeeperPath,
    @Doc("What this client is called in the brokers' logs and quotas.") @Default("kafka")
        String clientId,
    @Inline SslConfig ssl,
    @Inline SaslConfig sasl,
    @Doc("Seconds that opening a connection may take; 10 where it is not given.")
        Optional<Integer> connectTimeout,
    @Doc("Seconds that the answer to a request may take; 30 where it is not given.")
        Optional<Integer> socketTimeout,
    @Doc("Looks for further brokers behind each address of a host's name.") @Default("false")
        boolean resolveSeedBrokers,
    @Doc("Writes everything that the client says into the log, not only warnings, once a minute.")
        @Default("false")
        boolean getKafkaClientLog,
    @Doc("Has no effect: it is about ActiveSupport, which is Ruby.")
        Optional<String> activeSupportNotificationRegex) {

  /** Which of the two clients of the gem the plugin is written for. */
  enum Dialect {
    /** A password without TLS must be allowed. */
    RUBY_KAFKA,
    /** A password is sent over whatever connection there is. */
    LIBRDKAFKA
  }

  /** A reconnect at each of these, not ten times a second. */
  private static final int RECONNECT_MILLIS = 250;

  private static final int MAX_RECONNECT_MILLIS = 5_000;

  /**
   * The properties of a producer or consumer that have to do with connections.
   *
   * @throws ConfigException where the parameters are wrong
   */
  Map<String, Object> properties(Dialect dialect, PluginContext context) {
    if (zookeeper.isPresent()) {
      throw new ConfigException(
          "zookeeper: Kafka has no ZooKeeper since version 4; name the brokers with brokers"
              + " host:port,…",
          context.element().placeOf("zookeeper"));
    }
    Map<String, Object> properties = new HashMap<>();
    List<String> named = named();
    if (!named.isEmpty()) {
      properties.put("bootstrap.servers", named);
    }
    properties.put("client.id", clientId);
    properties.put("client.dns.lookup", lookup());
    properties.put("reconnect.backoff.ms", RECONNECT_MILLIS);
    properties.put("reconnect.backoff.max.ms", MAX_RECONNECT_MILLIS);
    // Figures go nowhere: neither to the brokers nor to JMX, which costs memory.
    properties.put("enable.metrics.push", false);
    properties.put("metric.reporters", List.of());
    connectTimeout.ifPresent(
        seconds -> {
          properties.put("socket.connection.setup.timeout.ms", millis(seconds));
          properties.put("socket.connection.setup.timeout.max.ms", millis(seconds));
        });
    socketTimeout.ifPresent(seconds -> properties.put("request.timeout.ms", (int) millis(seconds)));
    security(dialect, context, properties);
    return properties;
  }

  /** The same with what properties of librdkafka say about TLS and SASL. */
  ClientConfig with(RdkafkaSecurity security) {
    return new ClientConfig(
        brokers,
        zookeeper,
        zookeeperPath,
        clientId,
        security.over(ssl),
        security.over(sasl),
        connectTimeout,
        socketTimeout,
        resolveSeedBrokers,
        getKafkaClientLog,
        activeSupportNotificationRegex);
  }

  private String lookup() {
    return resolveSeedBrokers ? "resolve_canonical_bootstrap_servers_only" : "use_all_dns_ips";
  }

  private static long millis(int seconds) {
    return TimeUnit.SECONDS.toMillis(seconds);
  }

  /** The brokers that are given, without blanks. */
  List<String> named() {
    return brokers.stream().map(String::strip).filter(broker -> !broker.isEmpty()).toList();
  }

  private void security(Dialect dialect, PluginContext context, Map<String, Object> properties) {
    boolean tls = ssl.isUsed();
    if (sasl.isUsed() && !tls && sasl.saslOverSsl() && dialect == Dialect.RUBY_KAFKA) {
      throw new ConfigException(
          "SASL authentication requires that SSL is configured: set ssl_ca_cert or"
              + " ssl_ca_certs_from_system true, or sasl_over_ssl false to send the password"
              + " without encryption",
          context.element().place());
    }
    if (sasl.username().isPresent() && sasl.password().isEmpty()) {
      context.log().warn("username is given without password, so neither is used");
    }
    sasl.addTo(properties);
    properties.put(
        "security.protocol",
        sasl.isUsed() ? (tls ? "SASL_SSL" : "SASL_PLAINTEXT") : (tls ? "SSL" : "PLAINTEXT"));
    if (tls) {
      properties.put("ssl.engine.factory.class", TlsEngines.class);
      properties.put(TlsEngines.CONTEXT, ssl.context());
    }
  }
}
