package io.runnel.plugins.input;

import io.runnel.config.ByteSize;
import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.config.LegacyParameters;
import io.runnel.config.Obsolete;
import io.runnel.config.PluginSection;
import io.runnel.net.DatagramLease;
import io.runnel.net.TransportConfig;
import io.runnel.plugin.Input;
import io.runnel.plugin.Parser;
import io.runnel.plugin.PluginContext;
import io.runnel.plugin.PluginType;
import io.runnel.plugins.common.ExtractConfig;
import io.runnel.plugins.common.Extractor;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Optional;

/** Takes messages over UDP, one in each datagram. */
public final class UdpInput implements Input {
  public static final PluginType<Config, PluginContext, Input> TYPE =
      PluginType.input("udp", Config.class, UdpInput::new).legacy(LegacyParameters.PARSE);

  @Doc("Listens on a UDP port; each datagram is parsed.")
  record Config(
      @Doc("The tag of the events.") String tag,
      @Doc("The port.") @Default("5160") int port,
      @Doc("The address to bind.") @Default("0.0.0.0") String bind,
      @Obsolete("use source_hostname_key instead.") @Doc("Field that gets the sender's name.")
          Optional<String> sourceHostKey,
      @Doc("Field that gets the sender's name.") Optional<String> sourceHostnameKey,
      @Doc("Field that gets the sender's address.") Optional<String> sourceAddressKey,
      @Obsolete("use message_length_limit instead.") @Doc("The old name of message_length_limit.")
          Optional<ByteSize> bodySizeLimit,
      @Doc("What is longer is cut off.") @Default("4096") ByteSize messageLengthLimit,
      @Doc("Removes a newline at the end of a message.") @Default("true") boolean removeNewline,
      @Obsolete("use receive_buffer_size in transport section instead.")
          @Doc("Bytes that the kernel keeps for the socket.")
          Optional<ByteSize> receiveBufferSize,
      @Doc("Has no effect.") @Default("0.5") Duration blockingTimeout,
      Optional<ExtractConfig> extract,
      @Doc("How messages are read.") PluginSection parse,
      TransportConfig transport) {}

  private final Config config;
  private final PluginContext context;
  private final SourceEvents events;
  private final SenderFields senders;
  private DatagramLoop loop;

  UdpInput(Config config, PluginContext context) {
    this.config = config;
    this.context = context;
    config.transport().protocol(TransportConfig.Protocol.UDP);
    Parser parser = context.parser(config.parse());
    events =
        new SourceEvents(context, parser, Extractor.of(config.extract(), context), config.tag());
    String hostnameKey = config.sourceHostnameKey().or(config::sourceHostKey).orElse(null);
    senders = new SenderFields(config.sourceAddressKey().orElse(null), hostnameKey);
  }

  @Override
  public void start() throws IOException {
    long receiveBuffer =
        config
            .transport()
            .receiveBufferSize()
            .or(config::receiveBufferSize)
            .map(ByteSize::bytes)
            .orElse(0L);
    DatagramLease lease =
        context.sockets().udp(config.bind(), config.port(), Math.toIntExact(receiveBuffer));
    long limit = config.bodySizeLimit().orElse(config.messageLengthLimit()).bytes();
    loop = new DatagramLoop(context, lease, Servers.datagramLength(limit), new Messages());
    context.log().info("listening udp socket", "bind", config.bind(), "port", lease.port());
    loop.start("udp");
  }

  /** The port that is listened on. */
  int port() {
    return loop.port();
  }

  private final class Messages implements DatagramLoop.Taker {
    @Override
    public void begin() {
      events.begin();
    }

    @Override
    public void take(byte[] data, int length, InetAddress sender) {
      int end = config.removeNewline() ? Servers.withoutNewline(data, 0, length) : length;
      events.add(data, 0, end, senders.of(sender));
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
  }

  @Override
  public void close() {
    stop();
  }
}
