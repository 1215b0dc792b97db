package io.runnel.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.runnel.connector.ConnectorIndex;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Configurations in the style of those that people publish. Each must load, with stubs for plugins
 * that are not there, and give the warnings that its lines {@code # expect: TEXT} name and no
 * other.
 */
class RealisticConfigurationsTest {
  private static final String EXPECT = "# expect: ";

  private static List<Path> files() throws IOException, URISyntaxException {
    Path folder =
        Path.of(
            Objects.requireNonNull(RealisticConfigurationsTest.class.getResource("/real")).toURI());
    try (Stream<Path> list = Files.list(folder)) {
      return list.filter(file -> file.toString().endsWith(".conf")).sorted().toList();
    }
  }

  @Test
  void loadWithTheWarningsExpected() throws Exception {
    List<String> wrong = new ArrayList<>();
    assertThat(files()).hasSizeGreaterThanOrEqualTo(40);
    for (Path file : files()) {
      DryRuns.Outcome outcome = DryRuns.of(file);
      String name = file.getFileName() + ": ";
      if (outcome.status() != 0) {
        wrong.add(name + "status " + outcome.status() + "\n" + lines(outcome.log(), " [error]: "));
        continue;
      }
      List<String> expected =
          Files.readAllLines(file).stream()
              .filter(line -> line.startsWith(EXPECT))
              .map(line -> line.substring(EXPECT.length()))
              .toList();
      List<String> warnings = outcome.warnings();
      expected.stream()
          .filter(text -> warnings.stream().noneMatch(warning -> warning.contains(text)))
          .forEach(text -> wrong.add(name + "no warning " + text));
      warnings.stream()
          .filter(warning -> !warning.contains("a stub stands in for it"))
          .filter(warning -> expected.stream().noneMatch(warning::contains))
          .forEach(warning -> wrong.add(name + "warning " + warning));
    }
    assertThat(wrong).isEmpty();
  }

  /** Examples of connectors need their jars: they are tested on the built image. */
  private static Set<String> examplesOfConnectors() throws IOException {
    Set<String> names = new HashSet<>();
    try (Stream<Path> folders = Files.list(Path.of("..", "connectors"))) {
      for (Path folder : folders.toList()) {
        Path index = folder.resolve("connector.index");
        if (Files.exists(index)) {
          ConnectorIndex.parse(Files.readString(index))
              .forEach(
                  connector ->
                      connector.entries().forEach(entry -> names.add(entry.exampleFile())));
        }
      }
    }
    return names;
  }

  @Test
  void theExamplesOfTheReferenceLoadWithoutAWarning() throws Exception {
    Path folder = Path.of("..", "docs", "examples", "reference");
    Set<String> elsewhere = examplesOfConnectors();
    assertThat(elsewhere).isNotEmpty();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.sorted().toList()) {
        if (elsewhere.contains(file.getFileName().toString())) {
          continue;
        }
        DryRuns.Outcome outcome = DryRuns.of(file);
        assertThat(outcome.status()).as(file + "\n" + outcome.log()).isZero();
        List<String> warnings =
            outcome.warnings().stream()
                .filter(text -> !text.contains("Using on-memory store"))
                .toList();
        assertThat(warnings).as(file.toString()).isEmpty();
      }
    }
  }

  @Test
  void aConfigurationInRubyIsRefused(@TempDir Path folder) throws Exception {
    Path file = Files.writeString(folder.resolve("fluent.rb"), "source {\n  type :forward\n}\n");
    DryRuns.Outcome outcome = DryRuns.of(file);
    assertThat(outcome.status()).isEqualTo(1);
    assertThat(outcome.log()).contains("a configuration in Ruby (.rb) is not supported");
  }

  private static String lines(String log, String part) {
    return String.join("\n", log.lines().filter(line -> line.contains(part)).toList());
  }
}
