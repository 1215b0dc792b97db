package io.runnel.connectors.amqp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.runnel.config.ConfigException;
import io.runnel.event.EventTime;
import io.runnel.plugins.client.ChunkProgress;
import io.runnel.testkit.ConnectorContract;
import io.runnel.testkit.OutputDriver;
import io.runnel.testkit.TestContext;
import io.runnel.testkit.TestPlugins;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AmqpPluginsTest {
  @Test
  void indexSaysWhatTheCatalogueHas() {
    ConnectorContract.check("amqp", new AmqpPlugins());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "tag|out|key a|'host' or 'hosts' must be specified.",
        "tag|out|host h|Either 'key' or 'tag_key' must be set.",
        "time|out|host h;tag_key true|need the tag in the chunk keys",
        "tag|out|host h;key a;tls true|'tls_key' and 'tls_cert' must be all specified",
        "tag|out|host h;key a;tls_ca_certificates [\"/nowhere\"];ssl true;verify_ssl true|/nowhere",
        "tag|out|host h;key a;<header>;name x;</header>|At least 'default' or 'source'",
        "tag|out|host h;key a;<header>;name x;source [nope];</header>|got incomplete JSON array",
        "tag|in|host h|'host(s)' and 'queue' must be all specified.",
        "tag|in|queue q|'host(s)' and 'queue' must be all specified.",
      })
  void isRefused(String chunkKey, String kind, String config, String message) {
    try (TestContext context = new TestContext().buffer(OutputDriver.buffer(chunkKey))) {
      String text = config.replace(";", "\n");
      assertThatThrownBy(
              () -> {
                if (kind.equals("in")) {
                  TestPlugins.input(AmqpInput.TYPE, text, context);
                } else {
                  TestPlugins.output(AmqpOutput.TYPE, text, context);
                }
              })
          .isInstanceOf(ConfigException.class)
          .hasMessageContaining(message);
    }
  }

  @Test
  void headersComeFromTheRecordOrAreGiven() {
    Headers headers =
        new Headers(
            List.of(
                new Headers.Config("fixed", Optional.of("f"), Optional.empty()),
                new Headers.Config("deep", Optional.empty(), Optional.of("a.b")),
                new Headers.Config("listed", Optional.of("d"), Optional.of("[\"l\", 1]")),
                new Headers.Config("none", Optional.empty(), Optional.of("x.y"))),
            Optional.of("tag"),
            Optional.of("time"));
    assertThat(
            headers.of(
                "app",
                EventTime.pack(1_500_000_000L, 0),
                Map.of("a", Map.of("b", 7L), "l", List.of("zero", "one"))))
        .containsExactly(
            Map.entry("fixed", "f"),
            Map.entry("deep", 7L),
            Map.entry("listed", "one"),
            Map.entry("tag", "app"),
            Map.entry("time", "2017-07-14 02:40:00 UTC"));
  }

  @Test
  void confirmsAreKeptWhereOthersAreRefused() throws Exception {
    ChunkProgress done = ChunkProgress.of(Optional.empty());
    Confirms confirms = new Confirms(done);
    for (int i = 0; i < 5; i++) {
      confirms.sent(10 + i, i);
    }
    confirms.ack(11, true);
    confirms.nack(12, false);
    confirms.ack(14, true);
    assertThatThrownBy(confirms::await).hasMessageContaining("refused 1 messages");
    confirms.sent(15, 5);
    confirms.end();
    confirms.ack(15, false);
    assertThat(IntStream.range(0, 6).filter(done::isDone)).containsExactly(0, 1, 3, 4);
  }
}
