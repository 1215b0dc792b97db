package io.runnel.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A server in a process of its own, for tests that kill it and bring it back with its data.
 *
 * <pre>{@code
 * int port = ServerProcess.freePort();
 * try (ServerProcess server = ServerProcess.java(
 *         folder, ServerClasspath.of(Path.of("src/test/servers/kafka/pom.xml")),
 *         List.of("-Xmx512m"), "kafka.Kafka", List.of("server.properties"))
 *     .readyWhen(() -> ServerProcess.listens(port))) {
 *   server.start();
 *   …
 *   server.kill();  // SIGKILL
 *   server.start(); // the same command in the same folder
 * }
 * }</pre>
 *
 * <p>What it prints is kept in {@code server.log} of its folder; the end of it is in the message
 * where it does not come up. Used by one thread.
 */
public final class ServerProcess implements AutoCloseable {
  /** A start of a large server on a machine that does other work too. */
  private static final Duration START = Duration.ofMinutes(3);

  private static final int TAIL_LINES = 60;

  /** Asked until it says yes; what it throws means: not yet. */
  public interface Probe {
    boolean test() throws Exception;
  }

  private final Path folder;
  private final List<String> command;
  private Probe ready = () -> true;
  private Process process;
  private Thread hook;

  private ServerProcess(Path folder, List<String> command) {
    this.folder = folder;
    this.command = List.copyOf(command);
  }

  /**
   * A program.
   *
   * @param folder where it runs and what it prints is kept; must exist
   */
  public static ServerProcess of(Path folder, List<String> command) {
    return new ServerProcess(folder, command);
  }

  /**
   * A main class, run by the Java that runs the test.
   *
   * @param options of the virtual machine; give a small {@code -Xmx}
   */
  public static ServerProcess java(
      Path folder,
      String classPath,
      List<String> options,
      String mainClass,
      List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options);
    command.addAll(List.of("-cp", classPath, mainClass));
    command.addAll(arguments);
    return new ServerProcess(folder, command);
  }

  /** What says that the server can be used. */
  public ServerProcess readyWhen(Probe probe) {
    ready = probe;
    return this;
  }

  /**
   * Starts it and waits until it is ready.
   *
   * @throws AssertionError with what it printed, where it ends or does not become ready
   */
  public ServerProcess start() {
    try {
      process =
          new ProcessBuilder(command)
              .directory(folder.toFile())
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
              .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Process started = process;
    if (hook == null) {
      hook = new Thread(this::killQuietly);
      Runtime.getRuntime().addShutdownHook(hook);
    }
    Await.await(
        START,
        () -> "not ready: " + command.getFirst() + "\n" + tail(),
        () -> {
          if (!started.isAlive()) {
            throw new AssertionError("ended with " + started.exitValue() + ":\n" + tail());
          }
          return probe();
        });
    return this;
  }

  private boolean probe() {
    try {
      return ready.test();
    } catch (Exception e) {
      return false;
    }
  }

  public long pid() {
    return process.pid();
  }

  public boolean isAlive() {
    return process != null && process.isAlive();
  }

  /** Ends it by SIGKILL and waits until it is gone: its port and files are free then. */
  public void kill() {
    end(true, Duration.ofSeconds(30));
  }

  /** Ends it by SIGTERM and waits until it is gone. */
  public void stop() {
    end(false, Duration.ofMinutes(2));
  }

  private void end(boolean forcibly, Duration patience) {
    if (process == null) {
      return;
    }
    if (forcibly) {
      process.destroyForcibly();
    } else {
      process.destroy();
    }
    try {
      if (!process.waitFor(patience.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new AssertionError("does not end:\n" + tail());
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  private void killQuietly() {
    if (process != null) {
      process.destroyForcibly();
    }
  }

  /** The file with all that it printed. */
  public Path log() {
    return folder.resolve("server.log");
  }

  /** The last lines that it printed. */
  public String tail() {
    try {
      List<String> lines =
          new String(Files.readAllBytes(log()), StandardCharsets.UTF_8).lines().toList();
      return String.join("\n", lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size()));
    } catch (IOException e) {
      return "(no log: " + e.getMessage() + ")";
    }
  }

  @Override
  public void close() {
    if (process != null) {
      kill();
    }
    if (hook != null) {
      Runtime.getRuntime().removeShutdownHook(hook);
    }
  }

  /** A port that nobody listens on. */
  public static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whether somebody listens on a port of this machine. */
  public static boolean listens(int port) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
