package io.runnel.plugins.parser;

import static org.assertj.core.api.Assertions.assertThat;

import io.runnel.regexp.Regexp;
import io.runnel.regexp.Regexps;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AccessLogTest {
  private static final String[] LINES = {
    "127.0.0.1 192.168.0.1 - [28/Feb/2013:12:00:00 +0900] \"GET / HTTP/1.1\" 200 777 \"-\""
        + " \"Opera/12.0\"",
    "10.0.0.2 - alice [14/Nov/2023:22:13:21 -0500] \"POST /a?b=c d HTTP/2.0\" 502 0 \"http://r/\""
        + " \"curl 8\" \"203.0.113.9, 10.0.0.1\"",
    "10.0.0.3 - - [14/Nov/2023:22:13:22 +0000] \"\" 400 0 \"-\" \"-\"",
    "10.0.0.4 - - [14/Nov/2023:22:13:23 +0000] \"GET /x HTTP/1.1\" 200 1",
    "10.0.0.5 - - [14/Nov/2023:22:13:23 +0000] \"-\" 408 - \"-\" \"-\"",
    "h - - [t] \"GET  /q\\\"uote  HTTP/1.1\" 200 5 \"-\" \"agent \\\"x\\\"\" xff",
    "h - - [t] \"GET\" 200 5",
    "h - - [t] \"GET /only\" 200 5",
    "h - - [t] \"GET \" 200 5",
    "a b c [] \"x\ty z\" 1 2",
  };

  private static final String DAMAGE = " \"\"\\[]-\tx1\n";

  @Test
  void findsWhatTheExpressionFinds() {
    for (AccessLog format : AccessLog.values()) {
      Regexp regexp = Regexps.compile(format.expression(), false, false);
      Random random = new Random(5);
      int known = 0;
      int matched = 0;
      for (int round = 0; round < 10_000; round++) {
        StringBuilder line = new StringBuilder(LINES[random.nextInt(LINES.length)]);
        for (int damage = random.nextInt(4); damage > 0; damage--) {
          damage(random, line);
        }
        byte[] text = ("]\"" + line + "\" ").getBytes(StandardCharsets.UTF_8);
        int[] found = format.match(text, 2, text.length - 4);
        int[] expected = regexp.search(text, 2, text.length - 4, 2);
        if (found != null) {
          known++;
          assertThat(found).as("%s: %s", format, line).isEqualTo(expected);
        }
        matched += expected == null ? 0 : 1;
      }
      assertThat(matched).isGreaterThan(1_000);
      assertThat(known).as("lines known to " + format).isGreaterThan(matched / 3);
    }
  }

  private static void damage(Random random, StringBuilder line) {
    int at = random.nextInt(line.length() + 1);
    char c = DAMAGE.charAt(random.nextInt(DAMAGE.length()));
    switch (random.nextInt(4)) {
      case 0 -> line.insert(at, c);
      case 1 -> line.deleteCharAt(Math.max(0, at - 1));
      case 2 -> line.setLength(Math.max(1, at));
      default -> line.setCharAt(Math.max(0, at - 1), c);
    }
    if (line.isEmpty()) {
      line.append(c);
    }
  }

  /** The usual lines must not need the slow way. */
  @Test
  void knowsUsualLines() {
    for (int i : new int[] {0, 1, 3, 7, 8}) {
      byte[] text = LINES[i].getBytes(StandardCharsets.UTF_8);
      assertThat(AccessLog.NGINX.match(text, 0, text.length)).as(LINES[i]).isNotNull();
    }
    byte[] text = LINES[0].getBytes(StandardCharsets.UTF_8);
    assertThat(AccessLog.APACHE.match(text, 0, text.length)).isNotNull();
    assertThat(AccessLog.APACHE2.match(text, 0, text.length)).isNotNull();
  }
}
