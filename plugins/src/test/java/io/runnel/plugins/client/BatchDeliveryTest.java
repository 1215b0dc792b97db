package io.runnel.plugins.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.runnel.event.Bytes;
import io.runnel.event.Event;
import io.runnel.event.EventStream;
import io.runnel.plugin.FormatException;
import io.runnel.plugin.UnrecoverableException;
import io.runnel.testkit.MemoryChunk;
import io.runnel.testkit.OutputDriver;
import io.runnel.testkit.TestContext;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BatchDeliveryTest {
  private final TestContext context = new TestContext().buffer(OutputDriver.buffer());
  private final List<String> sent = new ArrayList<>();

  @AfterEach
  void close() {
    context.close();
  }

  private static final BatchDelivery.Limits WIDE = new BatchDelivery.Limits(100, 1_000, 0);

  private BatchDelivery<String> delivery(BatchDelivery.Limits limits) {
    return new BatchDelivery<>(context, limits);
  }

  /** A chunk of events of two tags, in turn. */
  private MemoryChunk chunk(BatchDelivery<String> delivery, int... numbers) throws Exception {
    Bytes content = new Bytes();
    for (int number : numbers) {
      Map<String, Object> record = new LinkedHashMap<>(Map.of("n", number));
      content.write(
          MemoryChunk.of(
                  number % 2 == 0 ? "even" : "odd",
                  EventStream.of(List.of(new Event(OutputDriver.TIME, record))),
                  delivery.chunkFormat())
              .content());
    }
    return MemoryChunk.ofContent(content.toByteArray(), numbers.length);
  }

  private static String encode(ChunkEvent event, Bytes out) throws FormatException {
    Object n = event.record().get("n");
    if (n.equals(13L)) {
      throw new FormatException("13 brings bad luck");
    }
    out.utf8(event.tag().charAt(0) + "" + n);
    return event.tag();
  }

  private void send(Batch<String> batch) {
    sent.add(batch.joined("", " ", "").toString());
  }

  @Test
  void tagsAreKeptWhereTheyAreNoChunkKey() throws Exception {
    BatchDelivery<String> delivery = delivery(WIDE);
    delivery.deliver(chunk(delivery, 1, 2, 3, 4), BatchDeliveryTest::encode, this::send);
    assertThat(sent).containsExactly("o1 o3", "e2 e4");
  }

  @Test
  void batchesKeepTheLimits() throws Exception {
    BatchDelivery<String> delivery = delivery(new BatchDelivery.Limits(3, 8, 1));
    delivery.deliver(
        chunk(delivery, 1, 3, 5, 7, 1_111_111, 9), BatchDeliveryTest::encode, this::send);
    assertThat(sent).containsExactly("o1 o3", "o5 o7", "o1111111", "o9");
  }

  @Test
  void whatWasTakenIsNotSentAgainEvenByTheNextProcess(@TempDir Path folder) throws Exception {
    BatchDelivery<String> delivery = delivery(WIDE);
    MemoryChunk chunk = chunk(delivery, 1, 2, 3).withNote(folder.resolve("note"));
    assertThatThrownBy(
            () ->
                delivery.deliver(
                    chunk,
                    BatchDeliveryTest::encode,
                    batch -> {
                      if (batch.key().equals("even")) {
                        throw new IOException("down");
                      }
                      send(batch);
                    }))
        .isInstanceOf(IOException.class)
        .hasMessage("down");
    delivery(WIDE).deliver(chunk, BatchDeliveryTest::encode, this::send);
    assertThat(sent).containsExactly("o1 o3", "e2");
  }

  @Test
  void aBatchOfWhichAPartIsTakenIsTriedAgainWithTheRest() throws Exception {
    BatchDelivery<String> delivery = delivery(WIDE);
    MemoryChunk chunk = chunk(delivery, 1, 3, 5);
    assertThatThrownBy(
            () ->
                delivery.deliver(
                    chunk,
                    BatchDeliveryTest::encode,
                    batch -> {
                      batch.taken(0);
                      throw new IOException("broken off");
                    }))
        .hasMessage("broken off");
    delivery.deliver(chunk, BatchDeliveryTest::encode, this::send);
    assertThat(sent).containsExactly("o3 o5");
  }

  @Test
  void whatIsRefusedLeavesAChunkOfWhichTheRestIsTaken() throws Exception {
    BatchDelivery<String> delivery = delivery(WIDE);
    delivery.deliver(
        chunk(delivery, 1, 3, 13),
        BatchDeliveryTest::encode,
        batch -> batch.refuse(1, "no threes"));
    assertThat(context.emitter().errors().stream().map(e -> e.error().getMessage()).toList())
        .containsExactly("13 brings bad luck", "no threes");
    assertThat(context.emitter().errors().getLast().tag()).isEqualTo("odd");
  }

  @Test
  void aChunkOfWhichNothingIsTakenIsRefusedAsAWhole() throws Exception {
    BatchDelivery<String> delivery = delivery(WIDE);
    MemoryChunk chunk = chunk(delivery, 1, 2);
    assertThatThrownBy(
            () ->
                delivery.deliver(
                    chunk,
                    BatchDeliveryTest::encode,
                    batch -> {
                      throw new RefusedException(400, "wrong index");
                    }))
        .isInstanceOf(UnrecoverableException.class)
        .hasMessage("wrong index");
    assertThat(context.emitter().errors()).isEmpty();
  }

  @Test
  void aRequestThatIsTooLargeIsHalved() throws Exception {
    BatchDelivery<String> delivery = delivery(WIDE);
    delivery.deliver(
        chunk(delivery, 1, 3, 5, 7, 9),
        BatchDeliveryTest::encode,
        batch -> {
          if (batch.count() > 2) {
            throw new RefusedException(413, "too large");
          }
          send(batch);
        });
    assertThat(sent).containsExactly("o1 o3", "o5", "o7 o9");
  }

  @Test
  void retriesAtOnceThenTheChunkWaits() throws Exception {
    BatchDelivery<String> delivery =
        new BatchDelivery<>(
            context, WIDE, new BatchDelivery.Retries(2, Duration.ofNanos(1), true, false));
    List<Integer> counts = new ArrayList<>();
    MemoryChunk chunk = chunk(delivery, 1, 3, 5);
    assertThatThrownBy(
            () ->
                delivery.deliver(
                    chunk,
                    BatchDeliveryTest::encode,
                    batch -> {
                      counts.add(batch.count());
                      batch.again(batch.count() - 1, "slow");
                    }))
        .isInstanceOf(IOException.class)
        .hasMessage("1 of 3 events were not taken yet: slow");
    assertThat(counts).containsExactly(3, 1, 1);
  }
}
