package io.runnel.plugins.contrib;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.runnel.config.ConfigException;
import io.runnel.event.EventStream;
import io.runnel.event.EventTime;
import io.runnel.event.MsgpackToJson;
import io.runnel.plugin.BufferedOutput;
import io.runnel.plugins.BuiltinPlugins;
import io.runnel.testkit.Emitted;
import io.runnel.testkit.MemoryChunk;
import io.runnel.testkit.TestContext;
import io.runnel.testkit.TestPlugins;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GelfTest {
  private static final long TIME = EventTime.pack(1_700_000_000L, 500_000_000);

  private final TestContext context = new TestContext(new BuiltinPlugins());
  private GelfInput input;

  @AfterEach
  void close() {
    if (input != null) {
      input.stop();
    }
    context.close();
  }

  private void listen(String config) throws Exception {
    input =
        (GelfInput)
            TestPlugins.input(GelfInput.TYPE, "tag g\nbind 127.0.0.1\nport 0\n" + config, context);
    input.start();
  }

  private void send(byte[]... datagrams) throws Exception {
    try (DatagramSocket socket = new DatagramSocket()) {
      for (byte[] data : datagrams) {
        socket.send(
            new DatagramPacket(data, data.length, InetAddress.getLoopbackAddress(), input.port()));
      }
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] gzip(String text) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(bytes(text));
    }
    return out.toByteArray();
  }

  private static byte[] zlib(String text) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (DeflaterOutputStream deflater = new DeflaterOutputStream(out)) {
      deflater.write(bytes(text));
    }
    return out.toByteArray();
  }

  private static byte[] chunk(int number, int count, byte[] whole, int from, int to) {
    byte[] chunk = new byte[12 + to - from];
    chunk[0] = 0x1e;
    chunk[1] = 0x0f;
    chunk[9] = 7;
    chunk[10] = (byte) number;
    chunk[11] = (byte) count;
    System.arraycopy(whole, from, chunk, 12, to - from);
    return chunk;
  }

  @Test
  void datagramsInAllForms() throws Exception {
    listen("");
    send(bytes("{\"short_message\":\"a\",\"timestamp\":1700000000.5,\"_x\":1,\"_\":2}"));
    assertThat(context.emitter().await(1).getFirst())
        .isEqualTo(new Emitted("g", TIME, Map.of("short_message", "a", "x", 1L, "_", 2L)));
    send(gzip("{\"short_message\":\"b\"}"), zlib("{\"short_message\":\"c\"}"));
    byte[] whole = zlib("{\"short_message\":\"d\"}");
    send(chunk(1, 2, whole, 5, whole.length), chunk(2, 2, whole, 0, 1), chunk(0, 2, whole, 0, 5));
    assertThat(context.emitter().await(4).stream().map(e -> e.record().get("short_message")))
        .containsExactly("a", "b", "c", "d");
    assertThat(context.log().contains("chunk 2 of 2 is not possible")).isTrue();
  }

  @Test
  void keepsUnderscoresAndTimes() throws Exception {
    listen("strip_leading_underscore false\ntrust_client_timestamp false");
    send(bytes("[1]"), bytes("{"), bytes("{\"timestamp\":5,\"_x\":1}"));
    Emitted event = context.emitter().await(1).getFirst();
    assertThat(event.record()).isEqualTo(Map.of("timestamp", 5L, "_x", 1L));
    assertThat(event.seconds()).isGreaterThan(1_700_000_000L);
  }

  @Test
  void timesAreNumbersOrTheirText() throws Exception {
    listen("");
    send(bytes("{\"timestamp\":\"1700000000.5\"}"), bytes("{\"timestamp\":\"soon\"}"));
    assertThat(context.emitter().await(2).getFirst().time()).isEqualTo(TIME);
    assertThat(context.emitter().events().get(1).record()).isEqualTo(Map.of("timestamp", "soon"));
  }

  @Test
  void messagesOverTcp() throws Exception {
    listen("protocol_type tcp\nremove_timestamp_record false");
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), input.port())) {
      socket.getOutputStream().write(bytes("{\"a\":1,\"timestamp\":2}\0{\"a\":2}\0"));
      assertThat(context.emitter().await(2).getFirst())
          .isEqualTo(new Emitted("g", 2L << 32, Map.of("a", 1L, "timestamp", 2L)));
    }
  }

  @Test
  void decompressionIsLimited() throws Exception {
    GelfDecoder decoder = new GelfDecoder();
    byte[] bomb = zlib("x".repeat(GelfDecoder.MAX_MESSAGE + 1));
    assertThatThrownBy(() -> decoder.take(bomb, bomb.length, 0))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("longer than");
  }

  private BufferedOutput output(String config) {
    return (BufferedOutput)
        TestPlugins.output(GelfOutput.TYPE, "host 127.0.0.1\n" + config, context);
  }

  private String message(String config, Map<String, ?> record) throws Exception {
    String text = TestPlugins.format(output(config).chunkFormat(), "app.web", TIME, record);
    assertThat(text).endsWith("\0");
    return text.substring(0, text.length() - 1);
  }

  @Test
  void recordsBecomeMessages() throws Exception {
    assertThat(message("", Map.of("message", "hi")))
        .isEqualTo(
            "{\"version\":\"1.1\",\"host\":\"test-host\",\"short_message\":\"hi\","
                + "\"facility\":\"fluentd\",\"timestamp\":1700000000.5,\"_tag\":\"app.web\"}");
    assertThat(message("", Map.of("short_message", "s", "level", "WARN")))
        .contains("\"short_message\":\"s\"", "\"level\":4");
    assertThat(message("", Map.of("level", "odd", "_x", 1, "version", 9, "host", "h")))
        .contains("\"_level\":\"odd\"", "\"_x\":1", "\"_version\":9", "\"_host\":\"h\"")
        .contains("\"short_message\":\"(no message)\"");
    assertThat(message("use_record_host true", Map.of("host", "h"))).contains("\"host\":\"h\"");
    assertThat(message("add_msec_time true", Map.of("msec", 25)))
        .contains("\"timestamp\":1700000000.025")
        .doesNotContain("_msec");
    assertThat(message("add_msec_time true", Map.of("msec", "007")))
        .contains("\"timestamp\":1700000000.007");
    assertThat(message("", Map.of("msec", "007"))).contains("\"_msec\":\"007\"");
    assertThat(message("", Map.of("level", "information", "facility", "f")))
        .contains("\"level\":6", "\"facility\":\"f\"");
    Map<String, Object> nothing = new java.util.HashMap<>();
    nothing.put("gone", null);
    nothing.put("log", Map.of("a", 1));
    assertThat(message("", nothing))
        .contains("\"short_message\":\"{\\\"a\\\":1}\"")
        .doesNotContain("gone", "_log");
  }

  @Test
  void sendsOverUdpToItsOwnInput() throws Exception {
    listen("");
    BufferedOutput output = output("port " + input.port() + "\nmax_bytes 100");
    output.start();
    StringBuilder noise = new StringBuilder();
    Random random = new Random(1);
    for (int i = 0; i < 500; i++) {
      noise.append((char) ('a' + random.nextInt(26)));
    }
    EventStream events =
        TestPlugins.stream(TIME, Map.of("message", "short"), Map.of("message", noise.toString()));
    output.write(MemoryChunk.of("t", events, output.chunkFormat()));
    List<Object> texts = new ArrayList<>();
    context.emitter().await(2).forEach(e -> texts.add(e.record().get("short_message")));
    assertThat(texts).containsExactly("short", noise.toString());
    assertThat(context.emitter().events().getFirst().time()).isEqualTo(TIME);
    output.stop();
  }

  @Test
  void sendsOverTcpToItsOwnInput() throws Exception {
    listen("protocol_type tcp");
    BufferedOutput output = output("protocol tcp\nport " + input.port());
    output.start();
    output.write(
        MemoryChunk.of("t", TestPlugins.stream(TIME, Map.of("a", 1)), output.chunkFormat()));
    assertThat(MsgpackToJson.text(context.emitter().await(1).getFirst().record()))
        .contains("\"a\":1", "\"tag\":\"t\"");
    output.stop();
  }

  @Test
  void wrongConfigurations() {
    output("tls true");
    assertThat(context.log().contains("tls has no effect without protocol tcp")).isTrue();
    assertThatThrownBy(() -> output("max_bytes 5")).isInstanceOf(ConfigException.class);
  }

  /** Anybody can send beginnings of messages, and never their ends. */
  @Test
  void incompleteMessagesTakeBoundedMemory() throws Exception {
    GelfDecoder decoder = new GelfDecoder();
    byte[] chunk = new byte[60_000];
    chunk[0] = 0x1e;
    chunk[1] = 0x0f;
    chunk[11] = 100;
    for (int i = 0; i < 2000; i++) {
      chunk[2] = (byte) (i >>> 8);
      chunk[3] = (byte) i;
      assertThat(decoder.take(chunk, chunk.length, 0)).isNull();
    }
    assertThat(decoder.partialBytes()).isBetween(1L, GelfDecoder.MAX_PARTIAL_BYTES + chunk.length);
  }
}
