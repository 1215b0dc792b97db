package io.runnel.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ParallelSyncsTest {
  private final ParallelSyncs syncs = new ParallelSyncs();

  @AfterEach
  void clearInterrupt() {
    Thread.interrupted();
  }

  @Test
  void slowOnesRunAtTheSameTime() throws IOException {
    CyclicBarrier together = new CyclicBarrier(3);
    syncs.run(List.of(() -> await(together), () -> await(together), () -> await(together)));
    assertThat(together.getNumberWaiting()).isZero();
    assertThat(together.isBroken()).isFalse();
  }

  private static void await(CyclicBarrier barrier) throws IOException {
    try {
      barrier.await(20, TimeUnit.SECONDS);
    } catch (InterruptedException | BrokenBarrierException | TimeoutException e) {
      throw new IOException("the others did not come", e);
    }
  }

  @Test
  void quickOnesEndUpInTheCallersThread() throws IOException {
    List<Thread> threads = Collections.synchronizedList(new ArrayList<>());
    Disk.Sync quick = () -> threads.add(Thread.currentThread());
    long deadline = System.nanoTime() + 20_000_000_000L; // a busy machine makes some look slow
    do {
      threads.clear();
      syncs.run(List.of(quick, quick, quick));
    } while (!threads.equals(Collections.nCopies(3, Thread.currentThread()))
        && System.nanoTime() < deadline);
    assertThat(threads).containsOnly(Thread.currentThread()).hasSize(3);
  }

  @Test
  void allRunAndAFailureIsTold() {
    AtomicInteger ran = new AtomicInteger();
    assertThatThrownBy(
            () ->
                syncs.run(
                    List.of(
                        ran::incrementAndGet,
                        () -> {
                          throw new IOException("the disk is gone");
                        },
                        ran::incrementAndGet)))
        .hasMessage("the disk is gone");
    assertThat(ran).hasValue(2);
  }

  @Test
  void aBugIsAFailureAsWell() {
    Disk.Sync buggy =
        () -> {
          throw new IllegalStateException("bug");
        };
    assertThatThrownBy(() -> syncs.run(List.of(() -> {}, buggy)))
        .isInstanceOf(IOException.class)
        .hasRootCauseMessage("bug");
  }

  @Test
  void anInterruptIsKeptForLater() throws IOException {
    AtomicInteger ran = new AtomicInteger();
    Thread.currentThread().interrupt();
    syncs.run(List.of(ran::incrementAndGet, ran::incrementAndGet));
    assertThat(ran).hasValue(2);
    assertThat(Thread.currentThread().isInterrupted()).isTrue();
  }

  @Test
  void moreThanThereAreHelpersAndSyncsWithinSyncs() throws IOException {
    AtomicInteger ran = new AtomicInteger();
    Disk.Sync inner = ran::incrementAndGet;
    Disk.Sync outer = () -> syncs.run(List.of(inner, inner, inner));
    syncs.run(Collections.nCopies(100, outer));
    assertThat(ran).hasValue(300);
  }
}
