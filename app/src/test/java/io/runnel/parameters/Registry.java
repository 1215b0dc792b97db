package io.runnel.parameters;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Which test notices that a parameter does nothing: one line for each, {@code parameter TAB
 * class#method}. Written by {@code scripts/check-parameters}, which has seen each of these tests
 * fail while the parameter was hidden. Lines that begin with # are comments.
 */
record Registry(Map<String, String> tests) {
  static final Path FILE = Path.of("app/src/test/resources/io/runnel/parameters.tsv");
  static final Path WITHOUT =
      Path.of("app/src/test/resources/io/runnel/parameters-without-a-test.tsv");

  static Registry read(Path root) throws IOException {
    Map<String, String> tests = new TreeMap<>();
    Path file = root.resolve(FILE);
    if (Files.exists(file)) {
      for (String line : Files.readAllLines(file)) {
        String[] parts = line.split("\t", -1);
        if (!line.startsWith("#") && parts.length == 2) {
          tests.put(parts[0], parts[1]);
        }
      }
    }
    return new Registry(tests);
  }

  void write(Path root) throws IOException {
    StringBuilder text =
        new StringBuilder(
            "# Which test fails while a parameter is hidden; written by scripts/check-parameters.\n");
    tests.forEach((name, test) -> text.append(name).append('\t').append(test).append('\n'));
    Path file = root.resolve(FILE);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  /** Takes the lines of parameters that have a test now out of the list of those without. */
  static void removeOpen(Path root, Set<String> tested) throws IOException {
    Path file = root.resolve(WITHOUT);
    List<String> lines = new ArrayList<>(Files.readAllLines(file));
    lines.removeIf(line -> tested.contains(line.split("\t", -1)[0]));
    Files.write(file, lines);
  }
}
