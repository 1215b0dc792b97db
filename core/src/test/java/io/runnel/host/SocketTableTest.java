package io.runnel.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;

class SocketTableTest {
  private final SocketTable table = SocketTable.system();

  @Test
  void listeningTcpPortIsSeenWithItsAddressAndHolder() throws Exception {
    InetAddress loopback = InetAddress.getByName("127.0.0.1");
    try (ServerSocket socket = new ServerSocket(0, 1, loopback)) {
      SocketTable.Listening seen =
          table.listening().stream()
              .filter(l -> l.protocol().equals("tcp") && l.port() == socket.getLocalPort())
              .findFirst()
              .orElseThrow();
      // Java's server sockets are IPv6 sockets; the address is mapped.
      assertThat(seen.address().getHostAddress()).isEqualTo("127.0.0.1");
      long self = ProcessHandle.current().pid();
      assertThat(table.socketsOf(self)).contains(seen.inode());
      assertThat(ProcessTable.system().holderOfSocket(seen.inode()))
          .hasValueSatisfying(p -> assertThat(p.pid()).isEqualTo(self));
    }
  }

  @Test
  void openUdpPortIsSeen() throws Exception {
    try (DatagramSocket socket = new DatagramSocket(new InetSocketAddress("127.0.0.1", 0))) {
      assertThat(table.listening())
          .anySatisfy(
              l -> {
                assertThat(l.protocol()).isEqualTo("udp");
                assertThat(l.port()).isEqualTo(socket.getLocalPort());
              });
    }
  }
}
