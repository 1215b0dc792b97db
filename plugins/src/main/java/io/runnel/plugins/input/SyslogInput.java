package io.runnel.plugins.input;

import io.runnel.config.Alias;
import io.runnel.config.ByteSize;
import io.runnel.config.ConfigElement;
import io.runnel.config.ConfigException;
import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.config.LegacyParameters;
import io.runnel.config.Obsolete;
import io.runnel.config.PluginSection;
import io.runnel.net.Connection;
import io.runnel.net.ConnectionLimits;
import io.runnel.net.ConnectionServer;
import io.runnel.net.DatagramLease;
import io.runnel.net.StreamLease;
import io.runnel.net.TlsContext;
import io.runnel.net.TransportConfig;
import io.runnel.net.TransportConfig.Protocol;
import io.runnel.plugin.EmitException;
import io.runnel.plugin.Input;
import io.runnel.plugin.Parser;
import io.runnel.plugin.PluginContext;
import io.runnel.plugin.PluginType;
import io.runnel.plugins.common.AddedFields;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/** Takes syslog messages over UDP, TCP or TLS. */
public final class SyslogInput implements Input {
  public static final PluginType<Config, PluginContext, Input> TYPE =
      PluginType.input("syslog", Config.class, SyslogInput::new).legacy(LegacyParameters.PARSE);

  private static final String WITH_PRIORITY = "with_priority";

  /** The old form of the section transport. */
  enum OldProtocol {
    TCP,
    UDP
  }

  /** How messages follow each other in a stream. */
  enum FrameType {
    TRADITIONAL,
    OCTET_COUNT
  }

  @Doc("Listens for syslog messages.")
  record Config(
      @Doc("The port.") @Default("5140") int port,
      @Doc("The address to bind.") @Default("0.0.0.0") String bind,
      @Doc("The first part of the tags; facility and severity follow.") String tag,
      @Obsolete("use transport directive") @Doc("tcp or udp; see the section transport.")
          Optional<OldProtocol> protocolType,
      @Doc("Over TCP: a delimiter behind each message, or its length in front.")
          @Default("traditional")
          FrameType frameType,
      @Obsolete("use \"source_hostname_key\" or \"source_address_key\" instead.")
          @Doc("Adds the sender's name as source_host_key.")
          @Default("false")
          boolean includeSourceHost,
      @Doc("The field of include_source_host.") @Default("source_host") String sourceHostKey,
      @Doc("Emits what cannot be parsed with the tag TAG.unmatched.") @Default("false")
          boolean emitUnmatchedLines,
      @Doc("Field that gets the sender's name.") Optional<String> sourceHostnameKey,
      @Doc("Looks up the names of senders.") Optional<Boolean> resolveHostname,
      @Doc("Lets TCP probe silent clients.") @Default("false") boolean sendKeepalivePacket,
      @Doc("Field that gets the sender's address.") Optional<String> sourceAddressKey,
      @Alias("priority_key") @Doc("Field that gets the severity.") Optional<String> severityKey,
      @Doc("Field that gets the facility.") Optional<String> facilityKey,
      @Doc("Longer messages are cut off (UDP) or dropped (TCP).") @Default("2048")
          ByteSize messageLengthLimit,
      @Doc("Has no effect.") @Default("0.5") Duration blockingTimeout,
      @Doc("What stands behind each message over TCP.") @Default("\n") String delimiter,
      TransportConfig transport,
      @Doc("How messages are read; with_priority is true unless the section says otherwise.")
          @Default("syslog")
          PluginSection parse) {}

  private final Config config;
  private final PluginContext context;
  private final Protocol protocol;
  private final TlsContext tls;
  private final Parser parser;
  private final SyslogTags tags;
  private final String hostnameKey;
  private final String addressKey;
  private ConnectionServer server;
  private DatagramLoop loop;

  SyslogInput(Config config, PluginContext context) {
    this.config = config;
    this.context = context;
    Protocol configured = config.transport().protocol(Protocol.UDP, Protocol.TCP, Protocol.TLS);
    boolean old = config.protocolType().isPresent() && config.transport().protocol().isEmpty();
    protocol = old ? Protocol.valueOf(config.protocolType().get().name()) : configured;
    tls = config.transport().serverContext(context.system().hostname());
    hostnameKey = config.sourceHostnameKey().orElse(null);
    // the old parameters give the address: Fluentd's change of their meaning in v1
    addressKey =
        config.includeSourceHost()
            ? config.sourceHostKey()
            : config.sourceAddressKey().orElse(null);
    if (config.includeSourceHost() && config.sourceAddressKey().isPresent()) {
      throw new ConfigException("specify either source_address_key or include_source_host");
    }
    if (hostnameKey != null && !config.resolveHostname().orElse(true)) {
      throw new ConfigException("resolve_hostname must be true with source_hostname_key");
    }
    if (config.delimiter().isEmpty()) {
      throw new ConfigException("'delimiter' must not be empty", context.element().place());
    }
    ConfigElement section = config.parse().element();
    boolean takesPriority =
        "syslog".equals(config.parse().type()) && !"false".equals(section.peek(WITH_PRIORITY));
    parser = takesPriority ? parserOfPriorities(section) : context.parser(config.parse());
    tags =
        new SyslogTags(
            config.tag(),
            config.severityKey().orElse(null),
            config.facilityKey().orElse(null),
            takesPriority);
  }

  /** The syslog parser, whose own default is to expect no priority. */
  private Parser parserOfPriorities(ConfigElement section) {
    boolean absent = !section.has(WITH_PRIORITY);
    if (absent) {
      section.set(WITH_PRIORITY, "true");
    }
    Parser made = context.parser(config.parse());
    if (absent) {
      section.remove(WITH_PRIORITY);
    }
    return made;
  }

  @Override
  public void start() throws IOException {
    if (protocol == Protocol.UDP) {
      long receiveBuffer = config.transport().receiveBufferSize().map(ByteSize::bytes).orElse(0L);
      DatagramLease lease =
          context.sockets().udp(config.bind(), config.port(), Math.toIntExact(receiveBuffer));
      int limit = Servers.datagramLength(config.messageLengthLimit().bytes());
      loop = new DatagramLoop(context, lease, limit, new Messages());
      loop.start("syslog");
    } else {
      StreamLease lease = context.sockets().tcp(config.bind(), config.port(), 0);
      server =
          new ConnectionServer(
              "syslog",
              lease,
              tls,
              ConnectionLimits.DEFAULT.withKeepalive(config.sendKeepalivePacket()),
              Servers.threads(context),
              Servers.report(context),
              this::serve);
      server.start();
    }
    context
        .log()
        .info(
            "listening syslog socket on %s:%d with %s".formatted(config.bind(), port(), protocol));
  }

  /** The port that is listened on. */
  int port() {
    return loop == null ? server.port() : loop.port();
  }

  private SenderFields senders() {
    return new SenderFields(addressKey, hostnameKey);
  }

  private void serve(ConnectionServer.Session session) throws IOException {
    Connection connection = session.connection();
    AddedFields fields = senders().of(connection.peer());
    SyslogEvents events = new SyslogEvents(context, parser, tags, config);
    byte[] delimiter =
        config.frameType() == FrameType.OCTET_COUNT
            ? null
            : config.delimiter().getBytes(StandardCharsets.UTF_8);
    MessageFrames frames =
        new MessageFrames(
            delimiter, config.messageLengthLimit().bytes(), context.memory().receiving());
    try (frames) {
      while (!session.isStopping() && frames.fill(connection)) {
        events.begin();
        takeMessages(frames, events, fields);
        events.flush();
      }
    } catch (EmitException e) {
      context.log().error("unexpected error on reading data", e, "host", connection.peerText());
    }
  }

  private void takeMessages(MessageFrames frames, SyslogEvents events, AddedFields fields)
      throws IOException {
    try {
      while (frames.next()) {
        if (frames.isTooLong()) {
          context
              .log()
              .info(
                  "The received data is larger than 'message_length_limit', dropped:",
                  "limit",
                  config.messageLengthLimit().bytes());
        } else {
          events.add(frames.buffer(), frames.offset(), frames.length(), fields);
        }
      }
    } catch (IOException e) {
      events.flush(); // what stood in front of the fault is sound
      throw e;
    }
  }

  private final class Messages implements DatagramLoop.Taker {
    private final SyslogEvents events = new SyslogEvents(context, parser, tags, config);
    private final SenderFields senders = senders();

    @Override
    public void begin() {
      events.discard();
      events.begin();
    }

    @Override
    public void take(byte[] data, int length, InetAddress sender) {
      events.add(data, 0, length, senders.of(sender));
    }

    @Override
    public void flush() {
      events.flush();
    }
  }

  @Override
  public void stop() {
    if (loop != null) {
      loop.stop();
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
