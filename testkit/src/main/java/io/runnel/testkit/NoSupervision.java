package io.runnel.testkit;

import io.runnel.plugin.Supervision;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** A daemon without plugins that remembers what it was asked for. */
public final class NoSupervision implements Supervision {
  private final AtomicInteger flushes = new AtomicInteger();
  private final AtomicInteger stopped = new AtomicInteger(-1);

  @Override
  public List<PluginState> plugins(int workerId) {
    return List.of();
  }

  @Override
  public Map<String, Object> info() {
    return Map.of();
  }

  @Override
  public void stop(int status) {
    stopped.set(status);
  }

  @Override
  public void flush() {
    flushes.incrementAndGet();
  }

  /** The status of the last stop; -1 where there was none. */
  public int stopped() {
    return stopped.get();
  }

  public int flushes() {
    return flushes.get();
  }
}
