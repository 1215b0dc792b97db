package io.runnel.plugins.output;

import io.runnel.config.ByteSize;
import io.runnel.config.ConfigElement;
import io.runnel.config.ConfigException;
import io.runnel.config.ConfigSpec;
import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.config.LegacyParameters;
import io.runnel.config.Name;
import io.runnel.config.PluginSection;
import io.runnel.config.Secret;
import io.runnel.config.Since;
import io.runnel.net.TlsClientConfig;
import io.runnel.net.TlsContext;
import io.runnel.net.TlsVersion;
import io.runnel.plugin.BufferDefaults;
import io.runnel.plugin.BufferedOutput;
import io.runnel.plugin.Chunk;
import io.runnel.plugin.Formatter;
import io.runnel.plugin.Output;
import io.runnel.plugin.OutputContext;
import io.runnel.plugin.PluginType;
import io.runnel.plugins.client.ClientConnection;
import io.runnel.plugins.client.SendWatch;
import io.runnel.plugins.discovery.Service;
import io.runnel.plugins.discovery.ServiceDiscovery;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Sends events to other collectors with the forward protocol. */
public final class ForwardOutput implements BufferedOutput {
  public static final PluginType<Config, OutputContext, Output> TYPE =
      PluginType.output("forward", Config.class, ForwardOutput::new)
          .legacy(LegacyParameters.BUFFER)
          .buffered(ForwardOutput::bufferDefaults);

  /** How long stop waits for acks that are still to come. */
  private static final Duration LAST_ACKS = Duration.ofSeconds(10);

  /** How long the next chunk waits for the server to be done with the one before. */
  private static final Duration ORDER_WAIT = Duration.ofSeconds(1);

  /** A connection that is made in less than this leads to a server in the same network. */
  private static final Duration NEAR = Duration.ofMillis(20);

  /** So many say nothing yet about how near a server is. */
  private static final int FIRST_CONNECTIONS = 5;

  /** The buffer takes a chunk back this long after its ack should have come. */
  private static final Duration COMMIT_MARGIN = Duration.ofSeconds(2);

  /** What the buffer's defaults depend on. */
  private record AckTimeout(@Doc("As in Config.") @Default("190") Duration ackResponseTimeout) {}

  /** {@code transport}. */
  public enum Transport {
    TCP,
    TLS
  }

  /** {@code heartbeat_type}; tcp is the old name of transport. */
  public enum HeartbeatType {
    TRANSPORT,
    TCP,
    UDP,
    NONE
  }

  /** {@code compress}. */
  public enum Compress {
    TEXT,
    GZIP,
    ZSTD
  }

  @Doc("Sends events to other collectors, with load balancing and fail-over.")
  public record Config(
      @Doc("tcp, or tls for encryption.") @Default("tcp") Transport transport,
      @Doc("How long a send may make no progress.") @Default("60") Duration sendTimeout,
      @Doc("How long a connection may take to be made; hard_timeout where absent.")
          Optional<Duration> connectTimeout,
      @Doc("How it is found out that a server is down.") @Default("transport")
          HeartbeatType heartbeatType,
      @Doc("Time between heartbeats.") @Default("1") Duration heartbeatInterval,
      @Doc("How long a server must answer heartbeats before it is used again.") @Default("10")
          Duration recoverWait,
      @Doc("A server without a heartbeat for this long is lost.") @Default("60")
          Duration hardTimeout,
      @Doc("How sure the failure detector must be.") @Default("16") int phiThreshold,
      @Doc("Uses the phi accrual failure detector besides hard_timeout.") @Default("true")
          boolean phiFailureDetector,
      @Doc("Keeps chunks until the server has acknowledged them.") @Default("false")
          boolean requireAckResponse,
      @Doc("How long an acknowledgement may take.") @Default("190") Duration ackResponseTimeout,
      @Doc("Not needed: acknowledgements are read as they come.") @Default("50")
          int readIntervalMsec,
      @Doc("Not needed: acknowledgements are read as they come.") @Default("512")
          ByteSize readLength,
      @Doc("How long an address from DNS is used; for ever where absent, 0 for once.")
          Optional<Duration> expireDnsCache,
      @Doc("Uses the addresses of a name in turn.") @Default("false") boolean dnsRoundRobin,
      @Doc("Starts even where names cannot be resolved.") @Default("false")
          boolean ignoreNetworkErrorsAtStartup,
      @Doc("Fails the start where a server cannot be reached.") @Default("false")
          boolean verifyConnectionAtStartup,
      @Doc("How events are compressed, in the buffer and on the way.") @Default("text")
          Compress compress,
      @Doc("Version of TLS.") @Default("TLSv1_2") TlsVersion tlsVersion,
      @Doc("Ciphers of TLS, in OpenSSL's notation.") @Default("ALL:!aNULL:!eNULL:!SSLv2")
          String tlsCiphers,
      @Doc("Accepts any certificate.") @Default("false") boolean tlsInsecureMode,
      @Doc("Accepts self-signed certificates.") @Default("false") boolean tlsAllowSelfSignedCert,
      @Doc("Compares the certificate with the host's name.") @Default("true")
          boolean tlsVerifyHostname,
      @Doc("Files or folders with certificates of authorities to trust.")
          Optional<List<String>> tlsCaCertPath,
      @Doc("The same as tls_ca_cert_path.") Optional<List<String>> tlsCertPath,
      @Doc("Certificate that this side shows.") Optional<String> tlsClientCertPath,
      @Doc("Its private key.") Optional<String> tlsClientPrivateKeyPath,
      @Doc("Passphrase of the private key.") @Secret("")
          Optional<String> tlsClientPrivateKeyPassphrase,
      @Doc("Only for Windows.") @Secret("") Optional<String> tlsCertThumbprint,
      @Doc("Only for Windows.") Optional<String> tlsCertLogicalStoreName,
      @Doc("Only for Windows.") @Default("true") boolean tlsCertUseEnterpriseStore,
      @Doc("Keeps connections for the next chunks.") @Default("false") boolean keepalive,
      @Doc("How long an unused connection is kept; for ever where absent.")
          Optional<Duration> keepaliveTimeout,
      @Doc("Lets the system test idle connections (SO_KEEPALIVE).") @Since("1.20") @Default("false")
          boolean sendKeepalivePacket,
      @Doc("Authentication of the connections.") Optional<Security> security,
      @Doc("One server.") @Name("server") List<Server> servers,
      @Doc("Finds servers elsewhere.") @Name("service_discovery") List<PluginSection> discoveries,
      @Doc("Sends whole seconds, for receivers that know no more.") @Default("false")
          boolean timeAsInteger,
      @Doc("Seconds after which a flush is reported as slow.") @Default("20.0")
          double slowFlushLogThreshold) {}

  @Doc("Authentication with a shared key.")
  public record Security(
      @Doc("Name of this side; must differ from that of the servers.") String selfHostname,
      @Doc("Key that both sides know.") @Secret("") String sharedKey) {}

  @Doc("One server.")
  public record Server(
      @Doc("Name or address.") String host,
      @Doc("Name for messages, and for the certificate.") Optional<String> name,
      @Doc("TCP port.") @Default("24224") int port,
      @Doc("Key for this server, in place of that of <security>.") @Secret("")
          Optional<String> sharedKey,
      @Doc("User for authentication.") @Default("") String username,
      @Doc("Password of the user.") @Secret("") @Default("") String password,
      @Doc("Used only while others are lost.") @Default("false") boolean standby,
      @Doc("Share of the load; 0 for none.") @Default("60") int weight) {
    Service service() {
      return new Service(host, port, name, weight, standby, username, password, sharedKey);
    }
  }

  private final Config config;
  private final OutputContext context;
  private final ForwardSettings settings;
  private final Compression compression;
  private final ForwardNodes nodes;
  private final ForwardServers servers;
  private final ForwardAcks acks;
  private volatile boolean ordered;
  private long shortestConnect = Long.MAX_VALUE;
  private int connections;
  private volatile boolean serverCloses = true; // until it was seen not to, after we did
  private final SendWatch watch;

  ForwardOutput(Config config, OutputContext context) {
    this.config = config;
    this.context = context;
    ConfigElement element = context.element();
    for (String removed : List.of("host", "port")) {
      if (element.has(removed)) {
        throw new ConfigException(
            "'" + removed + "' parameter is already removed: Use <server> section instead.",
            element.placeOf(removed));
      }
    }
    if (!context.buffer().hasTag()) {
      throw new ConfigException(
          "buffer chunk key must include 'tag' for forward output", element.place());
    }
    compression = Compression.valueOf(config.compress().name());
    checkCompression();
    if (config.heartbeatType() == HeartbeatType.TCP) {
      context.log().warn("'heartbeat_type tcp' is deprecated. use 'transport' instead.");
    }
    settings = settings();
    List<ServiceDiscovery> discoveries = new ArrayList<>();
    for (PluginSection section : config.discoveries()) {
      discoveries.add(ServiceDiscovery.of(section, context));
    }
    if (config.servers().isEmpty() && discoveries.isEmpty()) {
      throw new ConfigException(
          "forward output plugin requires at least one node is required. Add <server> or"
              + " <service_discovery>",
          element.place());
    }
    nodes = new ForwardNodes(context.log());
    servers = new ForwardServers(config, settings, discoveries, nodes, context);
    watch = new SendWatch(context, config.sendTimeout());
    acks = new ForwardAcks(context, millis(config.ackResponseTimeout()), nodes::rebuild);
    context.metrics().gauge("registered_nodes_count", () -> nodes.all().size());
    context
        .metrics()
        .gauge(
            "healthy_nodes_count",
            () -> nodes.all().stream().filter(ForwardNode::isAvailable).count());
  }

  private static BufferDefaults bufferDefaults(ConfigElement element) {
    BufferDefaults defaults = BufferDefaults.of(List.of("tag"));
    String compress = element.peek("compress");
    if (compress != null && !compress.equals("text")) {
      defaults.parameters().put("compress", compress);
    }
    if ("true".equals(element.peek("require_ack_response"))) {
      // copied, so that nothing counts as used by this look
      Duration ack =
          ConfigSpec.of(AckTimeout.class).bind(element.copy(), false).ackResponseTimeout();
      double commit = ack.plus(COMMIT_MARGIN).toMillis() / 1000.0;
      defaults.parameters().put("delayed_commit_timeout", Double.toString(commit));
    }
    return defaults;
  }

  /** What is compressed in the buffer goes out as it is, so both must say the same. */
  private void checkCompression() {
    String buffer = context.buffer().compress();
    if (compression == Compression.ZSTD) {
      context
          .log()
          .warn(
              "zstd compression feature is an experimental new feature supported since"
                  + " v1.19.0. It is not recommended for production use.");
    }
    if (context.isSecondary() || buffer.equals(compression.text())) {
      return;
    }
    if (compression == Compression.TEXT) {
      context
          .log()
          .info(
              "buffer is compressed.  If you also want to save the bandwidth of a network, Add"
                  + " `compress` configuration in <match>");
      return;
    }
    throw new ConfigException(
        "compress " + compression.text() + " conflicts with compress " + buffer + " of <buffer>",
        context.element().placeOf("compress"));
  }

  private ForwardSettings settings() {
    long interval = config.heartbeatInterval().toNanos();
    if (interval <= 0) {
      throw new ConfigException(
          "heartbeat_interval must be positive", context.element().placeOf("heartbeat_interval"));
    }
    return new ForwardSettings(
        config.transport() == Transport.TLS ? tls() : null,
        millis(config.connectTimeout().orElse(config.hardTimeout())),
        millis(config.hardTimeout()),
        config.heartbeatType() != HeartbeatType.NONE,
        interval,
        config.hardTimeout().toNanos(),
        config.phiFailureDetector(),
        config.phiThreshold(),
        (int) Math.min(900, config.recoverWait().toNanos() / interval),
        config.keepalive(),
        config.keepaliveTimeout().map(Duration::toNanos).orElse(-1L),
        config.sendKeepalivePacket(),
        config.expireDnsCache().map(Duration::toNanos).orElse(-1L),
        config.dnsRoundRobin(),
        config.security().map(Security::selfHostname),
        config.security().map(Security::sharedKey).orElse(""),
        config.security().isPresent() ? new SecureRandom() : null);
  }

  private TlsContext tls() {
    List<String> authorities = new ArrayList<>(config.tlsCaCertPath().orElse(List.of()));
    if (authorities.isEmpty()) {
      authorities.addAll(config.tlsCertPath().orElse(List.of()));
    }
    return new TlsClientConfig(
            authorities,
            config.tlsInsecureMode(),
            config.tlsVerifyHostname(),
            config.tlsAllowSelfSignedCert(),
            config.tlsClientCertPath(),
            config.tlsClientPrivateKeyPath(),
            config.tlsClientPrivateKeyPassphrase(),
            config.tlsVersion().text(),
            Optional.empty(),
            Optional.empty(),
            config.tlsCiphers())
        .context();
  }

  /** At least 1, because 0 means "no limit" to sockets. */
  private static int millis(Duration duration) {
    return Math.clamp(duration.toMillis(), 1, Integer.MAX_VALUE);
  }

  @Override
  public void start() throws IOException {
    servers.start();
    watch.start(settings.heartbeatNanos(), servers::check);
  }

  @Override
  public Formatter chunkFormat() {
    return config.timeAsInteger() ? new EntryFormat(true) : null;
  }

  /** As a secondary an acknowledgement is waited for at once: the primary commits the chunk. */
  @Override
  public boolean isDelayedCommit() {
    return config.requireAckResponse() && !context.isSecondary();
  }

  @Override
  public void write(Chunk chunk) throws IOException {
    boolean withAck = config.requireAckResponse();
    ForwardMessage message =
        new ForwardMessage(ChunkTags.required(chunk), chunk, compression, withAck);
    Sending sent = send(message);
    if (!withAck) {
      if (isOrdered(sent.connection()) && !config.keepalive() && sent.connection().isPlain()) {
        serverCloses = sent.connection().finish((int) ORDER_WAIT.toMillis());
      }
      sent.node().release(sent.connection());
      return;
    }
    String fault = acks.awaitAck(sent.node(), sent.connection(), message.ack());
    if (fault != null) {
      throw new IOException(fault);
    }
  }

  @Override
  public void tryWrite(Chunk chunk, Commit commit) throws IOException, InterruptedException {
    ForwardMessage message =
        new ForwardMessage(ChunkTags.required(chunk), chunk, compression, true);
    acks.reserve();
    if (ordered) {
      acks.drain(ORDER_WAIT.toNanos());
    }
    Sending sent;
    try {
      sent = send(message);
    } catch (IOException | RuntimeException e) {
      acks.cancel();
      throw e;
    }
    ordered = isOrdered(sent.connection());
    acks.await(new ForwardAcks.Sent(sent.node(), sent.connection(), message.ack(), commit));
  }

  /**
   * Whether chunks are to arrive in the order in which they were queued: each goes over a
   * connection of its own, and servers work on connections side by side, so the next one is sent
   * after the server is done with this one. Only towards a single server that is near, where that
   * costs little, and as long as it lets itself be waited for.
   */
  private boolean isOrdered(ClientConnection connection) {
    return serverCloses
        && nodes.all().size() == 1
        && context.buffer().flushThreadCount() == 1
        && isNear(connection);
  }

  /** The shortest time counts: a machine that is busy with its start connects slowly as well. */
  private synchronized boolean isNear(ClientConnection connection) {
    connections = Math.min(connections + 1, FIRST_CONNECTIONS + 1);
    shortestConnect = Math.min(shortestConnect, connection.connectNanos());
    return shortestConnect < NEAR.toNanos() || connections <= FIRST_CONNECTIONS;
  }

  private record Sending(ForwardNode node, ClientConnection connection) {}

  /** Sends to the node whose turn it is, or to the next one that works. */
  private Sending send(ForwardMessage message) throws IOException {
    IOException last = null;
    for (ForwardNode node : nodes.candidates()) {
      try {
        ClientConnection connection = sendTo(node, message);
        node.alive(false);
        return new Sending(node, connection);
      } catch (IOException e) {
        context
            .log()
            .debug(
                "cannot send to this server, trying the next", "server", node.name(), "error", e);
        last = e;
      }
    }
    throw last == null ? new IOException("no nodes are available") : last;
  }

  private ClientConnection sendTo(ForwardNode node, ForwardMessage message) throws IOException {
    ClientConnection connection = node.connection();
    watch.use(connection, message::send);
    return connection;
  }

  @Override
  public void stop() {
    servers.stop();
    watch.stop();
    long ackTimeout = config.ackResponseTimeout().toNanos();
    acks.stop(Math.min(LAST_ACKS.toNanos(), ackTimeout));
  }

  @Override
  public void close() {
    nodes.all().forEach(ForwardNode::close);
    watch.close();
  }
}
