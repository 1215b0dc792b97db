package io.runnel.time;

import static org.assertj.core.api.Assertions.assertThat;

import io.runnel.config.TimeConfig;
import io.runnel.event.EventTime;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TimeFormatterTest {
  private static TimeConfig config(TimeType type, String format, boolean utc, String zone) {
    return new TimeConfig(
        type, Optional.ofNullable(format), true, utc, Optional.ofNullable(zone), List.of());
  }

  @Test
  void isoByDefault() {
    long time = EventTime.pack(1_700_000_000L, 0);
    assertThat(config(TimeType.STRING, null, true, null).formatter().format(time))
        .isEqualTo("2023-11-14T22:13:20Z");
    assertThat(config(TimeType.STRING, null, false, "+09:00").formatter().format(time))
        .isEqualTo("2023-11-15T07:13:20+09:00");
    assertThat(config(TimeType.STRING, null, false, "America/New_York").formatter().format(time))
        .isEqualTo("2023-11-14T17:13:20-05:00");
  }

  @Test
  void fractionFollowsEachTimeOfASecond() {
    TimeFormatter formatter =
        config(TimeType.STRING, "%3N|%S.%L|%6N|%N|%2N", true, null).formatter();
    assertThat(formatter.format(EventTime.pack(1_700_000_000L, 123_456_789)))
        .isEqualTo("123|20.123|123456|123456789|12");
    assertThat(formatter.format(EventTime.pack(1_700_000_000L, 5)))
        .isEqualTo("000|20.000|000000|000000005|00");
    assertThat(formatter.format(EventTime.pack(1_700_000_001L, 999_999_999)))
        .isEqualTo("999|21.999|999999|999999999|99");
  }

  @Test
  void numbers() {
    long time = EventTime.pack(1_700_000_000L, 5);
    assertThat(config(TimeType.UNIXTIME, null, false, null).formatter().format(time))
        .isEqualTo("1700000000");
    assertThat(config(TimeType.FLOAT, null, false, null).formatter().format(time))
        .isEqualTo("1700000000.000000005");
  }
}
