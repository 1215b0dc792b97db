package io.runnel.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The attacks of SECURITY.md on a running daemon with little memory; after each of them it serves
 * another client.
 */
class HostileIT {
  private static final String SECRET = "s3cretKeyOfTheTest";

  @TempDir Path folder;

  private final Image image = Image.built();
  private final List<Integer> ports = freePorts(5);
  private final int forward = ports.get(0);
  private final int http = ports.get(1);
  private final int tcp = ports.get(2);
  private final int secure = ports.get(3);
  private final int monitor = ports.get(4);

  private static List<Integer> freePorts(int count) {
    try {
      List<Integer> ports = new ArrayList<>();
      while (ports.size() < count) {
        int port = Image.freePort();
        if (!ports.contains(port)) {
          ports.add(port);
        }
      }
      return ports;
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
        </source>
        <source>
          @type tcp
          bind 127.0.0.1
          port %d
          tag t.cp
          <parse>
            @type regexp
            expression /^(?<x>(a+)+)$/
          </parse>
        </source>
        <source>
          @type forward
          bind 127.0.0.1
          port %d
          <transport tls>
            insecure true
          </transport>
          <security>
            self_hostname here
            shared_key %s
          </security>
        </source>
        <source>
          @type monitor_agent
          bind 127.0.0.1
          port %d
          include_config true
        </source>
        <match t.**>
          @type null
        </match>
        <match **>
          @type file
          path %s/out/${tag}
          append true
          <buffer tag>
            @type memory
            flush_mode immediate
          </buffer>
        </match>
        """
        .formatted(forward, http, tcp, secure, SECRET, monitor, folder);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  /** Sends bytes and says what comes back until the other side closes, or has been silent. */
  private static String exchange(int port, byte[] bytes) {
    ByteArrayOutputStream answer = new ByteArrayOutputStream();
    try (Socket socket = connect(port)) {
      socket.getOutputStream().write(bytes);
      socket.getOutputStream().flush();
      socket.setSoTimeout(5000);
      InputStream in = socket.getInputStream();
      for (int b = in.read(); b >= 0 && answer.size() < 100_000; b = in.read()) {
        answer.write(b);
      }
    } catch (IOException e) {
      return answer.toString(StandardCharsets.ISO_8859_1);
    }
    return answer.toString(StandardCharsets.ISO_8859_1);
  }

  private static Socket connect(int port) throws IOException {
    Socket socket = new Socket();
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 5000);
    return socket;
  }

  private String post(String path, String headers, byte[] body) {
    byte[] head =
        ascii(
            "POST %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: %d\r\n%s\r\n"
                .formatted(path, body.length, headers));
    byte[] whole = new byte[head.length + body.length];
    System.arraycopy(head, 0, whole, 0, head.length);
    System.arraycopy(body, 0, whole, head.length, body.length);
    return exchange(http, whole);
  }

  private void serves(String what) {
    String answer = post("/good", "Content-Type: application/json\r\n", ascii("{\"a\":1}"));
    assertThat(answer).as("after %s", what).startsWith("HTTP/1.1 200");
  }

  private static byte[] bomb() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      byte[] zeros = new byte[1 << 20];
      for (int i = 0; i < 512; i++) {
        gzip.write(zeros);
      }
    }
    return out.toByteArray();
  }

  /** A PackedForward message with these entries, said to be gzip. */
  private static byte[] packed(byte[] entries) {
    byte[] head = ascii("\u0093\u00a1t\u00c6");
    byte[] tail = ascii("\u0081\u00aacompressed\u00a4gzip");
    java.nio.ByteBuffer all =
        java.nio.ByteBuffer.allocate(head.length + 4 + entries.length + tail.length);
    return all.put(head).putInt(entries.length).put(entries).put(tail).array();
  }

  @Test
  void attacksHurtNobodyElse() throws Exception {
    Path file = Files.writeString(folder.resolve("x.conf"), config());
    Path log = folder.resolve("x.log");
    ProcessBuilder builder =
        new ProcessBuilder(image.runneld(), "-c", file.toString(), "-o", log.toString());
    builder.environment().put("JAVA_OPTS", "-Xmx64m");
    Process daemon =
        builder
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("console").toFile())
            .start();
    List<Socket> slow = new ArrayList<>();
    try {
      Image.await("ports", () -> Image.listens(http) && Image.listens(monitor));
      serves("nothing");
      String gzip = "Content-Type: application/json\r\nContent-Encoding: gzip\r\n";
      assertThat(post("/t.bomb", gzip, bomb())).matches("(?s)HTTP/1.1 (413|503) .*");
      serves("a bomb for http");
      exchange(forward, packed(bomb()));
      serves("a bomb for forward");
      for (int i = 0; i < 50; i++) {
        Socket socket = connect(http);
        socket.getOutputStream().write(ascii("POST /t HTTP/1.1\r\nHost: "));
        slow.add(socket);
      }
      serves("slow clients");
      exchange(tcp, ascii("a".repeat(40) + "!\n"));
      serves("a pattern that backtracks");
      exchange(secure, ascii("\u0016\u0003\u0001\u00ff\u00ff" + "x".repeat(500)));
      exchange(secure, ascii("GET / HTTP/1.1\r\n\r\n"));
      serves("what is no TLS");
      for (String tag : List.of("../../escaped", "/tmp/escaped", "..", "a/../../../escaped")) {
        byte[] name = ascii(tag);
        exchange(
            forward,
            ascii("\u0093" + (char) (0xa0 + name.length) + tag + "\u0011\u0081\u00a1a\u0001"));
      }
      serves("tags that lead out of the folder");
      exchange(forward, ascii("\u0093\u00a5t\n[er\u00a9x\nforged]"));
      assertThat(exchange(monitor, ascii("GET /api/plugins.json HTTP/1.0\r\n\r\n")))
          .contains("forward")
          .doesNotContain(SECRET);
      assertThat(exchange(monitor, ascii("GET /api/config.json HTTP/1.0\r\n\r\n")))
          .doesNotContain(SECRET);
      assertThat(daemon.isAlive()).isTrue();
    } finally {
      for (Socket socket : slow) {
        socket.close();
      }
      daemon.destroy();
      assertThat(daemon.waitFor(60, TimeUnit.SECONDS)).isTrue();
    }
    assertThat(daemon.exitValue()).isZero();
    assertThat(Image.read(log)).doesNotContain(SECRET);
    assertThat(Image.read(log).lines()).noneMatch(line -> line.startsWith("forged"));
    assertThat(folder.resolveSibling("escaped")).doesNotExist();
    assertThat(Path.of("/tmp/escaped.log")).doesNotExist();
    try (Stream<Path> files = Files.walk(folder)) {
      assertThat(files.map(Path::toString)).noneMatch(path -> path.contains("escaped"));
    }
    try (Stream<Path> files = Files.walk(folder.resolve("out"))) {
      for (Path written : files.filter(Files::isRegularFile).toList()) {
        assertThat(Files.getPosixFilePermissions(written))
            .doesNotContain(java.nio.file.attribute.PosixFilePermission.OTHERS_WRITE);
      }
    }
  }
}
