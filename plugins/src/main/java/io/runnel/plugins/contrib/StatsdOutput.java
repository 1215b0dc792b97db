package io.runnel.plugins.contrib;

import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.config.LegacyParameters;
import io.runnel.config.Place;
import io.runnel.event.Bytes;
import io.runnel.event.EventCursor;
import io.runnel.event.EventStream;
import io.runnel.plugin.BufferDefaults;
import io.runnel.plugin.BufferedOutput;
import io.runnel.plugin.Chunk;
import io.runnel.plugin.FormatException;
import io.runnel.plugin.Output;
import io.runnel.plugin.OutputContext;
import io.runnel.plugin.PluginType;
import io.runnel.plugins.filter.RubyFault;
import io.runnel.plugins.filter.TagValues;
import io.runnel.ruby.RubyHost;
import io.runnel.time.Zone;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Sends measured values to StatsD over UDP (fluent-plugin-statsd and its kin). */
public final class StatsdOutput implements BufferedOutput {
  public static final PluginType<Config, OutputContext, Output> TYPE =
      PluginType.output("statsd", Config.class, StatsdOutput::new)
          .legacy(LegacyParameters.BUFFER)
          .buffered(BufferDefaults.of(List.of("tag"), "flush_interval", "1"));

  /** Lines of a datagram where several go together and no size is given. */
  private static final int BATCH_LINES = 10;

  /** More does not fit into a datagram of IPv4. */
  private static final int MOST_BYTES = 65_507;

  @Doc("A metric that is made of each event; values may hold ${…}, Ruby with record and tag.")
  record Metric(
      @Doc("timing, gauge, count, set, increment or decrement.") String statsdType,
      @Doc("Its name.") String statsdKey,
      @Doc("The value.") Optional<String> statsdVal,
      @Doc("How many of the values are sent, such as 0.1.") @Default("1.0") String statsdRate) {}

  @Doc(
      "Sends measured values to StatsD over UDP: those of <metric>, or, without it, the record's"
          + " own fields statsd_type, statsd_key, statsd_rate and statsd_TYPE.")
  record Config(
      @Doc("Name or address of the server.") @Default("localhost") String host,
      @Doc("Its port.") @Default("8125") int port,
      @Doc("Stands in front of all names, with a dot.") Optional<String> namespace,
      @Doc("How many of the values are sent, where the record does not say it.") @Default("1.0")
          double sampleRate,
      @Doc("Puts ten values into a datagram; as <metric> does.") @Default("false")
          boolean batchSend,
      @Doc("Puts as many values into a datagram as fit into these bytes.")
          Optional<Integer> batchByteSize,
      @Doc("What is made of each event.") List<Metric> metric) {}

  private record Values(Template type, Template key, Template value, Template rate) {}

  private final Config config;
  private final OutputContext context;
  private final RubyHost host;
  private final List<Values> metrics = new ArrayList<>();

  StatsdOutput(Config config, OutputContext context) {
    this.config = config;
    this.context = context;
    host = new RubyHost(System.getenv(), context.clock(), Zone.of(context.zone()));
    Place place = context.element().place();
    for (Metric metric : config.metric) {
      metrics.add(
          new Values(
              Template.ruby(metric.statsdType, false, place),
              Template.ruby(metric.statsdKey, false, place),
              metric.statsdVal.map(text -> Template.ruby(text, false, place)).orElse(null),
              Template.ruby(metric.statsdRate, false, place)));
    }
  }

  @Override
  public void write(Chunk chunk) throws IOException {
    InetSocketAddress address = new InetSocketAddress(config.host, config.port);
    if (address.isUnresolved()) {
      throw new UnknownHostException(config.host);
    }
    try (DatagramSocket socket = new DatagramSocket()) {
      Datagrams datagrams = new Datagrams(socket, address);
      String tag = chunk.tag() == null ? "" : chunk.tag();
      chunk.eachStream(stream -> send(tag, stream, datagrams));
      datagrams.flush();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private void send(String tag, EventStream stream, Datagrams datagrams) {
    for (EventCursor cursor = stream.cursor(); cursor.next(); ) {
      List<StatsdLine> lines;
      try {
        Map<String, Object> record = cursor.record();
        lines = metrics.isEmpty() ? own(record) : made(tag, record);
      } catch (FormatException | RubyFault e) {
        context.emitter().emitError(tag, cursor.time(), cursor.record(), e);
        continue;
      }
      for (StatsdLine line : lines) {
        if (line.rate() == 1 || context.random().nextDouble() < line.rate()) {
          datagrams.add(line.text());
        }
      }
    }
  }

  /** The metric that a record itself is; none where it does not say so. */
  private List<StatsdLine> own(Map<String, Object> record) throws FormatException {
    if (!(record.get("statsd_type") instanceof String type)
        || !List.of("timing", "gauge", "count", "set", "increment", "decrement").contains(type)) {
      return List.of();
    }
    double rate =
        record.containsKey("statsd_rate")
            ? StatsdLine.real(record.get("statsd_rate"))
            : config.sampleRate;
    Object value = record.get("statsd_" + type);
    return List.of(line(type, record.get("statsd_key"), value, rate));
  }

  private List<StatsdLine> made(String tag, Map<String, Object> record) throws FormatException {
    TemplateEvent event =
        new TemplateEvent(
            TagValues.of(tag), null, record, context.system().hostname(), host, false);
    List<StatsdLine> lines = new ArrayList<>();
    for (Values metric : metrics) {
      Object value = metric.value == null ? null : metric.value.value(event);
      double rate = StatsdLine.real(metric.rate.value(event));
      lines.add(line(metric.type.text(event), metric.key.text(event), value, rate));
    }
    return lines;
  }

  private StatsdLine line(String type, Object key, Object value, double rate)
      throws FormatException {
    StatsdLine line = StatsdLine.of(config.namespace.orElse(null), type, key, value, rate);
    if (line.text().length() * 3L > MOST_BYTES) { // a character has three bytes at most, or is two
      throw new FormatException("too long for a datagram: " + line.text().length() + " characters");
    }
    return line;
  }

  /** Gathers lines and sends them. */
  private final class Datagrams {
    private final DatagramSocket socket;
    private final InetSocketAddress address;
    private final Bytes text = new Bytes(512);
    private int lines;

    Datagrams(DatagramSocket socket, InetSocketAddress address) {
      this.socket = socket;
      this.address = address;
    }

    void add(String line) {
      byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
      if (lines > 0 && text.length() + 1 + bytes.length > mostBytes()) {
        flush();
      }
      if (lines > 0) {
        text.write('\n');
      }
      text.write(bytes);
      lines++;
      if (lines >= mostLines()) {
        flush();
      }
    }

    private int mostBytes() {
      return Math.min(MOST_BYTES, config.batchByteSize.orElse(MOST_BYTES));
    }

    private int mostLines() {
      if (config.batchByteSize.isPresent()) {
        return Integer.MAX_VALUE;
      }
      return config.batchSend || !metrics.isEmpty() ? BATCH_LINES : 1;
    }

    void flush() {
      if (lines == 0) {
        return;
      }
      try {
        socket.send(new DatagramPacket(text.array(), text.length(), address));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      text.clear();
      lines = 0;
    }
  }
}
