package io.runnel.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launcher and the daemon as processes: command line, background, crash, class cache. */
class LauncherIT {
  @TempDir Path folder;

  private final Image image = Image.built();
  private Path pidFile;

  @AfterEach
  void endWhatIsLeft() {
    if (pidFile != null) {
      long pid = Image.pid(pidFile);
      ProcessHandle.of(pid)
          .filter(
              process ->
                  pid > 1 && process.info().commandLine().orElse("").contains(folder.toString()))
          .ifPresent(ProcessHandle::destroyForcibly);
    }
  }

  private Path config(int port) throws IOException {
    return Files.writeString(
        folder.resolve("x.conf"),
        """
        <source>
          @type http
          bind 127.0.0.1
          port %d
        </source>
        <match **>
          @type null
        </match>
        """
            .formatted(port));
  }

  private Image.Result daemon(Path config) throws Exception {
    pidFile = folder.resolve("x.pid");
    return image.runneld(
        "-c",
        config.toString(),
        "-d",
        pidFile.toString(),
        "-o",
        folder.resolve("x.log").toString());
  }

  @Test
  void tellsItsVersionAndRefusesUnknownOptions() throws Exception {
    assertThat(image.runneld("--version")).isEqualTo(new Image.Result(0, "fluentd 1.19.3\n"));
    Image.Result refused = image.runneld("--nope");
    assertThat(refused.status()).isEqualTo(1);
    assertThat(refused.output()).contains("invalid option: --nope").contains("Usage:");
  }

  @Test
  void aDryRunOfABrokenFileShowsThePlaceAndASuggestion() throws Exception {
    Path config =
        Files.writeString(folder.resolve("b.conf"), "<match **>\n  @type stdot\n</match>\n");
    Image.Result result = image.runneld("--dry-run", "-c", config.toString());
    assertThat(result.status()).isEqualTo(1);
    assertThat(result.output()).contains("b.conf:1").contains("did you mean 'stdout'");
  }

  @Test
  void goesToTheBackgroundAndStopsOnTerm() throws Exception {
    int port = Image.freePort();
    assertThat(daemon(config(port)).status()).isZero();
    assertThat(Image.listens(port)).isTrue();
    long pid = Image.pid(pidFile);
    assertThat(Image.alive(pid)).isTrue();
    Image.signal("TERM", pid);
    Image.await("end", () -> !Image.alive(pid));
    assertThat(Image.read(folder.resolve("x.log")))
        .contains("fluentd worker is now running")
        .contains("Worker 0 finished with status 0");
  }

  @Test
  void aBrokenConfigurationIsRefusedBeforeItGoesToTheBackground() throws Exception {
    Path config =
        Files.writeString(folder.resolve("x.conf"), "<match **>\n  @type file\n</match>\n");
    Image.Result result = daemon(config);
    assertThat(result.status()).isEqualTo(1);
    assertThat(result.output()).contains("'path' parameter is required").contains("x.conf:1");
    assertThat(pidFile).doesNotExist();
  }

  @Test
  void aCrashIsFollowedByARestartWithTheSameCommandLine() throws Exception {
    int port = Image.freePort();
    assertThat(daemon(config(port)).status()).isZero();
    long first = Image.pid(pidFile);
    Image.signal("SEGV", first);
    Image.await("another pid", () -> Image.pid(pidFile) > 1 && Image.pid(pidFile) != first);
    Image.await("port", () -> Image.listens(port));
    assertThat(Image.alive(first)).isFalse();
    assertThat(Image.alive(Image.pid(pidFile))).isTrue();
  }

  @Test
  void aDaemonKilledByItsOperatorStaysDead() throws Exception {
    int port = Image.freePort();
    assertThat(daemon(config(port)).status()).isZero();
    long pid = Image.pid(pidFile);
    Image.signal("KILL", pid);
    Image.await("end", () -> !Image.alive(pid));
    // The first thread may be gone a moment before the others let go of the port.
    Image.await("port closed", () -> !Image.listens(port));
    assertThat(Image.pid(pidFile)).isEqualTo(pid);
  }

  @Test
  void aReplacedJarIsRunAndNotTheOldClassesOutOfTheCache() throws Exception {
    Path copy = folder.resolve("image");
    try (Stream<Path> all = Files.walk(image.home())) {
      for (Path source : all.toList()) {
        Path target = copy.resolve(image.home().relativize(source).toString());
        Files.copy(source, target, java.nio.file.StandardCopyOption.COPY_ATTRIBUTES);
      }
    }
    Path bin = Path.of(System.getProperty("java.home"), "bin");
    List<String> train =
        List.of(copy.resolve("bin/runnel-train").toString(), bin.resolve("java").toString());
    assertThat(Image.run(train, Map.of()).status()).isZero();
    try (Stream<Path> caches = Files.list(copy.resolve("aot"))) {
      // the daemon's and that of the commands, which a fault of the virtual machine may leave out
      assertThat(caches.map(Path::toString).filter(name -> name.endsWith(".aot"))).hasSize(2);
    }
    Path jar;
    try (Stream<Path> jars = Files.list(copy.resolve("lib"))) {
      jar =
          jars.filter(p -> p.getFileName().toString().startsWith("runnel-app"))
              .findFirst()
              .orElseThrow();
    }
    Path source = folder.resolve("src/io/runnel/daemon/Main.java");
    Files.createDirectories(source.getParent());
    Files.writeString(
        source,
        """
        package io.runnel.daemon;
        public final class Main {
          public static void main(String[] arguments) {
            System.out.println("the new code");
          }
        }
        """);
    List<String> compile =
        List.of(
            bin.resolve("javac").toString(),
            "-d",
            folder.resolve("out").toString(),
            source.toString());
    assertThat(Image.run(compile, Map.of()).status()).isZero();
    List<String> update =
        List.of(
            bin.resolve("jar").toString(),
            "uf",
            jar.toString(),
            "-C",
            folder.resolve("out").toString(),
            "io/runnel/daemon/Main.class");
    assertThat(Image.run(update, Map.of()).status()).isZero();
    Image.Result result =
        Image.run(List.of(copy.resolve("bin/runneld").toString(), "--version"), Map.of());
    assertThat(result.output()).isEqualTo("the new code\n");
  }

  @Test
  void filesAreNamedInUtf8WhateverTheLocale() throws Exception {
    Path config = folder.resolve("prüfung.conf");
    Files.writeString(
        config,
        """
        <source>
          @type tail
          path %1$s/ein*.log
          pos_file %1$s/plätze.pos
          tag t
          <parse>
            @type none
          </parse>
        </source>
        <match t>
          @type file
          path %1$s/aus_ä
        </match>
        """
            .formatted(folder));
    for (String locale : List.of("C", "xx_XX.UTF-8", "")) {
      Image.Result result =
          Image.run(
              List.of(image.runneld(), "--dry-run", "-c", config.toString()),
              Map.of("LC_ALL", locale, "LANG", "", "LC_CTYPE", ""));
      assertThat(result.status()).as(locale + result.output()).isZero();
    }
  }

  @Test
  void tellsWhyTheVirtualMachineDoesNotStart() throws Exception {
    Image.Result result =
        Image.run(
            List.of(image.runneld(), "-c", "" + config(1), "-d", "" + folder.resolve("x.pid")),
            Map.of("JAVA_OPTS", "-Xmx2m"));
    assertThat(result.status()).isNotZero();
    assertThat(result.output()).contains("heap size");
  }

  @Test
  void anImageThatIsOlderThanTheSourcesIsRunAndNamed() throws Exception {
    Path clone = folder.resolve("clone");
    Path scripts = Path.of(System.getProperty("runnel.basedir", "..")).resolve("scripts");
    for (String file : List.of("build-image", "ensure-image.sh", "find-java.sh")) {
      copy(scripts.resolve(file), clone.resolve("scripts").resolve(file));
    }
    copy(scripts.resolveSibling("bin/runneld"), clone.resolve("bin/runneld"));
    Path source = clone.resolve("core/src/main/A.java");
    for (String file :
        List.of(
            "pom.xml",
            "core/pom.xml",
            "connectors/k/pom.xml",
            "connectors/k/connector.index",
            "connectors/k/src/main/B.java",
            "core/src/main/A.java",
            "packaging/x",
            ".git/logs/HEAD",
            "build/image/lib/build-id",
            "build/image/bin/runneld")) {
      Files.createDirectories(clone.resolve(file).getParent());
      Files.writeString(clone.resolve(file), "#!/bin/sh\necho built\n");
    }
    assertThat(clone.resolve("build/image/bin/runneld").toFile().setExecutable(true)).isTrue();
    List<String> command = List.of(clone.resolve("bin/runneld").toString());
    try (Stream<Path> tree = Files.walk(clone)) {
      for (Path file : tree.toList()) {
        Files.setLastModifiedTime(file, FileTime.from(Instant.parse("2026-01-01T00:00:00Z")));
      }
    }
    assertThat(Image.run(command, Map.of()).output()).isEqualTo("built\n");
    FileTime pull = FileTime.from(Instant.parse("2026-01-02T00:00:00Z"));
    Files.setLastModifiedTime(clone.resolve(".git/logs/HEAD"), pull);
    assertThat(Image.run(command, Map.of()).output()).isEqualTo("built\n");
    Files.setLastModifiedTime(source, pull);
    assertThat(Image.run(command, Map.of()).output())
        .contains("older than the sources")
        .contains("scripts/build-image")
        .endsWith("built\n");
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.createDirectories(to.getParent());
    Files.copy(from, to, StandardCopyOption.COPY_ATTRIBUTES);
  }
}
