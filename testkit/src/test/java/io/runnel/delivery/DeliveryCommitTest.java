package io.runnel.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.runnel.plugin.Chunk;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** Chunks that are committed later, or not at all. */
class DeliveryCommitTest extends DeliveryFixture {
  /** Commits when it is told to. */
  private static final class Later extends Receiver {
    final List<Commit> commits = new CopyOnWriteArrayList<>();

    @Override
    public boolean isDelayedCommit() {
      return true;
    }

    @Override
    public void tryWrite(Chunk chunk, Commit commit) {
      commits.add(commit);
    }
  }

  @Test
  void aDelayedCommitPurges() throws Exception {
    Later later = new Later();
    Delivery delivery = start(later, null, "flush_mode", "immediate");
    delivery.emit("t", event(1));
    await(() -> later.commits.size() == 1);
    assertThat(figure("buffered_records")).isEqualTo(1);
    later.commits.getFirst().commit();
    later.commits.getFirst().rollback(null); // too late, and without effect
    assertThat(figure("buffered_records")).isZero();
    assertThat(figure("delivered_records")).isEqualTo(1);
  }

  @Test
  void aDelayedRollbackIsAFailure() throws Exception {
    Later later = new Later();
    Delivery delivery = start(later, null, "flush_mode", "immediate", "retry_wait", "0.05");
    delivery.emit("t", event(1));
    await(() -> later.commits.size() == 1);
    later.commits.getFirst().rollback(new IOException("nack"));
    await(() -> later.commits.size() == 2);
    assertThat(log()).contains("error=\"nack\"");
    later.commits.get(1).commit();
    assertThat(figure("buffered_records")).isZero();
  }

  @Test
  void aCommitThatDoesNotComeIsTakenBack() throws Exception {
    Later later = new Later();
    Delivery delivery =
        start(
            later,
            null,
            "flush_mode",
            "immediate",
            "delayed_commit_timeout",
            "0.2",
            "retry_wait",
            "0.05");
    delivery.emit("t", event(1));
    await(() -> later.commits.size() == 2);
    assertThat(log()).contains("failed to flush the buffer chunk, timeout to commit. chunk_id=");
    later.commits.getFirst().commit(); // of the first try, which is over
    assertThat(figure("buffered_records")).isEqualTo(1);
    await(
        () -> {
          later.commits.getLast().commit(); // of the present try, which may be over as well by now
          return figure("buffered_records") == 0;
        });
  }
}
