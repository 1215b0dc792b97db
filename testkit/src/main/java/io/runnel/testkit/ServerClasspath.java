package io.runnel.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The class path of a server that only a test needs. Its artifacts stand in a pom of their own,
 * outside the build, so that they are neither in the way of the tests' class path nor fetched by
 * those who do not run that test. Maven resolves them at the first use; the answer is kept beside
 * the pom's module in {@code target}.
 */
public final class ServerClasspath {
  private static final String GOAL =
      "org.apache.maven.plugins:maven-dependency-plugin:3.9.0:build-classpath";
  private static final long MINUTES = 10;

  private ServerClasspath() {}

  /**
   * The class path of a pom.
   *
   * @param pom such as {@code src/test/servers/opensearch/pom.xml}
   * @return empty where the artifacts cannot be had: skip the test then, aloud
   */
  public static synchronized Optional<String> of(Path pom) {
    try {
      String name = pom.toAbsolutePath().getParent().getFileName().toString();
      Path kept = Path.of("target", "servers", name + ".classpath").toAbsolutePath();
      if (isCurrent(kept, pom)) {
        return Optional.of(Files.readString(kept).strip());
      }
      Files.createDirectories(kept.getParent());
      // What is in the local repository is enough; else it is fetched.
      if (resolve(pom, kept, true) || resolve(pom, kept, false)) {
        return Optional.of(Files.readString(kept).strip());
      }
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  private static boolean isCurrent(Path kept, Path pom) throws IOException {
    if (!Files.exists(kept)
        || Files.getLastModifiedTime(kept).compareTo(Files.getLastModifiedTime(pom)) < 0) {
      return false;
    }
    for (String jar : Files.readString(kept).strip().split(":")) {
      if (!Files.exists(Path.of(jar))) {
        return false;
      }
    }
    return true;
  }

  private static boolean resolve(Path pom, Path kept, boolean offline)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("mvn", "-q", "-B"));
    if (offline) {
      command.add("-o");
    }
    command.addAll(
        List.of("-f", pom.toAbsolutePath().toString(), GOAL, "-Dmdep.outputFile=" + kept));
    Path log = kept.resolveSibling(kept.getFileName() + ".log");
    Process maven =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
            .start();
    if (!maven.waitFor(MINUTES, TimeUnit.MINUTES)) {
      maven.destroyForcibly();
      return false;
    }
    return maven.exitValue() == 0 && Files.exists(kept);
  }
}
