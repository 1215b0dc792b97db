package io.runnel.connectors.httpservices;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.runnel.config.ConfigException;
import io.runnel.plugins.BuiltinPlugins;
import io.runnel.testkit.MemoryChunk;
import io.runnel.testkit.OutputDriver;
import io.runnel.testkit.ServerProcess;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Logentries, and Datadog over TCP: lines with a token. */
class LinesTest {
  @TempDir Path folder;

  private final OutputDriver driver = new OutputDriver(new BuiltinPlugins());
  private ServerSocket server;
  private Path tokens;

  @BeforeEach
  void listen() throws IOException {
    server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
    server.setSoTimeout(20_000);
    tokens =
        Files.writeString(folder.resolve("tokens.yml"), "web:\n  app: T-WEB\n  error: T-ERR\n");
  }

  @AfterEach
  void close() throws IOException {
    driver.close();
    server.close();
  }

  private void logentries(String config) throws Exception {
    driver.start(
        LogentriesOutput.TYPE,
        "config_path "
            + tokens
            + "\nuse_ssl false\nhost 127.0.0.1\nport "
            + server.getLocalPort()
            + "\n"
            + config);
  }

  private BufferedReader accept() throws IOException {
    Socket socket = server.accept();
    socket.setSoTimeout(20_000);
    return new BufferedReader(
        new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
  }

  @Test
  void tokensAreChosenByNameAndTag() throws Exception {
    logentries("tag_error_log web.err\ntag_access_log web.acc\ndefault_token T-DEF");
    driver.write("web.x", Map.of("message", "one\n"), Map.of("other", 1));
    driver.write("web.err", Map.of("message", "two"));
    driver.write("web.acc", Map.of("message", "three"));
    driver.write("db", Map.of("message", "four"));
    driver.write("db", Map.of("message", "five", "app_name", "web"));
    BufferedReader lines = accept();
    assertThat(lines.readLine()).isEqualTo("T-WEB one ");
    assertThat(lines.readLine()).isEqualTo("T-ERR two ");
    assertThat(lines.readLine()).isEqualTo("T-WEB three ");
    assertThat(lines.readLine()).isEqualTo("T-DEF four ");
    assertThat(lines.readLine()).isEqualTo("T-WEB five ");
  }

  @Test
  void aChangedFileIsReadAgain() throws Exception {
    logentries("use_json true");
    driver.write("db", Map.of("a", 0));
    Files.writeString(tokens, "db:\n  app: T-DB\n");
    Files.setLastModifiedTime(tokens, FileTime.fromMillis(1_000));
    driver.write("db", Map.of("a", 1));
    assertThat(accept().readLine()).isEqualTo("T-DB {\"a\":1} ");
  }

  @Test
  void withoutTokensEventsWait() throws Exception {
    Files.delete(tokens);
    logentries("");
    MemoryChunk chunk = driver.chunk("web", Map.of("message", "one"));
    assertThatThrownBy(() -> driver.write(chunk))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("Could not load configuration");
    Files.writeString(tokens, "web: {app: T}\n");
    driver.write(chunk);
    assertThat(accept().readLine()).isEqualTo("T one ");
  }

  @Test
  void aServerThatIsGoneIsTriedAgain() throws Exception {
    driver.start(
        LogentriesOutput.TYPE,
        "config_path "
            + tokens
            + "\nuse_ssl false\nhost 127.0.0.1\nport "
            + ServerProcess.freePort());
    assertThatThrownBy(() -> driver.write("web", Map.of("message", "one")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("cannot send to 127.0.0.1");
    driver.start(LogentriesOutput.TYPE, "config_path " + tokens + "\nhost nowhere.invalid");
    assertThatThrownBy(() -> driver.write("web", Map.of("message", "one")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("cannot resolve host name: nowhere.invalid");
    assertThatThrownBy(() -> logentries("protocol udp"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("protocol must be tcp");
  }

  @Test
  void aConnectionThatTheServerClosedIsMadeAnew() throws Exception {
    logentries("");
    driver.write("web", Map.of("message", "one"));
    Socket first = server.accept();
    assertThat(first.getInputStream().readNBytes(11)).asString().isEqualTo("T-WEB one \n");
    first.close();
    driver.write("web", Map.of("message", "two"));
    assertThat(accept().readLine()).isEqualTo("T-WEB two ");
  }

  @Test
  void datadogTakesLinesToo() throws Exception {
    driver.start(
        DatadogOutput.TYPE,
        "api_key K\nuse_http false\nuse_ssl false\nhost 127.0.0.1\nport "
            + server.getLocalPort()
            + "\ndd_hostname h\ntimestamp_key t");
    driver.write("web", Map.of("a", 1));
    assertThat(accept().readLine())
        .isEqualTo("K {\"a\":1,\"hostname\":\"h\",\"t\":\"2017-07-14T02:40:00.123Z\"}");
  }
}
