package io.runnel.instance;

import static org.assertj.core.api.Assertions.assertThat;

import io.runnel.host.ProcessTable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With real processes: a copy of {@code sleep} stands for the daemon. */
class InstanceProcessTest {
  @TempDir Path root;

  private final InstanceName name = new InstanceName("a");
  private final ProcessTable processes = ProcessTable.system();
  private InstanceLayout layout;
  private InstanceProcess finder;
  private Process child;

  @BeforeEach
  void prepare() throws Exception {
    layout = new InstanceLayout(root);
    finder = new InstanceProcess(layout, processes);
    Files.createDirectories(layout.stateDir(name).resolve("bin"));
    Files.createDirectories(layout.runDir());
  }

  @AfterEach
  void end() throws Exception {
    if (child != null) {
      child.destroyForcibly();
      assertThat(child.waitFor(20, TimeUnit.SECONDS)).isTrue();
    }
  }

  private void start(Path executable) throws Exception {
    child = new ProcessBuilder(executable.toString(), "60").start();
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    String expected = executable.toRealPath().toString();
    while (!processes.executable(child.pid()).map(Path::toString).orElse("").equals(expected)) {
      assertThat(System.nanoTime()).isLessThan(deadline);
      Thread.onSpinWait();
    }
  }

  private Path own() throws Exception {
    Path copy = layout.stateDir(name).resolve("bin/runnel-a");
    return Files.copy(Path.of("/bin/sleep").toRealPath(), copy, StandardCopyOption.COPY_ATTRIBUTES);
  }

  @Test
  void isFoundByItsExecutableEvenWithoutPidFile() throws Exception {
    start(own());
    assertThat(finder.find(name)).map(ProcessTable.Process::pid).contains(child.pid());
    assertThat(finder.find(new InstanceName("b"))).isEmpty();
  }

  @Test
  void pidFileThatNamesAStrangerIsNotBelieved() throws Exception {
    start(Path.of("/bin/sleep").toRealPath());
    Files.writeString(layout.pidFile(name), child.pid() + "\n");
    assertThat(finder.find(name)).isEmpty();
    assertThat(finder.hasLeftPidFile(name)).isTrue();
    Path start = layout.runDir().resolve("a.pid.start");
    long ticks = processes.find(child.pid()).orElseThrow().startTicks();
    Files.writeString(start, child.pid() + " " + (ticks - 1) + "\n");
    assertThat(finder.find(name)).isEmpty();
    Files.writeString(start, child.pid() + " " + ticks + "\n");
    assertThat(finder.find(name)).map(ProcessTable.Process::pid).contains(child.pid());
  }

  @Test
  void pidFileOfADaemonThatStoppedAsToldMeansNothing() throws Exception {
    Files.writeString(layout.pidFile(name), "4194304\n");
    Files.writeString(layout.stateFile(name), "stopping\n");
    assertThat(finder.hasLeftPidFile(name)).isTrue();
    Files.writeString(layout.stateFile(name), "stopped\n");
    assertThat(finder.hasLeftPidFile(name)).isFalse();
  }

  @Test
  void isStillFoundAfterItsExecutableWasReplaced() throws Exception {
    Path executable = own();
    start(executable);
    Files.delete(executable);
    assertThat(finder.find(name)).map(ProcessTable.Process::pid).contains(child.pid());
  }
}
