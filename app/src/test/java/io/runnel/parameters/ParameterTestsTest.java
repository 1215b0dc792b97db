package io.runnel.parameters;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * Each parameter of each plugin has a test that was seen to fail while the parameter was hidden
 * ({@code parameters.tsv}), or stands with a reason in {@code parameters-without-a-test.tsv}.
 */
class ParameterTestsTest {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

  private static Map<String, String> without() throws IOException {
    Map<String, String> reasons = new TreeMap<>();
    for (String line : Files.readAllLines(ROOT.resolve(Registry.WITHOUT))) {
      if (!line.startsWith("#")) {
        String[] parts = line.split("\t", -1);
        assertThat(parts).as(line).hasSize(2).doesNotContain("");
        assertThat(reasons.put(parts[0], parts[1])).as("twice: " + line).isNull();
      }
    }
    return reasons;
  }

  @Test
  void everyParameterHasATestOrAReasonWhyNot() throws IOException {
    Set<String> missing = new TreeSet<>(DeclaredRoots.parameters());
    missing.removeAll(Registry.read(ROOT).tests().keySet());
    missing.removeAll(without().keySet());
    assertThat(missing)
        .as("write a test that sets it, then run scripts/check-parameters with its name")
        .isEmpty();
  }

  @Test
  void theListsNameNoOtherParametersAndNoneTwice() throws IOException {
    Set<String> declared = DeclaredRoots.parameters();
    assertThat(declared).hasSizeGreaterThan(500);
    assertThat(declared).containsAll(Registry.read(ROOT).tests().keySet());
    assertThat(declared).containsAll(without().keySet());
    assertThat(without().keySet())
        .doesNotContainAnyElementsOf(Registry.read(ROOT).tests().keySet());
  }

  @Test
  void theTestsAreThere() throws IOException {
    List<String> gone = new ArrayList<>();
    for (String test : new HashSet<>(Registry.read(ROOT).tests().values())) {
      String name = test.substring(0, test.indexOf('#'));
      String method = test.substring(test.indexOf('#') + 1);
      String file = name.replaceFirst("\\$.*", "").replace('.', '/') + ".java";
      boolean there = false;
      for (String module : List.of("core", "testkit", "plugins", "app")) {
        Path source = ROOT.resolve(module).resolve("src/test/java").resolve(file);
        there |= Files.exists(source) && Files.readString(source).contains("void " + method + "(");
      }
      if (!there) {
        gone.add(test);
      }
    }
    assertThat(gone).as("run scripts/check-parameters for what these tests tested").isEmpty();
  }
}
