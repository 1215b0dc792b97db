package io.runnel.connectors.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.runnel.event.EventTime;
import io.runnel.plugins.BuiltinPlugins;
import io.runnel.plugins.client.ChunkProgress;
import io.runnel.plugins.common.Injector;
import io.runnel.plugins.formatter.JsonFormatter;
import io.runnel.testkit.MemoryChunk;
import io.runnel.testkit.TestContext;
import io.runnel.testkit.TestPlugins;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.Cluster;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.errors.NotLeaderOrFollowerException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a chunk's messages become, with the client's own stand-in for a producer. */
class ChunkSenderTest {
  private static final long TIME = EventTime.pack(1_700_000_000L, 0);

  private final TestContext context =
      new TestContext(new BuiltinPlugins()).buffer(TestBuffers.of("topic"));
  private final MockProducer<byte[], byte[]> producer =
      new MockProducer<>(
          cluster(), false, null, new ByteArraySerializer(), new ByteArraySerializer());
  private ChunkProgress done;
  private boolean transactional;

  private static Cluster cluster() {
    Node node = new Node(1, "localhost", 9092);
    Node[] nodes = {node};
    return new Cluster(
        "c",
        List.of(node),
        List.of(
            new PartitionInfo("t", 0, node, nodes, nodes),
            new PartitionInfo("t", 1, node, nodes, nodes),
            new PartitionInfo("t", 2, node, nodes, nodes)),
        java.util.Set.of(),
        java.util.Set.of());
  }

  private static MemoryChunk chunk() {
    return MemoryChunk.of(
        "app",
        TestPlugins.stream(
            TIME,
            Map.of("n", 1L, "partition", 0L),
            Map.of("n", 2L, "partition", 1L),
            Map.of("n", 3L, "partition", 2L)));
  }

  /**
   * @param answers what the broker does, once something was sent; null where nothing will be
   */
  private ChunkDelivery send(String config, Runnable answers) throws Exception {
    MessageConfig message =
        io.runnel.config.ConfigSpec.of(MessageConfig.class)
            .bind(TestPlugins.section("match", config), false);
    MessageComposer.Plan plan =
        new MessageComposer.Plan(
            message,
            Injector.of(Optional.empty(), context),
            TestPlugins.formatter(JsonFormatter.TYPE, "add_newline false", context),
            false);
    if (done == null) {
      done = ChunkProgress.of(Optional.empty());
    }
    ChunkDelivery delivery = new ChunkDelivery(done, transactional);
    ChunkSender sender =
        new ChunkSender(
            producer,
            message,
            plan,
            new SendRate(Long.MAX_VALUE, context.clock()),
            delivery,
            1 << 20,
            Integer.MAX_VALUE,
            () -> false,
            context.log());
    int before = producer.history().size();
    Thread broker =
        answers == null
            ? null
            : context.start(
                "broker",
                () -> {
                  io.runnel.testkit.Await.await(
                      io.runnel.testkit.Await.DEADLINE,
                      () -> "nothing sent",
                      () -> producer.history().size() > before);
                  answers.run();
                });
    sender.send(chunk(), "t");
    if (broker != null) {
      broker.join();
    }
    return delivery;
  }

  private void awaitSent(int count) {
    io.runnel.testkit.Await.await(
        io.runnel.testkit.Await.DEADLINE,
        () -> producer.history().size() + " sent",
        () -> producer.history().size() >= count);
  }

  private List<String> sent() {
    return producer.history().stream()
        .map(ProducerRecord::value)
        .map(value -> new String(value, StandardCharsets.UTF_8))
        .toList();
  }

  @Test
  void onlyWhatDidNotArriveIsSentAgain() throws Exception {
    ChunkDelivery first =
        send(
            "exclude_partition true",
            () -> {
              awaitSent(3);
              producer.completeNext();
              producer.errorNext(new NotLeaderOrFollowerException("moved"));
              producer.completeNext();
            });
    assertThat(first.failure()).isInstanceOf(NotLeaderOrFollowerException.class);
    assertThat(sent()).containsExactly("{\"n\":1}", "{\"n\":2}", "{\"n\":3}");
    assertThat(producer.history()).extracting(ProducerRecord::partition).containsExactly(0, 1, 2);
    producer.clear();
    ChunkDelivery second = send("exclude_partition true", producer::completeNext);
    assertThat(second.failure()).isNull();
    assertThat(sent()).containsExactly("{\"n\":2}");
    assertThat(done.count()).isEqualTo(3);
  }

  /** A kill in the middle of a chunk: what had arrived stands in the note beside the chunk. */
  @Test
  void whatArrivedIsNotedWhileTheRestIsAwaited(@TempDir Path folder) throws Exception {
    Path note = folder.resolve("note");
    done = ChunkProgress.of(Optional.of(note));
    send(
        "exclude_partition true",
        () -> {
          awaitSent(3);
          producer.completeNext();
          producer.completeNext();
          io.runnel.testkit.Await.await(
              io.runnel.testkit.Await.DEADLINE, () -> "no note", () -> noted(note) == 2);
          producer.completeNext();
        });
    ChunkProgress afterKill = ChunkProgress.of(Optional.of(note));
    assertThat(afterKill.count()).isEqualTo(2);
    producer.clear();
    done = afterKill;
    send("exclude_partition true", producer::completeNext);
    assertThat(sent()).containsExactly("{\"n\":3}");
  }

  private static int noted(Path note) {
    try {
      return ChunkProgress.of(Optional.of(note)).count();
    } catch (IOException e) {
      return 0; // is being written
    }
  }

  @Test
  void whatIsTooLargeIsRejectedAloneAndCountsAsDone() throws Exception {
    ChunkDelivery delivery =
        send(
            "exclude_partition true",
            () -> {
              awaitSent(3);
              producer.completeNext();
              producer.errorNext(new RecordTooLargeException("too large"));
              producer.completeNext();
            });
    assertThat(delivery.failure()).isNull();
    assertThat(delivery.takeRejected()).containsOnlyKeys(1);
    assertThat(done.count()).isEqualTo(3);
  }

  /** The client fails what is behind a rejected message of a transaction with the same error. */
  @Test
  void inATransactionOnlyTheFirstErrorIsOfItsMessage() throws Exception {
    transactional = true;
    ChunkDelivery delivery =
        send(
            "exclude_partition true",
            () -> {
              awaitSent(3);
              producer.completeNext();
              producer.errorNext(new RecordTooLargeException("too large"));
              producer.errorNext(new RecordTooLargeException("too large"));
            });
    assertThat(delivery.failure()).isNull();
    assertThat(delivery.takeRejected()).containsOnlyKeys(1);
    assertThat(done.isDone(2)).isFalse();
  }

  @Test
  void aLimitOnTheSizeIsLookedAtBeforeSending() throws Exception {
    ChunkDelivery delivery =
        send("max_send_limit_bytes 10\nexclude_partition false\npartition_key other\n", null);
    assertThat(sent()).isEmpty();
    assertThat(delivery.takeRejected().values())
        .hasSize(3)
        .allMatch(error -> error.getMessage().contains("record size exceeds max_send_limit_bytes"));
  }
}
