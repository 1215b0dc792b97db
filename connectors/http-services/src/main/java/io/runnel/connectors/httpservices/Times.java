package io.runnel.connectors.httpservices;

import io.runnel.event.EventTime;
import io.runnel.time.Strftime;
import java.time.ZoneId;

/** Times of events in the forms that services want. */
final class Times {
  private Times() {}

  /**
   * Ruby's {@code Time#iso8601(digits)}.
   *
   * @param time packed
   */
  static String iso(long time, int digits, ZoneId zone) {
    String fraction = digits <= 0 ? "" : ".%" + Math.min(digits, 9) + "N";
    return Strftime.format(
        "%Y-%m-%dT%H:%M:%S" + fraction + "%:z",
        EventTime.seconds(time),
        EventTime.nanos(time),
        zone);
  }

  static long millis(long time) {
    return EventTime.seconds(time) * 1_000 + EventTime.nanos(time) / 1_000_000;
  }
}
