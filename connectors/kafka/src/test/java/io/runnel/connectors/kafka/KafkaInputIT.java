package io.runnel.connectors.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.runnel.event.EventTime;
import io.runnel.log.Level;
import io.runnel.plugin.BufferOverflowException;
import io.runnel.plugin.EmitException;
import io.runnel.plugin.Input;
import io.runnel.plugin.PluginContext;
import io.runnel.plugin.PluginType;
import io.runnel.plugins.BuiltinPlugins;
import io.runnel.testkit.Await;
import io.runnel.testkit.Emitted;
import io.runnel.testkit.TestContext;
import io.runnel.testkit.TestPlugins;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The inputs against a real broker. */
class KafkaInputIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir static Path folder;

  private static Broker broker;

  private final List<Input> running = new ArrayList<>();
  private final List<TestContext> contexts = new ArrayList<>();

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
  void stop() {
    running.forEach(Input::stop);
    contexts.forEach(TestContext::close);
  }

  private TestContext context() {
    TestContext context = new TestContext(new BuiltinPlugins());
    contexts.add(context);
    return context;
  }

  private Input start(
      PluginType<?, PluginContext, Input> type, String name, String config, TestContext context)
      throws Exception {
    Input input = TestPlugins.input(type, "@type " + name + "\n" + config, context);
    running.add(input);
    input.start();
    return input;
  }

  private Input group(String config, TestContext context) throws Exception {
    return start(
        KafkaGroupInput.TYPE,
        "kafka_group",
        "brokers " + broker.address() + "\n" + config,
        context);
  }

  private static ProducerRecord<String, String> message(String topic, String key, String value) {
    return new ProducerRecord<>(topic, 0, 1_700_000_000_250L, key, value);
  }

  private static void await(String what, java.util.function.BooleanSupplier condition) {
    Await.await(PATIENCE, () -> what, condition::getAsBoolean);
  }

  private static boolean isCommitted(String group, String topic, long offset) {
    try {
      return broker.committed(group, topic, 0) == offset;
    } catch (Exception e) {
      return false;
    }
  }

  @Test
  void messagesBecomeEventsAndWhatIsBrokenGoesToTheErrorStream() throws Exception {
    broker.createTopic("in.json", 1, Map.of());
    ProducerRecord<String, String> second = message("in.json", "k2", "{\"n\":2}");
    second.headers().add("origin", "test".getBytes(java.nio.charset.StandardCharsets.UTF_8));
    broker.send(List.of(message("in.json", "k1", "{\"n\":1}"), second));
    broker.send(List.of(message("in.json", null, "{broken"), message("in.json", null, "[1]")));
    TestContext plain = context();
    group("consumer_group plain\ntopics in.json\ntime_source kafka\nadd_prefix kafka", plain);
    TestContext rich = context();
    group(
        "consumer_group rich\ntopics /^in.js/\nkafka_message_key key\nadd_headers true\n"
            + "add_suffix x\nadd_offset_in_record true",
        rich);
    List<Emitted> events = plain.emitter().await(2);
    assertThat(events)
        .extracting(Emitted::record)
        .containsExactly(Map.of("n", 1L), Map.of("n", 2L));
    assertThat(events.getFirst().tag()).isEqualTo("kafka.in.json");
    assertThat(events.getFirst().time()).isEqualTo(EventTime.pack(1_700_000_000L, 250_000_000));
    assertThat(rich.emitter().await(2).get(1).record())
        .isEqualTo(
            Map.of(
                "n",
                2L,
                "kafka_topic",
                "in.json",
                "kafka_partition",
                0L,
                "kafka_offset",
                1L,
                "key",
                "k2",
                "origin",
                "test"));
    assertThat(rich.emitter().events().getFirst().tag()).isEqualTo("in.json.x");
    assertThat(plain.emitter().awaitErrors(2).getFirst().error())
        .hasMessageContaining("parser error in in.json/0");
    await("offsets of plain", () -> isCommitted("plain", "in.json", 4));
  }

  @Test
  void offsetsAreCommittedWhenTheEventsAreSafeAndNotBefore() throws Exception {
    broker.createTopic("in.safe", 1, Map.of());
    broker.send(List.of(message("in.safe", null, "{\"n\":1}")));
    TestContext unsafe = context();
    unsafe.emitter().refuseCommit(new EmitException("disk full"));
    String config =
        "consumer_group safe\ntopics in.safe\noffset_commit_interval 0\nretry_wait_seconds 1";
    Input first = group(config, unsafe);
    // Each round reads the message again, because its offset was not committed.
    await("read again", () -> unsafe.emitter().events().size() >= 2);
    assertThat(broker.committed("safe", "in.safe", 0)).isEqualTo(-1);
    assertThat(unsafe.log().texts(Level.ERROR)).anyMatch(text -> text.contains("disk full"));
    unsafe.emitter().refuseCommit(null);
    await("committed", () -> isCommitted("safe", "in.safe", 1));
    first.stop();

    broker.send(List.of(message("in.safe", null, "{\"n\":2}")));
    TestContext next = context();
    Input second = group(config, next);
    assertThat(next.emitter().await(1))
        .extracting(Emitted::record)
        .containsExactly(Map.of("n", 2L));
    second.stop();
    assertThat(broker.committed("safe", "in.safe", 0)).isEqualTo(2);
  }

  @Test
  void aFullBufferIsWaitedForOrTheMessagesAreFetchedAgain() throws Exception {
    broker.createTopic("in.full", 1, Map.of());
    broker.send(List.of(message("in.full", null, "{\"n\":1}")));
    TestContext full = context();
    full.emitter().refuse(new BufferOverflowException("buffer space has too many data"));
    group("consumer_group full\ntopics in.full\nretry_wait_seconds 1", full);
    TestContext limited = context();
    limited.emitter().refuse(new BufferOverflowException("buffer space has too many data"));
    group(
        "consumer_group limited\ntopics in.full\nretry_emit_limit 1\nretry_wait_seconds 1",
        limited);
    await(
        "limit",
        () ->
            limited.log().texts(Level.ERROR).stream()
                .anyMatch(text -> text.contains("Exceeds retry_emit_limit")));
    await(
        "said",
        () ->
            full.log().texts(Level.WARN).stream()
                .anyMatch(text -> text.contains("the buffer is full")));
    assertThat(broker.committed("full", "in.full", 0)).isEqualTo(-1);
    full.emitter().refuse(null);
    limited.emitter().refuse(null);
    full.emitter().await(1);
    limited.emitter().await(1);
    await("full", () -> isCommitted("full", "in.full", 1));
    await("limited", () -> isCommitted("limited", "in.full", 1));
    assertThat(full.emitter().events()).hasSize(1);
    assertThat(limited.emitter().events()).hasSize(1);
  }

  @Test
  void singlePartitionsAreReadFromTheirOffset() throws Exception {
    broker.createTopic("in.single", 2, Map.of());
    broker.send(
        List.of(
            new ProducerRecord<>("in.single", 1, null, "{\"tag\":\"a.b\",\"time\":1700000000}"),
            new ProducerRecord<>("in.single", 1, null, "{\"tag\":\"c\",\"time\":1700000001.5}")));
    TestContext context = context();
    start(
        KafkaInput.TYPE,
        "kafka",
        "brokers "
            + broker.address()
            + "\ntag_source record\ntime_source record\n"
            + "<topic>\ntopic in.single\npartition 1\noffset 1\n</topic>\n",
        context);
    Emitted event = context.emitter().await(1).getFirst();
    assertThat(event.tag()).isEqualTo("c");
    assertThat(event.time()).isEqualTo(EventTime.pack(1_700_000_001L, 500_000_000));
  }

  @Test
  void rdkafkaGroupTakesItsPropertiesAndAParser() throws Exception {
    broker.createTopic("in.rd", 1, Map.of());
    broker.send(List.of(message("in.rd", null, "a:1\tb:x"), message("in.rd", null, "7 seven")));
    TestContext ltsv = context();
    String properties =
        "kafka_configs {\"bootstrap.servers\":\""
            + broker.address()
            + "\",\"group.id\":\"%s\",\"auto.offset.reset\":\"smallest\",\"log_level\":7}\n";
    start(
        RdkafkaGroupInput.TYPE,
        "rdkafka_group",
        "topics in.rd\n<parse>\n@type ltsv\n</parse>\n" + properties.formatted("rd1"),
        ltsv);
    TestContext parsed = context();
    start(
        RdkafkaGroupInput.TYPE,
        "rdkafka_group",
        "topics in.rd\n"
            + properties.formatted("rd2")
            + "<parse>\n@type regexp\nexpression /^(?<n>\\d) (?<word>\\w+)$/\n</parse>",
        parsed);
    assertThat(ltsv.emitter().await(1).getFirst().record()).isEqualTo(Map.of("a", "1", "b", "x"));
    assertThat(parsed.emitter().await(1).getFirst().record())
        .isEqualTo(Map.of("n", "7", "word", "seven"));
    assertThat(ltsv.emitter().awaitErrors(1)).hasSize(1);
  }

  @Test
  void aWrongPasswordIsSaidAndTriedAgain() throws Exception {
    TestContext context = context();
    start(
        KafkaGroupInput.TYPE,
        "kafka_group",
        "brokers "
            + broker.saslAddress()
            + "\nsasl_over_ssl false\nusername alice\npassword wrong\nconsumer_group g\ntopics t\n"
            + "retry_wait_seconds 1",
        context);
    await(
        "two tries: " + context.log().texts(),
        () ->
            context.log().texts(Level.ERROR).stream()
                    .filter(text -> text.contains("refuse the user 'alice'"))
                    .count()
                >= 2);
    TestContext lost = context();
    start(
        KafkaGroupInput.TYPE,
        "kafka_group",
        "brokers no-such-host.invalid:9092\nconsumer_group g\ntopics t\nretry_wait_seconds 1",
        lost);
    await(
        "no host",
        () ->
            lost.log().texts(Level.ERROR).stream()
                .anyMatch(text -> text.contains("cannot resolve any of the brokers")));
  }
}
