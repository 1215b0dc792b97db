package io.runnel.log;

import io.runnel.event.EventTime;
import io.runnel.event.MsgpackToJson;
import io.runnel.event.RubyInspect;
import io.runnel.host.Clock;
import io.runnel.host.LocalZone;
import io.runnel.time.Strftime;
import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Turns log calls into Fluentd's lines and writes them to the target; shared by all plugins of a
 * daemon. Text form: {@code 2026-11-23 22:11:32 +0000 [info]: #0 [id] message key=value}.
 */
public final class LogSink {
  /** Messages remembered for ignore_same_log_interval (Fluentd keeps as many). */
  private static final int SAME_LIMIT = 1000;

  /** Stacks remembered for suppress_repeated_stacktrace. */
  private static final int STACK_LIMIT = 200;

  /** Frames of a stack that are written. */
  private static final int FRAMES = 40;

  private static final String FLOOD =
      "further messages like this one are counted for 10 seconds (log_flood_limit)";

  private final LogTarget target;
  private final Clock clock;
  private final ZoneId zone = LocalZone.id();
  private volatile LogSettings settings;
  private final List<LogEvents> events = new CopyOnWriteArrayList<>();
  private final Map<String, Long> seen = new HashMap<>();
  private final Map<String, Boolean> stacks = new HashMap<>();
  private final Floods floods = new Floods();
  private String lastMessage;
  private long lastMillis;

  public LogSink(LogTarget target, Clock clock, LogSettings settings) {
    this.target = target;
    this.clock = clock;
    this.settings = settings;
  }

  public LogSettings settings() {
    return settings;
  }

  public void settings(LogSettings newSettings) {
    settings = newSettings;
  }

  /** From now on lines of the workers are also given to this listener. */
  public void addEvents(LogEvents listener) {
    events.add(listener);
  }

  public void removeEvents(LogEvents listener) {
    events.remove(listener);
  }

  public LogTarget target() {
    return target;
  }

  /**
   * A log on this sink. An error among the attributes is shown at its place, as Fluentd does where
   * an error comes first.
   *
   * @param workerId shown as {@code #N}; negative for the daemon itself
   * @param pluginId shown as {@code [id]}; null for none
   * @param level the plugin's own {@code @log_level}; null for the daemon's
   */
  public Log log(int workerId, String pluginId, Level level) {
    return new SinkLog(this, workerId, pluginId, level);
  }

  void raw(byte[] bytes, int offset, int length) {
    target.write(bytes, offset, length);
  }

  void write(
      Level level,
      int workerId,
      String pluginId,
      String message,
      Throwable error,
      Object[] attributes) {
    StringBuilder text = new StringBuilder(message);
    for (int i = 0; i + 1 < attributes.length; i += 2) {
      appendAttribute(text, attributes[i], attributes[i + 1]);
    }
    if (error != null) {
      appendAttribute(text, "error", error);
    }
    String full = text.toString().replace("\n", "\\n").replace("\r", "\\r");
    long now = clock.eventTime();
    if (isIgnored(full, now)) {
      return;
    }
    Floods.Verdict verdict = Floods.Verdict.WRITE;
    if (settings.floodLimit() > 0 && level.compareTo(Level.INFO) >= 0) {
      var source = new Floods.Source(level, workerId, pluginId, Floods.kind(message));
      synchronized (floods) {
        report(floods.ended(millis(now), settings.floodLimit()));
        verdict = floods.add(source, millis(now), settings.floodLimit());
      }
      if (verdict == Floods.Verdict.COUNT) {
        return;
      }
    }
    String who = who(workerId, pluginId);
    StringBuilder lines = new StringBuilder(full.length() + 64);
    line(lines, level, now, workerId, who, full);
    Throwable cause = error != null ? error : firstError(attributes);
    if (cause != null
        && (ErrorNames.isBug(cause) || settings.level().compareTo(Level.DEBUG) <= 0)) {
      stack(lines, level, now, workerId, who, cause);
    }
    if (verdict == Floods.Verdict.WRITE_AS_LAST) {
      line(lines, level, now, workerId, who, FLOOD);
    }
    byte[] bytes = lines.toString().getBytes(StandardCharsets.UTF_8);
    target.write(bytes, 0, bytes.length);
    if (workerId >= 0) {
      for (LogEvents listener : events) {
        listener.event(workerId, level, now, record(full, error, attributes));
      }
    }
  }

  /** {@code key=value}; an error by its class and message, a time as Fluentd shows one. */
  private void appendAttribute(StringBuilder text, Object key, Object value) {
    if (value instanceof Throwable error) {
      text.append(" error_class=").append(ErrorNames.className(error)).append(" error=");
      RubyInspect.append(text, ErrorNames.message(error));
      return;
    }
    text.append(' ').append(key).append('=');
    if (value instanceof EventTime at) {
      text.append(Strftime.format("%Y-%m-%d %H:%M:%S.%9N %z", at.seconds(), at.nanos(), zone));
      return;
    }
    RubyInspect.append(text, value);
  }

  private static Throwable firstError(Object[] attributes) {
    for (Object value : attributes) {
      if (value instanceof Throwable error) {
        return error;
      }
    }
    return null;
  }

  /** Says how many messages were left out, where the time to count them is over. */
  public void reportFloods() {
    synchronized (floods) {
      report(floods.ended(millis(clock.eventTime()), settings.floodLimit()));
    }
  }

  /** The same for all that were left out until now; for the end of the process. */
  public void reportAllFloods() {
    synchronized (floods) {
      report(floods.endAll());
    }
  }

  private void report(List<Floods.Folded> folded) {
    if (folded.isEmpty()) {
      return;
    }
    long now = clock.eventTime();
    StringBuilder lines = new StringBuilder();
    for (Floods.Folded each : folded) {
      Floods.Source source = each.source();
      String text =
          each.count()
              + " messages like \""
              + source.kind().strip()
              + "\" were left out"
              + " (log_flood_limit)";
      String who = who(source.workerId(), source.pluginId());
      line(lines, source.level(), now, source.workerId(), who, text);
    }
    byte[] bytes = lines.toString().getBytes(StandardCharsets.UTF_8);
    target.write(bytes, 0, bytes.length);
  }

  private static String who(int workerId, String pluginId) {
    return (workerId >= 0 ? "#" + workerId + " " : "")
        + (pluginId != null ? "[" + pluginId + "] " : "");
  }

  private static long millis(long eventTime) {
    return EventTime.seconds(eventTime) * 1000 + EventTime.nanos(eventTime) / 1_000_000;
  }

  private static Map<String, Object> record(String message, Throwable error, Object[] attributes) {
    Map<String, Object> record = new LinkedHashMap<>();
    for (int i = 0; i + 1 < attributes.length; i += 2) {
      Object value = attributes[i + 1];
      if (value instanceof Throwable cause) {
        record.put(String.valueOf(attributes[i]), inspect(cause));
        continue;
      }
      if (value instanceof EventTime at) {
        value = at.seconds();
      }
      boolean plain =
          value == null
              || value instanceof Number
              || value instanceof Boolean
              || value instanceof Map;
      record.put(
          String.valueOf(attributes[i]),
          plain || value instanceof CharSequence ? value : RubyInspect.of(value));
    }
    if (error != null) {
      record.put("error", inspect(error));
    }
    record.put("message", message);
    return record;
  }

  private static String inspect(Throwable error) {
    return "#<" + ErrorNames.className(error) + ": " + ErrorNames.message(error) + ">";
  }

  private synchronized boolean isIgnored(String message, long now) {
    LogSettings current = settings;
    long millis = millis(now);
    if (current.ignoreRepeated().isPositive()) {
      boolean again =
          message.equals(lastMessage) && millis - lastMillis < current.ignoreRepeated().toMillis();
      if (again) {
        return true;
      }
      lastMessage = message;
      lastMillis = millis;
    }
    if (current.ignoreSame().isPositive()) {
      Long before = seen.get(message);
      if (before != null && millis - before < current.ignoreSame().toMillis()) {
        return true;
      }
      if (seen.size() >= SAME_LIMIT) {
        long oldest = millis - current.ignoreSame().toMillis();
        seen.values().removeIf(at -> at < oldest);
        if (seen.size() >= SAME_LIMIT) {
          seen.clear();
        }
      }
      seen.put(message, millis);
    }
    return false;
  }

  private void stack(
      StringBuilder lines, Level level, long now, int workerId, String who, Throwable error) {
    Level stackLevel = settings.stacktraceLevel() == null ? level : settings.stacktraceLevel();
    if (stackLevel.compareTo(settings.level()) < 0) {
      return;
    }
    StringBuilder trace = new StringBuilder();
    StackTraceElement[] frames = error.getStackTrace();
    for (int i = 0; i < Math.min(FRAMES, frames.length); i++) {
      trace.append(frames[i]).append('\n');
    }
    synchronized (this) {
      if (stacks.size() >= STACK_LIMIT) {
        stacks.clear();
      }
      boolean again = stacks.putIfAbsent(trace.toString(), true) != null;
      if (again && settings.suppressRepeatedStacktrace()) {
        line(lines, stackLevel, now, workerId, "  " + who, "suppressed same stacktrace");
        return;
      }
    }
    for (String frame : trace.toString().split("\n")) {
      line(lines, stackLevel, now, workerId, "  " + who, frame);
    }
  }

  private void line(
      StringBuilder out, Level level, long now, int workerId, String who, String message) {
    if (settings.json()) {
      out.append("{\"time\":\"").append(time(now)).append("\",\"level\":\"").append(level.text());
      out.append("\",\"message\":");
      out.append(MsgpackToJson.text(message));
      if (workerId >= 0) {
        out.append(",\"worker_id\":").append(workerId);
      }
      out.append("}\n");
      return;
    }
    boolean indented = who.startsWith("  ");
    if (indented) {
      out.append("  ");
    }
    out.append(time(now)).append(" [").append(level.text()).append("]: ");
    out.append(indented ? who.substring(2) : who).append(message).append('\n');
  }

  private String time(long now) {
    return Strftime.format(
        settings.timeFormat(), EventTime.seconds(now), EventTime.nanos(now), zone);
  }
}
