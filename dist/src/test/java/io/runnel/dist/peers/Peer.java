package io.runnel.dist.peers;

import io.runnel.dist.Image;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;

/** Programs of others: found on this machine, installed where that is possible, or done without. */
final class Peer {
  private static final Map<String, String> QUIET =
      Map.of("DEBIAN_FRONTEND", "noninteractive", "RUNLEVEL", "1");

  private Peer() {}

  static boolean isOnPath(String command) {
    return Arrays.stream(System.getenv("PATH").split(":"))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, command)));
  }

  /**
   * Skips the test, aloud, where a command is neither there nor in a Debian package that can be
   * installed.
   */
  static void debian(String command, String debianPackage) throws Exception {
    if (!isOnPath(command)) {
      install(debianPackage);
    }
    Assumptions.assumeTrue(isOnPath(command), "no " + command + ": install " + debianPackage);
  }

  /** Installs a Debian package where this process may. */
  static void install(String debianPackage) throws Exception {
    Assumptions.assumeTrue(
        isOnPath("apt-get") && Files.isWritable(Path.of("/var/lib/dpkg")),
        debianPackage + " is not installed, and cannot be by this user");
    System.out.println("installing " + debianPackage + " for a test");
    List<String> get =
        List.of("apt-get", "install", "-y", "-qq", "--no-install-recommends", debianPackage);
    if (Image.run(get, QUIET).status() != 0) {
      Image.run(List.of("apt-get", "update", "-qq"), QUIET);
      Image.Result second = Image.run(get, QUIET);
      Assumptions.assumeTrue(
          second.status() == 0, debianPackage + " cannot be installed: " + second.output().strip());
    }
  }

  /** Where the scripts beside these tests are. */
  static Path scripts() {
    return Path.of(System.getProperty("runnel.basedir"), "dist", "src", "test", "peers");
  }
}
