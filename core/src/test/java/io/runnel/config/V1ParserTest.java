package io.runnel.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class V1ParserTest {
  private static ConfigElement first(String text) {
    return ConfigReader.parse(text).sections().getFirst();
  }

  private static String value(String line) {
    return first("<record>\n" + line + "\n</record>").peek("k");
  }

  private static Problems faults(String text) {
    Problems problems = new Problems();
    new ConfigReader().readText(text, "a.conf", Path.of(""), problems);
    return problems;
  }

  @Test
  void readsQuotesAsFluentdDoes() {
    assertThat(value("k hello world")).isEqualTo("hello world");
    assertThat(value("k \"tab:\\there \\\"quoted\\\" back\\\\slash\""))
        .isEqualTo("tab:\there \"quoted\" back\\slash");
    assertThat(value("k 'no\\tescape \"dq\" it\\'s back\\\\slash'"))
        .isEqualTo("no\\tescape \"dq\" it's back\\slash");
    assertThat(value("k \"\"")).isEmpty();
    assertThat(value("k")).isEmpty();
    assertThat(value("k a#b")).isEqualTo("a#b");
    assertThat(value("k value # this is a comment")).isEqualTo("value");
    assertThat(value("k # a comment")).isEqualTo("# a comment");
    assertThat(value("k \"a # b\"   # comment")).isEqualTo("a # b");
    assertThat(value("k 'a # b'# comment")).isEqualTo("a # b");
    assertThat(value("k   two  spaces   kept  ")).isEqualTo("two  spaces   kept");
    assertThat(value("k }")).isEqualTo("}");
    assertThat(value("k a x\\ty")).isEqualTo("a x\\ty");
    assertThat(value("k http://example.com/x?a=1&b=2#frag"))
        .isEqualTo("http://example.com/x?a=1&b=2#frag");
    assertThat(value("k #{ENV[\"X\"]}")).isEqualTo("#{ENV[\"X\"]}");
    assertThat(value("k \"first \\\n    second\"")).isEqualTo("first     second");
    assertThat(value("k \"one\n    two\"\nafter yes")).isEqualTo("one\n    two");
    assertThat(value("k \"a\\.b\"")).isEqualTo("a.b");
  }

  @Test
  void readsJsonOverSeveralLines() {
    assertThat(value("k [\n  \"a\", # drop this one\n  \"b\"\n]")).isEqualTo("[\"a\",\"b\"]");
    assertThat(value("k {\"a\": {\"b\": [1, 2.50, true, null]}} # end"))
        .isEqualTo("{\"a\":{\"b\":[1,2.5,true,null]}}");
    assertThat(value("k {\"a\": \"#x\"}")).isEqualTo("{\"a\":\"#x\"}");
    assertThatThrownBy(() -> value("k [\"a\",]"))
        .hasMessageStartingWith("got incomplete JSON array configuration at (inline) line 2,");
    assertThatThrownBy(() -> value("k {\"a\": 1"))
        .hasMessageStartingWith("got incomplete JSON hash configuration");
    assertThatThrownBy(() -> value("k [1] x")).hasMessageStartingWith("expected end of line");
  }

  @Test
  void readsSectionsWithArguments() {
    ConfigElement root =
        ConfigReader.parse(
            """
            a 1
            <match a.** b>  # comment
              @type null
              <buffer []>
              </buffer>
            </match> # end
            <match "x y">
            </match>
            <filter 'z'>
            </filter>
            """);
    assertThat(root.peek("a")).isEqualTo("1");
    assertThat(root.sections())
        .extracting(ConfigElement::toString)
        .containsExactly("<match a.** b>", "<match x y>", "<filter z>");
    assertThat(root.sections().getFirst().sections().getFirst().argument()).isEqualTo("[]");
    assertThat(root.sections().getFirst().place()).isEqualTo(new Place("(inline)", 2, 1));
    assertThat(root.sections().getFirst().placeOf("@type")).isEqualTo(new Place("(inline)", 3, 9));
  }

  @Test
  void acceptsAnyLineEnd() {
    assertThat(first("<source>\r\n a 1\r\n b 2\r\n</source>\r\n").parameters()).hasSize(2);
    assertThat(first("\ufeff<source>\r a 1\r b 2\r</source>").peek("b")).isEqualTo("2");
  }

  @Test
  void lastOfRepeatedKeysWins() {
    assertThat(first("<source>\na 1\nb x\na 2\n</source>").parameters().keySet())
        .containsExactly("a", "b");
    assertThat(first("<source>\na 1\nb x\na 2\n</source>").peek("a")).isEqualTo("2");
  }

  @Test
  void namesFaultsInFluentdsWords() {
    assertThatThrownBy(() -> first("<source>\n  @type http\n</match>\n"))
        .hasMessage("unmatched end tag at (inline) line 3,1");
    assertThatThrownBy(() -> first("<match a>\n  @type null\n"))
        .hasMessage("expected end tag '</match>' but got end of file at (inline) line 3,1");
    assertThatThrownBy(() -> first("<match a\n>x\n</match>"))
        .hasMessageStartingWith("expected '>'");
    assertThatThrownBy(() -> first("<match a> @type x\n</match>"))
        .hasMessageStartingWith("expected end of line after tag");
    assertThatThrownBy(() -> value("k \"abc"))
        .hasMessageStartingWith("unexpected end of file in a double quoted string");
    assertThatThrownBy(() -> value("k \"a\\d\""))
        .hasMessageStartingWith("unexpected back-slash escape character");
    assertThatThrownBy(() -> first("<source>\n@timestamp x\n</source>"))
        .hasMessageStartingWith("'@' is the system reserved prefix");
  }

  @Test
  void warnsOfReservedNamesInNestedSections() {
    Problems problems = faults("<filter>\n<record>\n@timestamp x\n</record>\n</filter>");
    assertThat(problems.hasErrors()).isFalse();
    assertThat(problems.all()).hasSize(1);
  }

  @Test
  void showsAllFaultsOfAFile() {
    Problems problems =
        faults(
            """
            <source>
              port "a\\d"
              tag [1,
            </source>
            <match a>
              @bad x
              <buffer>
                path 'x' y
              </match>
            <match b>
            </match>
            """);
    assertThat(problems.all())
        .extracting(problem -> problem.place().line())
        .containsExactly(2, 4, 6, 8, 9);
  }
}
