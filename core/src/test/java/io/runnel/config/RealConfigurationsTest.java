package io.runnel.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.runnel.ruby.RubyException;
import io.runnel.ruby.RubyExpression;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Configurations in the style of those that people publish: all must be read. */
class RealConfigurationsTest {
  static List<Path> files() {
    try (Stream<Path> list =
        Files.list(
            Path.of(
                Objects.requireNonNull(RealConfigurationsTest.class.getResource("/configs"))
                    .toURI()))) {
      return list.sorted().toList();
    } catch (IOException | URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private static ConfigElement read(Path file, Problems problems) {
    return new ConfigReader().withEnvironment(Map.of()).withWorkerId("0").read(file, problems);
  }

  private static List<String> faults(Problems problems, Path file) {
    return problems.all().stream()
        .filter(Problems.Problem::fatal)
        .map(problem -> file.getFileName() + ": " + problem.message())
        .toList();
  }

  @Test
  void areRead() {
    assertThat(files()).hasSizeGreaterThanOrEqualTo(30);
    List<String> faults = new ArrayList<>();
    for (Path file : files()) {
      Problems problems = new Problems();
      ConfigElement root = read(file, problems);
      ConfigChecks.root(root, 0, problems);
      faults.addAll(faults(problems, file));
      assertThat(root.sections()).as(file.toString()).isNotEmpty();
    }
    assertThat(faults).isEmpty();
  }

  @Test
  void canBeConvertedAndReadAgainFromTheirDump() {
    for (Path file : files()) {
      Problems problems = new Problems();
      ConfigElement root = read(file, problems);
      ConfigElement converted = new ConfigElement("ROOT", "", root.place());
      for (ConfigElement section : root.sections()) {
        converted.add(
            CompatParameters.convert(
                section, EnumSet.allOf(LegacyParameters.class), "time", problems));
      }
      assertThat(ConfigDump.dump(converted)).startsWith("<ROOT>\n").endsWith("</ROOT>\n");
      assertThat(faults(problems, file)).isEmpty();
    }
  }

  @Test
  void theirRubyPlaceholdersCompile() {
    List<String> wrong = new ArrayList<>();
    for (Path file : files()) {
      if (file.toString().contains("transformer") || file.toString().contains("reformer")) {
        expressions(read(file, new Problems()), wrong);
      }
    }
    assertThat(wrong).isEmpty();
  }

  private static void expressions(ConfigElement element, List<String> wrong) {
    element
        .parameters()
        .forEach(
            (key, value) -> {
              String text = value.text() == null ? "" : value.text();
              for (int at = text.indexOf("${"); at >= 0; at = text.indexOf("${", at + 1)) {
                try {
                  RubyExpression.compileEmbedded(text, at + 2);
                } catch (RubyException e) {
                  wrong.add(text + ": " + e.getMessage());
                }
              }
            });
    element.sections().forEach(section -> expressions(section, wrong));
  }
}
