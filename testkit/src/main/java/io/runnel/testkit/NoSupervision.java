package io.runnel.testkit;

import io.runnel.plugin.Supervision;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** A daemon without plugins, or with made-up ones, that remembers what it was asked for. */
public final class NoSupervision implements Supervision {
  private volatile List<PluginState> plugins = List.of();
  private final AtomicInteger flushes = new AtomicInteger();
  private final AtomicInteger stopped = new AtomicInteger(-1);

  @Override
  public List<PluginState> plugins(int workerId) {
    return plugins;
  }

  /** What {@link #plugins(int)} gives. */
  public void plugins(List<PluginState> value) {
    plugins = List.copyOf(value);
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
