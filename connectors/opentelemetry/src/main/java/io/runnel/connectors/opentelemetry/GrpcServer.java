package io.runnel.connectors.opentelemetry;

import io.grpc.Attributes;
import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Server;
import io.grpc.ServerCredentials;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServerTransportFilter;
import io.grpc.okhttp.OkHttpServerBuilder;
import io.grpc.okhttp.SslSocketFactoryServerCredentials;
import io.runnel.event.Bytes;
import io.runnel.host.MemoryBudget;
import io.runnel.net.StreamLease;
import io.runnel.net.TlsContext;
import io.runnel.plugin.PluginContext;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import javax.net.ServerSocketFactory;

/** The server of OTLP's three services over gRPC. Started and stopped by one thread. */
final class GrpcServer implements AutoCloseable {
  /** How long a stop waits for calls that are being handled. */
  private static final Duration DRAIN = Duration.ofSeconds(10);

  /** How long a connection may be without a call. */
  private static final Duration IDLE = Duration.ofMinutes(5);

  /** A client that has vanished is found by these. */
  private static final Duration PING = Duration.ofSeconds(60);

  private static final Duration PONG = Duration.ofSeconds(20);

  /** The gem's output pings every 30 seconds. */
  private static final Duration CLIENTS_PING = Duration.ofSeconds(5);

  /** Calls at once of one connection, as many as HTTP/2 advises at least. */
  private static final int CALLS = 100;

  private static final int HEADER_BYTES = 16 * 1024;

  /** What a client may send ahead; it is counted as soon as it comes. */
  private static final int WINDOW_BYTES = 1024 * 1024;

  /** What {@code <grpc>} says. */
  private final OpentelemetryInput.Grpc config;

  private final PluginContext context;
  private final SignalEmitter emitter;
  private final TlsContext tls;
  private final LeasedServerSocket.Limits limits;
  private ScheduledExecutorService timer;
  private LeasedServerSocket socket;
  private Server server;
  private int port;

  /**
   * @param tls null for clear text
   */
  GrpcServer(
      OpentelemetryInput.Grpc config,
      SignalEmitter emitter,
      TlsContext tls,
      LeasedServerSocket.Limits limits) {
    this.config = config;
    this.context = emitter.context();
    this.emitter = emitter;
    this.tls = tls;
    this.limits = limits;
  }

  void start() throws IOException {
    GrpcService.silence();
    StreamLease lease = context.sockets().tcp(config.bind(), config.port(), 0);
    port = lease.port();
    timer = Executors.newSingleThreadScheduledExecutor(Thread.ofVirtual().factory());
    socket = new LeasedServerSocket(lease, limits, context, timer);
    Executor executor = task -> context.startVirtual("grpc", task);
    MemoryBudget budget = context.memory().receiving();
    OkHttpServerBuilder builder =
        OkHttpServerBuilder.forPort(socket.getLocalSocketAddress(), credentials())
            .socketFactory(new Leased(socket))
            .transportExecutor(executor)
            .executor(executor)
            .scheduledExecutorService(timer)
            .maxInboundMessageSize(Integer.MAX_VALUE) // it would answer with INTERNAL
            .maxInboundMetadataSize(HEADER_BYTES)
            .maxConcurrentCallsPerConnection(CALLS)
            .flowControlWindow(WINDOW_BYTES)
            .maxConnectionIdle(IDLE.toSeconds(), TimeUnit.SECONDS)
            .keepAliveTime(PING.toSeconds(), TimeUnit.SECONDS)
            .keepAliveTimeout(PONG.toSeconds(), TimeUnit.SECONDS)
            .permitKeepAliveTime(CLIENTS_PING.toSeconds(), TimeUnit.SECONDS)
            .permitKeepAliveWithoutCalls(true)
            .addTransportFilter(new Greetings(socket))
            .addStreamTracerFactory(InboundLimit.factory(config.bodySizeLimit().bytes(), budget));
    for (Signal signal : Signal.values()) {
      builder.addService(service(signal, executor, budget));
    }
    server = builder.build().start();
    context.log().debug("listening opentelemetry grpc", "bind", config.bind(), "port", port);
  }

  private ServerCredentials credentials() {
    return tls == null
        ? InsecureServerCredentials.create()
        : SslSocketFactoryServerCredentials.create(new TlsSockets(tls, true));
  }

  private ServerServiceDefinition service(Signal signal, Executor executor, MemoryBudget budget) {
    MethodDescriptor<Received, Bytes> method =
        MethodDescriptor.<Received, Bytes>newBuilder()
            .setType(MethodType.UNARY)
            .setFullMethodName(GrpcService.method(signal))
            .setRequestMarshaller(
                Received.marshaller(config.decompressionSizeLimit().bytes(), budget))
            .setResponseMarshaller(RawMessage.MARSHALLER)
            .build();
    return ServerServiceDefinition.builder(GrpcService.name(signal))
        .addMethod(method, new GrpcIntake(signal, emitter, context, socket, executor, timer))
        .build();
  }

  /** The port that is listened on. */
  int port() {
    return port;
  }

  /** Takes no more calls, waits for those that are being handled, then closes all connections. */
  @Override
  public void close() {
    if (server == null) {
      return;
    }
    server.shutdown();
    try {
      if (!server.awaitTermination(DRAIN.toMillis(), TimeUnit.MILLISECONDS)) {
        server.shutdownNow();
        server.awaitTermination(1, TimeUnit.SECONDS);
      }
    } catch (InterruptedException e) {
      server.shutdownNow();
      Thread.currentThread().interrupt();
    }
    socket.cut();
    timer.shutdownNow();
    server = null;
  }

  /** Hands out the one socket. */
  private static final class Leased extends ServerSocketFactory {
    private final ServerSocket socket;

    Leased(ServerSocket socket) {
      this.socket = socket;
    }

    @Override
    public ServerSocket createServerSocket() {
      return socket;
    }

    @Override
    public ServerSocket createServerSocket(int port) {
      return socket;
    }

    @Override
    public ServerSocket createServerSocket(int port, int backlog) {
      return socket;
    }

    @Override
    public ServerSocket createServerSocket(int port, int backlog, java.net.InetAddress address) {
      return socket;
    }
  }

  /** Tells the socket which clients have said hello. */
  private static final class Greetings extends ServerTransportFilter {
    private final LeasedServerSocket socket;

    Greetings(LeasedServerSocket socket) {
      this.socket = socket;
    }

    @Override
    public Attributes transportReady(Attributes attributes) {
      SocketAddress peer = attributes.get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
      if (peer != null) {
        socket.greeted(peer);
      }
      return attributes;
    }

    @Override
    public void transportTerminated(Attributes attributes) {
      SocketAddress peer =
          attributes == null ? null : attributes.get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
      if (peer != null) {
        socket.gone(peer);
      }
    }
  }
}
