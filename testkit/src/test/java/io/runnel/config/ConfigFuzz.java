package io.runnel.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.runnel.ruby.JsonReader;
import io.runnel.ruby.RubyException;
import io.runnel.ruby.RubyExpression;
import io.runnel.testkit.fuzz.FuzzTarget;
import io.runnel.testkit.fuzz.FuzzTargets;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** The three languages of configurations, and the expressions in them. */
public final class ConfigFuzz implements FuzzTargets {
  private static final List<String> V1_TOKENS =
      List.of(
          "<",
          ">",
          "</",
          "\n",
          "\"",
          "'",
          "#{",
          "}",
          "\\",
          "[",
          "]",
          "{",
          "@include x\n",
          "#",
          " ",
          "$",
          "@type ",
          "@label ",
          "<match **>\n",
          "</match>\n",
          "<<",
          "\t",
          "\r",
          "\u00c3\u00a9",
          "\\u{",
          "@@");

  /** What would read this machine's files or connect to somewhere. */
  private static final Pattern INCLUDE_FROM_ELSEWHERE =
      Pattern.compile("include\\s*+(?:[^\\s/*?\\[{]*+\\s++){0,3}[^\\s/*?\\[{]*+[/*?\\[{]");

  @Override
  public List<FuzzTarget> targets() {
    return List.of(
        FuzzTarget.of(
            "config_v1",
            List.of(
                "<source>\n  @type tail\n  path \"/a/#{ENV['A']}\" # x\n  <parse>\n    @type json\n"
                    + "  </parse>\n</source>\n<match a.{b,c}.**>\n  @type null\n  x [1, {\"a\": 2}]\n"
                    + "</match>\n"),
            V1_TOKENS,
            input -> read(input, ConfigReader.Language.V1)),
        FuzzTarget.of(
            "config_v0",
            List.of("<source>\n  type tail\n  format /x#y/\n</source>\n<match **>\ntype null\n"),
            V1_TOKENS,
            input -> read(input, ConfigReader.Language.V0)),
        FuzzTarget.of(
            "config_yaml",
            List.of(
                "system:\n  workers: 2\nconfig:\n  - source:\n      $type: tail\n      path: !fluent/s"
                    + " \"#{A}\"\n  - match:\n      $tag: a.**\n      $type: 'null'\n"),
            List.of(
                "- ",
                ": ",
                "\n",
                "  ",
                "&a ",
                "*a",
                "<<: ",
                "!fluent/s ",
                "|",
                ">",
                "\"",
                "'",
                "{",
                "}",
                "[",
                "]",
                ",",
                "? ",
                "#",
                "$type",
                "---\n",
                "!!binary ",
                "%"),
            input -> read(input, ConfigReader.Language.YAML)),
        FuzzTarget.of(
            "ruby",
            List.of(
                "record[\"m\"].gsub(/(o+)/) { |m| m * 2 }.split(',').map(&:strip).join('-')",
                "x = ENV['X'] || 'd'; if x == 'y' then 1 elsif x =~ /a(b)/ then $1 else [1][0..1] end",
                "a, b = [3, 1].sort; while a < 9; a += b; end; format('%05.2f|%x|%s', a, 255, %w[a])",
                "case 5 when 1..3 then 'a' else \"#{1 + 2 ** 3}\" end.center(9).tr('a-c', 'x').to_sym"),
            List.of(
                "(",
                ")",
                "[",
                "]",
                "{",
                "}",
                "|",
                "do |x|",
                "end",
                " if ",
                "while ",
                "::",
                "&.",
                "=>",
                "**",
                "<<",
                "..",
                "\"",
                "'",
                "#{",
                "%w[",
                "/",
                "\\",
                ";",
                ".map",
                ".times",
                ".to_s",
                ".ljust(",
                "*",
                "999999999",
                "1e400",
                "nil",
                "loop { ",
                ".gsub("),
            this::ruby),
        FuzzTarget.of(
            "config_json",
            List.of("{\"a\": [1, 2.5, \"x\"], 'b': /* c */ null} # d"),
            List.of("{", "}", "[", "]", ",", ":", "\"", "'", "//", "/*", "*/", "\\u", "-", "e9"),
            this::json));
  }

  private int read(byte[] input, ConfigReader.Language language) {
    String text = new String(input, StandardCharsets.UTF_8);
    if (INCLUDE_FROM_ELSEWHERE.matcher(text).find()) {
      return 0;
    }
    ConfigReader reader =
        new ConfigReader()
            .withEnvironment(Map.of("A", "b"))
            .withWorkerId("0")
            .withLanguage(language);
    Problems problems = new Problems();
    try {
      ConfigElement root = reader.readText(text, "fuzz.conf", Path.of("/nonexistent"), problems);
      ConfigChecks.root(root, 0, problems);
      for (ConfigElement section : root.sections()) {
        CompatParameters.convert(section, EnumSet.allOf(LegacyParameters.class), "time", problems);
      }
      ConfigDump.dump(root);
      new ProblemPrinter(reader.sources()).print(problems);
    } catch (ConfigException e) {
      assertThat(e.getMessage()).isNotBlank();
      return FuzzTarget.outcome(e.getMessage());
    }
    return problems.all().stream().mapToInt(problem -> FuzzTarget.outcome(problem.message())).sum();
  }

  private int ruby(byte[] input) {
    String text = new String(input, StandardCharsets.UTF_8);
    try {
      Object value = RubyExpression.compile(text).evaluate(new RubyCode(Map.of("X", "y"), "0"));
      return value == null ? 1 : value.getClass().hashCode();
    } catch (RubyException e) {
      assertThat(e.getMessage()).isNotBlank();
      assertThat(e.offset()).isBetween(-1, text.length());
      return FuzzTarget.outcome(e.getMessage());
    }
  }

  private int json(byte[] input) {
    try {
      Object value = JsonReader.parse(new String(input, StandardCharsets.UTF_8));
      return value == null ? 1 : value.getClass().hashCode();
    } catch (JsonReader.Malformed e) {
      return FuzzTarget.outcome(e.getMessage());
    }
  }
}
