package io.runnel.regexp;

import static org.assertj.core.api.Assertions.assertThat;

import io.runnel.host.Clock;
import io.runnel.testkit.ManualClock;
import io.runnel.testkit.fuzz.FuzzTarget;
import io.runnel.testkit.fuzz.FuzzTargets;
import io.runnel.time.Strftime;
import io.runnel.time.TimeFormatter;
import io.runnel.time.TimeParseException;
import io.runnel.time.TimeParser;
import io.runnel.time.Zone;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/** Patterns and time formats, each with a text: a line each. */
public final class RegexpFuzz implements FuzzTargets {
  private static final long LIMIT_MILLIS = 300;
  private static final Clock CLOCK = ManualClock.standard();

  @Override
  public List<FuzzTarget> targets() {
    return List.of(
        FuzzTarget.of(
            "regexp",
            List.of(
                "^(?<host>[^ ]*) [^ ]* \"(?<m>\\S+)(?: +(?<p>.*?))?\"$\nh - \"GET /x\"",
                "(?<a>\\w+)=(?<b>\\d{1,3}|[a-z.-]*?)\\s\nkey=12 ",
                "(a+)+$\naaaaaaaaaaaaaaaaaaaaaaaaab",
                "(?i)x|(?<n>y)\\k<n>(?=z)(?<!q)\nyyz"),
            List.of(
                "(",
                ")",
                "(?<n>",
                "(?:",
                "(?=",
                "(?!",
                "(?<=",
                "(?>",
                "*",
                "+",
                "?",
                "*?",
                "{2,3}",
                "{,",
                "|",
                "[",
                "[^",
                "]",
                "\\d",
                "\\k<n>",
                "\\1",
                "\\h",
                "\\R",
                "\\p{L}",
                "^",
                "$",
                "\\A",
                "\\z",
                "[[:alpha:]]",
                "&&",
                "\\u{20ac}",
                "\u00e9",
                "\n"),
            this::regexp),
        FuzzTarget.of(
            "time_format",
            List.of(
                "%d/%b/%Y:%H:%M:%S %z\n14/Nov/2023:22:13:20 +0900",
                "%Y-%m-%dT%H:%M:%S.%N%:z\n2023-11-14T22:13:20.123456789Z",
                "%s.%L\n1700000000.5",
                "%a %b %e %I:%M:%S %p %Z %j %U %G %V\nTue Nov 14 10:13:20 PM JST 318 46 2023 46"),
            List.of(
                "%",
                "%Y",
                "%-d",
                "%10N",
                "%^b",
                "%E",
                "%O",
                "%%",
                "%+",
                "%Q",
                "%z",
                "%C",
                "%y",
                "-",
                "+",
                "99999999999999999999",
                "\n",
                "BC",
                "Feb 29",
                "24:00:00",
                "60"),
            this::time),
        FuzzTarget.of(
            "time_text",
            List.of(
                "2023-11-14T22:13:20.5+09:00",
                "Tue, 14 Nov 2023 22:13:20 GMT",
                "14th Nov 2023 10pm",
                "20231114T221320Z",
                "1700000000.25"),
            List.of(
                "T", "Z", "+", "-", ":", ".", "/", "am", "pm", "Feb", "Monday", "W46", "BC", "99",
                "now", "JST", "+99:99", ","),
            this::freeForm));
  }

  private int regexp(byte[] input) {
    int line = indexOf(input, (byte) '\n');
    if (line < 0) {
      return 0;
    }
    String pattern = new String(input, 0, line, StandardCharsets.UTF_8);
    Regexp exact;
    try {
      exact = new JoniRegexp(pattern, false, false, false, LIMIT_MILLIS);
    } catch (IllegalArgumentException e) {
      assertThat(e.getMessage()).isNotBlank();
      return FuzzTarget.outcome(e.getMessage().replace(pattern, ""));
    }
    Regexp fast = FastRegexp.of(exact, false, false);
    int from = line + 1;
    int length = input.length - from;
    int[] expected;
    try {
      expected = exact.search(input, from, length, from);
    } catch (RegexpTimeoutException e) {
      return 1;
    }
    if (fast != exact) {
      int[] found = null;
      try {
        found = fast.search(input, from, length, from);
      } catch (RegexpTimeoutException e) {
        return 2;
      }
      assertThat(found).as("%s", pattern).isEqualTo(expected);
    }
    return (fast == exact ? 10 : 3) + (expected == null ? 0 : Math.min(6, expected.length));
  }

  private static int indexOf(byte[] input, byte wanted) {
    for (int i = 0; i < input.length; i++) {
      if (input[i] == wanted) {
        return i;
      }
    }
    return -1;
  }

  private int time(byte[] input) {
    int line = indexOf(input, (byte) '\n');
    if (line < 0) {
      return 0;
    }
    String format = new String(input, 0, line, StandardCharsets.UTF_8);
    int outcome;
    try {
      long time =
          TimeParser.text(format, Zone.UTC, CLOCK).parse(input, line + 1, rest(input, line));
      outcome = 1;
      assertThat(TimeFormatter.of(format, Zone.UTC).format(time)).isNotNull();
    } catch (TimeParseException | IllegalArgumentException e) {
      assertThat(e.getMessage()).isNotBlank();
      outcome = 2;
    }
    long anyTime = (long) Arrays.hashCode(input) << 32 | input.length * 0x9e37_79b9L;
    assertThat(TimeFormatter.of(format, Zone.UTC).format(anyTime)).isNotNull();
    String text;
    try {
      text = Strftime.format(format, 1_700_000_000L, 5, java.time.ZoneOffset.UTC);
    } catch (IllegalArgumentException e) {
      return 3;
    }
    return outcome * 64 + Math.min(63, text.length());
  }

  private static int rest(byte[] input, int line) {
    return input.length - line - 1;
  }

  private int freeForm(byte[] input) {
    int outcome = 0;
    for (TimeParser parser :
        List.of(
            TimeParser.text(null, Zone.UTC, CLOCK),
            TimeParser.text("%iso8601", Zone.UTC, CLOCK),
            TimeParser.unixtime(),
            TimeParser.floating())) {
      outcome *= 3;
      try {
        long time = parser.parse(input, 0, input.length);
        outcome += time < 0 ? 1 : 2;
      } catch (TimeParseException e) {
        assertThat(e.getMessage()).isNotBlank();
      }
    }
    return outcome;
  }
}
