package io.runnel.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Assumptions;

/** The built image and what tests do with it: real processes, awaited with deadlines. */
public final class Image {
  /** Long enough for a start on a busy machine. */
  static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Path home;

  /** A finished command. */
  public record Result(int status, String output) {}

  private Image(Path home) {
    this.home = home;
  }

  /** The image that {@code ./verify} built; the test is skipped, aloud, where there is none. */
  public static Image built() {
    String given = System.getProperty("runnel.image");
    String base = System.getProperty("runnel.basedir");
    Path home = given != null ? Path.of(given) : Path.of(base, "build", "image");
    Assumptions.assumeTrue(
        Files.exists(home.resolve("lib/build-id")),
        "no image at " + home + ": run scripts/build-image");
    return new Image(home);
  }

  public Path home() {
    return home;
  }

  public String runneld() {
    return home.resolve("bin/runneld").toString();
  }

  public static Result run(List<String> command, Map<String, String> environment) throws Exception {
    Path output = Files.createTempFile("runnel-out", ".txt");
    try {
      ProcessBuilder builder =
          new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
      builder.redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
      builder.environment().putAll(environment);
      Process process = builder.start();
      if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new AssertionError("does not end: " + command + "\n" + Files.readString(output));
      }
      return new Result(process.exitValue(), Files.readString(output));
    } finally {
      Files.deleteIfExists(output);
    }
  }

  public Result runneld(String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of(runneld()));
    command.addAll(List.of(arguments));
    return run(command, Map.of());
  }

  public static void await(String what, BooleanSupplier condition) throws InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("deadline for: " + what).isLessThan(deadline);
      TimeUnit.MILLISECONDS.sleep(20);
    }
  }

  public static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  public static boolean listens(int port) {
    try (java.net.Socket socket = new java.net.Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  public static String read(Path file) {
    try {
      return Files.exists(file) ? Files.readString(file, StandardCharsets.UTF_8) : "";
    } catch (IOException e) {
      return "";
    }
  }

  public static long pid(Path pidFile) {
    String text = read(pidFile).strip();
    return text.isEmpty() ? -1 : Long.parseLong(text);
  }

  /**
   * A process that has ended but was not waited for by its parent yet (Z) is not alive, unless
   * threads of it are still there: those hold its ports and files.
   */
  public static boolean alive(long pid) {
    String stat = read(Path.of("/proc/" + pid + "/stat"));
    int state = stat.lastIndexOf(") ") + 2;
    if (pid <= 0 || stat.length() <= state) {
      return false;
    }
    String[] threads = Path.of("/proc/" + pid + "/task").toFile().list();
    return stat.charAt(state) != 'Z' || threads != null && threads.length > 1;
  }

  public static void signal(String name, long pid) throws Exception {
    assertThat(run(List.of("kill", "-" + name, Long.toString(pid)), Map.of()).status()).isZero();
  }
}
