package io.runnel.plugins.contrib;

import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.event.Event;
import io.runnel.event.EventStream;
import io.runnel.event.EventTime;
import io.runnel.event.Json;
import io.runnel.net.Connection;
import io.runnel.net.ConnectionLimits;
import io.runnel.net.ConnectionServer;
import io.runnel.net.DatagramLease;
import io.runnel.net.StreamLease;
import io.runnel.plugin.EmitException;
import io.runnel.plugin.Input;
import io.runnel.plugin.PluginContext;
import io.runnel.plugin.PluginType;
import io.runnel.plugins.input.DatagramLoop;
import io.runnel.plugins.input.MessageFrames;
import io.runnel.plugins.input.Servers;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Takes Graylog's messages over UDP or TCP (fluent-plugin-input-gelf). */
public final class GelfInput implements Input {
  public static final PluginType<Config, PluginContext, Input> TYPE =
      PluginType.input("gelf", Config.class, GelfInput::new);

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
          boolean removeTimestampRecord) {}

  private final Config config;
  private final PluginContext context;
  private DatagramLoop datagrams;
  private ConnectionServer server;

  GelfInput(Config config, PluginContext context) {
    this.config = config;
    this.context = context;
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
    Object parsed;
    try {
      parsed = Json.parse(text);
    } catch (IllegalArgumentException e) {
      context.log().warn("gelf: message is no JSON", e);
      return;
    }
    if (!(parsed instanceof Map<?, ?> message)) {
      context.log().warn("gelf: message is no JSON object");
      return;
    }
    long time = context.clock().eventTime();
    Map<String, Object> record = new LinkedHashMap<>();
    for (Map.Entry<?, ?> field : message.entrySet()) {
      String name = (String) field.getKey();
      if (name.equals("timestamp") && config.trustClientTimestamp && isTime(field.getValue())) {
        time = EventTime.ofDouble(((Number) field.getValue()).doubleValue());
        if (config.removeTimestampRecord) {
          continue;
        }
      }
      boolean strip = config.stripLeadingUnderscore && name.startsWith("_") && name.length() > 1;
      record.put(strip ? name.substring(1) : name, field.getValue());
    }
    events.add(new Event(time, record));
  }

  private static boolean isTime(Object value) {
    return value instanceof Number number
        && number.doubleValue() >= 0
        && number.doubleValue() <= MAX_SECONDS;
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
