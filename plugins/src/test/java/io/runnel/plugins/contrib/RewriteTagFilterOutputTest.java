package io.runnel.plugins.contrib;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.runnel.config.ConfigException;
import io.runnel.event.EventTime;
import io.runnel.plugin.UnbufferedOutput;
import io.runnel.testkit.Emitted;
import io.runnel.testkit.TestContext;
import io.runnel.testkit.TestPlugins;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RewriteTagFilterOutputTest {
  private static final long TIME = EventTime.pack(1_700_000_000L, 0);

  private final TestContext context = new TestContext();

  private UnbufferedOutput output(String config) {
    return (UnbufferedOutput) TestPlugins.output(RewriteTagFilterOutput.TYPE, config, context);
  }

  private List<String> tags(String config, Map<String, ?>... records) throws Exception {
    output(config).process("app.web.log", TestPlugins.stream(TIME, records));
    return context.emitter().events().stream().map(Emitted::tag).toList();
  }

  private static String rule(String key, String pattern, String tag, String... more) {
    return "<rule>\nkey "
        + key
        + "\npattern "
        + pattern
        + "\ntag "
        + tag
        + "\n"
        + String.join("\n", more)
        + "\n</rule>\n";
  }

  @Test
  @SuppressWarnings("unchecked")
  void firstMatchingRuleGivesTheTag() throws Exception {
    String config =
        rule("status", "^200$", "ok.${tag}")
            + rule("path", "/^\\/(\\w+)\\//", "site.$1")
            + rule("$.a.b", "/(.+)/", "deep.$1");
    assertThat(
            tags(
                config,
                Map.of("status", 200, "path", "/x/"),
                Map.of("status", 404, "path", "/shop/1"),
                Map.of("a", Map.of("b", "c")),
                Map.of("other", 1)))
        .containsExactly("ok.app.web.log", "site.shop", "deep.c");
  }

  @Test
  @SuppressWarnings("unchecked")
  void placeholdersOfTheTag() throws Exception {
    String config =
        "remove_tag_prefix app\ncapitalize_regex_backreference yes\nhostname_command echo box\n"
            + rule("k", "(.*)", "${hostname}.$1.${tag}.${tag_parts[0]}.__TAG_PARTS[-1]__");
    UnbufferedOutput output = output(config);
    output.start();
    output.process("app.web.log", TestPlugins.stream(TIME, Map.of("k", "fOO")));
    assertThat(context.emitter().events().getFirst().tag()).isEqualTo("box.Foo.web.log.web.log");
  }

  @Test
  @SuppressWarnings("unchecked")
  void removesWhatARegularExpressionMatches() throws Exception {
    assertThat(tags("remove_tag_regexp /\\.log$/\n" + rule("k", ".", "x.${tag}"), Map.of("k", "v")))
        .containsExactly("x.app.web");
  }

  @Test
  @SuppressWarnings("unchecked")
  void invertedRuleTakesAbsentFieldsToo() throws Exception {
    assertThat(
            tags(
                rule("level", "^info$", "bad", "invert true"),
                Map.of("level", "info"),
                Map.of("level", "warn"),
                Map.of("x", 1)))
        .containsExactly("bad", "bad");
  }

  @Test
  @SuppressWarnings("unchecked")
  void flatRulesInTheOrderOfTheirNumbers() throws Exception {
    assertThat(
            tags(
                "rewriterule10 a . last\nrewriterule2 a !^x first.$1${tag}\n"
                    + "rewriterule3 a ^(x)y z.$1",
                Map.of("a", "y"),
                Map.of("a", "xy"),
                Map.of("a", "xz")))
        .containsExactly("first.app.web.log", "z.x", "last");
  }

  @Test
  @SuppressWarnings("unchecked")
  void sameTagIsDropped() throws Exception {
    assertThat(tags(rule("a", ".", "app.web.log"), Map.of("a", "b"))).isEmpty();
  }

  @Test
  @SuppressWarnings("unchecked")
  void goesToTheLabelOfTheRule() throws Exception {
    assertThat(tags(rule("a", ".", "new", "label @OTHER"), Map.of("a", "b"))).isEmpty();
    assertThat(context.emitter("@OTHER").events())
        .containsExactly(new Emitted("new", TIME, Map.of("a", "b")));
  }

  @Test
  void refusesToWorkWithoutRules() {
    assertThatThrownBy(() -> output(""))
        .isInstanceOf(ConfigException.class)
        .hasMessage("missing rewriterules");
    assertThatThrownBy(() -> output("rewriterule1 a b"))
        .hasMessageStartingWith("failed to parse rewriterules at rewriterule1");
  }

  @Test
  void rulesThatContradict() {
    assertThatThrownBy(() -> output(rule("a", "/x/", "b") + rule("a", "/x/", "c")))
        .hasMessage("duplicated rewriterules found");
    assertThatThrownBy(() -> output(rule("a", "/x/", "${tag_parts[0..1]}")))
        .hasMessageContaining("does not support range specify");
    assertThatThrownBy(
            () -> output("remove_tag_prefix a\nremove_tag_regexp /b/\n" + rule("a", "/x/", "b")))
        .hasMessage("remove_tag_prefix and remove_tag_regexp are exclusive");
  }

  @Test
  @SuppressWarnings("unchecked")
  void eventsGoOnTogetherOrOneByOne() throws Exception {
    String config = rule("k", "(.*)", "t");
    tags(config, Map.of("k", "a"), Map.of("k", "b"));
    assertThat(context.emitter().batches()).containsExactly(2);
    context.emitter().clear();
    tags("emit_mode record\n" + config, Map.of("k", "a"), Map.of("k", "b"));
    assertThat(context.emitter().batches()).containsExactly(1, 1);
  }
}
