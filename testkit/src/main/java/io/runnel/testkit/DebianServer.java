package io.runnel.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Servers that Debian has, for tests that run them in a folder of their own as another user than
 * root, which they refuse. A package that is missing is installed where that is allowed.
 */
public final class DebianServer {
  private static final long PATIENCE_MINUTES = 8;

  private DebianServer() {}

  /**
   * The program of a server.
   *
   * @param packageName Debian's package that has it
   * @param pattern where it is, with {@code *} for a part of the path that may differ
   * @return empty where it is not there and cannot be installed: skip the test then, aloud
   */
  public static synchronized Optional<Path> program(String packageName, String pattern) {
    Optional<Path> found = find(pattern);
    if (found.isPresent() || !isRoot() || find("/usr/bin/apt-get").isEmpty()) {
      return found;
    }
    System.out.println("installing " + packageName + " for a test");
    List<String> install =
        List.of("apt-get", "install", "-y", "-qq", "--no-install-recommends", packageName);
    if (!run(install) && run(List.of("apt-get", "update", "-qq"))) {
      run(install);
    }
    return find(pattern);
  }

  private static boolean isRoot() {
    return "root".equals(System.getProperty("user.name"));
  }

  private static Optional<Path> find(String pattern) {
    Path folder = Path.of("/");
    PathMatcher matcher = FileSystems.getDefault().getPathMatcher("glob:" + pattern);
    return find(folder, Path.of(pattern), 0, matcher);
  }

  private static Optional<Path> find(Path folder, Path pattern, int depth, PathMatcher matcher) {
    if (depth == pattern.getNameCount()) {
      return matcher.matches(folder) ? Optional.of(folder) : Optional.empty();
    }
    List<Path> next = new ArrayList<>();
    if (Files.isDirectory(folder)) {
      try (DirectoryStream<Path> all =
          Files.newDirectoryStream(folder, pattern.getName(depth).toString())) {
        all.forEach(next::add);
      } catch (IOException e) {
        return Optional.empty(); // nothing for us to read
      }
    }
    return next.stream()
        .flatMap(path -> find(path, pattern, depth + 1, matcher).stream())
        .max(Path::compareTo);
  }

  /**
   * What stands in front of a command so that it runs as a user. The process stays the same, so
   * that a signal reaches the server.
   */
  public static List<String> as(String user) {
    return isRoot()
        ? List.of("setpriv", "--reuid=" + user, "--regid=" + user, "--clear-groups", "--")
        : List.of();
  }

  /** An empty folder that belongs to the user; to be deleted by {@link #delete}. */
  public static Path folder(String name, String user) {
    try {
      Path folder = Files.createTempDirectory("runnel-" + name + "-");
      Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
      if (isRoot()) {
        UserPrincipal owner =
            folder.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(user);
        Files.setOwner(folder, owner);
      }
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Deletes a folder with all that is in it, as far as it can. */
  public static void delete(Path folder) {
    run(List.of("rm", "-rf", folder.toString()));
  }

  /**
   * Runs a command to its end.
   *
   * @return whether it ended with 0
   */
  public static boolean run(List<String> command) {
    try {
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
      builder.environment().put("DEBIAN_FRONTEND", "noninteractive");
      Process process = builder.start();
      if (!process.waitFor(PATIENCE_MINUTES, TimeUnit.MINUTES)) {
        process.destroyForcibly();
        return false;
      }
      return process.exitValue() == 0;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }
}
