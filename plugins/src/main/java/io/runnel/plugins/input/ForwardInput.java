package io.runnel.plugins.input;

import io.runnel.config.ByteSize;
import io.runnel.config.ConfigException;
import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.config.Obsolete;
import io.runnel.net.Connection;
import io.runnel.net.ConnectionLimits;
import io.runnel.net.ConnectionServer;
import io.runnel.net.DatagramLease;
import io.runnel.net.StreamLease;
import io.runnel.net.TlsContext;
import io.runnel.net.TransportConfig;
import io.runnel.plugin.EmitException;
import io.runnel.plugin.Input;
import io.runnel.plugin.PluginContext;
import io.runnel.plugin.PluginType;
import io.runnel.plugins.common.AddedFields;
import io.runnel.plugins.forward.ForwardFrames;
import io.runnel.plugins.forward.ForwardHandshake;
import io.runnel.plugins.forward.ForwardPolicy;
import io.runnel.plugins.forward.ForwardReceiver;
import io.runnel.plugins.forward.ForwardSecurity;
import io.runnel.plugins.forward.SecurityConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Optional;

/**
 * Takes events over the forward protocol. Each connection has its own thread, so a full output
 * holds up only those who send to it; an acknowledgement goes out after the events are safe.
 */
public final class ForwardInput implements Input {
  public static final PluginType<Config, PluginContext, Input> TYPE =
      PluginType.input("forward", Config.class, ForwardInput::new);

  /** Bytes of a PING; more is no handshake. */
  private static final int HANDSHAKE_BYTES = 64 * 1024;

  /** How long a client may be silent in the middle of a message, or of its handshake. */
  private static final Duration UNFINISHED = Duration.ofMinutes(5);

  @Doc("Listens for events in the forward protocol, as out_forward and the loggers send them.")
  record Config(
      @Doc("The port, TCP for events and UDP for heartbeats.") @Default("24224") int port,
      @Doc("The address to bind.") @Default("0.0.0.0") String bind,
      @Doc("Connections that wait to be accepted.") Optional<Integer> backlog,
      @Obsolete("use transport directive") @Doc("Has no effect.") Optional<Integer> lingerTimeout,
      @Doc("Has no effect: each connection has its own thread.") @Default("0.5")
          Duration blockingTimeout,
      @Doc("Looks up the names of clients.") Optional<Boolean> resolveHostname,
      @Doc("Closes a connection after its first message.") @Default("false") boolean denyKeepalive,
      @Doc("Lets TCP probe silent clients.") @Default("false") boolean sendKeepalivePacket,
      @Doc("Messages larger than this are mentioned in the log.")
          Optional<ByteSize> chunkSizeWarnLimit,
      @Doc("Messages larger than this are dropped.") Optional<ByteSize> chunkSizeLimit,
      @Doc("Messages that decompress to more than this are refused.") @Default("268435456")
          ByteSize decompressionSizeLimit,
      @Doc("Leaves out events without a time or a record, and takes the others.") @Default("true")
          boolean skipInvalidEvent,
      @Doc(
              "Messages with a chunk id that are remembered, so that one which is sent again is"
                  + " stored once; 0 for none.")
          @Default("100000")
          int rememberChunks,
      @Doc("How long they are.") @Default("72h") Duration rememberChunksFor,
      @Doc("Field that gets the client's address.") Optional<String> sourceAddressKey,
      @Doc("Field that gets the client's name.") Optional<String> sourceHostnameKey,
      @Doc("Replaces the tags of all events.") Optional<String> tag,
      @Doc("Goes in front of the tags, with a dot.") Optional<String> addTagPrefix,
      TransportConfig transport,
      Optional<SecurityConfig> security) {}

  private final Config config;
  private final PluginContext context;
  private final TlsContext tls;
  private final ForwardSecurity security;
  private final ForwardPolicy policy;
  private ConnectionServer server;
  private DatagramLease heartbeats;

  ForwardInput(Config config, PluginContext context) {
    this.config = config;
    this.context = context;
    refuseEmpty("tag", config.tag());
    refuseEmpty("add_tag_prefix", config.addTagPrefix());
    if (config.sourceHostnameKey().isPresent() && !config.resolveHostname().orElse(true)) {
      throw new ConfigException("resolve_hostname must be true with source_hostname_key");
    }
    if (config.denyKeepalive() && config.sendKeepalivePacket()) {
      throw new ConfigException(
          "both 'send_keepalive_packet' and 'deny_keepalive' cannot be set to true");
    }
    config.transport().protocol(TransportConfig.Protocol.TCP, TransportConfig.Protocol.TLS);
    tls = config.transport().serverContext(context.system().hostname());
    security = config.security().map(ForwardSecurity::of).orElse(null);
    policy =
        new ForwardPolicy(
            config.tag().orElse(null),
            config.addTagPrefix().orElse(null),
            config.skipInvalidEvent(),
            !config.skipInvalidEvent(),
            config.decompressionSizeLimit().bytes(),
            config.chunkSizeWarnLimit().map(ByteSize::bytes).orElse(0L),
            true,
            config.rememberChunks() > 0);
    if (policy.remembers()) {
      context.messages().want(config.rememberChunks(), config.rememberChunksFor());
    }
  }

  private static void refuseEmpty(String name, Optional<String> value) {
    if (value.isPresent() && value.get().isEmpty()) {
      throw new ConfigException("'" + name + "' parameter must not be empty");
    }
  }

  @Override
  public void start() throws IOException {
    StreamLease lease =
        context.sockets().tcp(config.bind(), config.port(), config.backlog().orElse(0));
    server =
        new ConnectionServer(
            "forward",
            lease,
            tls,
            ConnectionLimits.DEFAULT
                .withKeepalive(config.sendKeepalivePacket())
                .withIdle(UNFINISHED),
            Servers.threads(context),
            Servers.report(context),
            this::serve);
    heartbeats = context.sockets().udp(config.bind(), lease.port(), 0);
    context.log().info("listening port", "port", lease.port(), "bind", config.bind());
    server.start();
    context.start("forward-heartbeat", this::answerHeartbeats);
  }

  /** The port that is listened on. */
  int port() {
    return server.port();
  }

  /** How many clients are connected. */
  int connections() {
    return server.connections();
  }

  private void serve(ConnectionServer.Session session) throws IOException {
    Connection connection = session.connection();
    long dropAbove = config.chunkSizeLimit().map(ByteSize::bytes).orElse(0L);
    ForwardFrames frames = new ForwardFrames(context.memory().receiving(), dropAbove);
    try {
      String peerName = null;
      if (security != null && !shakeHands(connection, frames)) {
        return;
      }
      if (config.sourceHostnameKey().isPresent()) {
        peerName = Servers.hostname(connection.peer());
      }
      AddedFields fields =
          AddedFields.NONE
              .with(config.sourceAddressKey().orElse(null), connection.peerText())
              .with(config.sourceHostnameKey().orElse(null), peerName);
      ForwardReceiver receiver = new ForwardReceiver(context, policy, connection, frames, fields);
      receive(session, frames, receiver);
    } catch (EmitException e) {
      context
          .log()
          .error(
              "unexpected error on reading data",
              e,
              "host",
              connection.peerText(),
              "port",
              connection.peerPort());
      connection.abort();
    } finally {
      frames.close();
    }
  }

  private void receive(
      ConnectionServer.Session session, ForwardFrames frames, ForwardReceiver receiver)
      throws IOException {
    while (!session.isStopping()) {
      if (frames.next()) {
        session.busy(); // from here on the client waits for this side
        if (frames.droppedBytes() > 0) {
          warnDropped(session.connection(), frames.droppedBytes());
        } else {
          receiver.take();
        }
        if (config.denyKeepalive()) {
          receiver.flush();
          return;
        }
      } else {
        receiver.takePart();
        if (frames.unfinished() > 0) {
          session.touch();
        } else {
          session.busy(); // between two messages a client may be silent for ever
        }
        if (!frames.fill(session.connection())) {
          return;
        }
      }
    }
    receiver.flush();
  }

  private void warnDropped(Connection connection, long bytes) {
    context
        .log()
        .warn(
            "Input chunk size is larger than 'chunk_size_limit', dropped:",
            "host",
            connection.peerText(),
            "limit",
            config.chunkSizeLimit().orElseThrow().bytes(),
            "size",
            bytes);
  }

  /** False where the client is refused; it knows by then. */
  private boolean shakeHands(Connection connection, ForwardFrames frames) throws IOException {
    ForwardHandshake handshake = new ForwardHandshake(security, new SecureRandom());
    byte[] helo = handshake.helo(!config.denyKeepalive());
    connection.write(helo, 0, helo.length);
    while (!frames.next()) {
      if (frames.unfinished() > HANDSHAKE_BYTES || !frames.fill(connection)) {
        return false;
      }
    }
    InetAddress peer = connection.peer();
    ForwardHandshake.Verdict verdict =
        handshake.check(frames.buffer(), frames.offset(), frames.length(), peer);
    if (verdict.refusal() != null) {
      context
          .log()
          .warn(verdict.log(), "address", connection.peerText(), "hostname", verdict.hostname());
    }
    connection.write(verdict.pong(), 0, verdict.pong().length);
    return verdict.refusal() == null;
  }

  private void answerHeartbeats() {
    ByteBuffer received = ByteBuffer.allocate(128);
    ByteBuffer answer = ByteBuffer.wrap(new byte[1]);
    while (true) {
      try {
        SocketAddress sender = heartbeats.receive(received.clear());
        if (sender == null) {
          return;
        }
        heartbeats.send(answer.clear(), sender);
      } catch (IOException e) {
        context.log().warn("could not answer a heartbeat", e);
      }
    }
  }

  @Override
  public void stop() {
    if (heartbeats != null) {
      heartbeats.close();
    }
    if (server != null) {
      server.stop();
    }
  }

  @Override
  public void close() {
    stop();
  }
}
