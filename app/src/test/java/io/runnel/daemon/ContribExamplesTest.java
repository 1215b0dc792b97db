package io.runnel.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The examples of docs/plugins.md load as they are, without a stub and without a warning. */
class ContribExamplesTest {
  private static final Path DOCS = Path.of("..", "docs");
  private static final String INSECURE = "'insecure' mode has vulnerability";

  private static List<Path> examples() throws IOException {
    try (Stream<Path> files = Files.list(DOCS.resolve("examples/contrib"))) {
      return files.sorted().toList();
    }
  }

  @Test
  void eachIsBuiltByADryRun() throws Exception {
    List<String> wrong = new ArrayList<>();
    for (Path file : examples()) {
      DryRuns.Outcome outcome = DryRuns.of(file);
      List<String> warnings =
          outcome.warnings().stream()
              .filter(warning -> !warning.contains(INSECURE)) // the example needs no certificate
              .toList();
      if (outcome.status() != 0 || !warnings.isEmpty()) {
        wrong.add(file.getFileName() + ": " + outcome.status() + "\n" + outcome.log());
      }
    }
    assertThat(wrong).isEmpty();
    assertThat(examples()).hasSizeGreaterThan(10);
  }

  @Test
  void thePageNamesEach() throws IOException {
    String page = Files.readString(DOCS.resolve("plugins.md"));
    for (Path file : examples()) {
      assertThat(page).contains("(examples/contrib/" + file.getFileName() + ")");
    }
  }
}
