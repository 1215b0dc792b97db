package io.runnel.connectors.opentelemetry;

import io.runnel.config.ConfigException;
import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.event.Bytes;
import io.runnel.event.Event;
import io.runnel.event.EventCursor;
import io.runnel.net.TlsClientConfig;
import io.runnel.net.TransportConfig;
import io.runnel.plugin.BufferDefaults;
import io.runnel.plugin.BufferedOutput;
import io.runnel.plugin.Chunk;
import io.runnel.plugin.Output;
import io.runnel.plugin.OutputContext;
import io.runnel.plugin.PluginType;
import io.runnel.plugin.UnrecoverableException;
import io.runnel.plugins.client.ChunkProgress;
import io.runnel.plugins.client.ChunkProgressTable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Sends logs, metrics and traces over OTLP: those of a chunk as one request for each kind.
 *
 * <p>A request is its events' messages one behind the other: in Protocol Buffers that is the
 * message that holds what all of them hold.
 */
final class OpentelemetryOutput implements BufferedOutput {
  static final PluginType<Config, OutputContext, Output> TYPE =
      PluginType.output("opentelemetry", Config.class, OpentelemetryOutput::new)
          .buffered(BufferDefaults.of(List.of("tag"), "chunk_limit_size", "8m"));

  @Doc("Sends logs, metrics and traces in OpenTelemetry's protocol.")
  record Config(
      @Doc("Sends over HTTP.") Optional<Http> http,
      @Doc("Sends over gRPC.") Optional<Grpc> grpc,
      @Doc(
              "With tls: the certificate that this side shows, the versions of TLS, whom to trust;"
                  + " <grpc> speaks TLS then, <http> where its URL says https.")
          TransportConfig transport) {}

  /** {@code <http>}. */
  record Http(
      @Doc("The server's URL, without /v1/logs and the like.") @Default("http://127.0.0.1:4318")
          String endpoint,
      @Doc("URL of a proxy; that of the environment (HTTP_PROXY) where it is not given.")
          Optional<String> proxy,
      @Doc(
              "Answers that mean no: true, the chunk is not tried again; false, they are only"
                  + " logged. Not given, only what can never be taken is not tried again.")
          Optional<Boolean> errorResponseAsUnrecoverable,
      @Doc("Status codes after which a chunk is tried again.") @Default("429,502,503,504")
          List<Integer> retryableResponseCodes,
      @Doc("Compresses the bodies.") @Default("text") Compress compress,
      @Doc("Seconds to wait for the answer.") @Default("60") int readTimeout,
      @Doc("Has no effect: a send that makes no progress ends with read_timeout.") @Default("60")
          int writeTimeout,
      @Doc("Seconds that a connection may take.") @Default("60") int connectTimeout) {}

  /** {@code <grpc>}. */
  record Grpc(
      @Doc("The server, HOST:PORT; with https:// in front over TLS.") @Default("127.0.0.1:4317")
          String endpoint,
      @Doc("Compresses the bodies.") @Default("text") Compress compress,
      @Doc("Seconds to wait for the answer.") @Default("60") int timeout,
      @Doc("Seconds between two pings.") @Default("30") int keepaliveTime,
      @Doc("Seconds to wait for the answer of a ping.") @Default("10") int keepaliveTimeout) {}

  /** {@code compress}. */
  enum Compress {
    TEXT,
    GZIP
  }

  private final OutputContext context;
  private final Sender sender;
  private final ChunkProgressTable progress = new ChunkProgressTable();

  OpentelemetryOutput(Config config, OutputContext context) {
    this.context = context;
    if (config.http.isPresent() == config.grpc.isPresent()) {
      throw new ConfigException(
          "Please configure either <http> or <grpc> section.", context.element().place());
    }
    boolean secure =
        config.transport.protocol(TransportConfig.Protocol.TCP, TransportConfig.Protocol.TLS)
            == TransportConfig.Protocol.TLS;
    TlsClientConfig tls = TlsClientConfig.of(config.transport);
    sender =
        config.http.isPresent()
            ? new HttpSender(config.http.get(), tls, context)
            : new GrpcSender(config.grpc.get(), tls, secure, context);
  }

  @Override
  public void start() {
    sender.start();
  }

  @Override
  public void stop() {
    sender.stop();
  }

  @Override
  public void close() {
    sender.close();
  }

  /** An event that cannot be sent. */
  private record Rejection(Event event, Exception why) {}

  /** The message of an event, and the event's place in its chunk. */
  private record Part(int index, Bytes message) {}

  /** What a chunk holds. */
  private static final class Contents {
    final Map<Signal, List<Part>> parts = new EnumMap<>(Signal.class);
    final List<Rejection> rejections = new ArrayList<>();
    private int events;

    void add(Event event, ChunkProgress done) {
      int index = events++;
      if (done.isDone(index)) {
        return;
      }
      try {
        Signal signal = Signal.ofRecordType(event.record().get("type"));
        if (signal == null || !(event.record().get("message") instanceof String json)) {
          throw new IllegalArgumentException(
              "a record must have type (opentelemetry_logs, …_metrics or …_traces) and message,"
                  + " its JSON");
        }
        Bytes message = new Bytes(json.length());
        signal.message(json.getBytes(StandardCharsets.UTF_8), message);
        parts.computeIfAbsent(signal, ignored -> new ArrayList<>()).add(new Part(index, message));
      } catch (IllegalArgumentException e) {
        rejections.add(new Rejection(event, e));
      }
    }
  }

  @Override
  public void write(Chunk chunk) throws IOException, InterruptedException {
    ChunkProgress done = progress.take(chunk);
    Contents contents = new Contents();
    chunk.eachStream(
        stream -> {
          for (EventCursor cursor = stream.cursor(); cursor.next(); ) {
            contents.add(new Event(cursor.time(), cursor.record()), done);
          }
        });
    try {
      int left = contents.parts.size();
      for (Map.Entry<Signal, List<Part>> each : contents.parts.entrySet()) {
        send(each.getKey(), each.getValue(), done, --left > 0);
      }
    } catch (IOException | InterruptedException e) {
      progress.keep(chunk, done);
      throw e;
    }
    progress.forget(chunk);
    String tag = chunk.tag() == null ? "" : chunk.tag();
    for (Rejection each : contents.rejections) {
      context.emitter().emitError(tag, each.event.time(), each.event.record(), each.why);
    }
  }

  /**
   * Sends messages as one request; as two where that is too large for the server.
   *
   * @param more whether other requests of the chunk come behind
   */
  private void send(Signal signal, List<Part> parts, ChunkProgress done, boolean more)
      throws IOException, InterruptedException {
    Bytes request = new Bytes(parts.stream().mapToInt(part -> part.message.length()).sum() + 16);
    parts.forEach(part -> request.write(part.message.array(), 0, part.message.length()));
    try {
      sender.send(signal, request);
    } catch (Sender.TooLargeException e) {
      if (parts.size() == 1) {
        if (e.isRetryable()) {
          throw e;
        }
        throw new UnrecoverableException(e.getMessage());
      }
      int half = parts.size() / 2;
      send(signal, parts.subList(0, half), done, true);
      send(signal, parts.subList(half, parts.size()), done, more);
      return;
    }
    parts.forEach(part -> done.done(part.index));
    if (more) {
      done.save(); // a request's price is far above that of a small file, and few chunks need two
    }
  }
}
