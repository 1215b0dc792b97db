package io.runnel.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What each port answers to garbage (the table in docs/compatibility.md): whatever is sent, the
 * daemon lives, and the events of other clients arrive.
 */
class GarbageIT {
  private static final int SEED = 20_261_124;

  @TempDir Path folder;

  private final Image image = Image.built();
  private final int forward = port();
  private final int http = port();
  private final int syslog = port();
  private final int tcp = port();
  private final int udp = port();
  private final int monitor = port();

  private static int port() {
    try {
      return Image.freePort();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private String config() {
    return """
        <source>
          @type forward
          bind 127.0.0.1
          port %d
        </source>
        <source>
          @type http
          bind 127.0.0.1
          port %d
          body_size_limit 1m
        </source>
        <source>
          @type syslog
          bind 127.0.0.1
          port %d
          tag sys
          <transport tcp>
          </transport>
        </source>
        <source>
          @type tcp
          bind 127.0.0.1
          port %d
          tag tcp
          <parse>
            @type json
          </parse>
        </source>
        <source>
          @type udp
          bind 127.0.0.1
          port %d
          tag udp
          <parse>
            @type json
          </parse>
        </source>
        <source>
          @type monitor_agent
          bind 127.0.0.1
          port %d
        </source>
        <match good.**>
          @type file
          path %s/out
          append true
          <format>
            @type json
          </format>
          <buffer>
            @type memory
            flush_mode immediate
          </buffer>
        </match>
        <match **>
          @type null
        </match>
        """
        .formatted(forward, http, syslog, tcp, udp, monitor, folder);
  }

  private static List<byte[]> garbage() {
    Random random = new Random(SEED);
    List<byte[]> all = new ArrayList<>();
    for (String hex :
        List.of(
            "ddffffffff",
            "dfffffffff",
            "dbffffffff",
            "c6ffffffff",
            "9392d7",
            "c1",
            "93a161",
            "00",
            "ff")) {
      all.add(HexFormat.of().parseHex(hex));
    }
    all.add("91".repeat(100_000).getBytes(StandardCharsets.US_ASCII));
    all.add(HexFormat.of().parseHex("91".repeat(100_000)));
    all.add(
        ("GET / HTTP/1.1\r\n" + "X: " + "y".repeat(200_000) + "\r\n\r\n")
            .getBytes(StandardCharsets.US_ASCII));
    all.add(
        "POST /a HTTP/1.1\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello"
            .getBytes(StandardCharsets.US_ASCII));
    all.add(
        "POST /a HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
            .getBytes(StandardCharsets.US_ASCII));
    all.add(
        "POST /a HTTP/1.1\r\nContent-Length: +7\r\n\r\n1234567"
            .getBytes(StandardCharsets.US_ASCII));
    all.add(
        "<999>no such priority\n<34>Feb 30 99:99:99 x: y\n".getBytes(StandardCharsets.US_ASCII));
    all.add(("x".repeat(3_000_000)).getBytes(StandardCharsets.US_ASCII));
    for (int i = 0; i < 30; i++) {
      byte[] noise = new byte[random.nextInt(2000) + 1];
      random.nextBytes(noise);
      all.add(noise);
    }
    return all;
  }

  private static void send(int port, byte[] bytes) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 5000);
      OutputStream out = socket.getOutputStream();
      out.write(bytes);
      out.flush();
      socket.shutdownOutput();
      socket.setSoTimeout(200);
      int ignored = socket.getInputStream().read();
    } catch (IOException e) {
      // Closed in our face: as good an answer as any.
    }
  }

  private int post(String path, String body) throws IOException {
    HttpURLConnection connection =
        (HttpURLConnection) URI.create("http://127.0.0.1:" + http + path).toURL().openConnection();
    connection.setDoOutput(true);
    connection.setRequestProperty("Content-Type", "application/json");
    connection.getOutputStream().write(body.getBytes(StandardCharsets.UTF_8));
    return connection.getResponseCode();
  }

  private long delivered() {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> file.getFileName().toString().startsWith("out"))
          .mapToLong(file -> Image.read(file).lines().count())
          .sum();
    } catch (IOException e) {
      return 0;
    }
  }

  @Test
  void theDaemonLivesAndOthersEventsArrive() throws Exception {
    Path file = Files.writeString(folder.resolve("x.conf"), config());
    Path log = folder.resolve("x.log");
    Process daemon =
        new ProcessBuilder(image.runneld(), "-c", file.toString(), "-o", log.toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("console").toFile())
            .start();
    try {
      Image.await("ports", () -> Image.listens(http) && Image.listens(monitor));
      int good = 0;
      for (byte[] bytes : garbage()) {
        for (int port : new int[] {forward, http, syslog, tcp, monitor}) {
          send(port, bytes);
        }
        if (bytes.length < 60_000) {
          try (DatagramSocket socket = new DatagramSocket()) {
            for (int port : new int[] {udp, forward}) {
              socket.send(
                  new DatagramPacket(bytes, bytes.length, InetAddress.getLoopbackAddress(), port));
            }
          }
        }
        assertThat(post("/good.x", "{\"n\":" + good + "}")).isEqualTo(200);
        good++;
      }
      int expected = good;
      Image.await("good events", () -> delivered() >= expected);
      assertThat(delivered()).isEqualTo(expected);
      assertThat(daemon.isAlive()).isTrue();
      assertThat(post("/good.x", "[".repeat(2_000_000))).isEqualTo(413);
    } finally {
      daemon.destroy();
      assertThat(daemon.waitFor(60, TimeUnit.SECONDS)).isTrue();
    }
    assertThat(daemon.exitValue()).isZero();
  }
}
