package io.runnel.plugins.contrib;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.runnel.config.ConfigException;
import io.runnel.event.Event;
import io.runnel.event.EventTime;
import io.runnel.plugin.BufferConfig;
import io.runnel.plugin.BufferedOutput;
import io.runnel.plugin.Input;
import io.runnel.testkit.Emitted;
import io.runnel.testkit.MemoryChunk;
import io.runnel.testkit.TestContext;
import io.runnel.testkit.TestPlugins;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SecureForwardTest {
  private static final long TIME = EventTime.pack(1_700_000_000L, 0);

  private final TestContext server = new TestContext();
  private final TestContext client =
      new TestContext()
          .buffer(
              new BufferConfig(
                  "memory",
                  List.of("tag"),
                  Optional.empty(),
                  Duration.ZERO,
                  false,
                  "+00:00",
                  "text",
                  1,
                  Duration.ofSeconds(60),
                  Optional.empty(),
                  new io.runnel.config.ByteSize(1 << 20)));

  @AfterEach
  void close() {
    server.close();
    client.close();
  }

  private static int freePort() throws Exception {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private Input input(String config) {
    return TestPlugins.input(
        SecureForwardInput.TYPE, "self_hostname server\nshared_key k\n" + config, server);
  }

  private BufferedOutput output(int port, String key, String user) {
    return (BufferedOutput)
        TestPlugins.output(
            SecureForwardOutput.TYPE,
            "self_hostname client\nsecure no\nshared_key "
                + key
                + "\n<server>\nhost 127.0.0.1\nport "
                + port
                + "\n"
                + user
                + "\n</server>",
            client);
  }

  @Test
  void encryptedWithKeyAndUser() throws Exception {
    int port = freePort();
    Input input =
        input(
            "secure no\ncert_auto_generate yes\nbind 127.0.0.1\nauthentication yes\nport "
                + port
                + "\n<user>\nusername u\npassword p\n</user>");
    input.start();
    BufferedOutput output = output(port, "k", "username u\npassword p");
    output.start();
    output.write(MemoryChunk.of("app.x", new Event(TIME, Map.of("a", 1L))));
    assertThat(server.emitter().await(1))
        .containsExactly(new Emitted("app.x", TIME, Map.of("a", 1L)));
    output.stop();
    output.close();
    BufferedOutput wrong = output(port, "other", "username u\npassword p");
    wrong.start();
    assertThatThrownBy(() -> wrong.write(MemoryChunk.of("app.x", new Event(TIME, Map.of("a", 2L)))))
        .isInstanceOf(Exception.class);
    wrong.stop();
    wrong.close();
    input.stop();
    input.close();
    assertThat(server.emitter().events()).hasSize(1);
  }

  @Test
  void theHostsNameStandsWhereItsPlaceholdersAre() throws Exception {
    int port = freePort();
    Input input =
        input("secure no\nbind 127.0.0.1\nport " + port + "\n<client>\nhost 127.0.0.1\n</client>");
    input.start();
    BufferedOutput output =
        (BufferedOutput)
            TestPlugins.output(
                SecureForwardOutput.TYPE,
                "self_hostname ${hostname}.x\nhostname me\nsecure no\nshared_key k\n<server>\n"
                    + "host 127.0.0.1\nport "
                    + port
                    + "\n</server>",
                client);
    output.start();
    output.write(MemoryChunk.of("app.x", new Event(TIME, Map.of("a", 1L))));
    output.write(MemoryChunk.of("app.x", new Event(TIME, Map.of("a", 2L))));
    assertThat(server.emitter().await(2)).hasSize(2);
    assertThat(client.log().contains("'insecure' mode has vulnerability")).isTrue();
    output.stop();
    output.close();
    input.stop();
    input.close();
    TestContext named = new TestContext();
    assertThat(
            SecureForward.named(
                    TestPlugins.section(
                        "match", "a __HOSTNAME__-1\n<server>\nb ${hostname}\n</server>"),
                    common("n"),
                    named)
                .sections()
                .getFirst()
                .peek("b"))
        .isEqualTo("n");
  }

  private static SecureForward.Common common(String hostname) {
    return new SecureForward.Common(
        "s",
        "k",
        false,
        "TLSv1_2",
        Optional.empty(),
        Optional.of(hostname),
        new io.runnel.config.ByteSize(512),
        50,
        200);
  }

  @Test
  void aPublicAuthorityNeedsTheHostsNameToBeChecked() {
    assertThatThrownBy(
            () ->
                TestPlugins.output(
                    SecureForwardOutput.TYPE,
                    "self_hostname c\nsecure yes\nshared_key k\n<server>\nhost h\n</server>",
                    client))
        .hasMessageStartingWith(
            "FQDN verification required for certificates issued from public CA");
  }

  @Test
  void secureNeedsACertificate() {
    assertThatThrownBy(() -> input("secure yes"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("cert_path or ca_cert_path");
  }
}
