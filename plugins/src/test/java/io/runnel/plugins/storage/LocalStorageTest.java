package io.runnel.plugins.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.runnel.config.ConfigElement;
import io.runnel.config.ConfigException;
import io.runnel.config.PluginSection;
import io.runnel.plugin.Storage;
import io.runnel.plugins.BuiltinPlugins;
import io.runnel.testkit.Await;
import io.runnel.testkit.TestContext;
import io.runnel.testkit.TestPlugins;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalStorageTest {
  @TempDir Path dir;
  private final TestContext context = new TestContext(new BuiltinPlugins());

  private Storage open(String parameters) throws Exception {
    ConfigElement section = TestPlugins.section("storage", parameters);
    Storage storage = context.storage(new PluginSection(section, "local", true), "");
    storage.start();
    return storage;
  }

  @Test
  void keepsValuesInAJsonObject() throws Exception {
    Path file = dir.resolve("deep/state.json");
    Storage storage = open("path " + file + "\nmode 600");
    storage.put("n", 8L);
    storage.put("list", List.of(1L, "é"));
    storage.put("gone", true);
    storage.delete("gone");
    storage.stop();
    storage.close();
    assertThat(Files.readString(file)).isEqualTo("{\"n\":8,\"list\":[1,\"é\"]}");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    Storage again = open("path " + file);
    assertThat(again.get("n")).isEqualTo(8L);
    assertThat(again.get("list")).isEqualTo(List.of(1L, "é"));
    again.stop();
  }

  @Test
  void savesWhenItIsTold() throws Exception {
    Path quiet = dir.resolve("deep/quiet.json");
    Path busy = dir.resolve("busy.json");
    String often = "\nautosave_interval 0.01\nsave_at_shutdown false";
    Storage first = open("path " + quiet + often + "\nautosave false\ndir_mode 705");
    first.put("n", 1L);
    Storage second = open("path " + busy + often);
    second.put("n", 1L);
    Await.await(() -> Files.exists(busy));
    second.stop();
    first.stop();
    first.close();
    assertThat(quiet).doesNotExist();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(quiet.getParent())))
        .isEqualTo("rwx---r-x");
  }

  @Test
  void savesEachChangeWherePersistent() throws Exception {
    Path file = dir.resolve("state.json");
    Storage storage = open("path " + file + "\npersistent true\npretty_print true");
    storage.put("n", 1L);
    assertThat(Files.readString(file)).isEqualTo("{\n  \"n\": 1\n}");
    storage.stop();
  }

  @Test
  void savesAtIntervals() throws Exception {
    Path file = dir.resolve("state.json");
    Storage storage = open("path " + file + "\nautosave_interval 0.05");
    storage.put("n", 1L);
    Await.await(() -> Files.exists(file));
    storage.stop();
  }

  @Test
  void liesInTheFolderOfTheWorkerOrOfThePlugin() throws Exception {
    Storage byPath = open("path " + dir);
    byPath.put("a", 1L);
    byPath.save();
    assertThat(dir.resolve("worker0/storage.json")).exists();
    byPath.stop();
    context.pluginDir(dir.resolve("root/worker0/id"));
    Storage byId = open("");
    byId.put("a", 1L);
    byId.save();
    assertThat(dir.resolve("root/worker0/id/storage.json")).exists();
    byId.stop();
  }

  @Test
  void remembersWithoutAFile() throws Exception {
    Storage storage = open("");
    storage.put("a", Map.of("b", 1L));
    assertThat(storage.get("a")).isEqualTo(Map.of("b", 1L));
    assertThat(context.log().contains("Using on-memory store")).isTrue();
    storage.stop();
  }

  @Test
  void ignoresAnEmptyFileAndRefusesWhatIsNoObject() throws Exception {
    Path file = dir.resolve("state.json");
    Files.writeString(file, "");
    Storage storage = open("path " + file);
    assertThat(storage.get("a")).isNull();
    storage.stop();
    for (String bad : List.of("[1]", "{\"a\":")) {
      write(file, bad);
      assertThatThrownBy(() -> open("path " + file))
          .isInstanceOf(ConfigException.class)
          .hasMessageContaining("not object");
      assertThat(Files.readString(file)).isEqualTo(bad);
    }
  }

  private static void write(Path file, String text) throws IOException {
    Files.writeString(file, text);
  }
}
