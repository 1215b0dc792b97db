package io.runnel.plugins.contrib;

import io.runnel.config.ConfigException;
import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.config.LegacyParameters;
import io.runnel.event.Bytes;
import io.runnel.net.TlsClientConfig;
import io.runnel.net.TlsContext;
import io.runnel.plugin.BufferDefaults;
import io.runnel.plugin.BufferedOutput;
import io.runnel.plugin.Chunk;
import io.runnel.plugin.Formatter;
import io.runnel.plugin.Output;
import io.runnel.plugin.OutputContext;
import io.runnel.plugin.PluginType;
import io.runnel.plugins.client.ClientConnection;
import io.runnel.plugins.client.SendWatch;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.DeflaterOutputStream;

/** Sends events to Graylog: chunked and compressed over UDP, or over TCP or TLS (gelf-hs). */
public final class GelfOutput implements BufferedOutput {
  public static final PluginType<Config, OutputContext, Output> TYPE =
      PluginType.output("gelf", Config.class, GelfOutput::new)
          .legacy(LegacyParameters.BUFFER)
          .buffered(BufferDefaults.none());

  private static final int MAX_CHUNKS = 128;
  private static final int CHUNK_HEADER = 12;
  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  /** {@code protocol}. */
  enum Protocol {
    UDP,
    TCP
  }

  @Doc("Sends events to Graylog in its format GELF.")
  record Config(
      @Doc("Name or address of the server.") String host,
      @Doc("Its port.") @Default("12201") int port,
      @Doc("udp or tcp.") @Default("udp") Protocol protocol,
      @Doc("Takes the field host of the record as the message's host.") @Default("false")
          boolean useRecordHost,
      @Doc("Adds the field msec, in milliseconds, to the time.") @Default("false")
          boolean addMsecTime,
      @Doc("Encrypts the connection; for tcp.") @Default("false") boolean tls,
      @Doc(
              "ca, cert, key, version (TLSv1_2), no_verify, all_ciphers and no_default_ca, as the gem"
                  + " has them, and verify_hostname; for tls.")
          Map<String, Object> tlsOptions,
      @Doc("Bytes of a datagram; longer messages are sent in chunks.") @Default("1420")
          int maxBytes) {}

  private final Config config;
  private final OutputContext context;
  private final GelfFormat format;
  private final TlsContext tls;
  private final SendWatch watch;

  GelfOutput(Config config, OutputContext context) {
    this.config = config;
    this.context = context;
    if (config.tls && config.protocol != Protocol.TCP) {
      context.log().warn("tls has no effect without protocol tcp: messages are sent in clear text");
    }
    if (config.maxBytes < 64 || config.maxBytes > 65_507) {
      throw new ConfigException("max_bytes must be 64 to 65507");
    }
    format = new GelfFormat(context.system().hostname(), config.useRecordHost, config.addMsecTime);
    tls = config.tls && config.protocol == Protocol.TCP ? tls() : null;
    watch = new SendWatch(context, TIMEOUT);
  }

  private TlsContext tls() {
    String version = option("version").orElse("TLSv1_2");
    return new TlsClientConfig(
            option("ca").map(List::of).orElse(List.of()),
            is("no_verify", false),
            is("verify_hostname", true),
            false,
            option("cert"),
            option("key"),
            Optional.empty(),
            version,
            Optional.empty(),
            Optional.empty(),
            is("all_ciphers", false) ? "ALL" : "ALL:!aNULL:!eNULL:!SSLv2")
        .context();
  }

  private boolean is(String name, boolean otherwise) {
    return option(name).map(text -> text.equals("true")).orElse(otherwise);
  }

  private Optional<String> option(String name) {
    return Optional.ofNullable(config.tlsOptions.get(name)).map(String::valueOf);
  }

  @Override
  public Formatter chunkFormat() {
    return format;
  }

  @Override
  public void start() {
    watch.start();
  }

  @Override
  public void write(Chunk chunk) throws IOException {
    if (config.protocol == Protocol.UDP) {
      sendDatagrams(chunk);
      return;
    }
    int millis = Math.toIntExact(TIMEOUT.toMillis());
    ClientConnection connection = ClientConnection.open(address(), millis, context.clock());
    watch.use(
        connection,
        used -> {
          if (tls != null) {
            used.startTls(tls, config.host, millis);
          }
          Bytes content = new Bytes((int) Math.min(1 << 20, chunk.bytes() + 64));
          chunk.writeTo(content);
          used.write(content.array(), 0, content.length());
        });
    connection.close();
  }

  private InetSocketAddress address() throws IOException {
    InetSocketAddress address = new InetSocketAddress(config.host, config.port);
    if (address.isUnresolved()) {
      throw new UnknownHostException(config.host);
    }
    return address;
  }

  private void sendDatagrams(Chunk chunk) throws IOException {
    Bytes content = new Bytes((int) Math.min(1 << 20, chunk.bytes() + 64));
    chunk.writeTo(content);
    byte[] all = content.array();
    InetSocketAddress address = address();
    try (DatagramSocket socket = new DatagramSocket()) {
      int from = 0;
      for (int i = 0; i < content.length(); i++) {
        if (all[i] == 0) {
          sendMessage(socket, address, all, from, i - from);
          from = i + 1;
        }
      }
    }
  }

  private void sendMessage(
      DatagramSocket socket, InetSocketAddress address, byte[] text, int offset, int length)
      throws IOException {
    Bytes packed = new Bytes(length / 2 + 64);
    try (DeflaterOutputStream deflater = new DeflaterOutputStream(packed)) {
      deflater.write(text, offset, length);
    }
    InetAddress to = address.getAddress();
    if (packed.length() <= config.maxBytes) {
      socket.send(new DatagramPacket(packed.array(), packed.length(), to, address.getPort()));
      return;
    }
    int size = config.maxBytes - CHUNK_HEADER;
    int count = (packed.length() + size - 1) / size;
    if (count > MAX_CHUNKS) {
      context.log().warn("gelf: message is too long for UDP, dropped", "bytes", packed.length());
      return;
    }
    byte[] datagram = new byte[config.maxBytes];
    long id = context.random().nextLong();
    datagram[0] = 0x1e;
    datagram[1] = 0x0f;
    for (int i = 0; i < 8; i++) {
      datagram[2 + i] = (byte) (id >> 8 * i);
    }
    datagram[11] = (byte) count;
    for (int number = 0; number < count; number++) {
      datagram[10] = (byte) number;
      int from = number * size;
      int part = Math.min(size, packed.length() - from);
      System.arraycopy(packed.array(), from, datagram, CHUNK_HEADER, part);
      socket.send(new DatagramPacket(datagram, CHUNK_HEADER + part, to, address.getPort()));
    }
  }

  @Override
  public void stop() {
    watch.stop();
  }

  @Override
  public void close() {
    watch.close();
  }
}
