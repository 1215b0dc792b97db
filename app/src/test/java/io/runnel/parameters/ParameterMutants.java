package io.runnel.parameters;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Hides each parameter from the plugins and looks whether a test notices. {@code
 * scripts/check-parameters} starts it. Arguments: the project's folder, {@code check}, {@code
 * update} or an expression that parameters' names match, an expression that the names of the test
 * classes to use match, then the folders of test classes.
 */
final class ParameterMutants {
  /** Tests tried for a parameter before it counts as untested. */
  private static final int TRIES = 8;

  private final PrintStream out = System.err;
  private final Path root;
  private final Registry known;
  private final Map<String, String> found = new TreeMap<>();
  private final Set<String> untested = new TreeSet<>();
  private List<TestRun.Outcome> tests;

  private ParameterMutants(Path root) throws IOException {
    this.root = root;
    known = Registry.read(root);
  }

  public static void main(String[] arguments) throws IOException {
    ParameterMutants mutants = new ParameterMutants(Path.of(arguments[0]));
    Set<Path> classes = new LinkedHashSet<>();
    for (int i = 3; i < arguments.length; i++) {
      classes.add(Path.of(arguments[i]));
    }
    // the tests print; only what this program says is wanted
    System.setOut(new PrintStream(PrintStream.nullOutputStream(), false));
    System.setErr(new PrintStream(PrintStream.nullOutputStream(), false));
    boolean good = mutants.run(arguments[1], arguments[2], classes);
    System.exit(good ? 0 : 1); // tests may have left threads
  }

  private boolean run(String wanted, String testNames, Set<Path> classes) throws IOException {
    tests = new ArrayList<>(TestRun.all(classes, testNames));
    out.printf(
        "%d tests, %d of them fail as they are%n",
        tests.size(), tests.stream().filter(test -> !test.passed()).count());
    tests.stream().filter(test -> !test.passed()).forEach(test -> out.println("  " + test.name()));
    tests.removeIf(test -> !test.passed());
    tests.sort(Comparator.comparingLong(TestRun.Outcome::nanos));
    boolean everything = wanted.equals("check") || wanted.equals("update");
    Set<String> names = DeclaredRoots.parameters();
    found.putAll(known.tests());
    found.keySet().retainAll(names);
    for (String name : names) {
      if (everything || Pattern.compile(wanted).matcher(name).find()) {
        examine(name);
        if (!wanted.equals("check")) {
          new Registry(found).write(root); // a run takes long: what it found is kept
        }
      }
    }
    if (!wanted.equals("check")) {
      Registry.removeOpen(root, found.keySet());
    }
    out.printf("%d parameters with a test, without: %d%n", found.size(), untested.size());
    return untested.isEmpty();
  }

  private void examine(String name) {
    System.setProperty("runnel.mutant", name);
    List<TestRun.Outcome> candidates =
        new ArrayList<>(tests.stream().filter(test -> test.parameters().contains(name)).toList());
    String first = known.tests().getOrDefault(name, "");
    candidates.sort(Comparator.comparing(test -> !test.name().equals(first)));
    for (TestRun.Outcome test : candidates.subList(0, Math.min(TRIES, candidates.size()))) {
      if (!TestRun.passes(test.id()) && isSound(test, name)) {
        found.put(name, test.name());
        return;
      }
    }
    untested.add(name);
    if (first.isEmpty() || tests.stream().anyMatch(test -> test.name().equals(first))) {
      found.remove(name);
    }
    out.printf("  %s: %s%n", name, candidates.isEmpty() ? "no test sets it" : "no test notices");
  }

  /** Whether the test passes when nothing is hidden: else it failed for a reason of its own. */
  private static boolean isSound(TestRun.Outcome test, String name) {
    System.setProperty("runnel.mutant", "");
    try {
      return TestRun.passes(test.id());
    } finally {
      System.setProperty("runnel.mutant", name);
    }
  }
}
