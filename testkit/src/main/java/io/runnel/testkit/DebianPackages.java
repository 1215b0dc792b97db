package io.runnel.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Programs of others for tests: found on this machine, or installed where that is possible. */
public final class DebianPackages {
  private static final long PATIENCE_MINUTES = 10;

  private DebianPackages() {}

  public static boolean isOnPath(String command) {
    return Arrays.stream(System.getenv("PATH").split(":"))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, command)));
  }

  /**
   * Sees to it that a command is there; says aloud what it installs.
   *
   * @return why it is not there, so that the test can be skipped with it; empty where it is
   */
  public static synchronized Optional<String> provide(String command, String debianPackage) {
    if (isOnPath(command)) {
      return Optional.empty();
    }
    Optional<String> missing = install(debianPackage);
    return missing.isEmpty() && !isOnPath(command)
        ? Optional.of("no " + command + ": install " + debianPackage)
        : missing;
  }

  /**
   * Installs a package where this process may.
   *
   * @return why it could not; empty where it is installed now
   */
  public static synchronized Optional<String> install(String debianPackage) {
    if (!isOnPath("apt-get") || !Files.isWritable(Path.of("/var/lib/dpkg"))) {
      return Optional.of(debianPackage + " is not installed, and cannot be by this user");
    }
    System.out.println("installing " + debianPackage + " for a test");
    List<String> get =
        List.of("apt-get", "install", "-y", "-qq", "--no-install-recommends", debianPackage);
    try {
      if (run(get)) {
        return Optional.empty();
      }
      run(List.of("apt-get", "update", "-qq"));
      return run(get) ? Optional.empty() : Optional.of(debianPackage + " cannot be installed");
    } catch (IOException e) {
      return Optional.of(debianPackage + " cannot be installed: " + e.getMessage());
    }
  }

  private static boolean run(List<String> command) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectInput(Path.of("/dev/null").toFile())
            .redirectOutput(ProcessBuilder.Redirect.DISCARD);
    builder.environment().put("DEBIAN_FRONTEND", "noninteractive");
    builder.environment().put("RUNLEVEL", "1");
    Process process = builder.start();
    try {
      if (!process.waitFor(PATIENCE_MINUTES, TimeUnit.MINUTES)) {
        process.destroyForcibly();
        return false;
      }
      return process.exitValue() == 0;
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
