package io.runnel.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Each message of level error has an entry in docs/operations.md. */
class OperationsPageTest {
  private static final Path BASE = Path.of(System.getProperty("runnel.basedir", ".."));

  /** A call for a log, and how its first argument begins: a literal, or something else. */
  private static final Pattern CALL =
      Pattern.compile("\\blog(?:\\(\\))?\\s*\\.error\\(\\s*(?:\"((?:[^\"\\\\]|\\\\.)*)\"|[\\w.])");

  @Test
  void everyErrorIsExplained() throws IOException {
    String page = Files.readString(BASE.resolve("docs/operations.md"));
    List<String> missing = new ArrayList<>();
    int calls = 0;
    for (Path source : sources()) {
      Matcher call = CALL.matcher(Files.readString(source));
      String type = source.getFileName().toString().replace(".java", "");
      while (call.find()) {
        calls++;
        // where the text is put together somewhere else the entry names the class that writes it
        String wanted = call.group(1) == null ? "written by `" + type + "`" : call.group(1);
        if (!page.contains(wanted.strip())) {
          missing.add(type + ": " + wanted);
        }
      }
    }
    assertThat(missing).as("add them to docs/operations.md").isEmpty();
    assertThat(calls).isGreaterThan(30);
  }

  private static List<Path> sources() throws IOException {
    try (Stream<Path> tree = Files.walk(BASE)) {
      return tree.filter(file -> file.toString().endsWith(".java"))
          .filter(file -> file.toString().contains("src/main/java"))
          .filter(file -> !file.toString().contains("testkit"))
          .toList();
    }
  }
}
