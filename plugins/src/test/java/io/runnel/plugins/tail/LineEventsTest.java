package io.runnel.plugins.tail;

import static org.assertj.core.api.Assertions.assertThat;

import io.runnel.event.Event;
import io.runnel.event.EventBuilder;
import io.runnel.event.EventTime;
import io.runnel.plugin.ParseException;
import io.runnel.plugin.Parser;
import io.runnel.testkit.ManualClock;
import io.runnel.testkit.RecordedLog;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LineEventsTest {
  private final RecordedLog log = new RecordedLog();
  private final ManualClock clock = ManualClock.at(1_700_000_000_000L);
  private final TailedFile file =
      new TailedFile(1L, 1, "/l/a.log", "t", null, new ReadAllowance(-1, null));

  private List<Event> events(Parser parser, boolean unmatched, String pathKey, String... lines) {
    LineEvents events = new LineEvents(parser, unmatched, pathKey, clock, log);
    events.begin();
    for (String line : lines) {
      byte[] text = line.getBytes(StandardCharsets.UTF_8);
      events.add(file, text, 0, text.length, false);
    }
    return events.lend().events();
  }

  private static List<Map<String, Object>> records(List<Event> events) {
    return events.stream().map(Event::record).toList();
  }

  @Test
  void addsThePathWhereTheKeyIsFree() {
    Parser two = parser(2, Map.of("src", "own"), Map.of("xsrc", 1L));
    assertThat(records(events(two, false, "src", "x")))
        .containsExactly(Map.of("src", "own"), Map.of("xsrc", 1L, "src", "/l/a.log"));
    assertThat(records(events(new LineParser(), true, "src", "bad")))
        .containsExactly(Map.of("unmatched_line", "bad", "src", "/l/a.log"));
  }

  /** A parser that gives these records for any line. */
  @SafeVarargs
  private static Parser parser(int count, Map<String, Object>... records) {
    return (text, offset, length, out) -> {
      for (Map<String, Object> record : records) {
        out.begin();
        out.record().value(record);
        out.commit();
      }
      return count;
    };
  }

  @Test
  void eventsWithoutATimeGetTheCurrentOne() {
    assertThat(events(new LineParser(), false, null, "x").getFirst().time())
        .isEqualTo(EventTime.pack(1_700_000_000, 0));
  }

  @Test
  void withoutEstimateALineWithoutTimeDoesNotMatch() {
    Parser strict =
        new Parser() {
          @Override
          public int parse(byte[] text, int offset, int length, EventBuilder out) {
            out.begin();
            if (text[offset] == 't') {
              out.time(EventTime.pack(5, 0));
            }
            out.record().value(Map.of("a", 1L));
            out.commit();
            return 1;
          }

          @Override
          public boolean estimatesTime() {
            return false;
          }
        };
    assertThat(events(strict, false, null, "t", "no")).hasSize(1);
    assertThat(log.contains("pattern not matched: \"no\"")).isTrue();
  }

  @Test
  void aLineWithAWrongValueIsWarnedAboutAndEmittedAsUnmatched() {
    Parser failing =
        (text, offset, length, out) -> {
          throw new ParseException("invalid time format");
        };
    assertThat(records(events(failing, true, null, "x")))
        .containsExactly(Map.of("unmatched_line", "x"));
    assertThat(log.contains("invalid line found")).isTrue();
  }

  @Test
  void showsLinesWithRubysEscapesAndNotWithoutEnd() {
    byte[] text = ("a\"\\\t\u0001" + "x".repeat(20_000)).getBytes(StandardCharsets.UTF_8);
    assertThat(LineEvents.inspect(text, 0, text.length))
        .startsWith("\"a\\\"\\\\\\t\\x01xxx")
        .hasSizeLessThan(9_000);
  }
}
