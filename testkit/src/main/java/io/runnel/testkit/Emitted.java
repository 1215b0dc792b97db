package io.runnel.testkit;

import io.runnel.event.EventTime;
import java.util.Map;

/**
 * An event that reached the router.
 *
 * @param time packed {@link EventTime}
 */
public record Emitted(String tag, long time, Map<String, Object> record) {
  /** An event of a whole second. */
  public static Emitted of(String tag, long seconds, Map<String, Object> record) {
    return new Emitted(tag, EventTime.pack(seconds, 0), record);
  }

  public long seconds() {
    return EventTime.seconds(time);
  }
}
