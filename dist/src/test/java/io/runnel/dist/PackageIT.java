package io.runnel.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The .deb in a throw-away root: installed, upgraded under a running instance, removed, purged. */
class PackageIT {
  @TempDir Path folder;

  private Image.Result dpkg(String... arguments) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                "dpkg",
                "--root=" + folder,
                "--force-script-chrootless",
                "--force-depends",
                "--force-not-root",
                "--log=/dev/null"));
    command.addAll(List.of(arguments));
    return Image.run(command, Map.of());
  }

  private Image.Result runnel(String... arguments) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(folder.resolve("usr/bin/runnel").toString(), "--root", folder.toString()));
    command.addAll(List.of(arguments));
    return Image.run(command, Map.of());
  }

  private static Path builtPackage(String prefix) throws IOException {
    Path packages = Path.of(System.getProperty("runnel.basedir"), "build", "package");
    Assumptions.assumeTrue(Files.isDirectory(packages), "no package: run scripts/build-package");
    Assumptions.assumeTrue(Files.exists(Path.of("/usr/bin/dpkg")), "no dpkg on this machine");
    try (var files = Files.list(packages)) {
      return files
          .filter(file -> file.getFileName().toString().startsWith(prefix))
          .filter(file -> file.toString().endsWith(".deb"))
          .findFirst()
          .orElseThrow();
    }
  }

  private void install(String deb) throws Exception {
    Files.createDirectories(folder.resolve("var/lib/dpkg/info"));
    Files.createDirectories(folder.resolve("var/lib/dpkg/updates"));
    Files.createFile(folder.resolve("var/lib/dpkg/status"));
    Image.Result installed = dpkg("-i", deb);
    assertThat(installed.status()).as(installed.output()).isZero();
  }

  private Image.Result dryRun(Path config) throws Exception {
    return Image.run(
        List.of(folder.resolve("usr/bin/runneld").toString(), "--dry-run", "-c", config.toString()),
        Map.of("RUNNEL_OPTS", "no-aot"));
  }

  @Test
  void aConnectorIsAskedForInstalledAndRemoved() throws Exception {
    install(builtPackage("runnel_").toString());
    Path config =
        Files.writeString(
            folder.resolve("genid.conf"),
            "<filter **>\n  @type elasticsearch_genid\n</filter>\n"
                + "<match **>\n  @type null\n</match>\n");
    Image.Result without = dryRun(config);
    assertThat(without.status()).isEqualTo(1);
    assertThat(without.output())
        .contains("Unknown filter plugin 'elasticsearch_genid'")
        .contains("needs the connector elasticsearch, which is not installed")
        .contains("apt-get install runnel-connector-elasticsearch");

    Image.Result added = dpkg("-i", builtPackage("runnel-connector-elasticsearch_").toString());
    assertThat(added.status()).as(added.output()).isZero();
    Image.Result with = dryRun(config);
    assertThat(with.status()).as(with.output()).isZero();
    assertThat(runnel("plugins", "elasticsearch_genid").output())
        .contains("comes with the connector elasticsearch");

    assertThat(dpkg("-P", "runnel-connector-elasticsearch").status()).isZero();
    assertThat(dryRun(config).status()).isEqualTo(1);
  }

  @Test
  void upgradeKeepsInstancesRunningAndPurgeKeepsTheirData() throws Exception {
    String deb = builtPackage("runnel_").toString();
    install(deb);

    int port = Image.freePort();
    Path config =
        Files.writeString(
            folder.resolve("web.conf"),
            "<source>\n  @type http\n  bind 127.0.0.1\n  port "
                + port
                + "\n</source>\n<match **>\n  @type null\n</match>\n");
    assertThat(runnel("instance", "create", "web", "--config", config.toString()).status())
        .isZero();
    Image.Result started = runnel("instance", "start", "web");
    assertThat(started.status()).as(started.output()).isZero();
    long pid = Image.pid(folder.resolve("run/runnel/web.pid"));
    try {
      // The instance runs on the run time of the package: the host needs no Java.
      assertThat(Files.readSymbolicLink(Path.of("/proc/" + pid + "/exe")).toString())
          .startsWith(folder.toString());

      assertThat(dpkg("-i", deb).status()).isZero();
      assertThat(Image.alive(pid)).isTrue();
      assertThat(Image.listens(port)).isTrue();
      assertThat(runnel("instance", "restart", "web").status()).isZero();

      assertThat(dpkg("-r", "runnel").status()).isZero();
      Image.await("port closed", () -> !Image.listens(port));
      assertThat(dpkg("-P", "runnel").status()).isZero();
      assertThat(folder.resolve("etc/runnel/web.conf")).exists();
      assertThat(folder.resolve("usr/lib/runnel/lib")).doesNotExist();
    } finally {
      long last = Image.pid(folder.resolve("run/runnel/web.pid"));
      ProcessHandle.of(last > 1 ? last : pid)
          .filter(process -> process.info().command().orElse("").startsWith(folder.toString()))
          .ifPresent(ProcessHandle::destroyForcibly);
    }
  }
}
