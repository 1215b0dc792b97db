package io.runnel.plugins.contrib;

import io.runnel.config.ConfigException;
import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.event.Event;
import io.runnel.event.EventBuilder;
import io.runnel.event.EventStream;
import io.runnel.plugin.Emitter;
import io.runnel.plugin.Output;
import io.runnel.plugin.OutputContext;
import io.runnel.plugin.PluginType;
import io.runnel.plugin.UnbufferedOutput;
import io.runnel.plugins.common.FieldText;
import io.runnel.plugins.common.Ticker;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Joins the lines of stack traces to one event and emits everything with a shorter tag
 * (fluent-plugin-detect-exceptions).
 */
public final class DetectExceptionsOutput implements UnbufferedOutput {
  public static final PluginType<Config, OutputContext, Output> TYPE =
      PluginType.output("detect_exceptions", Config.class, DetectExceptionsOutput::new);

  /** Streams that are known at the same time; the oldest gives way. */
  private static final int MAX_STREAMS = 10_000;

  @Doc("Joins the lines of stack traces to one event.")
  record Config(
      @Doc("Is cut off in front of the tags.") String removeTagPrefix,
      @Doc("The field with the text; message or log where empty.") @Default("") String message,
      @Doc("Languages: java, js, csharp, python, php, go, ruby, dart; all where empty.")
          List<String> languages,
      @Doc("How long the rest of a trace is waited for; for ever where absent.")
          Optional<Duration> multilineFlushInterval,
      @Doc("Most lines of a trace; 0 for no limit.") @Default("1000") int maxLines,
      @Doc("Most bytes of a trace; 0 for no limit.") @Default("0") int maxBytes,
      @Doc("The field that tells streams with the same tag apart.") @Default("") String stream,
      @Doc("Puts line ends between texts that have none.") @Default("false")
          boolean forceLineBreaks) {}

  private record StreamKey(String tag, String stream) {}

  private final Config config;
  private final OutputContext context;
  private final Emitter emitter;
  private final Map<StreamKey, TraceGroup> groups = new LinkedHashMap<>();
  private Ticker ticker;

  DetectExceptionsOutput(Config config, OutputContext context) {
    this.config = config;
    this.context = context;
    this.emitter = context.emitter(); // says that events of this output go on, also at its stop
    try {
      new ExceptionDetector(config.languages);
    } catch (IllegalArgumentException e) {
      throw new ConfigException(e.getMessage(), context.element().placeOf("languages"), e);
    }
  }

  @Override
  public void start() {
    config.multilineFlushInterval.ifPresent(
        interval -> {
          Duration tick = interval.dividedBy(10);
          Duration least = Duration.ofSeconds(1);
          ticker =
              Ticker.start(
                  context,
                  "detect_exceptions-flush",
                  tick.compareTo(least) < 0 ? least : tick,
                  () -> flushOlder(interval));
        });
  }

  @Override
  public void stop() {
    if (ticker != null) {
      ticker.close();
    }
    flushOlder(Duration.ofNanos(-1));
  }

  @Override
  public void process(String tag, EventStream stream) {
    String newTag = shortened(tag);
    EventBuilder out = new EventBuilder();
    Map<String, EventBuilder> evicted = new LinkedHashMap<>();
    synchronized (groups) {
      for (Event event : stream.events()) {
        group(newTag, event, evicted).add(event, context.clock().nanos(), out);
      }
    }
    emit(evicted);
    if (!out.isEmpty()) {
      emitter.emit(newTag, out.take());
    }
  }

  private String shortened(String tag) {
    String prefix = config.removeTagPrefix + ".";
    return tag.startsWith(prefix) ? tag.substring(prefix.length()) : tag;
  }

  private TraceGroup group(String tag, Event event, Map<String, EventBuilder> evicted) {
    String name = config.stream.isEmpty() ? "" : FieldText.of(event.record().get(config.stream));
    StreamKey key = new StreamKey(tag, name);
    TraceGroup group = groups.get(key);
    if (group == null) {
      if (groups.size() >= MAX_STREAMS) {
        StreamKey eldest = groups.keySet().iterator().next();
        groups
            .remove(eldest)
            .flush(evicted.computeIfAbsent(eldest.tag, ignored -> new EventBuilder()));
      }
      group =
          new TraceGroup(
              tag,
              new ExceptionDetector(config.languages),
              new TraceGroup.Limits(config.maxLines, config.maxBytes),
              config.message,
              config.forceLineBreaks);
      groups.put(key, group);
    }
    return group;
  }

  private void flushOlder(Duration age) {
    long limit = context.clock().nanos() - age.toNanos();
    Map<String, EventBuilder> old = new LinkedHashMap<>();
    synchronized (groups) {
      for (TraceGroup group : groups.values()) {
        if (!group.isEmpty() && group.began() - limit < 0) {
          group.flush(old.computeIfAbsent(group.tag(), ignored -> new EventBuilder()));
          group.forget();
        }
      }
    }
    emit(old);
  }

  private void emit(Map<String, EventBuilder> events) {
    events.forEach(
        (tag, builder) -> {
          if (!builder.isEmpty()) {
            emitter.emit(tag, builder.take());
          }
        });
  }
}
