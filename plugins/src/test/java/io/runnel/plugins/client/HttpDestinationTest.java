package io.runnel.plugins.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.runnel.config.ConfigException;
import io.runnel.event.Bytes;
import io.runnel.plugin.UnrecoverableException;
import io.runnel.testkit.FakeHttpServer;
import io.runnel.testkit.ServerProcess;
import io.runnel.testkit.TestContext;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.zip.Deflater;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HttpDestinationTest {
  private final TestContext context = new TestContext();
  private HttpDestination destination = HttpDestination.of(context).build();

  @AfterEach
  void stop() {
    destination.stop();
    destination.close();
    context.close();
  }

  private static Bytes bytes(String text) {
    Bytes bytes = new Bytes(64);
    bytes.utf8(text);
    return bytes;
  }

  private HttpResponse send(FakeHttpServer server) throws IOException {
    return destination.send(
        "POST",
        URI.create("http://127.0.0.1:" + server.port() + "/token-s3cret/x"),
        Map.of("Content-Type", "application/json"),
        HttpBody.of(bytes("{}")));
  }

  @Test
  void keepsTheConnectionAndReturnsTheAnswer() throws Exception {
    try (FakeHttpServer server =
        new FakeHttpServer(
            request -> new FakeHttpServer.Answer(200, "ok", Map.of("Retry-After", "7")))) {
      assertThat(send(server).body()).isEqualTo("ok");
      assertThat(send(server).headers()).containsEntry("retry-after", "7");
      assertThat(server.connections()).isEqualTo(1);
    }
  }

  @Test
  void whatTheServerRefusesIsNotTriedAgain() throws Exception {
    for (int status : new int[] {400, 413, 422}) {
      try (FakeHttpServer server = FakeHttpServer.answering(status, "no")) {
        assertThatThrownBy(() -> send(server))
            .isInstanceOf(UnrecoverableException.class)
            .hasMessageContaining("answered " + status);
      }
    }
  }

  @Test
  void whatTimeOrAnOperatorCanMendIsTriedAgainAndNoTokenIsShown() throws Exception {
    for (int status : new int[] {401, 403, 404, 408, 429, 500, 503}) {
      try (FakeHttpServer server = FakeHttpServer.answering(status, "no")) {
        assertThatThrownBy(() -> send(server))
            .isInstanceOf(IOException.class)
            .hasMessageContaining("http://127.0.0.1:" + server.port() + " answered " + status)
            .hasMessageNotContaining("s3cret");
      }
    }
  }

  @Test
  void nobodyListeningIsTriedAgain() {
    int port = ServerProcess.freePort();
    destination = HttpDestination.of(context).open(Duration.ofSeconds(5)).build();
    URI uri = URI.create("http://127.0.0.1:" + port + "/");
    assertThatThrownBy(() -> destination.send("POST", uri, Map.of(), HttpBody.empty()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("cannot send to http://127.0.0.1:" + port);
  }

  @Test
  void theCallerSaysWhatIsRefused() throws Exception {
    destination = HttpDestination.of(context).refused(status -> status == 404).build();
    try (FakeHttpServer server = FakeHttpServer.answering(404, "no")) {
      assertThatThrownBy(() -> send(server)).isInstanceOf(UnrecoverableException.class);
    }
    try (FakeHttpServer server = FakeHttpServer.answering(400, "no")) {
      assertThatThrownBy(() -> send(server)).isInstanceOf(IOException.class);
    }
  }

  @Test
  void goesThroughTheProxyThatIsConfigured() throws Exception {
    try (FakeHttpServer proxy = FakeHttpServer.answering(200, "")) {
      destination =
          HttpDestination.of(context)
              .proxy(Optional.of("http://127.0.0.1:" + proxy.port()), "proxy")
              .build();
      destination.send("POST", URI.create("http://nowhere.test/x"), Map.of(), HttpBody.empty());
      assertThat(proxy.requests().getFirst().target()).isEqualTo("http://nowhere.test/x");
    }
    assertThatThrownBy(() -> HttpDestination.of(context).proxy(Optional.of("::"), "proxy"))
        .isInstanceOf(ConfigException.class);
  }

  @Test
  void compressesToTheLevelThatIsAskedFor() throws Exception {
    String text = "abcdefgh ".repeat(10_000);
    HttpBody best = HttpDestination.gzip(bytes(text), Deflater.BEST_COMPRESSION);
    HttpBody none = HttpDestination.gzip(bytes(text), Deflater.NO_COMPRESSION);
    assertThat(best.length()).isLessThan(2_000);
    assertThat(none.length()).isGreaterThan(text.length());
    Bytes packed = new Bytes(64);
    best.writer().writeTo(packed);
    assertThat(
            new String(
                new GZIPInputStream(new ByteArrayInputStream(packed.array(), 0, packed.length()))
                    .readAllBytes(),
                StandardCharsets.UTF_8))
        .isEqualTo(text);
  }
}
