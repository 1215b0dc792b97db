package io.runnel.plugins.tail;

import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** No changes, only the waiting: {@code enable_stat_watcher false}, or no inotify to be had. */
final class TimerOnly implements Changes {
  private final CountDownLatch woken = new CountDownLatch(1);

  @Override
  public boolean watch(Set<String> folders) {
    return false;
  }

  @Override
  public boolean isTold(String folder) {
    return false;
  }

  @Override
  public List<Change> await(long nanos) throws InterruptedException {
    woken.await(nanos, TimeUnit.NANOSECONDS);
    return List.of();
  }

  @Override
  public void wake() {
    woken.countDown();
  }

  @Override
  public void close() {}
}
