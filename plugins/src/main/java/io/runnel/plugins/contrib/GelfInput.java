package io.runnel.plugins.contrib;

import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.config.LegacyParameters;
import io.runnel.config.PluginSection;
import io.runnel.event.Event;
import io.runnel.event.EventBuilder;
import io.runnel.event.EventStream;
import io.runnel.event.EventTime;
import io.runnel.net.Connection;
import io.runnel.net.ConnectionLimits;
import io.runnel.net.ConnectionServer;
import io.runnel.net.DatagramLease;
import io.runnel.net.StreamLease;
import io.runnel.plugin.EmitException;
import io.runnel.plugin.Input;
import io.runnel.plugin.ParseException;
import io.runnel.plugin.Parser;
import io.runnel.plugin.PluginContext;
import io.runnel.plugin.PluginType;
import io.runnel.plugins.input.DatagramLoop;
import io.runnel.plugins.input.MessageFrames;
import io.runnel.plugins.input.Servers;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Takes Graylog's messages over UDP or TCP (fluent-plugin-input-gelf). */
public final class GelfInput implements Input {
  public static final PluginType<Config, PluginContext, Input> TYPE =
      PluginType.input("gelf", Config.class, GelfInput::new).legacy(LegacyParameters.PARSE);

  private static final int DATAGRAM = 65_535;
  private static final double MAX_SECONDS = 0xffff_ffffL;

  /** {@code protocol_type}. */
  enum Protocol {
    UDP,
    TCP
  }

  @Doc("Takes messages in Graylog's format GELF.")
  record Config(
      @Doc("The tag of the events.") String tag,
      @Doc("The port.") @Default("12201") int port,
      @Doc("The address to bind.") @Default("0.0.0.0") String bind,
      @Doc("udp or tcp.") @Default("udp") Protocol protocolType,
      @Doc("Has no effect.") @Default("0.5") Duration blockingTimeout,
      @Doc("Removes the underscore in front of names.") @Default("true")
          boolean stripLeadingUnderscore,
      @Doc("Takes the time of the message.") @Default("true") boolean trustClientTimestamp,
      @Doc("Removes the field timestamp where its time was taken.") @Default("true")
          boolean removeTimestampRecord,
      @Doc("How messages are read.") @Default("json") PluginSection parse) {}

  private final Config config;
  private final PluginContext context;
  private final Parser parser;
  private DatagramLoop datagrams;
  private ConnectionServer server;

  GelfInput(Config config, PluginContext context) {
    this.config = config;
    this.context = context;
    this.parser = context.parser(config.parse());
  }

  @Override
  public void start() throws IOException {
    if (config.protocolType == Protocol.UDP) {
      DatagramLease lease = context.sockets().udp(config.bind, config.port, 0);
      datagrams = new DatagramLoop(context, lease, DATAGRAM, new Datagrams());
      datagrams.start("gelf");
    } else {
      StreamLease lease = context.sockets().tcp(config.bind, config.port, 0);
      server =
          new ConnectionServer(
              "gelf",
              lease,
              null,
              ConnectionLimits.DEFAULT,
              Servers.threads(context),
              Servers.report(context),
              this::serve);
      server.start();
    }
    context.log().info("listening gelf socket", "bind", config.bind, "port", port());
  }

  /** The port that is listened on. */
  int port() {
    return server == null ? datagrams.port() : server.port();
  }

  private void serve(ConnectionServer.Session session) throws IOException {
    Connection connection = session.connection();
    MessageFrames frames =
        new MessageFrames(new byte[1], GelfDecoder.MAX_MESSAGE, context.memory().receiving());
    try (frames) {
      while (!session.isStopping() && frames.fill(connection)) {
        List<Event> events = new ArrayList<>();
        while (frames.next()) {
          if (frames.isTooLong()) {
            context.log().warn("gelf: message is too long, dropped", "host", connection.peerText());
          } else if (frames.length() > 0) {
            int from = frames.offset();
            add(Arrays.copyOfRange(frames.buffer(), from, from + frames.length()), events);
          }
        }
        emit(events);
      }
    } catch (EmitException e) {
      context.log().error("unexpected error on reading data", e, "host", connection.peerText());
    }
  }

  private final class Datagrams implements DatagramLoop.Taker {
    private final GelfDecoder decoder = new GelfDecoder();
    private final List<Event> events = new ArrayList<>();

    @Override
    public void begin() {
      events.clear();
    }

    @Override
    public void take(byte[] data, int length, InetAddress sender) {
      try {
        byte[] text = decoder.take(data, length, context.clock().nanos());
        if (text != null) {
          add(text, events);
        }
      } catch (IOException e) {
        String from = sender == null ? "" : sender.getHostAddress();
        context.log().warn("gelf: wrong datagram", e, "host", from);
      }
    }

    @Override
    public void flush() {
      emit(List.copyOf(events));
    }
  }

  private void emit(List<Event> events) {
    if (!events.isEmpty()) {
      context.emitter().emit(config.tag, EventStream.of(events));
    }
  }

  private void add(byte[] text, List<Event> events) {
    EventBuilder parsed = new EventBuilder();
    parsed.defaultTime(context.clock().eventTime());
    try {
      if (parser.parse(text, 0, text.length, parsed) == 0) {
        context.log().warn("pattern not match", "data", new String(text, StandardCharsets.UTF_8));
      }
    } catch (ParseException e) {
      context.log().warn("gelf: message cannot be read", e);
      return;
    }
    for (Event event : parsed.take().events()) {
      events.add(finished(event));
    }
  }

  private Event finished(Event event) {
    long time = event.time();
    Map<String, Object> record = new LinkedHashMap<>();
    for (Map.Entry<String, Object> field : event.record().entrySet()) {
      String name = field.getKey();
      Double seconds = name.equals("timestamp") ? seconds(field.getValue()) : null;
      if (seconds != null && config.trustClientTimestamp) {
        time = EventTime.ofDouble(seconds);
        if (config.removeTimestampRecord) {
          continue;
        }
      }
      boolean strip = config.stripLeadingUnderscore && name.startsWith("_") && name.length() > 1;
      record.put(strip ? name.substring(1) : name, field.getValue());
    }
    return new Event(time, record);
  }

  /** Null for what is no time that an event can have. */
  private static Double seconds(Object value) {
    double seconds;
    try {
      seconds = Double.parseDouble(String.valueOf(value));
    } catch (NumberFormatException e) {
      return null;
    }
    return seconds >= 0 && seconds <= MAX_SECONDS ? seconds : null;
  }

  @Override
  public void stop() {
    if (datagrams != null) {
      datagrams.stop();
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
