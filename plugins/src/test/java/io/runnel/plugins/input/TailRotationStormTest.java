package io.runnel.plugins.input;

import static org.assertj.core.api.Assertions.assertThat;

import io.runnel.plugin.Input;
import io.runnel.testkit.Await;
import io.runnel.testkit.TestContext;
import io.runnel.testkit.TestPlugins;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * More rotations than are told: the JDK keeps 512 changes of a folder, then says that some came.
 */
class TailRotationStormTest {
  private static final int ROTATIONS = 300; // each at least two names that go or come

  @TempDir Path dir;
  private final TestContext context = new TestContext(new TailInputTest.Catalog());
  private final List<String> written = new ArrayList<>();
  private Input input;

  @AfterEach
  void stop() {
    input.stop();
    input.close();
    context.close();
  }

  private void start(String parameters) throws Exception {
    input =
        TestPlugins.input(
            TailInput.TYPE,
            "tag t\npos_file "
                + dir.resolve("pos")
                + "\nread_from_head true\nrotate_wait 1\n"
                + parameters
                + "\n<parse>\n@type line\n</parse>\n",
            context);
    input.start();
  }

  private void write(String name, String line) throws IOException {
    written.add(line);
    Files.writeString(
        dir.resolve(name), line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  private List<String> messages() {
    return context.emitter().records().stream().map(r -> String.valueOf(r.get("message"))).toList();
  }

  private void awaitAll() {
    Await.await(
        Await.DEADLINE,
        () -> messages().size() + " of " + written.size(),
        () -> messages().size() >= written.size());
    assertThat(messages()).containsExactlyInAnyOrderElementsOf(written);
  }

  private void rotate(int times) throws IOException {
    for (int i = 0; i < times; i++) {
      Files.move(dir.resolve("app.log"), dir.resolve("app.log." + i));
      write("app.log", "storm " + i);
    }
  }

  @Test
  void whileTheReaderIsHeld() throws Exception {
    write("app.log.old", "of another time");
    written.clear();
    write("app.log", "first");
    start("path " + dir.resolve("app.log"));
    awaitAll();
    context.emitter().block(true);
    write("app.log", "held");
    rotate(ROTATIONS);
    context.emitter().block(false);
    awaitAll();
  }

  @Test
  void ofFilesThatAWildcardFindsAndThatShiftTheirNames() throws Exception {
    write("app.log", "first");
    start("path " + dir.resolve("*.log"));
    awaitAll();
    context.emitter().block(true);
    write("app.log", "held");
    for (int i = 0; i < 60; i++) {
      for (int name = Math.min(i, 8); name > 0; name--) {
        Files.move(
            dir.resolve("app.log." + name),
            dir.resolve("app.log." + (name + 1)),
            StandardCopyOption.REPLACE_EXISTING);
      }
      Files.move(dir.resolve("app.log"), dir.resolve("app.log.1"));
      write("app.log", "storm " + i);
    }
    context.emitter().block(false);
    // of the 60 files ten are left: of what the others held, hardly anything could be read
    List<String> all = List.copyOf(written);
    written.removeIf(line -> line.startsWith("storm") && Integer.parseInt(line.substring(6)) < 50);
    Await.await(Await.DEADLINE, () -> messages().toString(), () -> messages().containsAll(written));
    assertThat(messages()).doesNotHaveDuplicates().isSubsetOf(all);
  }

  @Test
  void inAFolderThatIsNotWatched() throws Exception {
    write("app.log", "first");
    start("path " + dir.resolve("app.log") + "\nenable_stat_watcher false");
    awaitAll();
    rotate(20);
    awaitAll();
    rotate(0);
    awaitAll();
  }

  @Test
  void copiesOfATruncatedFileAreNotReadAgain() throws Exception {
    write("app.log", "first");
    start("path " + dir.resolve("app.log"));
    awaitAll();
    context.emitter().block(true);
    write("app.log", "held");
    for (int i = 0; i < ROTATIONS; i++) {
      Files.copy(
          dir.resolve("app.log"), dir.resolve("app.log.1"), StandardCopyOption.REPLACE_EXISTING);
    }
    context.emitter().block(false);
    awaitAll();
    write("app.log", "after");
    awaitAll();
  }
}
