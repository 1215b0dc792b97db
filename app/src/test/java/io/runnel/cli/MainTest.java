package io.runnel.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands that need no running daemon, with the real service script. */
class MainTest {
  private static final Path PACKAGING =
      Path.of(System.getProperty("runnel.basedir", "..")).resolve("packaging");

  @TempDir Path dir;

  private Path root;
  private Path home;
  private String out;
  private String err;

  @BeforeEach
  void prepare() throws IOException {
    root = Files.createDirectory(dir.resolve("root"));
    home = Files.createDirectory(dir.resolve("home"));
    for (String file :
        List.of(
            "bin/runnel-service", "default/runnel", "init.d/runnel", "systemd/runnel@.service")) {
      Path target = home.resolve(file);
      Files.createDirectories(target.getParent());
      Files.copy(PACKAGING.resolve(file), target);
      assertThat(target.toFile().setExecutable(true)).isTrue();
    }
    // A daemon that is content with every configuration.
    Path daemon = Files.writeString(home.resolve("bin/runneld"), "#!/bin/sh\nexit 0\n");
    assertThat(daemon.toFile().setExecutable(true)).isTrue();
    Files.createSymbolicLink(home.resolve("runtime"), Path.of(System.getProperty("java.home")));
  }

  /** JUnit warns of links that lead out of a temporary folder. */
  @AfterEach
  void deleteLinks() throws IOException {
    try (Stream<Path> tree = Files.walk(dir)) {
      for (Path link : tree.filter(Files::isSymbolicLink).toList()) {
        Files.delete(link);
      }
    }
  }

  private int runnel(String... arguments) {
    ByteArrayOutputStream outBytes = new ByteArrayOutputStream();
    ByteArrayOutputStream errBytes = new ByteArrayOutputStream();
    List<String> all = new ArrayList<>(List.of(arguments));
    all.add("--root");
    all.add(root.toString());
    int status =
        Main.run(
            all,
            Map.of("RUNNEL_HOME", home.toString()),
            new PrintStream(outBytes, true, StandardCharsets.UTF_8),
            new PrintStream(errBytes, true, StandardCharsets.UTF_8));
    out = outBytes.toString(StandardCharsets.UTF_8);
    err = errBytes.toString(StandardCharsets.UTF_8);
    return status;
  }

  private List<String> files() throws IOException {
    try (Stream<Path> tree = Files.walk(root)) {
      return tree.filter(path -> !Files.isDirectory(path))
          .map(path -> root.relativize(path).toString())
          .sorted()
          .toList();
    }
  }

  @Test
  void createTakesAConfigurationAsItIs() throws Exception {
    Path config = dir.resolve("old.conf");
    String text = "<source>\r\n  type forward # here\r\n</source>\r\n";
    Files.writeString(config, text);
    assertThat(runnel("instance", "create", "a", "--config", config.toString())).isZero();
    assertThat(Files.readString(root.resolve("etc/runnel/a.conf"))).isEqualTo(text);
    assertThat(root.resolve("etc/default/runnel-a")).content().contains("DAEMON_ARGS=\"--config ");
    assertThat(root.resolve("etc/init.d/runnel-a")).isExecutable();
    assertThat(root.resolve("var/lib/runnel/a/bin/runnel-a")).isExecutable();
    assertThat(runnel("instance", "create", "a")).isEqualTo(1);
    assertThat(err).contains("exists already");
  }

  @Test
  void brokenConfigurationIsRefusedAndNothingIsLeftBehind() throws Exception {
    Path config = dir.resolve("broken.conf");
    Files.writeString(config, "<source>\n  @type http\n</match>\n");
    assertThat(runnel("instance", "create", "a", "--config", config.toString())).isEqualTo(1);
    assertThat(err).contains("broken.conf:3").contains("^");
    assertThat(files()).isEmpty();
  }

  @Test
  void copyThatCannotBeMovedIsRefusedAndNothingIsLeftBehind() throws Exception {
    assertThat(runnel("instance", "create", "a")).isZero();
    List<String> before = files();
    assertThat(runnel("instance", "create", "b", "--from", "a", "--shift-ports", "0")).isEqualTo(1);
    assertThat(err).contains("cannot become");
    assertThat(files()).isEqualTo(before);
  }

  @Test
  void copyPrintsWhatMoved() throws Exception {
    assertThat(runnel("instance", "create", "a")).isZero();
    assertThat(runnel("instance", "create", "b", "--from", "a", "--json")).isZero();
    assertThat(out)
        .contains("\"moved\"")
        .contains("\"parameter\": \"port\"")
        .contains(root.resolve("var/lib/runnel/b/buffer/out_file").toString());
    assertThat(root.resolve("etc/runnel/b.conf")).content().doesNotContain("runnel/a/");
  }

  @Test
  void listStatusAndRemove() throws Exception {
    assertThat(runnel("instance", "list")).isZero();
    assertThat(out).contains("no instances");
    assertThat(runnel("instance", "create", "a")).isZero();
    assertThat(runnel("instance", "list", "--json")).isZero();
    assertThat(out).contains("\"name\": \"a\"").contains("\"state\": \"stopped\"");
    assertThat(runnel("instance", "status", "a")).isEqualTo(3);
    assertThat(out).contains("runnel-a is not running");
    Files.writeString(root.resolve("run/runnel/a.pid"), "1\n");
    assertThat(runnel("instance", "status", "a")).isEqualTo(1);
    assertThat(out).contains("dead");
    assertThat(runnel("instance", "remove", "a", "--yes")).isZero();
    assertThat(files()).isEmpty();
    assertThat(runnel("instance", "status", "a")).isEqualTo(2);
  }

  @Test
  void statusCountsBufferedBytes() throws Exception {
    assertThat(runnel("instance", "create", "a")).isZero();
    Path buffer = Files.createDirectories(root.resolve("var/lib/runnel/a/buffer/out_file"));
    String id = "%016x%016x".formatted(1_700_000_000_000_000L << 12, 7L);
    Files.writeString(buffer.resolve("buffer.b" + id + ".log"), "12345");
    Files.writeString(buffer.resolve("buffer.b" + id + ".log.meta"), "not counted");
    assertThat(runnel("instance", "status", "a", "--json")).isEqualTo(3);
    assertThat(out)
        .contains("\"buffered_bytes\": 5")
        .contains("\"buffered_chunks\": 1")
        .contains("\"oldest_unsent\": \"2023-11-14T22:13:20Z\"");
    assertThat(runnel("instance", "remove", "a", "--yes")).isZero();
    assertThat(out).contains("kept: " + root.resolve("var/lib/runnel/a"));
    assertThat(buffer).isDirectoryContaining("glob:**.log");
  }

  @Test
  void purgeLeavesWhatOthersKeepInTheSameFolder() throws Exception {
    Path shared = Files.createDirectories(dir.resolve("logs"));
    Path others = Files.writeString(shared.resolve("nginx.log"), "theirs");
    String id = "0123456789abcdef0123456789abcdef";
    Path chunk = Files.writeString(shared.resolve("buffer.b" + id + ".log"), "mine");
    Path both = Files.createDirectories(dir.resolve("both"));
    Path second = Files.writeString(both.resolve("buffer.b" + id + ".log"), "whose?");
    String match = "<match %s>\n@type null\n<buffer>\n@type file\npath %s\n</buffer>\n</match>\n";
    Path config =
        Files.writeString(
            dir.resolve("a.conf"), match.formatted("a", shared) + match.formatted("b", both));
    assertThat(runnel("instance", "create", "a", "--config", config.toString())).isZero();
    Files.writeString(config, match.formatted("b", both));
    assertThat(runnel("instance", "create", "b", "--config", config.toString())).isZero();
    assertThat(runnel("instance", "remove", "a", "--yes", "--purge")).isZero();
    assertThat(others).hasContent("theirs");
    assertThat(chunk).doesNotExist();
    assertThat(second).hasContent("whose?");
    assertThat(out).contains("kept: " + shared).contains("kept: " + both);
  }

  @Test
  void settingsThatTheShellOrTheHostRefusesAreFound() throws Exception {
    assertThat(runnel("instance", "create", "a")).isZero();
    assertThat(runnel("check", "a")).as(out).isZero();
    Path settings = root.resolve("etc/default/runnel-a");
    String text = Files.readString(settings);
    Files.writeString(settings, text.replace("RUNNEL_USER=\"\"", "RUNNEL_USER=\"nosuch\""));
    assertThat(runnel("check", "a")).isEqualTo(1);
    assertThat(out).contains("error: no such user: nosuch").contains("runnel-a:13");
    Files.writeString(settings, text + "JAVA_OPTS=\"-Xmx1g\n");
    assertThat(runnel("check", "a")).isEqualTo(1);
    assertThat(out).containsIgnoringCase("unterminated").contains(settings + ":");
  }

  @Test
  void aConfigurationUnderAPathWithSpacesIsFoundWithoutBeingNamed() throws Exception {
    root = Files.createDirectory(dir.resolve("my root"));
    assertThat(runnel("instance", "create", "a")).as(err).isZero();
    assertThat(root.resolve("etc/default/runnel-a")).content().contains("DAEMON_ARGS=\"\"");
    assertThat(runnel("instance", "create", "b", "--from", "a")).as(err).isZero();
    assertThat(runnel("check")).as(out).isZero();
  }

  @Test
  void onlyDaemonsAreSignalled() throws Exception {
    Process stranger = new ProcessBuilder("sleep", "60").start();
    try {
      assertThat(runnel("ctl", "flush", Long.toString(stranger.pid()))).isEqualTo(1);
      assertThat(err).contains("(sleep) is no runneld");
      assertThat(stranger.isAlive()).isTrue();
    } finally {
      stranger.destroyForcibly();
    }
    assertThat(runnel("instance", "create", "a")).isZero();
    assertThat(runnel("ctl", "flush", "a")).isEqualTo(1);
    assertThat(err).contains("no such process: a");
    assertThat(runnel("ctl", "flush", "nobody")).isEqualTo(2);
    assertThat(runnel("ctl", "destroy", "a")).isEqualTo(2);
    assertThat(err).contains("shutdown, restart, flush, reload, dump");
  }

  @Test
  void wrongUsageIsToldInAFewLines() {
    assertThat(runnel("instance", "create", "a")).isZero();
    assertThat(runnel("instance", "start", "b")).isEqualTo(2);
    assertThat(err.lines()).hasSize(2);
    assertThat(err)
        .contains("error: there is no instance b")
        .contains("there are: a")
        .contains("see: runnel instance start --help");
    assertThat(runnel("instance", "stat")).isEqualTo(2);
    assertThat(err).contains("Did you mean").contains("see: runnel instance --help");
    assertThat(runnel("buffer", "list", "a")).isEqualTo(1);
    assertThat(err).contains("--instance a");
  }

  @Test
  void wrongUsageIsTwo() {
    assertThat(runnel("instance", "create", "../x")).isEqualTo(2);
    assertThat(runnel("instance", "create", "a", "--shift-ports", "1")).isEqualTo(2);
    assertThat(runnel("instance", "frobnicate")).isEqualTo(2);
    assertThat(runnel("check", "nobody")).isEqualTo(2);
    assertThat(runnel("instance", "create", "a", "--from", "nobody")).isEqualTo(1);
    assertThat(err).contains("nobody");
  }
}
