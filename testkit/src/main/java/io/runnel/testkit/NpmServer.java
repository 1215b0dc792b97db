package io.runnel.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Servers that npm has, pinned by a {@code package-lock.json}; for tests in connectors. */
public final class NpmServer {
  private static final long PATIENCE_SECONDS = 300;

  private NpmServer() {}

  /**
   * The command that starts a server's program with node; installs what is missing.
   *
   * @param folder with {@code package.json} and {@code package-lock.json}, such as {@code
   *     src/test/servers/kinesalite}
   * @param script the program below {@code node_modules}
   * @return empty where node or npm is missing or npm cannot install: skip the test then, aloud
   */
  public static Optional<List<String>> command(Path folder, String script) {
    Path target = Path.of("target", "npm", folder.getFileName().toString()).toAbsolutePath();
    try {
      Path program = target.resolve("node_modules").resolve(script);
      if (!Files.exists(program)) {
        Files.createDirectories(target);
        for (String name : List.of("package.json", "package-lock.json")) {
          Files.deleteIfExists(target.resolve(name));
          Files.copy(folder.resolve(name), target.resolve(name));
        }
        run(
            target,
            List.of("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"));
      }
      return Files.exists(program)
          ? Optional.of(new ArrayList<>(List.of("node", program.toString())))
          : Optional.empty();
    } catch (IOException e) {
      return Optional.empty(); // no npm here, or no place
    }
  }

  private static void run(Path folder, List<String> command) throws IOException {
    Process process =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
