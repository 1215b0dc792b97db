package io.runnel.testkit;

import io.runnel.event.Bytes;
import io.runnel.event.MsgpackToJson;
import io.runnel.log.Level;
import io.runnel.log.Log;
import java.util.ArrayList;
import java.util.List;

/** Keeps what is logged. Safe for use by several threads. */
public final class RecordedLog implements Log {
  /**
   * One line.
   *
   * @param text the message and its attributes: {@code message name=value name="text"}
   * @param error null where there was none
   */
  public record Line(Level level, String text, Throwable error) {}

  private final List<Line> lines = new ArrayList<>();
  private final Bytes raw = new Bytes();

  @Override
  public boolean isEnabled(Level level) {
    return true;
  }

  @Override
  public synchronized void log(Level level, String message, Throwable error, Object... attributes) {
    StringBuilder text = new StringBuilder(message);
    for (int i = 0; i + 1 < attributes.length; i += 2) {
      text.append(' ').append(attributes[i]).append('=');
      Object value = attributes[i + 1];
      text.append(value instanceof String ? MsgpackToJson.text(value) : value);
    }
    if (error != null) {
      text.append(" error_class=").append(error.getClass().getSimpleName());
      text.append(" error=\"").append(error.getMessage()).append('"');
    }
    lines.add(new Line(level, text.toString(), error));
  }

  @Override
  public synchronized void raw(byte[] bytes, int offset, int length) {
    raw.write(bytes, offset, length);
  }

  public synchronized List<Line> lines() {
    return List.copyOf(lines);
  }

  /** The texts of one level. */
  public List<String> texts(Level level) {
    return lines().stream().filter(line -> line.level() == level).map(Line::text).toList();
  }

  /** All texts, each with its level in front: {@code warn: …}. */
  public List<String> texts() {
    return lines().stream().map(line -> line.level().text() + ": " + line.text()).toList();
  }

  public boolean contains(String part) {
    return lines().stream().anyMatch(line -> line.text().contains(part));
  }

  /** What was written as it is, by the stdout plugins. */
  public synchronized String rawText() {
    return raw.toString();
  }

  public synchronized void clear() {
    lines.clear();
    raw.clear();
  }
}
