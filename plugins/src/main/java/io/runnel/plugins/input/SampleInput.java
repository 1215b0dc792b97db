package io.runnel.plugins.input;

import io.runnel.config.Alias;
import io.runnel.config.ConfigException;
import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.config.Obsolete;
import io.runnel.config.Place;
import io.runnel.config.PluginSection;
import io.runnel.event.EventBuilder;
import io.runnel.event.Json;
import io.runnel.plugin.EmitException;
import io.runnel.plugin.Input;
import io.runnel.plugin.PluginContext;
import io.runnel.plugin.PluginType;
import io.runnel.plugin.Storage;
import io.runnel.plugins.common.StopSignal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Emits records of its configuration at a steady rate, for trying things out. */
public final class SampleInput implements Input {
  public static final PluginType<Config, PluginContext, Input> TYPE =
      PluginType.input("sample", Config.class, SampleInput::new).aliases("dummy");

  private static final int SLOTS = 10;
  private static final long SECOND = 1_000_000_000L;
  private static final long JOIN_MILLIS = 5_000;
  private static final String COUNTER = "auto_increment_value";

  /** Parameters. */
  @Doc("Emits sample records.")
  public record Config(
      @Doc("Tag of the events.") String tag,
      @Doc("Events that are emitted together.") @Default("1") int size,
      @Doc("Emits in a second.") @Default("1") int rate,
      @Doc("Field that gets a number, counted up from 0.") Optional<String> autoIncrementKey,
      @Doc("Not used any more.") @Default("false") @Obsolete("This parameters is ignored")
          boolean suspend,
      @Doc("Emits the same record object again.") @Default("false") boolean reuseRecord,
      @Doc("A record, or a list of them, as JSON; they are taken in turn.")
          @Alias("dummy")
          @Default("[{\"message\":\"sample\"}]")
          String sample,
      @Doc("Where the counter is kept.") @Default("local") PluginSection storage) {}

  private final Config config;
  private final PluginContext context;
  private final List<Map<String, Object>> samples;
  private final Storage storage;
  private final StopSignal stop = new StopSignal();
  private Thread thread;
  private int next;
  private long counter;

  SampleInput(Config config, PluginContext context) {
    this.config = config;
    this.context = context;
    this.samples = samples(config.sample());
    if (config.rate() < 0 || config.size() < 1) {
      throw new ConfigException("rate must not be negative, size at least 1", place("rate"));
    }
    this.storage = context.storage(config.storage(), "");
  }

  private Place place(String parameter) {
    return context.element().placeOf(parameter);
  }

  private List<Map<String, Object>> samples(String text) {
    Object parsed;
    try {
      parsed = Json.parse(text);
    } catch (IllegalArgumentException e) {
      throw new ConfigException("sample: " + e.getMessage() + ": " + text, place("sample"), e);
    }
    List<?> items = parsed instanceof List<?> list ? list : List.of(orNull(parsed));
    if (items.isEmpty()) {
      throw new ConfigException("sample: an empty list has nothing to emit", place("sample"));
    }
    List<Map<String, Object>> records = new ArrayList<>();
    for (int i = 0; i < items.size(); i++) {
      if (!(items.get(i) instanceof Map<?, ?> map)) {
        throw new ConfigException(
            i + "th element of sample, " + items.get(i) + ", is not a hash", place("sample"));
      }
      Map<String, Object> record = new LinkedHashMap<>();
      map.forEach((key, value) -> record.put(String.valueOf(key), value));
      records.add(record);
    }
    return records;
  }

  private static Object orNull(Object value) {
    return value == null ? "nil" : value;
  }

  @Override
  public void start() throws Exception {
    storage.start();
    for (String key : List.of("increment_value", "dummy_index")) {
      if (storage.get(key) == null) {
        storage.put(key, 0L); // what Fluentd's file has
      }
    }
    if (config.autoIncrementKey().isPresent()) {
      counter = storage.get(COUNTER) instanceof Number n ? n.longValue() : -1;
      storage.put(COUNTER, counter);
    }
    thread = context.start("sample", this::run);
  }

  /** Ten slots in each second, and what does not divide by ten at its end. */
  private void run() {
    long second = System.nanoTime();
    while (true) {
      for (int slot = 1; slot <= SLOTS; slot++) {
        emit(config.rate() / SLOTS);
        if (slot == SLOTS) {
          emit(config.rate() % SLOTS);
        }
        if (!stop.pause(second + slot * (SECOND / SLOTS) - System.nanoTime())) {
          return;
        }
      }
      second = Math.max(second + SECOND, System.nanoTime() - SECOND);
    }
  }

  private void emit(int count) {
    for (int i = 0; i < count && !stop.isSet(); i++) {
      EventBuilder events = new EventBuilder();
      for (int k = 0; k < config.size(); k++) {
        events.add(context.clock().eventTime(), generate());
      }
      try {
        context.emitter().emit(config.tag(), events.take());
      } catch (EmitException e) {
        // told by the engine; a sample that is not taken is no loss
      }
    }
  }

  private Map<String, Object> generate() {
    Map<String, Object> record = samples.get(next);
    next = (next + 1) % samples.size();
    if (config.autoIncrementKey().isEmpty()) {
      return record;
    }
    Map<String, Object> numbered = new LinkedHashMap<>(record);
    numbered.put(config.autoIncrementKey().get(), ++counter);
    storage.put(COUNTER, counter);
    return numbered;
  }

  @Override
  public void stop() {
    stop.set();
    StopSignal.join(thread, JOIN_MILLIS);
    storage.stop();
  }

  @Override
  public void close() {
    storage.close();
  }
}
