package io.runnel.connectors.opentelemetry;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.okhttp.OkHttpChannelBuilder;
import io.grpc.stub.ClientCalls;
import io.runnel.config.ConfigException;
import io.runnel.event.Bytes;
import io.runnel.net.TlsClientConfig;
import io.runnel.net.TlsContext;
import io.runnel.plugin.OutputContext;
import java.io.IOException;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sends over gRPC. One connection serves all threads. */
final class GrpcSender implements Sender {
  /** A scheme as OpenTelemetry's or gRPC's own settings have it, a host or [IPv6], a port. */
  private static final Pattern ENDPOINT =
      Pattern.compile(
          "(?:(https?)://|dns:(?:///)?|ipv4:)?(\\[[0-9a-fA-F:.%]+\\]|[^/:\\s\\[\\]]+):(\\d{1,5})/?");

  private static final int MAX_PORT = 65_535;

  private final OpentelemetryOutput.Grpc config;
  private final OutputContext context;
  private final String host;
  private final int port;
  private final TlsContext tls;
  private final Pause pause = new Pause();
  private final GrpcVerdict verdict;
  private final Map<Signal, MethodDescriptor<Bytes, Bytes>> methods = new EnumMap<>(Signal.class);
  private ManagedChannel channel;
  private boolean stopped;

  /**
   * @param tls used where the endpoint is https, or {@code wanted}
   */
  GrpcSender(
      OpentelemetryOutput.Grpc config, TlsClientConfig tls, boolean wanted, OutputContext context) {
    this.config = config;
    this.context = context;
    Matcher endpoint = ENDPOINT.matcher(config.endpoint());
    if (!endpoint.matches() || Integer.parseInt(endpoint.group(3)) > MAX_PORT) {
      throw new ConfigException(
          "endpoint of <grpc> must be HOST:PORT, but got " + config.endpoint(),
          context.element().place());
    }
    host = endpoint.group(2);
    port = Integer.parseInt(endpoint.group(3));
    this.tls = wanted || "https".equals(endpoint.group(1)) ? tls.context() : null;
    verdict = new GrpcVerdict(host + ":" + port, pause);
    for (Signal signal : Signal.values()) {
      methods.put(
          signal,
          MethodDescriptor.<Bytes, Bytes>newBuilder()
              .setType(MethodType.UNARY)
              .setFullMethodName(GrpcService.method(signal))
              .setRequestMarshaller(RawMessage.MARSHALLER)
              .setResponseMarshaller(RawMessage.MARSHALLER)
              .build());
    }
  }

  @Override
  public void start() {
    GrpcService.silence(); // the connection is made when there is something to send
  }

  @Override
  public void stop() {
    pause.stop();
    ManagedChannel open;
    synchronized (this) {
      stopped = true;
      open = channel;
      channel = null;
    }
    if (open != null) {
      open.shutdownNow();
    }
  }

  @Override
  public void close() {
    stop();
  }

  @Override
  public void send(Signal signal, Bytes request) throws IOException, InterruptedException {
    pause.await();
    CallOptions options = CallOptions.DEFAULT.withDeadlineAfter(config.timeout(), TimeUnit.SECONDS);
    if (config.compress() == OpentelemetryOutput.Compress.GZIP) {
      options = options.withCompression("gzip");
    }
    ManagedChannel open = channel();
    try {
      Bytes answer = ClientCalls.blockingUnaryCall(open, methods.get(signal), options, request);
      PartialSuccess.report(signal, answer.toByteArray(), context.log());
    } catch (StatusRuntimeException e) {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      if (e.getStatus().getCode() == Status.Code.UNAVAILABLE) {
        forget(open);
      }
      throw verdict.of(e);
    }
  }

  private synchronized ManagedChannel channel() throws IOException {
    if (stopped) {
      throw new IOException("closed");
    }
    if (channel == null) {
      channel = open();
    }
    return channel;
  }

  /** After a failure gRPC itself would wait before it connects again; the buffer waits already. */
  private synchronized void forget(ManagedChannel failed) {
    if (failed == channel) {
      channel = null;
      failed.shutdown(); // what others have under way on it may end
    }
  }

  private ManagedChannel open() {
    Executor executor = task -> context.startVirtual("grpc", task);
    OkHttpChannelBuilder builder =
        OkHttpChannelBuilder.forAddress(host, port)
            .executor(executor)
            .offloadExecutor(executor)
            .transportExecutor(executor)
            .keepAliveTime(config.keepaliveTime(), TimeUnit.SECONDS)
            .keepAliveTimeout(config.keepaliveTimeout(), TimeUnit.SECONDS)
            .keepAliveWithoutCalls(true)
            .disableRetry(); // it would send again what the buffer sends again
    if (tls == null) {
      builder.usePlaintext();
    } else {
      // Names are checked by the JDK, where the configuration wants that.
      builder
          .sslSocketFactory(new TlsSockets(tls, false))
          .hostnameVerifier((name, session) -> true);
    }
    return builder.build();
  }
}
