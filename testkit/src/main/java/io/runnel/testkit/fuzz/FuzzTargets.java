package io.runnel.testkit.fuzz;

import java.util.List;
import java.util.ServiceLoader;

/** The targets of one part of the project, found by {@link ServiceLoader}. */
public interface FuzzTargets {
  List<FuzzTarget> targets();

  /** All targets of the class path. */
  static List<FuzzTarget> all() {
    return ServiceLoader.load(FuzzTargets.class).stream()
        .flatMap(provider -> provider.get().targets().stream())
        .toList();
  }

  /** One target; the parts of the project behind the one that has it are not loaded. */
  static FuzzTarget named(String name) {
    return ServiceLoader.load(FuzzTargets.class).stream()
        .flatMap(provider -> provider.get().targets().stream())
        .filter(target -> target.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no target " + name + " in " + all()));
  }
}
