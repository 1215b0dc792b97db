package io.runnel.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The daemon of the built image as a process, for tests of whole paths: {@code runneld} with the
 * connectors, its buffers and its log.
 */
public final class RunnelProcess implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Path folder;
  private final ServerProcess process;

  private RunnelProcess(Path folder, ServerProcess process) {
    this.folder = folder;
    this.process = process;
  }

  /**
   * The image that {@code scripts/build-image} built; empty where there is none: skip the test
   * then, aloud.
   */
  public static Optional<Path> image() {
    String given = System.getProperty("runnel.image");
    String base = System.getProperty("runnel.basedir", "..");
    Path home = given != null ? Path.of(given) : Path.of(base, "build", "image");
    return Files.exists(home.resolve("lib/build-id"))
        ? Optional.of(home.toAbsolutePath().normalize())
        : Optional.empty();
  }

  /**
   * A daemon that is not started yet.
   *
   * @param folder for its configuration, its log, and {@code @@DIR@@} in the configuration
   * @param config the text of its configuration
   */
  public static RunnelProcess of(Path image, Path folder, String config) {
    try {
      Files.createDirectories(folder);
      Path file = folder.resolve("runnel.conf");
      Files.writeString(file, config.replace("@@DIR@@", folder.toString()));
      ServerProcess process =
          ServerProcess.of(
              folder,
              List.of(
                  image.resolve("bin/runneld").toString(),
                  "-c",
                  file.toString(),
                  "-o",
                  folder.resolve("runnel.log").toString()));
      return new RunnelProcess(folder, process);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Starts it and waits until it says that it runs. */
  public RunnelProcess start() {
    int before = count("is now running");
    process.readyWhen(() -> count("is now running") > before);
    process.start();
    return this;
  }

  /** Ends it as an operator does: the last flush is tried. */
  public void stop() {
    process.stop();
  }

  /** Ends it by SIGKILL. */
  public void kill() {
    process.kill();
  }

  public long pid() {
    return process.pid();
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /** All that it logged so far. */
  public String log() {
    Path log = folder.resolve("runnel.log");
    try {
      return Files.exists(log)
          ? new String(Files.readAllBytes(log), StandardCharsets.UTF_8)
          : process.tail();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits until the log says something. */
  public void awaitLog(String text) {
    Await.await(PATIENCE, () -> "no \"" + text + "\" in:\n" + log(), () -> log().contains(text));
  }

  private int count(String text) {
    String log = log();
    int count = 0;
    for (int at = log.indexOf(text); at >= 0; at = log.indexOf(text, at + 1)) {
      count++;
    }
    return count;
  }

  @Override
  public void close() {
    process.close();
  }
}
