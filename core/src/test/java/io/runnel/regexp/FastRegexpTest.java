package io.runnel.regexp;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The fast engine against the exact one. */
class FastRegexpTest {
  private static final List<String> PATTERNS =
      List.of(
          "^(?<host>[^ ]*) [^ ]* (?<user>[^ ]*) \\[(?<time>[^\\]]*)\\] \"(?<method>\\S+)(?:"
              + " +(?<path>[^\\\"]*?)(?: +\\S*)?)?\" (?<code>[^ ]*) (?<size>[^ ]*)$",
          "^(?<time>\\S+) (?<level>[A-Z]+)(?: <(?<opt>\\w+)>)? (?<n>-?\\d+) (?<f>[\\d.]+)"
              + " (?<msg>.*)$",
          "(?<a_b>\\d{1,3})\\.(x|y)?(?<a_b>[a-fA-F0-9-]+)",
          "(a|b|)(.+?)\\b",
          "^\\[(?<t>.*?)\\]\\s*(?<rest>.*)$",
          "(?=.*x)(?<w>\\w*)",
          "(?!GET)[^ -]+",
          "\\A(?<all>.{2,}?) \\z|(?<z>\\.[^.]{3,5})",
          "x*?y|[\\w.-]+@[\\w-]+",
          "(?<k>[^=&]+)=(?<v>[^&]*)");

  private static final String[] LINES = {
    "127.0.0.1 - frank [10/Oct/2000:13:55:36 -0700] \"GET /apache_pb.gif HTTP/1.0\" 200 2326",
    "2023-11-14T22:13:20+0000 INFO <web> -5 2.50 hello world",
    "[x] a.b-c@d-e q=1&r=2 10.y0af ",
  };

  @Test
  void findsWhatTheExactEngineFinds() {
    Random random = new Random(17);
    for (String pattern : PATTERNS) {
      for (int flags = 0; flags < 4; flags++) {
        Regexp exact = new JoniRegexp(pattern, (flags & 1) != 0, (flags & 2) != 0, false, 10_000);
        Regexp fast = FastRegexp.of(exact, (flags & 1) != 0, (flags & 2) != 0);
        assertThat(JavaSyntax.translate(pattern)).as(pattern).isNotNull();
        for (int round = 0; round < 150; round++) {
          byte[] text = line(random);
          int from = random.nextInt(10) == 0 ? 1 + random.nextInt(text.length) : 1;
          int[] expected = exact.search(text, 1, text.length - 1, from);
          assertThat(fast.search(text, 1, text.length - 1, from))
              .as("%s on %s from %d", pattern, new String(text, StandardCharsets.UTF_8), from)
              .isEqualTo(expected);
          assertThat(fast.matches(text, 1, text.length - 1))
              .isEqualTo(exact.matches(text, 1, text.length - 1));
        }
      }
    }
  }

  private static byte[] line(Random random) {
    StringBuilder line = new StringBuilder(LINES[random.nextInt(LINES.length)]);
    for (int damage = random.nextInt(5); damage > 0; damage--) {
      int at = random.nextInt(line.length());
      char c = " \"[]<>.-x1Y=\u00e9\n\r\t\u0001".charAt(random.nextInt(17));
      switch (random.nextInt(3)) {
        case 0 -> line.insert(at, c);
        case 1 -> line.setCharAt(at, c);
        default -> line.deleteCharAt(at);
      }
    }
    return ("y" + line).getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void leavesTheRestToTheExactEngine() {
    for (String pattern :
        List.of(
            "\\h",
            "(?i)a",
            "(a)*",
            "(?:ab)+",
            "a{,3}",
            "a{2}?",
            "a++",
            "[[:alpha:]]",
            "[a&&b]",
            "(?<=a)b",
            "\\1",
            "\\p{L}",
            "\\Z",
            "\\R",
            "\\Ka",
            "(?~a)",
            "(?>a)",
            "\u00e9",
            "a**",
            "[\\d-x]",
            "^*",
            "(?#x)",
            "\\k<a>",
            "\\u00e9",
            "\\x41",
            "\\n")) {
      assertThat(JavaSyntax.translate(pattern)).as(pattern).isNull();
    }
  }

  @Test
  void takesTheExactEngineWhereBacktrackingIsLong() {
    Regexp regexp = Regexps.compile("^[a-z]*[a-z]*[a-z]*[a-z]*[a-z]*[a-z]*X", false, false);
    assertThat(regexp).isInstanceOf(FastRegexp.class);
    assertThat(regexp.matches("a".repeat(60).getBytes(StandardCharsets.UTF_8), 0, 60)).isFalse();
  }

  @Test
  void emptyTextHasABeginningAndAnEnd() {
    for (String pattern : new String[] {"^$", "^", "$", "^.*$"}) {
      assertThat(Regexps.compile(pattern, false, false).matches("")).as(pattern).isTrue();
    }
  }
}
