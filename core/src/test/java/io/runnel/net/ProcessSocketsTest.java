package io.runnel.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.runnel.host.Ownership;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(20)
class ProcessSocketsTest {
  private final ProcessSockets sockets = new ProcessSockets();

  @TempDir Path dir;

  private static SocketChannel connect(int port) throws Exception {
    return SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
  }

  private static int freePort() throws Exception {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  @Test
  void leasesOfOneAddressShareTheSocketUntilTheLastIsClosed() throws Exception {
    int port = freePort();
    StreamLease old = sockets.tcp("127.0.0.1", port, 0);
    StreamLease next = sockets.tcp("127.0.0.1", port, 0);
    var accepted = CompletableFuture.supplyAsync(() -> accept(old));
    old.close();
    assertThat(accepted.get(5, TimeUnit.SECONDS)).isNull();
    try (SocketChannel client = connect(port);
        SocketChannel server = next.accept()) {
      assertThat(client.isConnected()).isTrue();
      assertThat(server.isBlocking()).isTrue();
    }
    next.close();
    assertThatThrownBy(() -> connect(port)).hasMessageContaining("refused");
    assertThat(sockets.addresses()).isEmpty();
  }

  private static SocketChannel accept(StreamLease lease) {
    try {
      return lease.accept();
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void retentionKeepsConnectionsOfTheTimeBetween() throws Exception {
    StreamLease old = sockets.tcp("127.0.0.1", freePort(), 0);
    int port = old.port();
    try (Sockets.Retention retention = sockets.retain()) {
      old.close();
      try (SocketChannel client = connect(port)) {
        StreamLease next = sockets.tcp("127.0.0.1", port, 0);
        try (SocketChannel server = next.accept()) {
          assertThat(server.getRemoteAddress()).isEqualTo(client.getLocalAddress());
        }
        next.close();
      }
      assertThat(retention).isNotNull();
    }
    assertThatThrownBy(() -> connect(port)).hasMessageContaining("refused");
  }

  @Test
  void namesTheHolderOfAPort() throws Exception {
    try (ServerSocket holder = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertThatThrownBy(() -> sockets.tcp("127.0.0.1", holder.getLocalPort(), 0))
          .isInstanceOf(BindFailure.class)
          .hasMessageStartingWith(
              "Address already in use - bind(2) for \"127.0.0.1\" port " + holder.getLocalPort())
          .hasMessageContaining("pid " + ProcessHandle.current().pid() + " (");
    }
  }

  @Test
  void anAddressOfNoInterfaceIsRefusedClearly() {
    assertThatThrownBy(() -> sockets.tcp("192.0.2.1", 0, 0))
        .isInstanceOf(BindFailure.class)
        .hasMessageContaining("192.0.2.1");
    assertThatThrownBy(() -> sockets.tcp("127.0.0.1", 70000, 0)).hasMessageContaining("65535");
  }

  @Test
  void datagramsGoToAnyLeaseAndClosingEndsReceive() throws Exception {
    DatagramLease first = sockets.udp("127.0.0.1", freePort(), 0);
    DatagramLease second = sockets.udp("127.0.0.1", first.port(), 0);
    try (DatagramChannel client = DatagramChannel.open()) {
      InetSocketAddress target =
          new InetSocketAddress(InetAddress.getLoopbackAddress(), first.port());
      client.send(ByteBuffer.wrap(new byte[] {1, 2}), target);
      ByteBuffer buffer = ByteBuffer.allocate(16);
      assertThat(second.receive(buffer)).isNotNull();
      assertThat(buffer.position()).isEqualTo(2);
      first.close();
      assertThat(first.receive(buffer)).isNull();
      client.send(ByteBuffer.wrap(new byte[] {1}), target);
      assertThat(second.receive(buffer.clear())).isNotNull();
    }
    second.close();
  }

  @Test
  void takesOverTheSocketFileOfADeadProcessOnly() throws Exception {
    Path path = dir.resolve("sub/in.sock");
    Files.createDirectories(path.getParent());
    try (ServerSocketChannel dead =
        ServerSocketChannel.open(java.net.StandardProtocolFamily.UNIX)) {
      dead.bind(UnixDomainSocketAddress.of(path));
      assertThatThrownBy(() -> sockets.unix(path, 0, Ownership.none()))
          .isInstanceOf(BindFailure.class)
          .hasMessageContaining("another process listens there");
    }
    StreamLease lease = sockets.unix(path, 0, Ownership.none());
    assertThat(lease.tookOver()).isTrue();
    try (SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(path));
        SocketChannel server = lease.accept()) {
      assertThat(server).isNotNull();
      assertThat(client.isConnected()).isTrue();
    }
    lease.close();
    assertThat(path).doesNotExist();
  }

  @Test
  void aFileThatIsNoSocketIsNeverRemoved() throws Exception {
    Path path = Files.writeString(dir.resolve("precious"), "data");
    assertThatThrownBy(() -> sockets.unix(path, 0, Ownership.none()))
        .hasMessageContaining("is no socket");
    assertThat(path).hasContent("data");
  }

  @Test
  void bindsIpv6() throws Exception {
    try (StreamLease lease = sockets.tcp("::1", 0, 0);
        SocketChannel client = SocketChannel.open(new InetSocketAddress("::1", lease.port()))) {
      assertThat(client.isConnected()).isTrue();
    }
  }
}
