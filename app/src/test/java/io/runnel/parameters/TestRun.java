package io.runnel.parameters;

import static org.junit.platform.engine.discovery.ClassNameFilter.includeClassNamePatterns;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClasspathRoots;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectUniqueId;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.engine.Filter;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.Launcher;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/** Runs tests in this process, one after the other, and notes what each of them did. */
final class TestRun implements TestExecutionListener {
  /**
   * One test method.
   *
   * @param id how JUnit finds it again
   * @param name {@code class#method}
   * @param parameters what its configurations set
   */
  record Outcome(String id, String name, long nanos, boolean passed, Set<String> parameters) {}

  private final Map<String, Outcome> outcomes = new LinkedHashMap<>();
  private final Set<String> parameters = ConcurrentHashMap.newKeySet();
  private long begun;

  private TestRun() {}

  /** The tests of those classes in some folders whose full names an expression matches. */
  static List<Outcome> all(Set<Path> roots, String names) {
    return run(selectClasspathRoots(roots), includeClassNamePatterns(".*(?:" + names + ").*"));
  }

  /** One test; false where it failed. */
  static boolean passes(String id) {
    return run(List.of(selectUniqueId(id))).stream().allMatch(Outcome::passed);
  }

  private static List<Outcome> run(
      List<? extends DiscoverySelector> selectors, Filter<?>... filters) {
    TestRun listener = new TestRun();
    System.getProperties().put("runnel.parameters", listener.parameters);
    LauncherDiscoveryRequest request =
        LauncherDiscoveryRequestBuilder.request()
            .selectors(selectors)
            .filters(filters)
            .configurationParameter("junit.jupiter.execution.timeout.testable.method.default", "60")
            .build();
    Launcher launcher = LauncherFactory.create();
    launcher.execute(request, listener);
    return new ArrayList<>(listener.outcomes.values());
  }

  @Override
  public void executionStarted(TestIdentifier test) {
    if (test.isTest()) {
      parameters.clear();
      begun = System.nanoTime();
    }
  }

  @Override
  public void executionFinished(TestIdentifier test, TestExecutionResult result) {
    if (!test.isTest() || !(test.getSource().orElse(null) instanceof MethodSource source)) {
      return;
    }
    // all invocations of a parametrised test count as one test
    String id =
        test.getUniqueId().replaceFirst("/\\[(test-template|dynamic-test)-invocation.*", "");
    boolean passed = result.getStatus() == TestExecutionResult.Status.SUCCESSFUL;
    Outcome one =
        new Outcome(
            id,
            source.getClassName() + "#" + source.getMethodName(),
            System.nanoTime() - begun,
            passed,
            Set.copyOf(parameters));
    outcomes.merge(id, one, TestRun::together);
  }

  private static Outcome together(Outcome one, Outcome other) {
    Set<String> parameters = ConcurrentHashMap.newKeySet();
    parameters.addAll(one.parameters());
    parameters.addAll(other.parameters());
    return new Outcome(
        one.id(),
        one.name(),
        one.nanos() + other.nanos(),
        one.passed() && other.passed(),
        parameters);
  }
}
