package io.runnel.daemon;

import io.runnel.testkit.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.FutureTask;

/** A whole daemon inside the test's process, without signals. */
final class RunningDaemon implements AutoCloseable {
  private final CollectedLog log = new CollectedLog();
  private final FutureTask<Integer> run;
  private volatile BlockingQueue<Request> requests;

  private RunningDaemon(DaemonOptions options) {
    run = new FutureTask<>(() -> new Daemon(options, log, queue -> requests = queue).run());
    Thread.ofPlatform().daemon().name("daemon under test").start(run);
  }

  /** Starts one and waits until its workers run. */
  static RunningDaemon start(Path folder, String config, String... arguments) {
    RunningDaemon daemon = starting(folder, config, arguments);
    daemon.await("fluentd worker is now running");
    return daemon;
  }

  /** Starts one, which may refuse. */
  static RunningDaemon starting(Path folder, String config, String... arguments) {
    try {
      Path file = Files.writeString(folder.resolve("fluent.conf"), config);
      List<String> all = new ArrayList<>(List.of("-c", file.toString()));
      all.addAll(List.of(arguments));
      return new RunningDaemon(DaemonOptions.parse(all));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (DaemonOptions.UsageException e) {
      throw new IllegalArgumentException(e);
    }
  }

  String log() {
    return log.text();
  }

  /** Waits for a text in the log. */
  void await(String text) {
    Await.await(
        Await.DEADLINE,
        () -> "the log has no '" + text + "':\n" + log(),
        () -> log().contains(text) || run.isDone());
    if (!log().contains(text)) {
      throw new AssertionError("the daemon has ended without '" + text + "':\n" + log());
    }
  }

  void request(Request request) {
    requests.add(request);
  }

  /** The exit status, once it has ended by itself. */
  int status() throws Exception {
    return run.get();
  }

  /** A port of the loopback address that was free a moment ago. */
  static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Stops it; what it logged can still be read. */
  @Override
  public void close() {
    if (requests != null && !run.isDone()) {
      request(new Request.Stop(0, false));
    }
    Await.await(Await.DEADLINE, this::log, run::isDone);
  }
}
