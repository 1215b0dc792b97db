package io.runnel.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.runnel.host.Ownership.OwnedException;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OwnerLocksTest {
  @TempDir Path dir;

  private final OwnerLocks locks = new OwnerLocks("here", "/etc/runnel/here.conf");

  /** A second process that claims one path and holds it until it is killed. */
  static final class Holder implements AutoCloseable {
    final java.lang.Process process;

    Holder(Path path, String what) throws IOException {
      process =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-XX:TieredStopAtLevel=1",
                  "-cp",
                  System.getProperty("java.class.path"),
                  HolderMain.class.getName(),
                  path.toString(),
                  what)
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      BufferedReader output = process.inputReader();
      assertThat(output.readLine()).isEqualTo("held");
    }

    @Override
    public void close() throws InterruptedException {
      process.destroyForcibly();
      assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    }
  }

  /** What the second process runs. */
  static final class HolderMain {
    private HolderMain() {}

    public static void main(String[] args) throws Exception {
      new OwnerLocks("there", "/etc/runnel/there.conf").claim(Path.of(args[0]), args[1]);
      System.out.println("held");
      Thread.sleep(60_000);
    }
  }

  @Test
  void secondOwnerIsRefusedWithNamePidAndConfigurationOfTheFirst() throws Exception {
    Path buffer = Files.createDirectory(dir.resolve("buffer"));
    try (Holder holder = new Holder(buffer, "buffer")) {
      assertThatThrownBy(() -> locks.claim(buffer, "buffer"))
          .isInstanceOf(OwnedException.class)
          .hasMessageContaining("there")
          .hasMessageContaining("pid " + holder.process.pid())
          .hasMessageContaining("/etc/runnel/there.conf");
    }
  }

  @Test
  void lockOfKilledProcessIsTakenOver() throws Exception {
    Path positions = dir.resolve("a.pos");
    try (Holder holder = new Holder(positions, "pos_file")) {
      assertThat(holder.process.isAlive()).isTrue();
    }
    assertThat(dir.resolve("a.pos.owner.lock")).exists();
    try (Ownership.Claim claim = locks.claim(positions, "pos_file")) {
      assertThat(claim).isNotNull();
      assertThat(dir.resolve("a.pos.owner.lock")).content().contains("instance=here");
    }
    assertThat(dir.resolve("a.pos.owner.lock")).doesNotExist();
  }

  @Test
  void oneDirectoryUnderTwoNamesIsOneLock() throws Exception {
    Path buffer = Files.createDirectory(dir.resolve("real"));
    Path link = Files.createSymbolicLink(dir.resolve("link"), buffer);
    try (Holder holder = new Holder(link, "buffer")) {
      assertThat(holder.process.isAlive()).isTrue();
      assertThatThrownBy(() -> locks.claim(buffer.resolve("buffer.*.log"), "buffer"))
          .isInstanceOf(OwnedException.class);
    }
  }

  @Test
  void claimsOfOneProcessAreCounted() throws Exception {
    Path buffer = dir.resolve("counted");
    Ownership.Claim old = locks.claim(buffer, "buffer");
    Ownership.Claim reloaded = locks.claim(buffer, "buffer");
    old.close();
    old.close(); // a second close of the same claim gives nothing back
    assertThat(buffer.resolve("owner.lock")).content().contains("instance=here");
    reloaded.close();
    assertThat(buffer.resolve("owner.lock")).doesNotExist();
    try (Holder holder = new Holder(buffer, "buffer")) {
      assertThat(holder.process.isAlive()).isTrue();
    }
  }

  @Test
  void secondClaimDoesNotDropTheKernelLock() throws Exception {
    Path buffer = dir.resolve("kept");
    try (Ownership.Claim first = locks.claim(buffer, "buffer");
        Ownership.Claim second = locks.claim(dir.resolve("kept"), "buffer")) {
      assertThat(first).isNotSameAs(second);
      second.close();
      OwnerLocks other = new OwnerLocks("other", "other.conf");
      assertThatThrownBy(() -> other.claim(buffer, "buffer"))
          .isInstanceOf(OwnedException.class)
          .hasMessageContaining("here");
      java.lang.Process rival = rival(buffer);
      assertThat(rival.waitFor(30, TimeUnit.SECONDS)).isTrue();
      assertThat(rival.exitValue()).isEqualTo(1);
    }
  }

  private static java.lang.Process rival(Path path) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            HolderMain.class.getName(),
            path.toString(),
            "buffer")
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  @Test
  void patternsWithDifferentPrefixesShareADirectory() throws Exception {
    try (Ownership.Claim a = locks.claim(dir.resolve("a.*.buffer"), "buffer");
        Ownership.Claim b = locks.claim(dir.resolve("b.*.buffer"), "buffer")) {
      assertThat(a).isNotSameAs(b);
      assertThat(dir.resolve("a.owner.lock")).exists();
      assertThat(dir.resolve("b.owner.lock")).exists();
    }
  }

  @Test
  void peekNamesALiveOwnerAndForgetsADeadOne() throws Exception {
    Path buffer = dir.resolve("peeked");
    ProcessTable processes = ProcessTable.system();
    try (Holder holder = new Holder(buffer, "buffer")) {
      assertThat(OwnerLocks.peek(buffer, "buffer", processes))
          .hasValueSatisfying(
              owner -> {
                assertThat(owner.instance()).isEqualTo("there");
                assertThat(owner.pid()).isEqualTo(holder.process.pid());
              });
    }
    assertThat(OwnerLocks.peek(buffer, "buffer", processes)).isEmpty();
    assertThat(OwnerLocks.peek(dir.resolve("none/x.pos"), "pos_file", processes)).isEmpty();
  }
}
