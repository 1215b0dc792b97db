package io.runnel.plugins.input;

import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.event.Event;
import io.runnel.event.EventStream;
import io.runnel.plugin.EmitException;
import io.runnel.plugin.Input;
import io.runnel.plugin.PluginContext;
import io.runnel.plugin.PluginType;
import io.runnel.plugins.common.StopSignal;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Emits figures of the garbage collector: where Fluentd gives Ruby's, this gives the JVM's under
 * names of the same kind. {@code count} and {@code time} (milliseconds) are those of all
 * collections, {@code minor_gc_count} and {@code major_gc_count} their parts; sizes are bytes.
 */
public final class GcStatInput implements Input {
  public static final PluginType<Config, PluginContext, Input> TYPE =
      PluginType.input("gc_stat", Config.class, GcStatInput::new);

  private static final long JOIN_MILLIS = 5_000;

  /** Parameters. */
  @Doc("Emits figures of the garbage collector.")
  public record Config(
      @Doc("How often.") @Default("60") Duration emitInterval,
      @Doc("Without effect here.") @Default("true") boolean useSymbolKeys,
      @Doc("Tag of the events.") String tag) {}

  private final Config config;
  private final PluginContext context;
  private final StopSignal stop = new StopSignal();
  private Thread thread;

  GcStatInput(Config config, PluginContext context) {
    this.config = config;
    this.context = context;
  }

  @Override
  public void start() {
    thread = context.start("gc_stat", this::run);
  }

  private void run() {
    while (stop.pause(Math.max(1_000_000, config.emitInterval().toNanos()))) {
      try {
        context
            .emitter()
            .emit(config.tag(), EventStream.of(new Event(context.clock().eventTime(), figures())));
      } catch (EmitException e) {
        context.log().error("failed to emit GC stat", e);
      }
    }
  }

  static Map<String, Object> figures() {
    long minor = 0;
    long major = 0;
    long time = 0;
    for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
      boolean whole = collector.getName().matches(".*(MarkSweep|Old|Full|Major).*");
      minor += whole ? 0 : Math.max(0, collector.getCollectionCount());
      major += whole ? Math.max(0, collector.getCollectionCount()) : 0;
      time += Math.max(0, collector.getCollectionTime());
    }
    MemoryUsage heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
    MemoryUsage other = ManagementFactory.getMemoryMXBean().getNonHeapMemoryUsage();
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("count", minor + major);
    figures.put("time", time);
    figures.put("heap_live_bytes", heap.getUsed());
    figures.put("heap_free_bytes", heap.getCommitted() - heap.getUsed());
    figures.put("heap_committed_bytes", heap.getCommitted());
    figures.put("heap_max_bytes", heap.getMax());
    figures.put("non_heap_live_bytes", other.getUsed());
    figures.put("minor_gc_count", minor);
    figures.put("major_gc_count", major);
    return figures;
  }

  @Override
  public void stop() {
    stop.set();
    StopSignal.join(thread, JOIN_MILLIS);
  }
}
