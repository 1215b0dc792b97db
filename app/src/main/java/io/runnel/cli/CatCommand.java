package io.runnel.cli;

import io.runnel.event.Bytes;
import io.runnel.event.EventTime;
import io.runnel.event.Json;
import io.runnel.event.MsgpackException;
import io.runnel.event.MsgpackReader;
import io.runnel.event.MsgpackToJson;
import io.runnel.event.MsgpackWriter;
import io.runnel.host.Clock;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code runnel cat TAG}: sends standard input, line by line, to a forward port (fluent-cat). */
@Command(
    name = "cat",
    description = "Sends lines of standard input as events to a forward port.",
    mixinStandardHelpOptions = false)
final class CatCommand implements Callable<Integer> {
  /** A record read from a MessagePack stream may not be larger: it would never fit a chunk. */
  private static final int MAX_MSGPACK = 64 << 20;

  /** Forms of the input. */
  enum InputFormat {
    json,
    msgpack,
    none
  }

  @Parameters(index = "0", paramLabel = "TAG", description = "Tag of the events.")
  private String tag;

  @Option(
      names = {"-p", "--port"},
      defaultValue = "24224",
      description = "Port (${DEFAULT-VALUE}).")
  private int port;

  @Option(
      names = {"-h", "--host"},
      defaultValue = "127.0.0.1",
      description = "Host (${DEFAULT-VALUE}).")
  private String host;

  @Option(
      names = {"-u", "--unix"},
      description = "Use a unix socket.")
  private boolean unix;

  @Option(
      names = {"-s", "--socket"},
      paramLabel = "PATH",
      description = "Path of the unix socket.")
  private String socket = defaultSocket();

  @Option(
      names = {"-f", "--format"},
      defaultValue = "json",
      description = "json, msgpack or none (${DEFAULT-VALUE}).")
  private InputFormat format;

  @Option(names = "--json", description = "Same as -f json.")
  private boolean json;

  @Option(names = "--msgpack", description = "Same as -f msgpack.")
  private boolean msgpack;

  @Option(names = "--none", description = "Same as -f none: a line is the message.")
  private boolean none;

  @Option(
      names = "--message-key",
      defaultValue = "message",
      description = "Field of the message with --none (${DEFAULT-VALUE}).")
  private String messageKey;

  @Option(
      names = "--time-as-integer",
      description = "Send whole seconds, for Fluentd v0.12 and older.")
  private boolean timeAsInteger;

  @Option(
      names = "--retry-limit",
      defaultValue = "5",
      description = "Tries to connect (${DEFAULT-VALUE}).")
  private int retryLimit;

  @Option(
      names = "--event-time",
      paramLabel = "TIME",
      description = "Time of the events, ISO 8601; now at first.")
  private String eventTime;

  @Option(names = "--help", usageHelp = true, description = "Shows this text.")
  private boolean help;

  private final PrintStream err = System.err;
  private SocketChannel channel;

  private static String defaultSocket() {
    String given = System.getenv("FLUENT_SOCKET");
    return given == null || given.isEmpty() ? "/var/run/fluent/fluent.sock" : given;
  }

  @Override
  public Integer call() throws IOException {
    InputFormat chosen =
        json ? InputFormat.json : msgpack ? InputFormat.msgpack : none ? InputFormat.none : format;
    long fixedTime;
    try {
      fixedTime = eventTime == null ? EventTime.NONE : parse(eventTime);
    } catch (DateTimeException e) {
      err.println(
          "cannot read --event-time '"
              + eventTime
              + "': a time such as 2026-01-02T03:04:05+09:00 is needed");
      return 1;
    }
    return chosen == InputFormat.msgpack ? sendMsgpack(fixedTime) : sendLines(chosen, fixedTime);
  }

  private static long parse(String text) {
    OffsetDateTime time = OffsetDateTime.parse(text.replaceFirst("^(\\S+) (\\S+)$", "$1T$2"));
    return EventTime.pack(time.toEpochSecond(), time.getNano());
  }

  private int sendLines(InputFormat chosen, long fixedTime) throws IOException {
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      Map<?, ?> record;
      if (chosen == InputFormat.none) {
        Map<String, Object> message = new LinkedHashMap<>();
        message.put(messageKey, line);
        record = message;
      } else if (line.isBlank()) {
        continue;
      } else {
        try {
          if (!(Json.parse(line) instanceof Map<?, ?> map)) {
            err.println("input is no JSON object: " + line);
            return 1;
          }
          record = map;
        } catch (RuntimeException e) {
          err.println("cannot parse as JSON: " + line + ": " + e.getMessage());
          return 1;
        }
      }
      if (!send(time(fixedTime), record)) {
        return 1;
      }
    }
    return 0;
  }

  private int sendMsgpack(long fixedTime) throws IOException {
    byte[] all = System.in.readNBytes(MAX_MSGPACK);
    MsgpackReader reader = new MsgpackReader(all);
    try {
      while (reader.hasMore()) {
        long time = time(fixedTime);
        if (reader.peekArray()) {
          reader.readArrayHeader();
          time = reader.readTime();
        }
        if (!send(time, reader.readRecord())) {
          return 1;
        }
      }
    } catch (MsgpackException e) {
      err.println("input is no MessagePack stream of records: " + e.getMessage());
      return 1;
    }
    return 0;
  }

  private static long time(long fixedTime) {
    return fixedTime == EventTime.NONE ? Clock.system().eventTime() : fixedTime;
  }

  private boolean send(long time, Map<?, ?> record) throws IOException {
    MsgpackWriter writer = new MsgpackWriter(new Bytes(256));
    writer.arrayHeader(2);
    writer.string(tag);
    writer.arrayHeader(1);
    writer.arrayHeader(2);
    if (timeAsInteger) {
      writer.integer(EventTime.seconds(time));
    } else {
      writer.eventTime(time);
    }
    writer.value(record);
    ByteBuffer bytes = writer.out().toByteBuffer();
    try {
      connect();
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      return true;
    } catch (IOException e) {
      err.println("connect failed: " + e.getMessage());
      err.println("exceed retry limit");
      err.println("!" + EventTime.seconds(time) + ":" + MsgpackToJson.text(record));
      return false;
    }
  }

  private void connect() throws IOException {
    if (channel != null) {
      return;
    }
    SocketAddress address =
        unix ? UnixDomainSocketAddress.of(socket) : new InetSocketAddress(host, port);
    IOException last = null;
    for (int attempt = 0; attempt <= retryLimit; attempt++) {
      try {
        if (attempt > 0) {
          Clock.system().sleep(1_000_000_000L);
        }
        if (address instanceof InetSocketAddress inet && inet.isUnresolved()) {
          throw new UnknownHostException("cannot resolve the host " + host);
        }
        channel = SocketChannel.open(address);
        return;
      } catch (IOException e) {
        last = e;
        err.println(
            "connect to "
                + address
                + " failed: "
                + e.getMessage()
                + (attempt < retryLimit ? "; trying again" : ""));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted", e);
      }
    }
    throw last;
  }
}
