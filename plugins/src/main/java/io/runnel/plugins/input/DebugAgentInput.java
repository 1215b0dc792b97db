package io.runnel.plugins.input;

import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.event.Bytes;
import io.runnel.net.Connection;
import io.runnel.net.ConnectionLimits;
import io.runnel.net.ConnectionServer;
import io.runnel.net.StreamLease;
import io.runnel.plugin.Input;
import io.runnel.plugin.PluginContext;
import io.runnel.plugin.PluginType;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * Answers fluent-debug, as far as that can be without Ruby: every call gets a well-formed error.
 * Nothing that comes in is ever evaluated.
 *
 * <p>DRb sends each part of a call as a frame: its length in four bytes, big endian, and a dump of
 * Ruby's Marshal (format 4.8). A call is the object, the method's name, the number of arguments,
 * the arguments, and the block; the answer is a success flag and a value.
 */
public final class DebugAgentInput implements Input {
  public static final PluginType<Config, PluginContext, Input> TYPE =
      PluginType.input("debug_agent", Config.class, DebugAgentInput::new);

  /** DRb's own limit of arguments. */
  private static final int MOST_ARGUMENTS = 256;

  /** DRb's own limit of a frame. */
  private static final int MOST_FRAME_BYTES = 26_214_400;

  private static final String ANSWER =
      "this collector does not run Ruby: debug_agent accepts connections but no calls;"
          + " monitor_agent tells what the plugins are doing";

  @Doc("Accepts the connections of fluent-debug and refuses its calls, since there is no Ruby.")
  record Config(
      @Doc("The address to bind.") @Default("127.0.0.1") String bind,
      @Doc("The port; the number of the worker is added.") @Default("24230") int port,
      @Doc("Listens on a unix socket instead.") Optional<String> unixPath,
      @Doc("Has no effect: no object can be called.") @Default("Fluent::Engine") String object) {}

  private final Config config;
  private final PluginContext context;
  private ConnectionServer server;

  DebugAgentInput(Config config, PluginContext context) {
    this.config = config;
    this.context = context;
  }

  @Override
  public void start() throws IOException {
    StreamLease lease;
    if (config.unixPath().isPresent()) {
      Path path = Path.of(config.unixPath().get());
      lease = context.sockets().unix(path, 0, context.ownership());
    } else {
      int port = config.port() == 0 ? 0 : config.port() + context.workerId();
      lease = context.sockets().tcp(config.bind(), port, 0);
    }
    server =
        new ConnectionServer(
            "debug_agent",
            lease,
            null,
            ConnectionLimits.DEFAULT.withMax(16).withIdle(Duration.ofSeconds(60)),
            Servers.threads(context),
            Servers.report(context),
            this::serve);
    server.start();
    context
        .log()
        .info("listening dRuby", "bind", config.bind(), "port", lease.port(), "calls", "refused");
  }

  /** The port that is listened on. */
  int port() {
    return server.port();
  }

  private void serve(ConnectionServer.Session session) throws IOException {
    Connection connection = session.connection();
    Bytes answer = new Bytes(512);
    frame(answer, falseDump());
    frame(answer, errorDump());
    try {
      while (!session.isStopping()) {
        skipFrame(connection);
        skipFrame(connection);
        int arguments = readNumber(connection);
        for (int i = 0; i < arguments + 1; i++) {
          skipFrame(connection);
        }
        session.touch();
        context.log().debug("a dRuby call was refused", "host", connection.peerText());
        connection.write(answer.array(), 0, answer.length());
      }
    } catch (EOFException e) {
      // the client has gone
    }
  }

  private static void skipFrame(Connection connection) throws IOException {
    skip(connection, frameLength(connection));
  }

  private static int frameLength(Connection connection) throws IOException {
    byte[] head = read(connection, 4);
    int length =
        (head[0] & 0xff) << 24 | (head[1] & 0xff) << 16 | (head[2] & 0xff) << 8 | head[3] & 0xff;
    if (length < 0 || length > MOST_FRAME_BYTES) {
      throw new IOException("a dRuby frame of " + (length & 0xffff_ffffL) + " bytes");
    }
    return length;
  }

  /** The number of arguments: {@code 04 08 'i'} and a Marshal integer. */
  private static int readNumber(Connection connection) throws IOException {
    int length = frameLength(connection);
    byte[] dump = length <= 8 ? read(connection, length) : new byte[0];
    if (dump.length < 4 || dump[0] != 4 || dump[1] != 8 || dump[2] != 'i') {
      throw new IOException("no dRuby call");
    }
    int first = dump[3];
    int value =
        first > 4
            ? first - 5
            : first == 0 ? 0 : first == 1 && dump.length > 4 ? dump[4] & 0xff : -1;
    if (value < 0 || value > MOST_ARGUMENTS) {
      throw new IOException("a dRuby call with too many arguments");
    }
    return value;
  }

  private static byte[] read(Connection connection, int count) throws IOException {
    byte[] bytes = new byte[count];
    for (int at = 0; at < count; ) {
      int step = connection.read(bytes, at, count - at);
      if (step < 0) {
        throw new EOFException();
      }
      at += step;
    }
    return bytes;
  }

  private static void skip(Connection connection, int count) throws IOException {
    byte[] unwanted = new byte[Math.min(count, 8192)];
    for (int left = count; left > 0; ) {
      int step = connection.read(unwanted, 0, Math.min(left, unwanted.length));
      if (step < 0) {
        throw new EOFException();
      }
      left -= step;
    }
  }

  private static void frame(Bytes out, Bytes dump) {
    for (int shift = 24; shift >= 0; shift -= 8) {
      out.write(dump.length() >>> shift);
    }
    out.write(dump.array(), 0, dump.length());
  }

  private static Bytes falseDump() {
    Bytes dump = new Bytes(8);
    dump.write(new byte[] {4, 8, 'F'});
    return dump;
  }

  /** A RuntimeError with the message and no backtrace. */
  private static Bytes errorDump() {
    Bytes dump = new Bytes(256);
    dump.write(new byte[] {4, 8, 'o'});
    symbol(dump, "RuntimeError");
    number(dump, 2);
    symbol(dump, "mesg");
    dump.ascii("I\"");
    byte[] text = ANSWER.getBytes(StandardCharsets.UTF_8);
    number(dump, text.length);
    dump.write(text);
    number(dump, 1);
    symbol(dump, "E");
    dump.write('T');
    symbol(dump, "bt");
    dump.write('0');
    return dump;
  }

  private static void symbol(Bytes dump, String name) {
    dump.write(':');
    number(dump, name.length());
    dump.ascii(name);
  }

  /** A Marshal integer from 0 to 255. */
  private static void number(Bytes dump, int value) {
    if (value == 0) {
      dump.write(0);
    } else if (value < 123) {
      dump.write(value + 5);
    } else {
      dump.write(1);
      dump.write(value);
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
