package io.runnel.plugins.discovery;

import io.runnel.plugin.PluginContext;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Looks for servers again and again, in a thread of its own, and tells what has changed. */
final class Refresh {
  private final PluginContext context;
  private final String name;
  private final long pauseNanos;
  private final Supplier<Optional<List<Service>>> look;
  private Thread thread;

  /**
   * @param name of the thread
   * @param look the servers as they are now; empty where the known ones stay
   */
  Refresh(
      PluginContext context, String name, long pauseNanos, Supplier<Optional<List<Service>>> look) {
    this.context = context;
    this.name = name;
    this.pauseNanos = pauseNanos;
    this.look = look;
  }

  /**
   * @param known the servers at the beginning
   */
  void start(List<Service> known, Consumer<List<Service>> changed) {
    thread = context.startVirtual(name, () -> repeat(known, changed));
  }

  private void repeat(List<Service> known, Consumer<List<Service>> changed) {
    List<Service> current = known;
    try {
      while (true) {
        context.clock().sleep(pauseNanos);
        List<Service> fresh = look.get().orElse(current);
        if (!fresh.equals(current)) {
          current = fresh;
          changed.accept(fresh);
        }
      }
    } catch (InterruptedException e) {
      // stop() asks for the end
    }
  }

  void stop() {
    if (thread == null) {
      return;
    }
    thread.interrupt();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
