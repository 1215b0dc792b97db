package io.runnel.buffer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.runnel.host.Disk;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PendingSyncTest {
  private static final Metadata TAG = Metadata.of(null, "t", null);

  @TempDir Path directory;
  private final AtomicInteger syncs = new AtomicInteger();
  private volatile IOException failure;
  private volatile CountDownLatch gate;

  /** The machine's disk, whose files count syncs and wait at a gate. */
  private Disk disk() {
    return (Disk)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {Disk.class},
            (proxy, method, arguments) -> {
              Object result = call(method, Disk.local(), arguments);
              return method.getName().equals("append") ? watched((Disk.AppendFile) result) : result;
            });
  }

  private Disk.AppendFile watched(Disk.AppendFile file) {
    return (Disk.AppendFile)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {Disk.AppendFile.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("force")) {
                syncs.incrementAndGet();
                if (gate != null) {
                  gate.await(10, TimeUnit.SECONDS);
                }
                if (failure != null) {
                  throw failure;
                }
              }
              return call(method, file, arguments);
            });
  }

  private static Object call(java.lang.reflect.Method method, Object target, Object[] arguments)
      throws Throwable {
    try {
      return method.invoke(target, arguments);
    } catch (java.lang.reflect.InvocationTargetException e) {
      throw e.getCause();
    }
  }

  @BeforeEach
  void forgetWhatOtherTestsTouched() {
    PendingSync.forget();
  }

  private Buffer open() throws IOException {
    Buffer buffer =
        new Buffer(
            Samples.limits(1 << 20, Integer.MAX_VALUE),
            Samples.store(directory, new Samples.Report(), ChunkFormat.EVENTS, disk()),
            new Samples.Report(),
            System::currentTimeMillis);
    buffer.resume();
    return buffer;
  }

  @Test
  void anEmitDoesNotSyncAndACommitDoesOnce() throws IOException {
    Buffer buffer = open();
    buffer.append(List.of(Samples.events(TAG, 0, 5, 0)), false);
    assertThat(syncs).hasValue(0);
    PendingSync.awaitAll();
    assertThat(syncs).hasValue(2); // chunk and checksums
    PendingSync.awaitAll();
    assertThat(syncs).hasValue(2);
    buffer.close();
  }

  @Test
  void oneSyncServesAllThatWait() throws Exception {
    Buffer buffer = open();
    gate = new CountDownLatch(1);
    int count = 20;
    CountDownLatch emitted = new CountDownLatch(count);
    List<Thread> threads = new ArrayList<>();
    AtomicInteger done = new AtomicInteger();
    for (int i = 0; i < count; i++) {
      int number = i;
      threads.add(
          Thread.startVirtualThread(
              () -> {
                try {
                  buffer.append(List.of(Samples.events(TAG, number, 1, 0)), false);
                  emitted.countDown();
                  PendingSync.awaitAll();
                  done.incrementAndGet();
                } catch (IOException e) {
                  throw new java.io.UncheckedIOException(e);
                }
              }));
    }
    assertThat(emitted.await(10, TimeUnit.SECONDS)).isTrue();
    assertThat(done).hasValue(0);
    gate.countDown();
    for (Thread thread : threads) {
      thread.join(10_000);
    }
    assertThat(done).hasValue(count);
    assertThat(syncs.get()).isLessThanOrEqualTo(4); // the one under way, and one for all others
    buffer.close();
  }

  @Test
  void aDeliveredChunkNeedsNoSync() throws IOException {
    Buffer buffer = open();
    buffer.append(List.of(Samples.events(TAG, 0, 1, 0)), true);
    buffer.purge(buffer.take(), Fate.DELIVERED);
    PendingSync.awaitAll();
    assertThat(syncs).hasValue(0);
  }

  @Test
  void aQueuedChunkIsSyncedByItsPath() throws IOException {
    Buffer buffer = open();
    buffer.append(List.of(Samples.events(TAG, 0, 1, 0)), true);
    PendingSync.awaitAll();
    assertThat(buffer.take().records()).isEqualTo(1);
    buffer.close();
  }

  @Test
  void afterAFailedSyncTheChunkPromisesNothing() throws IOException {
    Buffer buffer = open();
    failure = new IOException("Input/output error");
    buffer.append(List.of(Samples.events(TAG, 0, 1, 0)), false);
    assertThatThrownBy(PendingSync::awaitAll).isInstanceOf(IOException.class);
    failure = null;
    buffer.append(List.of(Samples.events(TAG, 1, 1, 0)), false);
    assertThatThrownBy(PendingSync::awaitAll)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("Input/output error");
    buffer.close();
  }
}
