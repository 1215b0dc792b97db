package io.runnel.connectors.opentelemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.opentelemetry.proto.collector.logs.v1.LogsServiceGrpc;
import io.runnel.config.ByteSize;
import io.runnel.testkit.TestContext;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a server grants to clients that only connect. */
class GrpcConnectionsTest {
  private static final int MOST = 4;

  private final TestContext context = new TestContext();
  private final List<Socket> silent = new ArrayList<>();
  private GrpcServer server;

  @BeforeEach
  void start() throws Exception {
    ByteSize size = new ByteSize(1 << 20);
    server =
        new GrpcServer(
            new OpentelemetryInput.Grpc("127.0.0.1", 0, size, size),
            new SignalEmitter("otel", context),
            null,
            new LeasedServerSocket.Limits(MOST, Duration.ofSeconds(1)));
    server.start();
  }

  @AfterEach
  void stop() throws Exception {
    for (Socket socket : silent) {
      socket.close();
    }
    server.close();
    context.close();
  }

  private Socket connect() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
    socket.setSoTimeout(20_000);
    silent.add(socket);
    return socket;
  }

  private static boolean isEnded(Socket socket) {
    try {
      while (socket.getInputStream().read() >= 0) {
        // the server's own hello
      }
      return true;
    } catch (SocketTimeoutException e) {
      return false;
    } catch (IOException e) {
      return true; // reset
    }
  }

  private void export() {
    ManagedChannel channel =
        NettyChannelBuilder.forAddress("127.0.0.1", server.port()).usePlaintext().build();
    try {
      LogsServiceGrpc.newBlockingStub(channel)
          .withDeadlineAfter(20, TimeUnit.SECONDS)
          .export(Samples.logs());
    } finally {
      channel.shutdownNow();
    }
  }

  @Test
  void theyAreEndedAndMakeRoomForOthers() throws Exception {
    for (int i = 0; i < MOST; i++) {
      connect();
    }
    Socket tooMany = connect();
    assertThat(isEnded(tooMany)).isTrue();
    assertThat(context.log().contains("refused a connection: there are 4 already")).isTrue();
    for (Socket socket : silent) {
      assertThat(isEnded(socket)).isTrue();
    }
    export();
    assertThat(context.emitter().events()).hasSize(1);
  }

  @Test
  void oneThatSpeaksStaysLongerThanTheTimeForAHello() throws Exception {
    ManagedChannel channel =
        NettyChannelBuilder.forAddress("127.0.0.1", server.port()).usePlaintext().build();
    try {
      LogsServiceGrpc.LogsServiceBlockingStub stub = LogsServiceGrpc.newBlockingStub(channel);
      stub.withDeadlineAfter(20, TimeUnit.SECONDS).export(Samples.logs());
      assertThat(isEnded(connect())).isTrue(); // this one said nothing, which takes that time
      stub.withDeadlineAfter(20, TimeUnit.SECONDS).export(Samples.logs());
      assertThat(channel.getState(false).toString()).isEqualTo("READY");
    } finally {
      channel.shutdownNow();
    }
    assertThat(context.emitter().events()).hasSize(2);
  }
}
