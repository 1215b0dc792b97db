package io.runnel.plugins.input;

import static org.assertj.core.api.Assertions.assertThat;

import io.runnel.plugins.BuiltinPlugins;
import io.runnel.testkit.TestContext;
import io.runnel.testkit.TestPlugins;
import java.io.DataInputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class DebugAgentInputTest {
  @Test
  void answersEachCallWithAWellFormedError() throws Exception {
    try (TestContext context = new TestContext(new BuiltinPlugins())) {
      var input = (DebugAgentInput) TestPlugins.input(DebugAgentInput.TYPE, "port 0", context);
      input.start();
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), input.port())) {
        // nil.method_missing-like call: ref nil, method "to_s", 1 argument true, no block
        String call =
            "00000003040830"
                + "0000000b04084922"
                + "09746f5f73"
                + "0630"
                + "0000000404086906"
                + "00000003040854"
                + "00000003040830";
        byte[] bytes = HexFormat.of().parseHex(call);
        for (int i = 0; i < 2; i++) {
          socket.getOutputStream().write(bytes);
          DataInputStream in = new DataInputStream(socket.getInputStream());
          assertThat(in.readNBytes(in.readInt())).isEqualTo(new byte[] {4, 8, 'F'});
          String error = new String(in.readNBytes(in.readInt()), StandardCharsets.ISO_8859_1);
          assertThat(error)
              .startsWith("\u0004\bo:\u0011RuntimeError\u0007:\tmesgI\"")
              .contains("does not run Ruby")
              .endsWith("\u0006:\u0006ET:\u0007bt0");
        }
      }
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), input.port())) {
        socket.getOutputStream().write(HexFormat.of().parseHex("ffffffff"));
        assertThat(Sockets.readAll(socket)).isEmpty();
      }
      input.stop();
    }
  }
}
