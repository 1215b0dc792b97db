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
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.management.JMException;
import javax.management.ObjectName;

/**
 * Emits how many objects there are of the most frequent classes: one field for each class. The
 * JVM's own class histogram is what is shown, unreachable objects included, because leaving them
 * out would take a whole collection.
 */
public final class ObjectSpaceInput implements Input {
  public static final PluginType<Config, PluginContext, Input> TYPE =
      PluginType.input("object_space", Config.class, ObjectSpaceInput::new);

  private static final long JOIN_MILLIS = 5_000;

  /** Parameters. */
  @Doc("Emits the number of objects by class.")
  public record Config(
      @Doc("How often.") @Default("60") Duration emitInterval,
      @Doc("Tag of the events.") String tag,
      @Doc("How many classes.") @Default("15") int top) {}

  private final Config config;
  private final PluginContext context;
  private final StopSignal stop = new StopSignal();
  private Thread thread;

  ObjectSpaceInput(Config config, PluginContext context) {
    this.config = config;
    this.context = context;
  }

  @Override
  public void start() {
    thread = context.start("object_space", this::run);
  }

  private void run() {
    while (stop.pause(Math.max(1_000_000, config.emitInterval().toNanos()))) {
      try {
        Map<String, Object> counts = counts(histogram(), config.top());
        context
            .emitter()
            .emit(config.tag(), EventStream.of(new Event(context.clock().eventTime(), counts)));
      } catch (EmitException e) {
        context.log().error("failed to emit object space", e);
      }
    }
  }

  /** Empty where this JVM gives none. */
  private String histogram() {
    try {
      Object text =
          ManagementFactory.getPlatformMBeanServer()
              .invoke(
                  new ObjectName("com.sun.management:type=DiagnosticCommand"),
                  "gcClassHistogram",
                  new Object[] {new String[] {"-all"}},
                  new String[] {String[].class.getName()});
      return String.valueOf(text);
    } catch (JMException | RuntimeException e) {
      context.log().debug("no class histogram", "why", e.getMessage());
      return "";
    }
  }

  /** Reads lines such as {@code 1: 4711 123456 [B (java.base@25)}, the largest count first. */
  static Map<String, Object> counts(String histogram, int top) {
    Map<String, Long> all = new LinkedHashMap<>();
    for (String line : histogram.split("\n")) {
      String[] parts = line.strip().split("\\s+");
      if (parts.length >= 4 && parts[0].matches("\\d+:") && parts[1].matches("\\d+")) {
        all.merge(parts[3], Long.valueOf(parts[1]), Long::sum);
      }
    }
    Map<String, Object> most = new LinkedHashMap<>();
    all.entrySet().stream()
        .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
        .limit(Math.max(0, top))
        .forEach(entry -> most.put(entry.getKey(), entry.getValue()));
    return most;
  }

  @Override
  public void stop() {
    stop.set();
    StopSignal.join(thread, JOIN_MILLIS);
  }
}
