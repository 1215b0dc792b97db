package io.runnel.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.runnel.ruby.RubyException;
import io.runnel.ruby.RubyExpression;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Damaged configurations give faults, never other exceptions, and never an endless loop. */
class ConfigFuzzTest {
  /** Raised by hand for a longer search: {@code -Dfuzz.rounds=50000 -Dfuzz.seed=1}. */
  private static final int ROUNDS = Integer.getInteger("fuzz.rounds", 500);

  private static final long SEED = Long.getLong("fuzz.seed", 20_260_101L);

  private static final String[] PIECES = {
    "<",
    ">",
    "</",
    "\"",
    "'",
    "#{",
    "}",
    "\\",
    "\n",
    "[",
    "]",
    "{",
    "@include x",
    "#",
    " ",
    "\t",
    "$",
    "&",
    "*a",
    "- ",
    ": ",
    "\0",
    "\u00e9",
    "|",
    "<<: ",
    "!fluent/s ",
    "0",
    "..",
    "/",
    "?",
    "ENV['",
    "do |x|",
    "end",
    " if ",
    "%w[",
    "::",
    "&.",
    "=>",
    "**",
    "@@"
  };

  private static String mutate(String text, Random random) {
    StringBuilder out = new StringBuilder(text);
    for (int i = random.nextInt(6); i >= 0; i--) {
      int at = random.nextInt(out.length() + 1);
      switch (random.nextInt(4)) {
        case 0 -> out.insert(at, PIECES[random.nextInt(PIECES.length)]);
        case 1 -> out.delete(at, Math.min(out.length(), at + 1 + random.nextInt(5)));
        case 2 -> out.setLength(random.nextInt(8) == 0 ? at : out.length());
        default -> {
          int to = Math.min(out.length(), at + random.nextInt(40));
          out.insert(random.nextInt(out.length() + 1), out.substring(at, to));
        }
      }
    }
    return out.toString();
  }

  @Test
  @Timeout(600)
  void damagedConfigurationsGiveFaults() throws Exception {
    long seed = SEED;
    Random random = new Random(seed);
    ConfigReader reader = new ConfigReader().withEnvironment(Map.of("A", "b")).withWorkerId("0");
    List<Path> files = RealConfigurationsTest.files();
    for (int round = 0; round < ROUNDS; round++) {
      Path file = files.get(random.nextInt(files.size()));
      String text = mutate(Files.readString(file), random);
      Problems problems = new Problems();
      long start = System.nanoTime();
      try {
        ConfigElement root =
            reader.readText(text, file.getFileName().toString(), Path.of(""), problems);
        ConfigChecks.root(root, 0, problems);
        for (ConfigElement section : root.sections()) {
          CompatParameters.convert(
              section, EnumSet.allOf(LegacyParameters.class), "time", problems);
        }
        ConfigDump.dump(root);
        new ProblemPrinter(reader.sources()).print(problems);
      } catch (ConfigException e) {
        // A whole file that cannot be used is an answer as well.
        assertThat(e.getMessage()).isNotBlank();
      } catch (RuntimeException | StackOverflowError e) {
        throw new AssertionError(
            "seed " + seed + " round " + round + " of " + file + "\n" + text, e);
      }
      assertThat(Duration.ofNanos(System.nanoTime() - start))
          .as("seed %d round %d", seed, round)
          .isLessThan(Duration.ofSeconds(10));
    }
  }

  @Test
  @Timeout(600)
  void damagedExpressionsGiveRubyExceptions() {
    long seed = SEED;
    Random random = new Random(seed);
    String[] expressions = {
      "record[\"m\"].gsub(/(o+)/) { |m| m * 2 }.split(',').map(&:strip).join('-')",
      "x = ENV['X'] || 'd'; if x == 'y' then 1 elsif x =~ /a(b)/ then $1 else [1, 2][0..1].sum end",
      "{\"a\" => 1, b: [1, 2.5, nil]}.each_with_object({}) { |(k, v), h| h[k] = v }.to_json",
      "begin; Time.at(1.5).utc.strftime('%Y-%m').rjust(20, '*')[2..-1]; rescue => e; e.message;"
          + " end",
      "case 5 when 1..3 then 'a' else \"#{1 + 2 ** 3}\" end.center(9).tr('a-c', 'x').to_sym.to_s",
      "a, b = [3, 1].sort; while a < 9; a += b; end; format('%05.2f|%x|%s', a, 255, %w[a b])",
      "\"a b c\".scan(/[a-c]/).each_slice(2).to_h { |x, y| [x, y] }.select { |k, v| !v.nil? }.keys",
      "Integer('12') / 5 % 3 + -7.abs - 2.5.round(1).floor <=> 3 && !true ? nil : (1...5).to_a.last"
    };
    RubyCode scope = new RubyCode(Map.of("X", "y"), "0");
    for (int round = 0; round < ROUNDS * 8; round++) {
      String text = mutate(expressions[random.nextInt(expressions.length)], random);
      try {
        RubyExpression.compile(text).evaluate(scope);
      } catch (RubyException e) {
        assertThat(e.getMessage()).isNotBlank();
        assertThat(e.offset()).isBetween(-1, text.length());
      } catch (RuntimeException | StackOverflowError e) {
        throw new AssertionError("seed " + seed + " round " + round + ": " + text, e);
      }
    }
  }
}
