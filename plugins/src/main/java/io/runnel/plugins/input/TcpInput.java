package io.runnel.plugins.input;

import io.runnel.config.ByteSize;
import io.runnel.config.ConfigException;
import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.config.LegacyParameters;
import io.runnel.config.Obsolete;
import io.runnel.config.PluginSection;
import io.runnel.net.Connection;
import io.runnel.net.ConnectionLimits;
import io.runnel.net.ConnectionServer;
import io.runnel.net.StreamLease;
import io.runnel.net.TlsContext;
import io.runnel.net.TransportConfig;
import io.runnel.plugin.EmitException;
import io.runnel.plugin.Input;
import io.runnel.plugin.Parser;
import io.runnel.plugin.PluginContext;
import io.runnel.plugin.PluginType;
import io.runnel.plugins.common.AddedFields;
import io.runnel.plugins.common.ExtractConfig;
import io.runnel.plugins.common.Extractor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/** Takes messages over TCP, one up to each delimiter. */
public final class TcpInput implements Input {
  public static final PluginType<Config, PluginContext, Input> TYPE =
      PluginType.input("tcp", Config.class, TcpInput::new).legacy(LegacyParameters.PARSE);

  @Doc("Listens on a TCP port; each message up to a delimiter is parsed.")
  record Config(
      @Doc("The tag of the events.") String tag,
      @Doc("The port.") @Default("5170") int port,
      @Doc("The address to bind.") @Default("0.0.0.0") String bind,
      @Obsolete("use source_hostname_key instead.") @Doc("Field that gets the client's name.")
          Optional<String> sourceHostKey,
      @Doc("Field that gets the client's name.") Optional<String> sourceHostnameKey,
      @Doc("Field that gets the client's address.") Optional<String> sourceAddressKey,
      @Doc("Longer messages are dropped.") Optional<ByteSize> messageLengthLimit,
      @Doc("Has no effect: each connection has its own thread.") @Default("0.5")
          Duration blockingTimeout,
      @Doc("What stands behind each message.") @Default("\n") String delimiter,
      @Doc("Lets TCP probe silent clients.") @Default("false") boolean sendKeepalivePacket,
      Optional<ExtractConfig> extract,
      TransportConfig transport,
      Optional<ClientList.Config> security,
      @Doc("How messages are read.") PluginSection parse) {}

  private final Config config;
  private final PluginContext context;
  private final TlsContext tls;
  private final ClientList clients;
  private final Parser parser;
  private final Extractor extractor;
  private ConnectionServer server;

  TcpInput(Config config, PluginContext context) {
    this.config = config;
    this.context = context;
    config.transport().protocol(TransportConfig.Protocol.TCP, TransportConfig.Protocol.TLS);
    tls = config.transport().serverContext(context.system().hostname());
    if (config.delimiter().isEmpty()) {
      throw new ConfigException("'delimiter' must not be empty", context.element().place());
    }
    clients = ClientList.of(config.security());
    parser = context.parser(config.parse());
    extractor = Extractor.of(config.extract(), context);
  }

  @Override
  public void start() throws IOException {
    StreamLease lease = context.sockets().tcp(config.bind(), config.port(), 0);
    server =
        new ConnectionServer(
            "tcp",
            lease,
            tls,
            ConnectionLimits.DEFAULT.withKeepalive(config.sendKeepalivePacket()),
            Servers.threads(context),
            Servers.report(context),
            this::serve);
    context.log().info("listening tcp socket", "bind", config.bind(), "port", lease.port());
    server.start();
  }

  /** The port that is listened on. */
  int port() {
    return server.port();
  }

  private void serve(ConnectionServer.Session session) throws IOException {
    Connection connection = session.connection();
    if (!clients.allows(connection.peer())) {
      context
          .log()
          .warn(
              "anonymous client '%s:%d' denied"
                  .formatted(connection.peerText(), connection.peerPort()));
      return;
    }
    String hostnameKey = config.sourceHostnameKey().or(config::sourceHostKey).orElse(null);
    AddedFields fields =
        new SenderFields(config.sourceAddressKey().orElse(null), hostnameKey).of(connection.peer());
    SourceEvents events = new SourceEvents(context, parser, extractor, config.tag());
    long limit = config.messageLengthLimit().map(ByteSize::bytes).orElse(MessageFrames.LONGEST);
    MessageFrames frames =
        new MessageFrames(
            config.delimiter().getBytes(StandardCharsets.UTF_8),
            limit,
            context.memory().receiving());
    try (frames) {
      while (!session.isStopping() && frames.fill(connection)) {
        events.begin();
        while (frames.next()) {
          if (frames.isTooLong()) {
            context
                .log()
                .info(
                    "The received data is larger than 'message_length_limit', dropped:",
                    "limit",
                    limit);
          } else {
            events.add(frames.buffer(), frames.offset(), frames.length(), fields);
          }
        }
        events.flush();
      }
    } catch (EmitException e) {
      context.log().error("unexpected error on reading data", e, "host", connection.peerText());
    }
  }

  @Override
  public void stop() {
    if (server != null) {
      server.stop();
    }
  }

  @Override
  public void close() {
    stop();
  }
}
