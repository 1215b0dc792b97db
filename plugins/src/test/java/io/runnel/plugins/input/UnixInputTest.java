package io.runnel.plugins.input;

import static io.runnel.testkit.Emitted.of;
import static org.assertj.core.api.Assertions.assertThat;

import io.runnel.plugins.BuiltinPlugins;
import io.runnel.testkit.ManualClock;
import io.runnel.testkit.TestContext;
import io.runnel.testkit.TestPlugins;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class UnixInputTest {
  private static final long T = 1_700_000_000;

  @TempDir Path dir;

  @Test
  void takesTheMessagesOfTheForwardProtocol() throws Exception {
    Path path = dir.resolve("in.sock");
    try (TestContext context =
        new TestContext(new BuiltinPlugins()).clock(ManualClock.standard())) {
      var input = TestPlugins.input(UnixInput.TYPE, "path " + path, context);
      input.start();
      send(
          path,
          ForwardClient.message(
              "u", List.of(List.of(T + 1, Map.of("m", 1)), Arrays.asList(null, Map.of("m", 2)))));
      send(path, ForwardClient.message("u", 0, Map.of("m", 3), Map.of("chunk", "x")));
      send(path, ForwardClient.message("u", ForwardClient.entries(T + 4, List.of(Map.of("m", 4)))));
      send(path, "[\"u\",1700000005,{\"m\":5}]".getBytes(StandardCharsets.UTF_8));
      assertThat(context.emitter().await(5))
          .containsExactlyInAnyOrder(
              of("u", T + 1, Map.of("m", 1L)),
              of("u", T, Map.of("m", 2L)),
              of("u", T, Map.of("m", 3L)),
              of("u", T + 4, Map.of("m", 4L)),
              of("u", T + 5, Map.of("m", 5L)));
      input.stop();
    }
    assertThat(path).doesNotExist();
  }

  private static void send(Path path, byte[] bytes) throws Exception {
    try (SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
      client.write(ByteBuffer.wrap(bytes));
      client.shutdownOutput();
      assertThat(client.read(ByteBuffer.allocate(10))).isNegative(); // no answer, ever
    }
  }
}
