package io.runnel.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two instances: whatever is done to the one, the other goes on under its pid, and the stream of
 * events that it is sent all the while comes out whole.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class InstancesIT {
  private static final Pattern NUMBER = Pattern.compile("\"n\":(\\d+)");

  private Path root;
  private Image image;
  private int victimPort;
  private EventSender stream;
  private long neighbour;

  /** Sends numbered events, one after the other, and notes what is not acknowledged. */
  private static final class EventSender implements AutoCloseable {
    private final HttpClient client =
        HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build();
    private final URI target;
    private final List<String> failures = new ArrayList<>();
    private final Thread thread = new Thread(this::run, "stream");
    private volatile boolean ended;
    private volatile int sent;

    EventSender(int port) {
      target = URI.create("http://127.0.0.1:" + port + "/app.stream");
      thread.start();
    }

    private void run() {
      while (!ended) {
        try {
          HttpRequest request =
              HttpRequest.newBuilder(target)
                  .timeout(Duration.ofSeconds(30))
                  .header("Content-Type", "application/json")
                  .POST(HttpRequest.BodyPublishers.ofString("{\"n\":" + sent + "}"))
                  .build();
          int status = client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
          if (status != 200) {
            failures.add(sent + ": " + status);
          }
          sent++;
          TimeUnit.MILLISECONDS.sleep(20);
        } catch (IOException e) {
          failures.add(sent++ + ": " + e);
        } catch (InterruptedException e) {
          return;
        }
      }
    }

    @Override
    public void close() throws InterruptedException {
      ended = true;
      thread.join(TimeUnit.SECONDS.toMillis(60));
      client.close();
    }
  }

  @BeforeAll
  void startBoth(@TempDir Path dir) throws Exception {
    root = dir;
    image = Image.built();
    victimPort = Image.freePort();
    int port = Image.freePort();
    create("victim", victimPort);
    create("other", port);
    assertOk(runnel("instance", "start", "other"));
    neighbour = pidOf("other");
    stream = new EventSender(port);
  }

  private void create(String name, int port) throws Exception {
    Path config =
        Files.writeString(
            root.resolve(name + ".conf"),
            """
            <source>
              @type http
              bind 127.0.0.1
              port %d
            </source>
            <match app.**>
              @type file
              path %s
              append true
              <format>
                @type json
              </format>
              <buffer []>
                @type file
                path %s
                flush_mode immediate
                flush_at_shutdown true
              </buffer>
            </match>
            """
                .formatted(port, root.resolve("out-" + name), root.resolve("buffer-" + name)));
    assertOk(runnel("instance", "create", name, "--config", config.toString()));
  }

  @BeforeEach
  void startVictim() throws Exception {
    assertOk(init("victim", "start"));
    assertThat(Image.listens(victimPort)).isTrue();
  }

  @AfterEach
  void neighbourIsUntouched() throws Exception {
    assertThat(Image.alive(neighbour)).isTrue();
    assertThat(pidOf("other")).isEqualTo(neighbour);
    int before = stream.sent;
    Image.await("the stream goes on", () -> stream.sent > before + 3);
    assertThat(stream.failures).isEmpty();
  }

  @AfterAll
  void streamHasNoGap() throws Exception {
    if (stream == null) {
      return;
    }
    try {
      stream.close();
      assertOk(runnel("instance", "stop", "other"));
      List<Integer> numbers = new ArrayList<>();
      try (Stream<Path> files = Files.list(root)) {
        for (Path file :
            files.filter(f -> f.getFileName().toString().startsWith("out-other")).toList()) {
          Matcher matcher = NUMBER.matcher(Image.read(file));
          while (matcher.find()) {
            numbers.add(Integer.parseInt(matcher.group(1)));
          }
        }
      }
      assertThat(numbers)
          .containsExactlyInAnyOrderElementsOf(IntStream.range(0, stream.sent).boxed().toList());
    } finally {
      runnel("instance", "stop", "--all");
    }
  }

  // ---------------------------------------------------------------------------------------- tools

  private Image.Result runnel(String... arguments) throws Exception {
    return runnelIn(List.of("--root", root.toString()), arguments);
  }

  private Image.Result runnelIn(List<String> rootOption, String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of(image.home().resolve("bin/runnel").toString()));
    command.addAll(rootOption);
    command.addAll(List.of(arguments));
    return Image.run(command, Map.of());
  }

  private static void assertOk(Image.Result result) {
    assertThat(result.status()).as(result.output()).isZero();
  }

  private Image.Result init(String name, String verb) throws Exception {
    Path script = root.resolve("etc/init.d/runnel-" + name);
    return Image.run(List.of(script.toString(), verb), Map.of());
  }

  private Path pidFile(String name) {
    return root.resolve("run/runnel/" + name + ".pid");
  }

  private long pidOf(String name) {
    return Image.pid(pidFile(name));
  }

  private String executable(String name) throws IOException {
    return root.toRealPath()
        .resolve("var/lib/runnel/%s/bin/runnel-%s".formatted(name, name))
        .toString();
  }

  private void assertGone(long pid) throws Exception {
    Image.await("end of pid " + pid, () -> !Image.alive(pid));
    assertThat(Image.listens(victimPort)).isFalse();
  }

  private static void needs(String tool) throws Exception {
    boolean found = Image.run(List.of("sh", "-c", "command -v " + tool), Map.of()).status() == 0;
    Assumptions.assumeTrue(found, tool + " is not installed");
  }

  // ---------------------------------------------------------------------------------------- tests

  @Test
  void eachHasAnExecutableANameAndACommandLineOfItsOwn() throws Exception {
    for (String name : List.of("victim", "other")) {
      Path proc = Path.of("/proc", Long.toString(pidOf(name)));
      assertThat(Files.readSymbolicLink(proc.resolve("exe"))).hasToString(executable(name));
      assertThat(Image.read(proc.resolve("comm"))).isEqualTo("runnel-" + name + "\n");
      assertThat(Image.read(proc.resolve("cmdline"))).startsWith(executable(name));
    }
  }

  @Test
  void stopByTheInitScript() throws Exception {
    long pid = pidOf("victim");
    assertOk(init("victim", "status"));
    assertOk(init("victim", "stop"));
    assertGone(pid);
    assertThat(init("victim", "status").status()).isEqualTo(3);
    assertOk(init("victim", "stop")); // idempotent
    assertOk(init("victim", "start"));
    assertOk(init("victim", "start"));
    assertThat(init("victim", "nonsense").status()).isEqualTo(2);
  }

  @Test
  void stopByTheCommand() throws Exception {
    long pid = pidOf("victim");
    assertOk(runnel("instance", "stop", "victim"));
    assertGone(pid);
    assertThat(runnel("instance", "status", "victim").status()).isEqualTo(3);
  }

  @Test
  void stopByExecutable() throws Exception {
    needs("start-stop-daemon");
    long pid = pidOf("victim");
    assertOk(
        Image.run(
            List.of(
                "start-stop-daemon",
                "--stop",
                "--retry=TERM/30/KILL/5",
                "--exec",
                executable("victim")),
            Map.of()));
    assertGone(pid);
    assertThat(runnel("instance", "status", "victim").status()).isEqualTo(1);
  }

  @Test
  void stopByName() throws Exception {
    needs("start-stop-daemon");
    long pid = pidOf("victim");
    assertOk(
        Image.run(
            List.of(
                "start-stop-daemon", "--stop", "--retry=TERM/30/KILL/5", "--name", "runnel-victim"),
            Map.of()));
    assertGone(pid);
  }

  @Test
  void pkillByExactName() throws Exception {
    needs("pkill");
    long pid = pidOf("victim");
    assertOk(Image.run(List.of("pkill", "-x", "runnel-victim"), Map.of()));
    assertGone(pid);
  }

  @Test
  void killedOneLeavesAPidFileThatIsNoObstacle() throws Exception {
    long pid = pidOf("victim");
    Image.signal("KILL", pid);
    assertGone(pid);
    assertThat(init("victim", "status").status()).isEqualTo(1);
    assertOk(init("victim", "stop"));
    assertThat(pidFile("victim")).doesNotExist();
    assertThat(init("victim", "status").status()).isEqualTo(3);
  }

  @Test
  void recycledPidOfAStrangerIsNeverSignalled() throws Exception {
    assertOk(runnel("instance", "stop", "victim"));
    Process stranger = new ProcessBuilder("sleep", "300").start();
    try {
      Files.writeString(pidFile("victim"), stranger.pid() + "\n");
      assertThat(init("victim", "status").status()).isEqualTo(1);
      assertThat(runnel("instance", "status", "victim").status()).isEqualTo(1);
      assertOk(runnel("instance", "stop", "victim"));
      assertThat(stranger.isAlive()).isTrue();
      assertThat(pidFile("victim")).doesNotExist();
    } finally {
      stranger.destroyForcibly();
    }
  }

  @Test
  void pidFileThatNamesTheNeighbourStopsNobody() throws Exception {
    assertOk(init("victim", "stop"));
    Files.writeString(pidFile("victim"), neighbour + "\n");
    assertOk(init("victim", "stop"));
    assertThat(Image.alive(neighbour)).isTrue();
  }

  @Test
  void isFoundAndStoppedWithoutItsPidFile() throws Exception {
    long pid = pidOf("victim");
    Files.delete(pidFile("victim"));
    Files.deleteIfExists(root.resolve("run/runnel/victim.pid.start"));
    assertOk(init("victim", "status"));
    assertThat(runnel("instance", "status", "victim").status()).isZero();
    assertThat(runnel("instance", "start", "victim").output()).contains("already running");
    assertOk(init("victim", "stop"));
    assertGone(pid);
  }

  @Test
  void stoppedProcessIsWokenAndEnds() throws Exception {
    long pid = pidOf("victim");
    Image.signal("STOP", pid);
    assertOk(init("victim", "stop"));
    assertGone(pid);
  }

  @Test
  void stoppedProcessIsToldFromARunningOneAndNotReloaded() throws Exception {
    long pid = pidOf("victim");
    Image.signal("STOP", pid);
    try {
      assertThat(init("victim", "status").output()).contains("kill -CONT " + pid);
      assertThat(runnel("instance", "status", "victim").output()).contains("kill -CONT " + pid);
      Image.Result reload = init("victim", "reload");
      assertThat(reload.status()).isEqualTo(1);
      assertThat(reload.output()).contains("held by a signal");
    } finally {
      Image.signal("CONT", pid);
    }
    assertOk(init("victim", "reload"));
  }

  @Test
  void stopDuringAReload() throws Exception {
    long pid = pidOf("victim");
    Image.signal("USR2", pid);
    assertOk(init("victim", "stop"));
    assertGone(pid);
  }

  @Test
  void reloadTakesAGoodConfigurationAndRefusesABrokenOne() throws Exception {
    long pid = pidOf("victim");
    Path config = root.resolve("etc/runnel/victim.conf");
    String good = Files.readString(config);
    int port = Image.freePort();
    try {
      Files.writeString(config, good.replace("port " + victimPort, "port " + port));
      assertOk(runnel("instance", "reload", "victim"));
      assertThat(Image.listens(port)).isTrue();
      assertThat(Image.listens(victimPort)).isFalse();
      Files.writeString(config, good + "<match x>\n  @type nonsense\n</match>\n");
      Image.Result refused = init("victim", "reload");
      assertThat(refused.status()).isEqualTo(1);
      assertThat(refused.output()).contains("nonsense").contains("victim.conf:");
      assertThat(Image.listens(port)).isTrue();
      assertThat(pidOf("victim")).isEqualTo(pid);
      Image.Result restart = init("victim", "restart");
      assertThat(restart.status()).isEqualTo(1);
      assertThat(pidOf("victim")).isEqualTo(pid);
    } finally {
      Files.writeString(config, good);
    }
    assertOk(init("victim", "restart"));
    assertThat(Image.listens(victimPort)).isTrue();
    assertThat(pidOf("victim")).isNotEqualTo(pid);
  }

  @Test
  void secondOwnerOfABufferIsRefusedWhateverStartsIt() throws Exception {
    Path config =
        Files.writeString(
            root.resolve("thief.conf"),
            Image.read(root.resolve("victim.conf"))
                .replace("port " + victimPort, "port " + Image.freePort()));
    Image.Result result =
        image.runneld(
            "-c",
            config.toString(),
            "-d",
            root.resolve("thief.pid").toString(),
            "-o",
            root.resolve("thief.log").toString());
    assertThat(result.status()).isNotZero();
    assertThat(result.output())
        .contains("victim")
        .contains("pid " + pidOf("victim"))
        .contains(root.resolve("etc/runnel/victim.conf").toString());
    assertThat(Image.alive(pidOf("victim"))).isTrue();
    Image.Result check = runnel("check", "-c", config.toString());
    assertThat(check.status()).isEqualTo(1);
    assertThat(check.output()).contains("thief.conf:").contains("victim.conf:");
  }

  @Test
  void startAfterRunWasEmptiedByAReboot() throws Exception {
    assertOk(init("victim", "stop"));
    Path run = root.resolve("run/runnel");
    Path saved = root.resolve("run/saved");
    Files.move(run, saved);
    try {
      assertOk(init("victim", "start"));
      assertThat(Image.listens(victimPort)).isTrue();
      assertOk(init("victim", "stop"));
    } finally {
      Image.run(List.of("rm", "-rf", run.toString()), Map.of());
      Files.move(saved, run);
    }
  }

  @Test
  void starterConfigurationRunsWithoutAWarning() throws Exception {
    assertOk(runnel("instance", "create", "fresh"));
    try {
      assertOk(runnel("instance", "start", "fresh"));
      assertOk(runnel("instance", "stop", "fresh"));
      assertThat(Image.read(root.resolve("var/log/runnel/fresh.log")))
          .contains("is now running")
          .doesNotContain("[warn]")
          .doesNotContain("[error]");
    } finally {
      runnel("instance", "stop", "fresh");
      assertOk(runnel("instance", "remove", "--yes", "--purge", "fresh"));
    }
  }

  @Test
  void brokenConfigurationFailsTheStartWithItsErrors() throws Exception {
    assertOk(init("victim", "stop"));
    Path config = root.resolve("etc/runnel/victim.conf");
    String good = Files.readString(config);
    try {
      Files.writeString(config, good.replace("@type http", "@type htpp"));
      Image.Result result = runnel("instance", "start", "victim");
      assertThat(result.status()).isNotZero();
      assertThat(result.output()).contains("htpp").contains("victim.conf:");
      assertThat(pidFile("victim")).doesNotExist();
    } finally {
      Files.writeString(config, good);
    }
  }

  @Test
  void underAFolderWithSpacesInTheLocaleC() throws Exception {
    Path folder = Files.createDirectory(root.resolve("mein Ordner ä"));
    String starter = "LC_ALL=C exec \"$0\" --root \"$1\" instance \"$2\" web";
    String program = image.home().resolve("bin/runnel").toString();
    for (String verb : List.of("create", "start", "reload", "stop")) {
      assertOk(Image.run(List.of("sh", "-c", starter, program, "" + folder, verb), Map.of()));
    }
    assertThat(Image.read(folder.resolve("var/log/runnel/web.log"))).contains("is now running");
  }

  @Test
  void faultsOfATakenConfigurationAreShownAtOnce() throws Exception {
    Path config =
        Files.writeString(root.resolve("wrong.conf"), "<match **>\n  @type forwrad\n</match>\n");
    Image.Result result = runnel("instance", "create", "wrong", "--config", config.toString());
    assertOk(result);
    assertThat(result.output()).contains("forwrad").contains("wrong.conf:1");
    assertOk(runnel("instance", "remove", "wrong", "--yes", "--purge"));
  }

  @Test
  void startOnAFullDiskSaysSo() throws Exception {
    boolean isRoot = "root".equals(System.getProperty("user.name"));
    Assumptions.assumeTrue(isRoot, "only root can mount a small disk");
    Path disk = Files.createDirectory(root.resolve("disk"));
    List<String> mount = List.of("mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", "" + disk);
    boolean mounted = Image.run(mount, Map.of()).status() == 0;
    Assumptions.assumeTrue(mounted, "no disk can be mounted here");
    List<String> there = List.of("--root", disk.toString());
    try {
      assertOk(runnelIn(there, "instance", "create", "full"));
      Image.run(List.of("dd", "if=/dev/zero", "of=" + disk.resolve("fill"), "bs=4096"), Map.of());
      Image.Result start = runnelIn(there, "instance", "start", "full");
      assertThat(start.status()).isNotZero();
      assertThat(start.output()).contains("No space left on device");
      Files.delete(disk.resolve("fill"));
      assertOk(runnelIn(there, "instance", "start", "full"));
    } finally {
      runnelIn(there, "instance", "stop", "full");
      Image.run(List.of("umount", disk.toString()), Map.of());
    }
  }

  @Test
  void serviceManagerIsToldOfReloadsAndTheEnd() throws Exception {
    needs("systemd-notify");
    needs("python3");
    assertOk(init("victim", "stop"));
    Path socket = root.resolve("notify");
    Path told = root.resolve("told");
    String receiver =
        """
        import socket, sys
        s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        s.bind(sys.argv[1])
        with open(sys.argv[2], 'wb', 0) as out:
            while True:
                out.write(s.recv(4096) + b'\\n')
        """;
    Process manager = new ProcessBuilder("python3", "-c", receiver, "" + socket, "" + told).start();
    Image.await("socket", () -> Files.exists(socket));
    String service = image.home().resolve("bin/runnel-service").toString();
    ProcessBuilder run = new ProcessBuilder(service, "--root", "" + root, "run", "victim");
    run.environment().put("NOTIFY_SOCKET", socket.toString());
    Process daemon = run.start();
    try {
      Image.await("ready", () -> Image.read(told).contains("READY=1\nSTATUS=running\n"));
      assertOk(init("victim", "reload"));
      Image.await("reload", () -> Image.read(told).contains("READY=1\nSTATUS=running, reloaded"));
      daemon.destroy();
      assertThat(daemon.waitFor()).isZero();
      assertThat(Image.read(told)).contains("RELOADING=1").contains("STOPPING=1");
      assertThat(Image.read(told)).doesNotContain("ERRNO");
      assertThat(init("victim", "status").status()).isEqualTo(3);
    } finally {
      daemon.destroyForcibly();
      manager.destroyForcibly();
    }
  }

  @Test
  void runsAsItsOwnUserBesideOthers() throws Exception {
    boolean isRoot = "root".equals(System.getProperty("user.name"));
    Assumptions.assumeTrue(isRoot, "only root can start processes of other users");
    Path open = Files.createTempDirectory("runnel-user");
    List<String> nobody = List.of("--root", open.toString());
    try {
      assertThat(open.toFile().setExecutable(true, false)).isTrue();
      assertThat(open.toFile().setReadable(true, false)).isTrue();
      int port = Image.freePort();
      Path config =
          Files.writeString(
              open.resolve("u.conf"),
              "<source>\n@type http\nbind 127.0.0.1\nport %d\n</source>\n".formatted(port)
                  + "<match **>\n@type file\npath %s/data/out\n</match>\n".formatted(open));
      // Under a careful root's umask.
      String create =
          "umask 077; exec \"$0\" --root \"$1\" instance create u -c \"$2\" --user nobody";
      String program = image.home().resolve("bin/runnel").toString();
      assertOk(Image.run(List.of("sh", "-c", create, program, "" + open, "" + config), Map.of()));
      assertOk(runnelIn(nobody, "instance", "start", "u"));
      long pid = Image.pid(open.resolve("run/runnel/u.pid"));
      assertThat(Files.getOwner(Path.of("/proc", "" + pid))).hasToString("nobody");
      assertThat(Image.read(open.resolve("run/runnel/u.state"))).isEqualTo("running\n");
      assertThat(Files.getOwner(open.resolve("run/runnel"))).hasToString("root");
      assertThat(Files.getOwner(open.resolve("var/lib/runnel/u/bin"))).hasToString("root");
      assertThat(Files.getOwner(open.resolve("data"))).hasToString("nobody");
      assertOk(runnelIn(nobody, "instance", "reload", "u"));
      assertOk(runnelIn(nobody, "instance", "stop", "u"));
      Image.await("end of pid " + pid, () -> !Image.alive(pid)); // or init has yet to reap it
    } finally {
      runnelIn(nobody, "instance", "stop", "--all");
      Image.run(List.of("rm", "-rf", open.toString()), Map.of());
    }
  }

  @Test
  void systemdUnitIsClean() throws Exception {
    needs("systemd-analyze");
    Path unit = root.resolve("runnel@.service");
    String text = Files.readString(image.home().resolve("systemd/runnel@.service"));
    Files.writeString(unit, text.replace("/usr/lib/runnel/", image.home().toRealPath() + "/"));
    Image.Result result =
        Image.run(List.of("systemd-analyze", "verify", unit.toString()), Map.of());
    assertOk(result);
    assertThat(result.output()).isEmpty();
  }
}
