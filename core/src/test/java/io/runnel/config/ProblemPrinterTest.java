package io.runnel.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ProblemPrinterTest {
  @Test
  void pointsAtTheFault() {
    Problems problems = new Problems();
    ConfigReader reader = new ConfigReader();
    reader.readText("<source>\n\tport \"a\\d\"\n</source>\n", "a.conf", Path.of(""), problems);
    assertThat(new ProblemPrinter(reader.sources()).print(problems))
        .isEqualTo(
            """
            error: unexpected back-slash escape character 'd' at a.conf line 2,9
              --> a.conf:2:9
                2 | \tport "a\\d"
                  | \t       ^
              hint: write \\\\d, or put the value in single quotes
            """);
  }

  @Test
  void survivesPlacesThatDoNotExist() {
    ProblemPrinter printer = new ProblemPrinter(Map.of("a", "x"));
    Problems problems = new Problems();
    problems.error("no", new Place("a", 7, 3), null);
    problems.error("no", new Place("/nowhere/b", 1, 1), null);
    problems.error("no", Place.NONE, "hint");
    assertThat(printer.print(problems)).contains("a:7:3").contains("hint: hint");
  }
}
