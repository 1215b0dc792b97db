package io.runnel.config;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Collects the faults and warnings of a configuration, so that all are shown at once. */
public final class Problems {
  /**
   * One fault or warning.
   *
   * @param fatal false for a warning
   * @param message starts with Fluentd's own words
   * @param place where; {@link Place#NONE} where not known
   * @param hint what would be right; null where there is nothing to suggest
   */
  public record Problem(boolean fatal, String message, Place place, String hint) {}

  private final List<Problem> list = new ArrayList<>();

  public void error(String message, Place place, String hint) {
    add(new Problem(true, message, place, hint));
  }

  public void error(ConfigException e) {
    add(new Problem(true, e.getMessage(), e.place(), null));
  }

  /** Adds a problem; one that is known of that place already is left out. */
  public void add(Problem problem) {
    boolean known =
        list.stream()
            .anyMatch(
                other ->
                    other.fatal() == problem.fatal()
                        && other.message().equals(problem.message())
                        && other.place().equals(problem.place()));
    if (!known) {
      list.add(problem);
    }
  }

  public void warn(String message, Place place, String hint) {
    add(new Problem(false, message, place, hint));
  }

  public boolean hasErrors() {
    return list.stream().anyMatch(Problem::fatal);
  }

  /** Number of faults so far, warnings not counted. */
  public int errors() {
    return (int) list.stream().filter(Problem::fatal).count();
  }

  /**
   * Ends with the first fault, where there is one.
   *
   * @throws ConfigException with its message and place
   */
  public void throwFirst() {
    for (Problem problem : list) {
      if (problem.fatal()) {
        throw new ConfigException(problem.message(), problem.place());
      }
    }
  }

  public List<Problem> all() {
    return Collections.unmodifiableList(list);
  }
}
