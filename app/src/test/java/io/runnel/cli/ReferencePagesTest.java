package io.runnel.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * {@code docs/reference} is what the declarations of the built-in plugins say; else run
 * scripts/build-docs. The pages of the connectors and the list of all are compared where the
 * connectors are (io.runnel.dist.ConnectorsIT).
 */
class ReferencePagesTest {
  private static final Path DOCS = Path.of("..", "docs").toAbsolutePath().normalize();

  @Test
  void thePagesAreUpToDate() throws IOException {
    Map<String, String> made =
        new TreeMap<>(new ReferencePages(DOCS.resolve("examples/reference")).pages());
    Map<String, String> kept = new TreeMap<>();
    try (Stream<Path> files = Files.list(DOCS.resolve("reference"))) {
      for (Path file : files.toList()) {
        kept.put(file.getFileName().toString(), Files.readString(file));
      }
    }
    assertThat(kept.keySet()).as("run scripts/build-docs").containsAll(made.keySet());
    made.remove("README.md");
    made.forEach(
        (name, text) ->
            assertThat(kept.get(name)).as(name + ": run scripts/build-docs").isEqualTo(text));
  }

  @Test
  void everyExampleBelongsToAPage() throws IOException {
    Map<String, String> pages = new ReferencePages(DOCS.resolve("examples/reference")).pages();
    try (Stream<Path> files = Files.list(DOCS.resolve("examples/reference"))) {
      for (Path file : files.toList()) {
        String name = file.getFileName().toString().replaceAll("\\.conf$", ".md");
        if (pages.containsKey(name)) {
          assertThat(pages.get(name)).as(name).contains(Files.readString(file).strip());
        }
      }
    }
  }
}
