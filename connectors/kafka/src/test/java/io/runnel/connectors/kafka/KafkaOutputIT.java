package io.runnel.connectors.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.runnel.event.EventStream;
import io.runnel.event.EventTime;
import io.runnel.plugin.BufferedOutput;
import io.runnel.plugin.Output;
import io.runnel.plugin.OutputContext;
import io.runnel.plugin.PluginType;
import io.runnel.plugin.UnrecoverableException;
import io.runnel.plugins.BuiltinPlugins;
import io.runnel.testkit.MemoryChunk;
import io.runnel.testkit.TestContext;
import io.runnel.testkit.TestPlugins;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The outputs against a real broker. */
class KafkaOutputIT {
  private static final long TIME = EventTime.pack(1_700_000_000L, 123_000_000);

  @TempDir static Path folder;

  private static Broker broker;

  private final TestContext context =
      new TestContext(new BuiltinPlugins()).buffer(TestBuffers.of("topic"));
  private final List<Output> made = new ArrayList<>();

  @BeforeAll
  static void startBroker() throws Exception {
    broker = new Broker(folder.resolve("broker")).start();
  }

  @AfterAll
  static void stopBroker() {
    if (broker != null) {
      broker.close();
    }
  }

  @AfterEach
  void close() {
    made.forEach(Output::close);
  }

  private BufferedOutput output(
      PluginType<?, OutputContext, Output> type, String name, String config) throws Exception {
    Output output = TestPlugins.output(type, "@type " + name + "\n" + config, context);
    output.start();
    made.add(output);
    return (BufferedOutput) output;
  }

  private BufferedOutput kafka2(String config) throws Exception {
    return output(
        Kafka2Output.TYPE, "kafka2", "brokers " + broker.address() + "\n" + config + "\n");
  }

  private static MemoryChunk chunk(String tag, String topic, EventStream events) {
    MemoryChunk chunk = MemoryChunk.of(tag, events);
    return topic == null ? chunk : chunk.withVariables(Map.of("topic", topic));
  }

  private static String header(ConsumerRecord<String, String> message, String name) {
    return new String(message.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
  }

  @Test
  void fieldsSteerTheMessage() throws Exception {
    broker.createTopic("steered", 4, Map.of());
    BufferedOutput output =
        kafka2(
            """
            default_topic steered
            use_event_time true
            headers origin:test
            headers_from_record ip:$.source.ip,none:$.nothing
            exclude_message_key true
            exclude_partition_key true
            exclude_partition true
            exclude_fields $.source.secret
            """);
    output.write(
        chunk(
            "app",
            null,
            TestPlugins.stream(
                TIME,
                Map.of("n", 1L, "partition", 2L),
                Map.of("message_key", "k", "source", Map.of("ip", "::1", "secret", 5L)),
                Map.of("n", 3L, "partition_key", "p"))));
    Map<String, ConsumerRecord<String, String>> found = new java.util.HashMap<>();
    broker.read("steered", 4).forEach(message -> found.put(message.value(), message));
    assertThat(found.keySet())
        .containsExactlyInAnyOrder("{\"n\":1}", "{\"source\":{\"ip\":\"::1\"}}", "{\"n\":3}");
    assertThat(found.get("{\"n\":1}").partition()).isEqualTo(2);
    assertThat(found.get("{\"n\":1}").timestamp()).isEqualTo(1_700_000_000_123L);
    assertThat(found.get("{\"n\":1}").key()).isNull();
    ConsumerRecord<String, String> keyed = found.get("{\"source\":{\"ip\":\"::1\"}}");
    assertThat(keyed.key()).isEqualTo("k");
    assertThat(keyed.partition()).isEqualTo((int) (crc32("k") % 4));
    assertThat(header(keyed, "origin")).isEqualTo("test");
    assertThat(header(keyed, "ip")).isEqualTo("::1");
    assertThat(keyed.headers().lastHeader("none")).isNull();
    assertThat(found.get("{\"n\":3}").partition()).isEqualTo((int) (crc32("p") % 4));
    assertThat(found.get("{\"n\":3}").key()).isNull();
  }

  private static long crc32(String text) {
    java.util.zip.CRC32 crc = new java.util.zip.CRC32();
    crc.update(text.getBytes(StandardCharsets.UTF_8));
    return crc.getValue();
  }

  @Test
  void eachCodecArrives() throws Exception {
    broker.createTopic("packed", 1, Map.of());
    for (String codec : List.of("gzip", "snappy", "lz4", "zstd")) {
      kafka2("default_topic packed\ncompression_codec " + codec)
          .write(chunk("app", null, TestPlugins.stream(TIME, Map.of("codec", codec))));
    }
    assertThat(broker.read("packed", 1))
        .extracting(ConsumerRecord::value)
        .containsExactly(
            "{\"codec\":\"gzip\"}",
            "{\"codec\":\"snappy\"}",
            "{\"codec\":\"lz4\"}",
            "{\"codec\":\"zstd\"}");
  }

  @Test
  void whatCanNeverBeSentGoesToTheErrorStreamAndTheRestArrives() throws Exception {
    broker.createTopic("small", 1, Map.of("max.message.bytes", "2000"));
    BufferedOutput output = kafka2("default_topic small");
    MemoryChunk chunk =
        chunk(
            "app",
            null,
            TestPlugins.stream(
                TIME,
                Map.of("n", 1L),
                Map.of("n", 2L, "text", "x".repeat(5000)),
                Map.of("n", 3L, "partition", 9L),
                Map.of("n", 4L, "partition", "first"),
                Map.of("n", 5L)));
    output.write(chunk);
    assertThat(broker.read("small", 1))
        .extracting(ConsumerRecord::value)
        .containsExactlyInAnyOrder("{\"n\":1}", "{\"n\":5}");
    assertThat(context.emitter().errors()).hasSize(3);
    assertThat(context.emitter().errors())
        .extracting(error -> error.error().getMessage())
        .anyMatch(text -> text.contains("larger than the max message size"))
        .anyMatch(text -> text.contains("no partition 9 of the topic 'small', which has 1"))
        .anyMatch(text -> text.contains("is no number of a partition: first"));
  }

  @Test
  void anUnknownTopicIsRetriedOrReplaced() throws Exception {
    broker.createTopic("fallback", 1, Map.of());
    EventStream events = TestPlugins.stream(TIME, Map.of("n", 1L));
    BufferedOutput plain = kafka2("");
    assertThatThrownBy(() -> plain.write(chunk("app", "nowhere", events)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(broker.address())
        .hasMessageContaining("nowhere");
    BufferedOutput replaced = kafka2("default_topic fallback\nuse_default_for_unknown_topic true");
    replaced.write(chunk("app", "nowhere", events));
    assertThat(broker.read("fallback", 1)).hasSize(1);
    assertThat(context.log().texts())
        .anyMatch(line -> line.contains("'nowhere' topic not found. Retry with 'fallback' topic"));
    BufferedOutput noTopic = kafka2("");
    assertThatThrownBy(() -> noTopic.write(chunk(null, null, events)))
        .isInstanceOf(UnrecoverableException.class)
        .hasMessageContaining("no topic");
  }

  @Test
  void theOldFormLetsEachRecordNameItsTopic() throws Exception {
    broker.createTopic("old.a", 1, Map.of());
    broker.createTopic("old.b", 1, Map.of());
    BufferedOutput output =
        output(
            KafkaBufferedOutput.TYPE,
            "kafka_buffered",
            "brokers "
                + broker.address()
                + "\noutput_include_tag true\noutput_include_time true\nexclude_topic_key true\n");
    output.write(
        chunk(
            "old.a",
            null,
            TestPlugins.stream(TIME, Map.of("n", 1L), Map.of("n", 2L, "topic", "old.b"))));
    assertThat(broker.read("old.a", 1).getFirst().value())
        .isEqualTo("{\"n\":1,\"tag\":\"old.a\",\"time\":1700000000}");
    assertThat(broker.read("old.b", 1).getFirst().value())
        .isEqualTo("{\"n\":2,\"tag\":\"old.a\",\"time\":1700000000}");
  }

  @Test
  void passwordsWorkAndWrongOnesAreSaidClearly() throws Exception {
    broker.createTopic("guarded", 1, Map.of());
    EventStream events = TestPlugins.stream(TIME, Map.of("n", 1L));
    String open = "brokers " + broker.saslAddress() + "\nsasl_over_ssl false\n";
    String tls = "brokers " + broker.tlsAddress() + "\nssl_ca_cert " + broker.certificate() + "\n";
    for (String login :
        List.of(
            open + "username alice\npassword secret",
            open + "username alice\npassword secret\nscram_mechanism sha256",
            tls + "username alice\npassword secret\nscram_mechanism sha512")) {
      output(Kafka2Output.TYPE, "kafka2", login + "\ndefault_topic guarded")
          .write(chunk("app", null, events));
    }
    assertThat(broker.read("guarded", 1)).hasSize(3);
    for (String login :
        List.of(
            open + "username alice\npassword wrong",
            tls + "username alice\npassword wrong\nscram_mechanism sha512")) {
      BufferedOutput output =
          output(Kafka2Output.TYPE, "kafka2", login + "\ndefault_topic guarded");
      assertThatThrownBy(() -> output.write(chunk("app", null, events)))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("refuse the user 'alice'")
          .hasMessageContaining("check username, password")
          .hasMessageNotContaining("wrong");
    }
    assertThat(broker.read("guarded", 1)).hasSize(3);
  }

  @Test
  void aCertificateOfSomebodyElseIsRefused() throws Exception {
    BufferedOutput output =
        output(
            Kafka2Output.TYPE,
            "kafka2",
            "brokers "
                + broker.tlsAddress()
                + "\nssl_ca_certs_from_system true\nusername alice\npassword secret\n"
                + "default_topic guarded");
    assertThatThrownBy(
            () -> output.write(chunk("app", null, TestPlugins.stream(TIME, Map.of("n", 1L)))))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("no TLS connection with the brokers")
        .hasMessageContaining("check ssl_ca_cert");
  }

  @Test
  void aHostThatDoesNotExistIsSaid() throws Exception {
    BufferedOutput output =
        output(Kafka2Output.TYPE, "kafka2", "brokers no-such-host.invalid:9092\ndefault_topic x\n");
    assertThatThrownBy(
            () -> output.write(chunk("app", null, TestPlugins.stream(TIME, Map.of("n", 1L)))))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("cannot resolve any of the brokers [no-such-host.invalid:9092]");
  }

  @Test
  void aTransactionIsSeenAsAWhole() throws Exception {
    broker.createTopic("whole", 2, Map.of("max.message.bytes", "2000"));
    BufferedOutput output = kafka2("default_topic whole\ntransactional_id test");
    output.write(
        chunk(
            "app",
            null,
            TestPlugins.stream(
                TIME, Map.of("n", 1L), Map.of("text", "x".repeat(5000)), Map.of("n", 2L))));
    output.write(chunk("app", null, TestPlugins.stream(TIME, Map.of("n", 3L))));
    assertThat(broker.read("whole", 2))
        .extracting(ConsumerRecord::value)
        .containsExactlyInAnyOrder("{\"n\":1}", "{\"n\":2}", "{\"n\":3}");
    assertThat(context.emitter().errors()).hasSize(1);
  }
}
