package io.runnel.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessTableTest {
  private final ProcessTable table = ProcessTable.system();

  @Test
  void sameChildIsAliveUntilItEndsAndNeverUnderAnotherStartTime() throws Exception {
    Process child = new ProcessBuilder("sleep", "60").start();
    ProcessTable.Process seen = table.find(child.pid()).orElseThrow();
    try {
      assertThat(seen.parent()).isEqualTo(ProcessHandle.current().pid());
      assertThat(table.isAlive(seen.pid(), seen.startTicks())).isTrue();
      assertThat(table.isAlive(seen.pid(), seen.startTicks() - 1)).isFalse();
    } finally {
      child.destroyForcibly();
      assertThat(child.waitFor(20, TimeUnit.SECONDS)).isTrue();
    }
    assertThat(table.isAlive(seen.pid(), seen.startTicks())).isFalse();
  }

  @Test
  void nameWithSpacesAndParenthesesIsRead(@TempDir Path proc) throws Exception {
    Path stat = Files.createDirectory(proc.resolve("7")).resolve("stat");
    Files.writeString(
        stat,
        "7 (a) b (c) T 1 7 7 0 -1 4194560 1 0 0 0 12 30 0 0 20 0 1 0 98765 1000 25"
            + " 18446744073709551615\n");
    ProcessTable.Process process = new ProcessTable(proc).find(7).orElseThrow();
    assertThat(process.command()).isEqualTo("a) b (c");
    assertThat(process.state()).isEqualTo('T');
    assertThat(process.startTicks()).isEqualTo(98765);
    assertThat(process.cpuTicks()).isEqualTo(42);
    assertThat(process.residentBytes()).isEqualTo(25 * 4096);
  }

  @Test
  void executableAndCommandLineOfThisProcess() {
    long self = ProcessHandle.current().pid();
    assertThat(table.executable(self)).hasValueSatisfying(exe -> assertThat(exe).exists());
    assertThat(table.commandLine(self)).isNotEmpty();
    assertThat(table.find(Long.MAX_VALUE)).isEmpty();
  }
}
