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
import io.runnel.plugins.client.HttpBody;
import io.runnel.plugins.client.HttpDestination;
import io.runnel.plugins.client.HttpResponse;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Sends logs, metrics and traces over OTLP/HTTP: those of a chunk as one request for each kind.
 *
 * <p>A request is its events' messages one behind the other: in Protocol Buffers that is the
 * message that holds what all of them hold.
 */
final class OpentelemetryOutput implements BufferedOutput {
  static final PluginType<Config, OutputContext, Output> TYPE =
      PluginType.output("opentelemetry", Config.class, OpentelemetryOutput::new)
          .buffered(BufferDefaults.of(List.of("tag"), "chunk_limit_size", "8m"));

  private static final String PROTOBUF = "application/x-protobuf";

  /** What is kept of an answer. */
  private static final int ANSWER_BYTES = 8192;

  private static final int TOO_LARGE = 413;
  private static final int BAD_REQUEST = 400;

  /** Chunks of which a part has arrived; more than threads and chunks that are tried again. */
  private static final int MAX_UNFINISHED = 64;

  @Doc("Sends logs, metrics and traces in OpenTelemetry's protocol.")
  record Config(
      @Doc("Sends over HTTP.") Optional<Http> http,
      @Doc("Refused: gRPC is not supported.") Optional<Grpc> grpc,
      @Doc("The certificate that this side shows, and the versions of TLS.")
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
      @Doc("The server.") @Default("127.0.0.1:4317") String endpoint,
      @Doc("Compresses the bodies.") @Default("text") Compress compress,
      @Doc("Seconds to wait for the answer.") @Default("60") int timeout,
      @Doc("Seconds between two pings.") @Default("30") int keepaliveTime,
      @Doc("Seconds to wait for the answer of a ping.") @Default("10") int keepaliveTimeout) {}

  /** {@code compress}. */
  enum Compress {
    TEXT,
    GZIP
  }

  private final Http config;
  private final OutputContext context;
  private final Map<Signal, URI> uris = new EnumMap<>(Signal.class);
  private final HttpDestination destination;
  private final Map<String, List<Signal>> unfinished = new LinkedHashMap<>();

  OpentelemetryOutput(Config config, OutputContext context) {
    this.context = context;
    if (config.grpc.isPresent()) {
      throw new ConfigException(
          "<grpc> is not supported: use <http> (OTLP over HTTP, port 4318)",
          context.element().place());
    }
    this.config =
        config.http.orElseThrow(
            () ->
                new ConfigException(
                    "Please configure either <http> or <grpc> section.",
                    context.element().place()));
    for (Signal signal : Signal.values()) {
      uris.put(signal, uri(signal));
    }
    destination =
        HttpDestination.of(context)
            .open(Duration.ofSeconds(this.config.connectTimeout))
            .read(Duration.ofSeconds(this.config.readTimeout))
            .proxy(this.config.proxy, "proxy")
            .tls(tls(config.transport))
            .build();
  }

  private URI uri(Signal signal) {
    try {
      URI uri = new URI(config.endpoint.replaceAll("/+$", "") + signal.path());
      if (uri.getHost() != null && String.valueOf(uri.getScheme()).startsWith("http")) {
        return uri;
      }
    } catch (URISyntaxException e) {
      // said below
    }
    throw new ConfigException(
        "endpoint must be an http or https URL: " + config.endpoint, context.element().place());
  }

  private static TlsClientConfig tls(TransportConfig transport) {
    transport.protocol(TransportConfig.Protocol.TCP, TransportConfig.Protocol.TLS);
    return TlsClientConfig.of(
        transport.caPath().map(List::of).orElse(List.of()),
        !transport.insecure(),
        transport.certPath(),
        transport.privateKeyPath(),
        transport.privateKeyPassphrase());
  }

  @Override
  public void start() {
    destination.start();
  }

  @Override
  public void stop() {
    destination.stop();
  }

  @Override
  public void close() {
    destination.close();
  }

  /** An event's message, and the event where it cannot be sent. */
  private record Rejection(Event event, Exception why) {}

  @Override
  public void write(Chunk chunk) throws IOException {
    Map<Signal, List<Bytes>> messages = new EnumMap<>(Signal.class);
    List<Rejection> rejections = new ArrayList<>();
    chunk.eachStream(
        stream -> {
          for (EventCursor cursor = stream.cursor(); cursor.next(); ) {
            add(new Event(cursor.time(), cursor.record()), messages, rejections);
          }
        });
    List<Signal> done = takeUnfinished(chunk);
    try {
      for (Map.Entry<Signal, List<Bytes>> each : messages.entrySet()) {
        if (!done.contains(each.getKey())) {
          send(each.getKey(), each.getValue());
          done.add(each.getKey());
        }
      }
    } catch (IOException e) {
      keepUnfinished(chunk, done);
      throw e;
    }
    String tag = chunk.tag() == null ? "" : chunk.tag();
    for (Rejection each : rejections) {
      context.emitter().emitError(tag, each.event.time(), each.event.record(), each.why);
    }
  }

  private static void add(
      Event event, Map<Signal, List<Bytes>> messages, List<Rejection> rejections) {
    try {
      Signal signal = Signal.ofRecordType(event.record().get("type"));
      if (signal == null || !(event.record().get("message") instanceof String json)) {
        throw new IllegalArgumentException(
            "a record must have type (opentelemetry_logs, …_metrics or …_traces) and message, its"
                + " JSON");
      }
      Bytes message = new Bytes(json.length());
      signal.message(json.getBytes(StandardCharsets.UTF_8), message);
      messages.computeIfAbsent(signal, ignored -> new ArrayList<>()).add(message);
    } catch (IllegalArgumentException e) {
      rejections.add(new Rejection(event, e));
    }
  }

  /** Sends messages as one request; as two where that is too large for the server. */
  private void send(Signal signal, List<Bytes> messages) throws IOException {
    Bytes request = new Bytes(messages.stream().mapToInt(Bytes::length).sum() + 16);
    messages.forEach(message -> request.write(message.array(), 0, message.length()));
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("Content-Type", PROTOBUF);
    HttpBody body = HttpBody.of(request);
    if (config.compress == Compress.GZIP) {
      headers.put("Content-Encoding", "gzip");
      body = HttpDestination.gzip(request);
    }
    URI uri = uris.get(signal);
    HttpResponse answer = destination.ask("POST", uri, headers, body, ANSWER_BYTES);
    if (answer.status() == TOO_LARGE && messages.size() > 1) {
      int half = messages.size() / 2;
      send(signal, messages.subList(0, half));
      send(signal, messages.subList(half, messages.size()));
      return;
    }
    if (answer.isSuccess()) {
      report(signal, answer);
    } else {
      judge(uri, answer);
    }
  }

  private void judge(URI uri, HttpResponse answer) throws IOException {
    String rest = "error response from '" + uri + "', response code is " + answer;
    if (config.retryableResponseCodes.contains(answer.status())) {
      throw new IOException("got retryable " + rest);
    }
    boolean never = answer.status() == BAD_REQUEST || answer.status() == TOO_LARGE;
    if (never || config.errorResponseAsUnrecoverable.orElse(false)) {
      throw new UnrecoverableException("got unrecoverable " + rest);
    }
    if (config.errorResponseAsUnrecoverable.isPresent()) {
      context.log().error("got " + rest);
      return;
    }
    String hint =
        switch (answer.status()) {
          case 401, 403 -> " (the credentials are wrong or may not do this)";
          case 404 -> " (the path of endpoint is wrong)";
          default -> "";
        };
    throw new IOException("got " + rest + hint);
  }

  /** What the server has taken only in part is gone: the protocol forbids to send it again. */
  private void report(Signal signal, HttpResponse answer) {
    byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
    try {
      Map<String, Object> response = MessageReader.read(Schema.RESPONSE, body, 0, body.length);
      if (response.get("partialSuccess") instanceof Map<?, ?> partial && !partial.isEmpty()) {
        context
            .log()
            .warn(
                "the server has not taken everything",
                signal.rejected(),
                partial.get("rejected"),
                "message",
                partial.get("errorMessage"));
      }
    } catch (IllegalArgumentException e) {
      context.log().debug("the answer is no message of OpenTelemetry", "error", e.getMessage());
    }
  }

  private synchronized List<Signal> takeUnfinished(Chunk chunk) {
    List<Signal> done = unfinished.remove(chunk.hexId());
    return done == null ? new ArrayList<>() : done;
  }

  private synchronized void keepUnfinished(Chunk chunk, List<Signal> done) {
    if (!done.isEmpty()) {
      if (unfinished.size() >= MAX_UNFINISHED) {
        unfinished.remove(unfinished.keySet().iterator().next());
      }
      unfinished.put(chunk.hexId(), done);
    }
  }
}
