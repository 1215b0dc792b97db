package io.runnel.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.runnel.config.ConfigElement;
import io.runnel.config.ConfigSpec;
import io.runnel.config.Place;
import io.runnel.config.Problems;
import io.runnel.plugin.SystemSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SourceOnlyFolderTest {
  private static final String CHUNK = "buffer.b6610f17f74f6e1e1ac23f43359717fd1.log";

  @TempDir Path folder;

  private SourceOnlyFolder base(String configFile, Map<String, String> environment) {
    SystemConfig system =
        ConfigSpec.of(SystemConfig.class)
            .bind(new ConfigElement("system", "", Place.NONE), false, new Problems());
    SystemSettings settings =
        new SystemSettings(
            "runneld",
            configFile,
            Optional.empty(),
            folder,
            Optional.empty(),
            Optional.empty(),
            false,
            "host");
    return SourceOnlyFolder.of(system, settings, environment);
  }

  @Test
  void theDefaultFolderIsTheSameAtEachStartOfAnInstance() {
    Path all = folder.resolve("source-only-buffer");
    assertThat(base("/etc/a.conf", Map.of()).base()).isEqualTo(all.resolve("%2fetc%2fa.conf"));
    assertThat(base("/etc/a.conf", Map.of("RUNNEL_INSTANCE", "web")).base())
        .isEqualTo(all.resolve("web"));
    assertThat(base("/a", Map.of("RUNNEL_INSTANCE", "web", "FLUENT_INSTANCE_ID", "../../x")).base())
        .isEqualTo(all.resolve("%2e.%2f..%2fx"));
    assertThat(base("/" + "x".repeat(5000), Map.of()).base().getFileName().toString()).hasSize(200);
  }

  @Test
  void labelsLieBelowAndCannotLeaveTheFolder() {
    SourceOnlyFolder at = new SourceOnlyFolder(folder);
    assertThat(at.of("@ROOT")).isEqualTo(folder);
    assertThat(at.of("@../../etc").getParent()).isEqualTo(folder.resolve("label"));
    assertThat(at.of("..").getFileName().toString()).isEqualTo("%2e.");
  }

  @Test
  void findsWhatIsLeftByLabelAndRemovesOnlyItsOwn() throws IOException {
    SourceOnlyFolder at = new SourceOnlyFolder(folder.resolve("base"));
    assertThat(at.hasLeftOvers()).isFalse();
    Path audit = Files.createDirectories(at.of("@A").resolve("worker0"));
    Path chunk = Files.writeString(audit.resolve(CHUNK), "x");
    assertThat(at.hasLeftOvers()).isTrue();
    assertThat(at.hasChunks("@ROOT")).isFalse();
    assertThat(at.hasChunks("@A")).isTrue();

    Files.delete(chunk);
    Files.writeString(audit.resolve(".buffer.books"), "x");
    Path foreign = Files.writeString(at.base().resolve("notes.txt"), "mine");
    assertThat(at.hasLeftOvers()).isFalse();
    at.remove(audit);
    assertThat(at.base().resolve("label")).doesNotExist();
    assertThat(foreign).exists();
    Files.delete(foreign);
    at.remove(at.base());
    assertThat(at.base()).doesNotExist();
  }
}
