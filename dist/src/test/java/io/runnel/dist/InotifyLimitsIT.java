package io.runnel.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A daemon in a user namespace of its own, where inotify's limits are lowered for it alone: tail
 * says so and goes on by looking at the files.
 */
class InotifyLimitsIT {
  @TempDir Path folder;

  private final Image image = Image.built();
  private Process process;

  @AfterEach
  void kill() throws InterruptedException {
    if (process != null) {
      process.destroyForcibly();
      process.waitFor(10, TimeUnit.SECONDS);
    }
  }

  private Path log() {
    return folder.resolve("out.log");
  }

  private void append(String name, String line) throws IOException {
    Files.createDirectories(folder.resolve(name).getParent());
    Files.writeString(
        folder.resolve(name), line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  private void start(String limit, int value) throws Exception {
    Image.Result tried = Image.run(lowered(limit, value, "true"), Map.of());
    Assumptions.assumeTrue(
        tried.status() == 0, "no user namespaces here, or no limits in them: " + tried.output());
    append("a/app.log", "a 0");
    append("b/app.log", "b 0");
    Path config = folder.resolve("tail.conf");
    Files.writeString(
        config,
        """
        <source>
          @type tail
          path %1$s/a/app.log,%1$s/b/app.log
          pos_file %1$s/pos
          tag t
          read_from_head true
          <parse>
            @type none
          </parse>
        </source>
        <match t>
          @type stdout
        </match>
        """
            .formatted(folder));
    List<String> command = lowered(limit, value, "exec " + image.runneld() + " -c " + config);
    process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(log().toFile())
            .redirectInput(Path.of("/dev/null").toFile())
            .start();
  }

  private static List<String> lowered(String limit, int value, String then) {
    return List.of(
        "unshare",
        "-Ur",
        "sh",
        "-c",
        "echo " + value + " > /proc/sys/user/" + limit + " && " + then);
  }

  private void awaitLine(String text) throws InterruptedException {
    Image.await(text + " in\n" + Image.read(log()), () -> Image.read(log()).contains(text));
  }

  private void isReadOverRotations() throws Exception {
    awaitLine("a 0");
    awaitLine("b 0");
    for (int i = 1; i <= 5; i++) {
      for (String name : List.of("a", "b")) {
        Files.move(
            folder.resolve(name + "/app.log"), folder.resolve(name + "/app.log-2026010" + i));
        append(name + "/app.log", name + " " + i);
      }
    }
    for (int i = 1; i <= 5; i++) {
      awaitLine("a " + i);
      awaitLine("b " + i);
    }
  }

  @Test
  void withoutAnyInstanceTheFilesAreLookedAt() throws Exception {
    start("max_inotify_instances", 0);
    isReadOverRotations();
    assertThat(Image.read(log())).contains("fs.inotify.max_user_instances");
  }

  @Test
  void withTooFewWatchesTheOtherFoldersAreLookedAt() throws Exception {
    start("max_inotify_watches", 1);
    isReadOverRotations();
    assertThat(Image.read(log())).containsOnlyOnce("fs.inotify.max_user_watches");
  }
}
