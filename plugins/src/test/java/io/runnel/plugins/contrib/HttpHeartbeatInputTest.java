package io.runnel.plugins.contrib;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.runnel.testkit.TestContext;
import io.runnel.testkit.TestPlugins;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class HttpHeartbeatInputTest {
  private static String answer(String address, int port, String request) throws Exception {
    try (Socket socket = new Socket(InetAddress.getByName(address), port)) {
      socket.setSoTimeout(10_000);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    }
  }

  @Test
  void eachRequestIsAnsweredAndTheConnectionClosed() throws Exception {
    int port;
    try (TestContext context = new TestContext()) {
      HttpHeartbeatInput input =
          (HttpHeartbeatInput)
              TestPlugins.input(HttpHeartbeatInput.TYPE, "port 0\nbind 127.0.0.2", context);
      input.start();
      port = input.port();
      for (String request :
          new String[] {
            "GET / HTTP/1.1\r\nHost: x\r\n\r\n",
            "POST /any HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi"
          }) {
        assertThat(answer("127.0.0.2", port, request))
            .startsWith("HTTP/1.1 200 OK\r\n")
            .containsIgnoringCase("Content-Type: text/plain\r\n")
            .containsIgnoringCase("Content-Length: 9\r\n")
            .endsWith("\r\n\r\nheartbeat");
      }
      assertThat(answer("127.0.0.2", port, "nonsense\r\n\r\n")).startsWith("HTTP/1.1 400");
      input.stop();
      input.close();
      assertThat(context.emitter().events()).isEmpty();
    }
  }

  @Test
  void thePortAndAddressAreThoseOfTheConfiguration() throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.3"))) {
      port = free.getLocalPort();
    }
    try (TestContext context = new TestContext()) {
      HttpHeartbeatInput input =
          (HttpHeartbeatInput)
              TestPlugins.input(HttpHeartbeatInput.TYPE, "bind 127.0.0.3\nport " + port, context);
      input.start();
      assertThat(input.port()).isEqualTo(port);
      assertThat(answer("127.0.0.3", port, "GET / HTTP/1.0\r\n\r\n")).endsWith("heartbeat");
      assertThatThrownBy(() -> answer("127.0.0.2", port, "GET / HTTP/1.0\r\n\r\n"))
          .isInstanceOf(ConnectException.class);
      input.close();
    }
  }
}
