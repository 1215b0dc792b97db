package io.runnel.connectors.opentelemetry;

import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.ClientAuth;
import io.grpc.stub.StreamObserver;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsPartialSuccess;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceResponse;
import io.opentelemetry.proto.collector.logs.v1.LogsServiceGrpc;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceResponse;
import io.opentelemetry.proto.collector.metrics.v1.MetricsServiceGrpc;
import io.runnel.testkit.TestCertificates;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/** A server of logs and metrics by gRPC's own classes, on Netty; the test says what it answers. */
final class CollectorServer implements AutoCloseable {
  final List<ExportLogsServiceRequest> logs = new CopyOnWriteArrayList<>();
  final List<ExportMetricsServiceRequest> metrics = new CopyOnWriteArrayList<>();

  /** The grpc-encoding of each call. */
  final List<String> encodings = new CopyOnWriteArrayList<>();

  /** Null where logs are taken. */
  volatile StatusRuntimeException logsFail;

  /** Null where metrics are taken. */
  volatile StatusRuntimeException metricsFail;

  /** Larger messages are refused. */
  volatile int largest = Integer.MAX_VALUE;

  volatile ExportLogsServiceResponse answer = ExportLogsServiceResponse.getDefaultInstance();

  private final Server server;

  /**
   * @param certificates null for clear text; else clients must show one of its authority
   */
  CollectorServer(int port, TestCertificates certificates) throws IOException {
    NettyServerBuilder builder =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
            .permitKeepAliveWithoutCalls(true)
            .addService(new Logs())
            .addService(new Metrics())
            .intercept(new Encodings());
    if (certificates != null) {
      builder.sslContext(
          GrpcSslContexts.forServer(
                  certificates.certificate().toFile(), certificates.key().toFile())
              .trustManager(certificates.authority().toFile())
              .clientAuth(ClientAuth.REQUIRE)
              .build());
    }
    server = builder.build().start();
  }

  int port() {
    return server.getPort();
  }

  void partly(long rejected, String why) {
    answer =
        ExportLogsServiceResponse.newBuilder()
            .setPartialSuccess(
                ExportLogsPartialSuccess.newBuilder()
                    .setRejectedLogRecords(rejected)
                    .setErrorMessage(why))
            .build();
  }

  @Override
  public void close() throws InterruptedException {
    server.shutdownNow();
    server.awaitTermination(5, TimeUnit.SECONDS);
  }

  private final class Logs extends LogsServiceGrpc.LogsServiceImplBase {
    @Override
    public void export(
        ExportLogsServiceRequest request, StreamObserver<ExportLogsServiceResponse> out) {
      if (logsFail != null) {
        out.onError(logsFail);
      } else if (request.getSerializedSize() > largest) {
        out.onError(Status.RESOURCE_EXHAUSTED.withDescription("too large").asRuntimeException());
      } else {
        logs.add(request);
        out.onNext(answer);
        out.onCompleted();
      }
    }
  }

  private final class Metrics extends MetricsServiceGrpc.MetricsServiceImplBase {
    @Override
    public void export(
        ExportMetricsServiceRequest request, StreamObserver<ExportMetricsServiceResponse> out) {
      if (metricsFail != null) {
        out.onError(metricsFail);
      } else {
        metrics.add(request);
        out.onNext(ExportMetricsServiceResponse.getDefaultInstance());
        out.onCompleted();
      }
    }
  }

  private final class Encodings implements ServerInterceptor {
    private static final Metadata.Key<String> ENCODING =
        Metadata.Key.of("grpc-encoding", Metadata.ASCII_STRING_MARSHALLER);

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
      encodings.add(String.valueOf(headers.get(ENCODING)));
      return next.startCall(call, headers);
    }
  }
}
