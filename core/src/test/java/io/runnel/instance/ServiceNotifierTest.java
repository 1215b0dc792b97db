package io.runnel.instance;

import static org.assertj.core.api.Assertions.assertThat;

import io.runnel.log.Log;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServiceNotifierTest {
  @Test
  void stateFileTellsEachReloadApart(@TempDir Path dir) {
    Path file = dir.resolve("a.state");
    ServiceNotifier notifier =
        ServiceNotifier.of(Map.of("RUNNEL_STATE_FILE", file.toString()), Log.none());
    notifier.running();
    assertThat(file).hasContent("running");
    notifier.reloaded();
    assertThat(file).hasContent("running reloaded 1");
    notifier.reloadFailed();
    assertThat(file).hasContent("running reload-failed 2");
    notifier.stopping();
    assertThat(file).hasContent("stopping");
    notifier.stopped();
    assertThat(file).hasContent("stopping");
    ServiceNotifier.of(
            Map.of("RUNNEL_STATE_FILE", file.toString(), "RUNNEL_MANAGED", "1"), Log.none())
        .stopped();
    assertThat(file).hasContent("stopped");
  }

  @Test
  void doesNothingWithoutAnyoneToTell(@TempDir Path dir) {
    ServiceNotifier.of(Map.of(), Log.none()).running();
    assertThat(dir).isEmptyDirectory();
  }
}
