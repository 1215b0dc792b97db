package io.runnel.plugins.contrib;

import io.runnel.event.EventBuilder;
import io.runnel.event.EventCursor;
import io.runnel.event.EventStream;
import io.runnel.plugin.EmitException;
import io.runnel.plugin.Emitter;
import io.runnel.plugin.Filter;
import io.runnel.plugin.PluginContext;
import io.runnel.plugin.PluginType;
import io.runnel.plugins.common.FieldText;
import io.runnel.plugins.common.Ticker;
import io.runnel.plugins.filter.RubyFault;
import io.runnel.regexp.Regexp;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Joins the lines of a message that came as several events (fluent-plugin-concat). A message that
 * stays without an end goes to {@code timeout_label}, or to the error stream.
 */
public final class ConcatFilter implements Filter {
  public static final PluginType<ConcatConfig, PluginContext, Filter> TYPE =
      PluginType.filter("concat", ConcatConfig.class, ConcatFilter::new);

  /** A message that grows over this many characters is passed on in parts. */
  static final long MAX_CHARACTERS = 16L << 20;

  /** Messages that are waited for at the same time; the oldest gives way. */
  static final int MAX_GROUPS = 10_000;

  private static final Pattern OWN_LOG =
      Pattern.compile("fluent\\.(?:trace|debug|info|warn|error|fatal)");

  private static final Duration TICK = Duration.ofSeconds(1);

  private final ConcatConfig config;
  private final PluginContext context;
  private final String key;
  private final String indicator;
  private final Emitter timeouts;
  private final Map<String, ConcatGroup> groups = new LinkedHashMap<>();
  private Ticker ticker;

  ConcatFilter(ConcatConfig config, PluginContext context) {
    this.config = config;
    this.context = context;
    this.key = config.key().orElseThrow();
    this.indicator = indicator();
    this.timeouts = config.timeoutLabel().map(context::emitter).orElse(null);
  }

  /** The field without which an event is no part of a message. */
  private String indicator() {
    if (config.usePartialMetadata()) {
      ConcatConfig.Format format = config.partialMetadataFormat();
      // journald's driver does not mark the last part, so that the id is looked at
      return format.field(format == ConcatConfig.Format.DOCKER_FLUENTD ? "message" : "id");
    }
    return config.partialKey().orElse(key);
  }

  @Override
  public void start() {
    if (!config.flushInterval().isZero()) {
      ticker = Ticker.start(context, "concat-flush", TICK, this::flushTimedOut);
    }
  }

  @Override
  public void stop() {
    if (ticker != null) {
      ticker.close();
    }
    List<Map.Entry<String, ConcatGroup>> left;
    synchronized (groups) {
      left = List.copyOf(groups.entrySet());
      groups.clear();
    }
    left.forEach(entry -> giveUp("Flush remaining buffer: " + entry.getKey(), entry.getValue()));
  }

  @Override
  public EventStream filter(String tag, EventStream stream) {
    if (OWN_LOG.matcher(tag).matches()) {
      return stream;
    }
    EventBuilder out = new EventBuilder();
    Run run = new Run(tag, out);
    synchronized (groups) {
      for (EventCursor cursor = stream.cursor(); cursor.next(); ) {
        Map<String, Object> record = cursor.record();
        if (record.containsKey(key) && record.containsKey(indicator)) {
          run.event(cursor.time(), record);
        } else {
          out.add(cursor.time(), cursor.bytes(), cursor.recordOffset(), cursor.recordLength());
        }
      }
    }
    run.overflowed.forEach(
        entry -> giveUp("Too many messages without an end: " + entry.getKey(), entry.getValue()));
    return out.take();
  }

  private static boolean matches(Optional<Regexp> pattern, String text) {
    if (pattern.isEmpty()) {
      return false;
    }
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return pattern.get().matches(bytes, 0, bytes.length);
  }

  /** One call of the filter. */
  private final class Run {
    final String tag;
    final EventBuilder out;
    final List<Map.Entry<String, ConcatGroup>> overflowed = new ArrayList<>();

    Run(String tag, EventBuilder out) {
      this.tag = tag;
      this.out = out;
    }

    void event(long time, Map<String, Object> record) {
      ConcatGroup.Line line = new ConcatGroup.Line(time, FieldText.of(record.get(key)), record);
      if (config.nLines().isPresent()) {
        String id = identity(config.streamIdentityKey(), record);
        if (add(id, line).size() >= config.nLines().get()) {
          flush(id, time);
        }
      } else if (config.partialKey().isPresent()) {
        partial(line);
      } else if (config.usePartialMetadata()) {
        metadata(line);
      } else if (config.usePartialCriLogtag()) {
        cri(line);
      } else {
        pattern(line);
      }
    }

    private String identity(Optional<String> field, Map<String, Object> record) {
      return tag + ":" + field.map(name -> FieldText.of(record.get(name))).orElse("default");
    }

    private void partial(ConcatGroup.Line line) {
      String id = identity(config.streamIdentityKey(), line.record());
      String flag = FieldText.of(line.record().get(config.partialKey().orElseThrow()));
      boolean last = !flag.equals(config.partialValue().orElseThrow());
      ConcatGroup waiting = groups.get(id);
      long bytes = line.bytes() + (waiting == null ? 0 : waiting.bytes());
      if (bytes <= config.bufferLimitSize().bytes()
          || config.bufferOverflowMethod() == ConcatConfig.Overflow.IGNORE) {
        add(id, line);
      } else if (config.bufferOverflowMethod() == ConcatConfig.Overflow.DROP) {
        groups.remove(id);
        return;
      } else {
        if (waiting != null) {
          flush(id, line.time());
        }
        if (config.bufferOverflowMethod() == ConcatConfig.Overflow.TRUNCATE) {
          return;
        }
        add(id, line);
      }
      if (last) {
        flush(id, line.time());
      }
    }

    private void metadata(ConcatGroup.Line line) {
      ConcatConfig.Format format = config.partialMetadataFormat();
      String stream =
          config.streamIdentityKey().map(name -> FieldText.of(line.record().get(name))).orElse("");
      String id = tag + ":" + stream + FieldText.of(line.record().get(format.field("id")));
      ConcatGroup group = add(id, line);
      if (FieldText.of(line.record().get(format.field("last"))).equals("true")) {
        group.sort(record -> number(record.get(format.field("ordinal"))));
        flush(id, line.time());
      }
    }

    private static long number(Object value) {
      try {
        return value instanceof Long number ? number : Long.parseLong(FieldText.of(value));
      } catch (NumberFormatException e) {
        return 0;
      }
    }

    private void cri(ConcatGroup.Line line) {
      String id =
          identity(config.streamIdentityKey(), line.record())
              + ":"
              + FieldText.of(line.record().get(config.partialCriStreamKey()));
      String flags = FieldText.of(line.record().get(config.partialCriLogtagKey().orElseThrow()));
      add(id, line);
      if (flags.split(":", 2)[0].equals("F")) {
        flush(id, line.time());
      }
    }

    /** The way of first, last and other lines. */
    private void pattern(ConcatGroup.Line line) {
      String id = identity(config.streamIdentityKey(), line.record());
      boolean last = matches(config.multilineEndRegexp(), line.text());
      boolean waiting = groups.containsKey(id);
      if (matches(config.multilineStartRegexp(), line.text())) {
        if (waiting) {
          flush(id, line.time());
        }
        add(id, line);
      } else if (!last && waiting && !continues(line.text())) {
        flush(id, line.time());
        out.add(line.time(), line.record());
        return;
      } else if (!last && !waiting && config.multilineStartRegexp().isPresent()) {
        out.add(line.time(), line.record());
        return;
      } else {
        add(id, line);
      }
      if (last) {
        flush(id, line.time());
      }
    }

    private boolean continues(String text) {
      return config.continuousLineRegexp().isEmpty()
          || matches(config.continuousLineRegexp(), text);
    }

    private ConcatGroup add(String id, ConcatGroup.Line line) {
      ConcatGroup group = groups.get(id);
      if (group != null && group.characters() + line.text().length() > MAX_CHARACTERS) {
        context.log().warn("a message is too long to be joined, passing it in parts", "id", id);
        flush(id, line.time());
        group = null;
      }
      if (group == null) {
        if (groups.size() >= MAX_GROUPS) {
          Map.Entry<String, ConcatGroup> eldest = groups.entrySet().iterator().next();
          groups.remove(eldest.getKey());
          overflowed.add(Map.entry(eldest.getKey(), eldest.getValue()));
        }
        group = new ConcatGroup(tag);
        groups.put(id, group);
      }
      group.add(line, context.clock().nanos());
      return group;
    }

    private void flush(String id, long time) {
      ConcatGroup group = groups.remove(id);
      out.add(config.useFirstTimestamp() ? group.firstTime() : time, joined(group));
    }
  }

  private Map<String, Object> joined(ConcatGroup group) {
    Map<String, Object> record = group.joined(key, config.separator());
    if (!config.keepPartialKey()) {
      config.partialKey().ifPresent(record::remove);
      config
          .partialCriLogtagKey()
          .filter(name -> config.usePartialCriLogtag())
          .ifPresent(record::remove);
    }
    if (config.usePartialCriLogtag()) {
      record.remove(config.partialCriStreamKey());
    }
    if (config.usePartialMetadata() && !config.keepPartialMetadata()) {
      for (String name : List.of("message", "id", "ordinal", "last")) {
        record.remove(config.partialMetadataFormat().field(name));
      }
    }
    return record;
  }

  private void flushTimedOut() {
    long limit = context.clock().nanos() - config.flushInterval().toNanos();
    Map<String, ConcatGroup> timedOut = new LinkedHashMap<>();
    synchronized (groups) {
      groups
          .entrySet()
          .removeIf(
              entry -> {
                boolean old = entry.getValue().touched() - limit < 0;
                if (old) {
                  timedOut.put(entry.getKey(), entry.getValue());
                }
                return old;
              });
    }
    timedOut.forEach((id, group) -> giveUp("Timeout flush: " + id, group));
  }

  private void giveUp(String message, ConcatGroup group) {
    long time = config.useFirstTimestamp() ? group.firstTime() : context.clock().eventTime();
    Map<String, Object> record = joined(group);
    context.log().info(message);
    if (timeouts == null) {
      context
          .emitter()
          .emitError(
              group.tag(),
              time,
              record,
              new RubyFault("Fluent::Plugin::ConcatFilter::TimeoutError", message));
      return;
    }
    EventBuilder out = new EventBuilder();
    out.add(time, record);
    try {
      timeouts.emit(group.tag(), out.take());
    } catch (EmitException e) {
      context.emitter().emitError(group.tag(), time, record, e);
    }
  }
}
