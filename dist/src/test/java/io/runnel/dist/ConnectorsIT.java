package io.runnel.dist;

import static org.assertj.core.api.Assertions.assertThat;

import io.runnel.connector.ConnectorIndex;
import io.runnel.testkit.DebianServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The connectors of the built image: found by name, documented, and loaded by whom they serve. */
class ConnectorsIT {
  private static final Path DOCS = Path.of(System.getProperty("runnel.basedir"), "docs");

  @TempDir Path folder;

  private final Image image = Image.built();

  private Image.Result runnel(String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of(image.home().resolve("bin/runnel").toString()));
    command.addAll(List.of(arguments));
    return Image.run(command, Map.of());
  }

  /** The pages of connectors and the list of all plugins; else run scripts/build-docs. */
  @Test
  void theReferenceIsUpToDate() throws Exception {
    Path pages = folder.resolve("docs/reference");
    Path examples = Files.createDirectories(folder.resolve("docs/examples/reference"));
    try (Stream<Path> files = Files.list(DOCS.resolve("examples/reference"))) {
      for (Path file : files.toList()) {
        Files.copy(file, examples.resolve(file.getFileName()));
      }
    }
    Image.Result result = runnel("plugins", "--pages", pages.toString());
    assertThat(result.status()).as(result.output()).isZero();
    assertThat(names(pages))
        .as("run scripts/build-docs")
        .isEqualTo(names(DOCS.resolve("reference")));
    for (String name : names(pages)) {
      assertThat(Files.readString(DOCS.resolve("reference").resolve(name)))
          .as(name + ": run scripts/build-docs")
          .isEqualTo(Files.readString(pages.resolve(name)));
    }
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  /** Each example that an operator may copy is built by a dry run, with the connector loaded. */
  @Test
  void theExamplesLoad() throws Exception {
    List<Path> examples = new ArrayList<>();
    try (Stream<Path> files = Files.list(DOCS.resolve("examples/connectors"))) {
      examples.addAll(files.sorted().toList());
    }
    for (ConnectorIndex connector : connectors()) {
      for (ConnectorIndex.Entry entry : connector.entries()) {
        Path file = DOCS.resolve("examples/reference").resolve(entry.exampleFile());
        if (Files.exists(file)) {
          examples.add(file);
        }
      }
    }
    List<String> wrong = new ArrayList<>();
    boolean mariaDb =
        DebianServer.program("libmariadb-java", "/usr/share/java/mariadb-java-client.jar")
            .isPresent();
    for (Path file : examples) {
      if (file.toString().contains("mysql") && !mariaDb) {
        System.out.println("skipped " + file + ": there is no libmariadb-java");
        continue;
      }
      Image.Result result = image.runneld("--dry-run", "-c", file.toString());
      if (result.status() != 0 || result.output().contains("[warn]")) {
        wrong.add(file.getFileName() + ": " + result.status() + "\n" + result.output());
      }
    }
    assertThat(wrong).isEmpty();
  }

  private List<ConnectorIndex> connectors() throws IOException {
    return ConnectorIndex.parse(Files.readString(image.home().resolve("lib/connectors.index")));
  }

  @Test
  void aConfigurationWithoutThemLoadsNothingOfThem() throws Exception {
    assertThat(loaded("<match **>\n  @type null\n</match>\n")).isEmpty();
    assertThat(
            loaded(
                "<filter **>\n  @type elasticsearch_genid\n</filter>\n"
                    + "<match **>\n  @type null\n</match>\n"))
        .anyMatch(line -> line.contains("io.runnel.connectors.elasticsearch.GenidFilter"));
  }

  /** The class-loading messages that are about connectors. */
  private List<String> loaded(String config) throws Exception {
    Path file = Files.writeString(folder.resolve("loads.conf"), config);
    Path log = folder.resolve("classes.log");
    Files.deleteIfExists(log);
    Image.Result result =
        Image.run(
            List.of(image.runneld(), "--dry-run", "-c", file.toString()),
            Map.of("JAVA_OPTS", "-Xlog:class+load:file=" + log));
    assertThat(result.status()).as(result.output()).isZero();
    return Files.readAllLines(log).stream()
        .filter(line -> line.contains("io.runnel.connectors.") || line.contains("/connectors/"))
        .toList();
  }

  @Test
  void theListOfAllNamesEachFolder() throws IOException {
    List<String> known = connectors().stream().map(ConnectorIndex::name).toList();
    assertThat(known)
        .contains("elasticsearch")
        .isEqualTo(names(image.home().resolve("connectors")));
  }
}
