package io.runnel.instance;

import static org.assertj.core.api.Assertions.assertThat;

import io.runnel.log.Log;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReadinessTest {
  @Test
  void stateFileTellsEachReloadApart(@TempDir Path dir) {
    Path file = dir.resolve("a.state");
    Readiness readiness = Readiness.of(Map.of("RUNNEL_STATE_FILE", file.toString()), Log.none());
    readiness.running();
    assertThat(file).hasContent("running");
    readiness.reloaded();
    assertThat(file).hasContent("running reloaded 1");
    readiness.reloadFailed();
    assertThat(file).hasContent("running reload-failed 2");
    readiness.stopping();
    assertThat(file).hasContent("stopping");
  }

  @Test
  void doesNothingWithoutAnyoneToTell(@TempDir Path dir) {
    Readiness.of(Map.of(), Log.none()).running();
    assertThat(dir).isEmptyDirectory();
  }
}
