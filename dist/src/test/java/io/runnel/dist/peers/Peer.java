package io.runnel.dist.peers;

import io.runnel.testkit.DebianPackages;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;

/** Programs of others: found on this machine, installed where that is possible, or done without. */
final class Peer {
  private Peer() {}

  static boolean isOnPath(String command) {
    return DebianPackages.isOnPath(command);
  }

  /**
   * Skips the test, aloud, where a command is neither there nor in a Debian package that can be
   * installed.
   */
  static void debian(String command, String debianPackage) {
    skipFor(DebianPackages.provide(command, debianPackage));
  }

  /** Installs a Debian package where this process may. */
  static void install(String debianPackage) {
    skipFor(DebianPackages.install(debianPackage));
  }

  private static void skipFor(Optional<String> missing) {
    Assumptions.assumeTrue(missing.isEmpty(), () -> missing.orElse(""));
  }

  /** Where the scripts beside these tests are. */
  static Path scripts() {
    return Path.of(System.getProperty("runnel.basedir"), "dist", "src", "test", "peers");
  }
}
