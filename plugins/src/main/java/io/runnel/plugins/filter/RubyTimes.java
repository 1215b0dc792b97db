package io.runnel.plugins.filter;

import io.runnel.event.EventTime;
import io.runnel.event.RawBytes;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Values as times, by the rules of Ruby's {@code to_f}. */
public final class RubyTimes {
  private static final Pattern LEADING_FLOAT =
      Pattern.compile("\\s*([-+]?\\d[\\d_]*(?:\\.\\d[\\d_]*)?(?:[eE][-+]?\\d+)?)");

  private static final long MAX_SECONDS = 0xffff_ffffL;

  private RubyTimes() {}

  /**
   * The packed time of a number of seconds since the epoch; text counts by its leading number.
   *
   * @throws RubyFault with Ruby's words where the value is no number, or no time
   */
  public static long seconds(Object value) {
    return switch (value) {
      case null -> 0;
      case EventTime time -> time.pack();
      case Long seconds when seconds >= 0 && seconds <= MAX_SECONDS -> EventTime.pack(seconds, 0);
      case Number number -> checked(number.doubleValue());
      case String text -> checked(leading(text));
      case RawBytes raw -> checked(leading(raw.toString()));
      default ->
          throw new RubyFault("NoMethodError", "undefined method 'to_f' for " + describe(value));
    };
  }

  private static String describe(Object value) {
    if (value instanceof Boolean) {
      return value.toString();
    }
    return value instanceof java.util.Map ? "an instance of Hash" : "an instance of Array";
  }

  private static double leading(String text) {
    Matcher matcher = LEADING_FLOAT.matcher(text);
    return matcher.lookingAt() ? Double.parseDouble(matcher.group(1).replace("_", "")) : 0;
  }

  private static long checked(double seconds) {
    if (!(seconds >= 0 && seconds <= MAX_SECONDS)) {
      throw new RubyFault("RangeError", "time out of range: " + seconds);
    }
    return EventTime.ofDouble(seconds);
  }
}
