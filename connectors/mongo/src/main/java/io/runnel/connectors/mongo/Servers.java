package io.runnel.connectors.mongo;

import com.mongodb.ConnectionString;
import com.mongodb.MongoClientSettings;
import com.mongodb.ReadPreference;
import com.mongodb.ServerAddress;
import com.mongodb.WriteConcern;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.connection.ClusterSettings;
import io.runnel.config.ConfigException;
import io.runnel.net.TlsContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Where the servers are and how they are spoken to. Making a client connects to nobody yet. What a
 * connection string says of time limits and write concerns goes before what stands here.
 */
final class Servers {
  /** A server that is down must not hold a flush thread, and the stop of the daemon, for long. */
  static final int SELECTION_SECONDS = 10;

  private static final int CONNECT_SECONDS = 10;

  /** A server that neither answers nor goes away. */
  private static final int ANSWER_SECONDS = 60;

  private static final int MAX_PORT = 65_535;

  private final MongoClientSettings settings;
  private final String database;

  private Servers(MongoClientSettings settings, String database) {
    this.settings = settings;
    this.database = database;
  }

  /**
   * What the plugins say besides a connection string.
   *
   * @param nodes {@code host:port} each
   * @param replicaSet its name; empty for a single server
   * @param read who is read from
   * @param selectionSeconds how long a server is waited for that takes writes
   */
  record Nodes(
      List<String> nodes,
      Optional<String> replicaSet,
      Optional<String> read,
      int selectionSeconds) {
    static Nodes of(String host, int port) {
      return new Nodes(
          List.of(host + ":" + port), Optional.empty(), Optional.empty(), SELECTION_SECONDS);
    }
  }

  /** How sure a write must be; empty where the server decides. */
  record Durability(Optional<Integer> servers, Optional<Boolean> journaled) {
    static final Durability OF_SERVER = new Durability(Optional.empty(), Optional.empty());

    private WriteConcern concern() {
      WriteConcern concern = WriteConcern.ACKNOWLEDGED;
      if (servers.isPresent()) {
        concern = concern.withW(servers.get());
      }
      return journaled.isPresent() && servers.filter(n -> n == 0).isEmpty()
          ? concern.withJournal(journaled.get())
          : concern;
    }
  }

  /**
   * @throws ConfigException where the connection string or an address is wrong
   */
  static Servers of(
      Optional<String> connectionString,
      Optional<String> database,
      Nodes nodes,
      AuthConfig auth,
      SslConfig ssl,
      Durability durability) {
    MongoClientSettings.Builder builder =
        MongoClientSettings.builder()
            .applyToClusterSettings(
                s -> s.serverSelectionTimeout(nodes.selectionSeconds, TimeUnit.SECONDS))
            .applyToSocketSettings(
                s ->
                    s.connectTimeout(CONNECT_SECONDS, TimeUnit.SECONDS)
                        .readTimeout(ANSWER_SECONDS, TimeUnit.SECONDS))
            .writeConcern(durability.concern());
    if (ssl.ssl()) {
      TlsContext tls = ssl.context();
      builder.applyToSslSettings(
          s ->
              s.enabled(true).context(tls.context()).invalidHostNameAllowed(!tls.verifyHostname()));
    }
    nodes.read.ifPresent(name -> builder.readPreference(preference(name)));
    if (connectionString.isPresent()) {
      ConnectionString parsed = parse(connectionString.get());
      builder.applyConnectionString(parsed);
      String named = Optional.ofNullable(parsed.getDatabase()).or(() -> database).orElse("admin");
      return new Servers(builder.build(), named);
    }
    builder.applyToClusterSettings(s -> cluster(s, nodes));
    String name = database.orElseThrow();
    auth.credential(name).ifPresent(builder::credential);
    return new Servers(builder.build(), name);
  }

  /** Without the text itself, which may hold a password. */
  private static ConnectionString parse(String text) {
    try {
      return new ConnectionString(text);
    } catch (IllegalArgumentException e) {
      String why = String.valueOf(e.getMessage()).replace(text, "…");
      throw new ConfigException("connection_string: " + why);
    }
  }

  private static void cluster(ClusterSettings.Builder settings, Nodes nodes) {
    List<ServerAddress> addresses = new ArrayList<>();
    for (String node : nodes.nodes) {
      addresses.add(address(node.strip()));
    }
    if (addresses.isEmpty()) {
      throw new ConfigException("nodes: at least one host:port is needed");
    }
    settings.hosts(addresses);
    nodes.replicaSet.ifPresent(settings::requiredReplicaSetName);
  }

  private static ServerAddress address(String node) {
    try {
      ServerAddress address = new ServerAddress(node);
      if (address.getPort() < 1 || address.getPort() > MAX_PORT) {
        throw new IllegalArgumentException("there is no port " + address.getPort());
      }
      return address;
    } catch (RuntimeException e) { // MongoException and IllegalArgumentException
      throw new ConfigException(
          "'" + node + "' is no host:port: " + e.getMessage(), io.runnel.config.Place.NONE, e);
    }
  }

  private static ReadPreference preference(String name) {
    try {
      return ReadPreference.valueOf(name.replace("_", "").toLowerCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw new ConfigException(
          "read: valid options are primary,primary_preferred,secondary,secondary_preferred,nearest"
              + " but got "
              + name,
          io.runnel.config.Place.NONE,
          e);
    }
  }

  MongoClient connect() {
    return MongoClients.create(settings);
  }

  /** The database of the configuration, or of the connection string. */
  String database() {
    return database;
  }

  /** For messages: host and port of each, no user. */
  String named() {
    String srv = settings.getClusterSettings().getSrvHost();
    if (srv != null) {
      return srv;
    }
    List<String> hosts = new ArrayList<>();
    settings.getClusterSettings().getHosts().forEach(host -> hosts.add(host.toString()));
    return String.join(",", hosts);
  }
}
