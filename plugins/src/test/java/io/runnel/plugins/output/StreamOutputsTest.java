package io.runnel.plugins.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.runnel.event.EventBuilder;
import io.runnel.event.EventCursor;
import io.runnel.event.EventTime;
import io.runnel.event.MsgpackReader;
import io.runnel.plugin.BufferedOutput;
import io.runnel.plugin.Output;
import io.runnel.plugin.OutputContext;
import io.runnel.plugin.PluginType;
import io.runnel.testkit.Await;
import io.runnel.testkit.MemoryChunk;
import io.runnel.testkit.TestContext;
import io.runnel.testkit.TestPlugins;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** tcp and unix. */
class StreamOutputsTest {
  private final TestContext context = new TestContext().buffer(Buffers.keys("tag"));

  @TempDir Path dir;

  /** Accepts one connection and reads it to its end. */
  private static CompletableFuture<byte[]> receive(ServerSocketChannel server) {
    return CompletableFuture.supplyAsync(
        () -> {
          try (SocketChannel client = server.accept()) {
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            ByteBuffer buffer = ByteBuffer.allocate(64 * 1024);
            while (client.read(buffer.clear()) >= 0) {
              all.write(buffer.array(), 0, buffer.position());
            }
            return all.toByteArray();
          } catch (IOException e) {
            throw new IllegalStateException(e);
          }
        },
        Thread::startVirtualThread);
  }

  private void assertDelivers(BufferedOutput output, ServerSocketChannel server, SocketAddress at)
      throws Exception {
    EventBuilder events = new EventBuilder();
    events.add(EventTime.pack(7, 0), Map.of("a", "x".repeat(100_000)));
    MemoryChunk chunk = MemoryChunk.of("app", events.take());
    output.start();
    for (MemoryChunk one : new MemoryChunk[] {chunk, chunk.gzipped()}) {
      CompletableFuture<byte[]> received = receive(server);
      output.write(one);
      MsgpackReader reader = new MsgpackReader(received.get());
      assertThat(reader.readArrayHeader()).isEqualTo(2);
      assertThat(reader.readString()).isEqualTo("app");
      int length = reader.readStringHeader();
      EventCursor cursor = new EventCursor(reader.buffer(), reader.position(), length);
      assertThat(cursor.next()).isTrue();
      assertThat(cursor.record()).isEqualTo(Map.of("a", "x".repeat(100_000)));
      assertThat(cursor.next()).isFalse();
    }
    server.close();
    assertThatThrownBy(() -> output.write(chunk)).as(at.toString()).isInstanceOf(IOException.class);
    output.stop();
    output.close();
    assertThat(context.log().contains("output is obsoleted and will be removed")).isTrue();
  }

  @Test
  void tcpSendsEachChunkOnAConnectionOfItsOwn() throws Exception {
    try (ServerSocketChannel server = ServerSocketChannel.open()) {
      server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      InetSocketAddress at = (InetSocketAddress) server.getLocalAddress();
      String config = "host 127.0.0.1\nport " + at.getPort();
      assertDelivers(output(TcpOutput.TYPE, config), server, at);
    }
  }

  @Test
  void unixSendsThemToASocketFile() throws Exception {
    UnixDomainSocketAddress at = UnixDomainSocketAddress.of(dir.resolve("s"));
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(at);
      assertDelivers(output(UnixOutput.TYPE, "path " + dir + "/s"), server, at);
    }
  }

  private BufferedOutput output(PluginType<?, OutputContext, Output> type, String config) {
    return (BufferedOutput) TestPlugins.output(type, config, context);
  }

  private MemoryChunk formatted(PluginType<?, OutputContext, Output> type, String config)
      throws Exception {
    BufferedOutput output =
        output(type, (type == TcpOutput.TYPE ? "host a\n" : "path a\n") + config);
    EventBuilder events = new EventBuilder();
    events.add(EventTime.pack(7, 9), Map.of());
    return MemoryChunk.of("app", events.take(), output.chunkFormat());
  }

  @Test
  void timeAsIntegerSendsWholeSeconds() throws Exception {
    for (var type : List.of(TcpOutput.TYPE, UnixOutput.TYPE)) {
      assertThat(formatted(type, "time_as_integer true").content()).startsWith(0x92, 0x07, 0x80);
    }
  }

  @Test
  void injectedFieldsAreInTheRecords() throws Exception {
    String inject = "<inject>\ntag_key t\n</inject>";
    assertThat(formatted(TcpOutput.TYPE, inject).text()).contains("app");
    assertThat(formatted(UnixOutput.TYPE, inject).text()).contains("app");
  }

  @Test
  void aStalledServerIsLeftAfterSendTimeout() throws Exception {
    try (ServerSocketChannel server = ServerSocketChannel.open()) {
      server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      int port = ((InetSocketAddress) server.getLocalAddress()).getPort();
      BufferedOutput output =
          output(TcpOutput.TYPE, "host 127.0.0.1\nsend_timeout 0.2\nport " + port);
      EventBuilder events = new EventBuilder();
      events.add(EventTime.pack(7, 0), Map.of("a", "x".repeat(16_000_000)));
      MemoryChunk chunk = MemoryChunk.of("app", events.take());
      output.start();
      CompletableFuture<Void> sent =
          CompletableFuture.runAsync(
              () -> {
                try {
                  output.write(chunk); // more than the sockets take while nobody reads
                } catch (Exception e) {
                  throw new IllegalStateException(e);
                }
              },
              Thread::startVirtualThread);
      Await.await(sent::isDone);
      assertThat(sent).isCompletedExceptionally();
      output.stop();
      output.close();
    }
  }

  @Test
  void retryWaitStillWorksThere() {
    assertThat(
            TcpOutput.TYPE
                .buffer()
                .apply(TestPlugins.section("match", "host a\nretry_wait 3s"))
                .parameters())
        .containsEntry("retry_wait", "3s");
  }
}
