package io.runnel.regexp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RegexpsTest {
  private static String found(Regexp regexp, String text) {
    byte[] bytes = ("##" + text + "##").getBytes(StandardCharsets.UTF_8);
    int[] places = regexp.search(bytes, 2, bytes.length - 4, 2);
    if (places == null) {
      return null;
    }
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < places.length; i += 2) {
      out.append(i == 0 ? "" : "|");
      out.append(
          places[i] < 0
              ? "-"
              : new String(bytes, places[i], places[i + 1] - places[i], StandardCharsets.UTF_8));
    }
    return out.toString();
  }

  private static String found(String pattern, String text) {
    return found(Regexps.parseParam(pattern), text);
  }

  @Test
  void followsRubysRules() {
    assertThat(found("/^b$/", "a\nb\nc")).isEqualTo("b");
    assertThat(found("/a.b/", "a\nb")).isNull();
    assertThat(found("/a.b/m", "a\nb")).isEqualTo("a\nb");
    assertThat(found("/ABC/i", "xabcx")).isEqualTo("abc");
    assertThat(found("/\\Aa\\z/", "a\n")).isNull();
    assertThat(found("/\\Aa\\Z/", "a\n")).isEqualTo("a");
    assertThat(found("/\\h+/", "xyz1fG")).isEqualTo("1f");
    assertThat(found("/[a-z&&[^b]]+/", "bacd")).isEqualTo("acd");
    assertThat(found("/[[:alpha:]]+/", "1\u00e9t\u00e92")).isEqualTo("\u00e9t\u00e9");
    assertThat(found("/(?<a>x)|(b)/", "b")).isEqualTo("b|-");
    assertThat(found("/(?<a>x)(y)/", "xy")).isEqualTo("xy|x");
    assertThat(found("/(?<=,|;)x/", "a;x")).isEqualTo("x");
    assertThat(found("/a\\Kb/", "ab")).isEqualTo("b");
    assertThat(found("/(?~b)/", "aab")).isEqualTo("aa");
    assertThat(found("plain.*", "x plain text")).isEqualTo("plain text");
    assertThat(found("/.\u20ac./", "a\u20acb")).isEqualTo("a\u20acb");
    assertThat(found("/^#/", "x")).as("looks at nothing before the text").isNull();
  }

  @Test
  void knowsNamedGroups() {
    Regexp regexp = Regexps.parseParam("/(?<http_x>a)|(?<n>b)(?<http_x>c)/");
    assertThat(regexp.names()).containsExactly("http_x", "n");
    assertThat(regexp.group("http_x")).isEqualTo(1);
    assertThat(regexp.groups("http_x")).containsExactly(1, 3);
    assertThat(regexp.group("none")).isEqualTo(-1);
    assertThat(regexp.groups("none")).isEmpty();
    assertThat(found(regexp, "bc")).isEqualTo("bc|-|b|c");
    assertThat(Regexps.parseParam("/(a)(b)/").names()).isEmpty();
    assertThat(found("/(a)(b)/", "ab")).isEqualTo("ab|a|b");
  }

  @Test
  void searchesFromAPlaceOn() {
    Regexp regexp = Regexps.compile("a.", false, false);
    byte[] text = "abacad".getBytes(StandardCharsets.UTF_8);
    assertThat(regexp.search(text, 0, 6, 1)).containsExactly(2, 4);
    assertThat(regexp.search(text, 2, 4, 3)).containsExactly(4, 6);
    assertThat(regexp.search(text, 0, 5, 3)).isNull();
  }

  @Test
  void refusesWhatRubyRefuses() {
    assertThatThrownBy(() -> Regexps.parseParam("/abc"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("invalid regexp: missing right slash: /abc");
    assertThatThrownBy(() -> Regexps.parseParam("/abc/imx"))
        .hasMessage("invalid regexp: missing right slash: /abc/imx");
    assertThatThrownBy(() -> Regexps.parseParam("/[/"))
        .hasMessage("premature end of char-class: /[/");
    assertThatThrownBy(() -> Regexps.compile("(a", false, false))
        .hasMessage("end pattern with unmatched parenthesis: /(a/");
    for (String bad : List.of("[\\w-\\.]", "*a", "[z-a]", "(?<1>x)", "\\p{nothing}", "a)", "\\")) {
      assertThatThrownBy(() -> Regexps.compile(bad, false, false))
          .as(bad)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageEndingWith(": /" + bad + "/");
    }
  }

  @Test
  void givesUpAfterTheLimit() {
    Regexp regexp = Regexps.compile("^(([a-z])+.)+[A-Z]([a-z])+$", false, false, false, 30);
    long start = System.nanoTime();
    assertThatThrownBy(() -> regexp.matches("a".repeat(60)))
        .isInstanceOf(RegexpTimeoutException.class)
        .hasMessageContaining("took more than 30 ms");
    assertThat(System.nanoTime() - start).isLessThan(5_000_000_000L);
  }

  @Test
  void toleratesBytesThatAreNoUtf8() {
    byte[] text = {'a', (byte) 0xff, 'b', (byte) 0xe2, (byte) 0x82};
    assertThat(Regexps.compile("^a.b..$", false, false).search(text, 0, 5, 0))
        .containsExactly(0, 5);
    assertThat(Regexps.compile("b(?<rest>.*)", false, false).search(text, 1, 4, 1))
        .containsExactly(2, 5, 3, 5);
    assertThat(text[1]).isEqualTo((byte) 0xff);
  }

  @Test
  void neverFailsOnRandomBytes() {
    Random random = new Random(7);
    List<Regexp> regexps =
        List.of(
            Regexps.compile("(?<a>[^ ]*) (?<b>\\S+)?\\s*\\w{2,}$", true, false),
            Regexps.compile("\\p{L}+|\u00e9|[\u0100-\uffff]", true, true),
            Regexps.compile("(?<=.)\\b.\\B", false, true));
    for (int i = 0; i < 20_000; i++) {
      byte[] text = new byte[random.nextInt(24)];
      random.nextBytes(text);
      for (Regexp regexp : regexps) {
        int[] places = regexp.search(text, 0, text.length, 0);
        if (places != null) {
          assertThat(Arrays.stream(places).allMatch(place -> place >= -1 && place <= text.length))
              .isTrue();
        }
      }
    }
  }
}
