package io.runnel.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.runnel.event.EventStream;
import io.runnel.log.Level;
import io.runnel.plugin.UnrecoverableException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What happens when a delivery fails: retries, the limit, the secondary, evacuated chunks. */
class DeliveryRetryTest extends DeliveryFixture {
  private static final class Other extends Receiver {}

  @Test
  void aFailedFlushIsRetriedAndSucceeds() throws Exception {
    Receiver receiver = new Receiver();
    receiver.failures.add(new IOException("first"));
    receiver.failures.add(new IOException("second"));
    Delivery delivery =
        start(
            receiver,
            null,
            "flush_mode",
            "immediate",
            "retry_wait",
            "0.05",
            "retry_type",
            "periodic");
    delivery.emit("t", event(1));
    await(() -> receiver.got.size() == 1);
    await(() -> log().contains("retry succeeded. chunk_id="));
    assertThat(log())
        .contains("failed to flush the buffer. retry_times=0 next_retry_time=")
        .contains("failed to flush the buffer. retry_times=1")
        .contains("error=\"first\"");
    assertThat(delivery.retryState()).isEmpty();
    assertThat(figure("rollback_count")).isEqualTo(2);
    assertThat(figure("num_errors")).isEqualTo(2);
  }

  @Test
  void theRetryStateCanBeAskedFor() throws Exception {
    Receiver receiver = new Receiver();
    receiver.dead = true;
    Delivery delivery = start(receiver, null, "flush_mode", "immediate", "retry_wait", "1h");
    delivery.emit("t", event(1));
    await(() -> !delivery.retryState().isEmpty());
    assertThat(delivery.retryState()).containsOnlyKeys("start", "steps", "next_time");
    assertThat(delivery.retryState().get("steps")).isEqualTo(0L);
    assertThat((String) delivery.retryState().get("next_time"))
        .matches("\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d [+-]\\d{4}");
  }

  @Test
  void atTheLimitTheQueueIsDroppedAndFilesAreEvacuated() throws Exception {
    Receiver receiver = new Receiver();
    receiver.dead = true;
    Delivery delivery =
        start(
            receiver,
            null,
            "@type",
            "file",
            "path",
            directory.resolve("buf").toString(),
            "flush_mode",
            "immediate",
            "retry_wait",
            "0.01",
            "retry_max_times",
            "2");
    delivery.emit("t", event(1));
    await(() -> figure("dropped_retry_limit_records") == 1);
    assertThat(context.log().texts(Level.ERROR))
        .singleElement()
        .asString()
        .contains("Hit limit for retries. dropping all chunks in the buffer queue.");
    assertThat(log()).contains("chunk files are evacuated to");
    try (Stream<Path> files = Files.list(directory.resolve("root/buffer/out_one"))) {
      assertThat(files).hasSize(2);
    }
    // the files are removed behind the figures
    await(() -> directory.resolve("buf").toFile().list().length == 1);
    assertThat(directory.resolve("buf").toFile().list()).containsExactly(".buffer.books");
    receiver.dead = false;
    delivery.emit("t", event(2));
    await(() -> receiver.got.contains(2L));
  }

  @Test
  void theSecondaryTakesOverLate() throws Exception {
    Receiver receiver = new Receiver();
    receiver.dead = true;
    Other secondary = new Other();
    Delivery delivery =
        start(
            receiver,
            secondary,
            "flush_mode",
            "immediate",
            "retry_wait",
            "0.02",
            "retry_timeout",
            "0.5");
    delivery.emit("t", event(1));
    await(() -> secondary.got.size() == 1);
    await(() -> log().contains("retry succeeded by secondary."));
    assertThat(figure("write_secondary_count")).isGreaterThan(0);
    assertThat(figure("secondary_records")).isEqualTo(1);
  }

  @Test
  void anUnrecoverableErrorGoesToTheSecondaryAtOnce() throws Exception {
    Receiver receiver = new Receiver();
    receiver.failures.add(new UnrecoverableException("bad data"));
    Other secondary = new Other();
    Delivery delivery = start(receiver, secondary, "flush_mode", "immediate");
    delivery.emit("t", event(1));
    await(() -> secondary.got.size() == 1);
    assertThat(log())
        .contains("got unrecoverable error in primary. Skip retry and flush chunk to secondary");
  }

  @Test
  void anUnrecoverableErrorWithoutSecondaryIsKeptInAFile() throws Exception {
    Receiver receiver = new Receiver();
    receiver.failures.add(new UnrecoverableException("bad data"));
    Delivery delivery = start(receiver, null, "flush_mode", "immediate", "compress", "gzip");
    delivery.emit("t", event(7));
    delivery.emit("t", event(8));
    await(() -> receiver.got.contains(8L));
    await(() -> figure("dropped_unrecoverable_records") == 1);
    assertThat(log())
        .contains("got unrecoverable error in primary and no secondary")
        .contains("bad chunk is moved to");
    try (Stream<Path> files = Files.list(directory.resolve("root/backup/worker0/out_one"))) {
      Path file = files.findFirst().orElseThrow();
      byte[] content = Files.readAllBytes(file);
      assertThat(EventStream.packed(content, 0, content.length, 1).events().getFirst().record())
          .isEqualTo(Map.of("n", 7L));
    }
  }
}
