package io.runnel.instance;

import io.runnel.host.ReplacedFile;
import io.runnel.log.Log;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Tells whoever started the daemon how it fares: a line in the file that RUNNEL_STATE_FILE names
 * ({@code running}, {@code running reloaded N}, {@code running reload-failed N}, {@code stopping},
 * {@code stopped}), and the messages of systemd's sd_notify where NOTIFY_SOCKET is set. With
 * neither it does nothing. The messages go through the program {@code systemd-notify}: Java has no
 * datagram sockets for unix addresses. Safe for use by several threads.
 */
public final class ServiceNotifier {
  /** The notifier talks to a local socket; longer than this it hangs, and is given up. */
  private static final long NOTIFY_SECONDS = 10;

  private final Path stateFile;
  private final boolean systemd;
  private final boolean managed;
  private final long watchdogMicros;
  private final Log log;
  private int reloads;

  private ServiceNotifier(
      Path stateFile, boolean systemd, boolean managed, long watchdogMicros, Log log) {
    this.stateFile = stateFile;
    this.systemd = systemd;
    this.managed = managed;
    this.watchdogMicros = watchdogMicros;
    this.log = log;
  }

  /**
   * @param environment the environment of the process: RUNNEL_STATE_FILE, RUNNEL_MANAGED,
   *     NOTIFY_SOCKET, WATCHDOG_USEC
   */
  public static ServiceNotifier of(Map<String, String> environment, Log log) {
    String file = environment.getOrDefault("RUNNEL_STATE_FILE", "");
    String watchdog = environment.getOrDefault("WATCHDOG_USEC", "");
    return new ServiceNotifier(
        file.isEmpty() ? null : Path.of(file),
        !environment.getOrDefault("NOTIFY_SOCKET", "").isEmpty(),
        !environment.getOrDefault("RUNNEL_MANAGED", "").isEmpty(),
        watchdog.matches("[1-9]\\d{0,17}") ? Long.parseLong(watchdog) : 0,
        log);
  }

  /** All ports listen and all outputs are started. */
  public synchronized void running() {
    write("running");
    notifySystemd("READY=1", "STATUS=running");
  }

  public void reloading() {
    notifySystemd("RELOADING=1", "STATUS=reading the new configuration");
  }

  /** The new configuration is in force. */
  public synchronized void reloaded() {
    write("running reloaded " + ++reloads);
    notifySystemd("READY=1", "STATUS=running, reloaded");
  }

  /** The old configuration stays in force. */
  public synchronized void reloadFailed() {
    write("running reload-failed " + ++reloads);
    notifySystemd("READY=1", "STATUS=running; the new configuration was refused");
  }

  public synchronized void stopping() {
    write("stopping");
    notifySystemd("STOPPING=1", "STATUS=flushing and stopping");
  }

  /**
   * It has ended as it was told to. Under a service manager nobody takes the pid file away, and
   * this says that it means nothing; without one it tells that somebody else ended the daemon.
   */
  public synchronized void stopped() {
    if (managed) {
      write("stopped");
    }
  }

  /**
   * Starts the watchdog where systemd asks for one: a word to it in every half of its period as
   * long as {@code healthy} says so.
   */
  public void startWatchdog(BooleanSupplier healthy) {
    if (!systemd || watchdogMicros == 0) {
      return;
    }
    Thread.ofVirtual()
        .name("watchdog")
        .start(
            () -> {
              try {
                while (true) {
                  TimeUnit.MICROSECONDS.sleep(watchdogMicros / 2);
                  if (healthy.getAsBoolean()) {
                    notifySystemd("WATCHDOG=1");
                  }
                }
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
  }

  private void write(String word) {
    if (stateFile == null) {
      return;
    }
    try {
      // A daemon that runs as its own user may write the file, but nothing else in its directory.
      if (Files.isWritable(stateFile.toAbsolutePath().getParent())) {
        byte[] text = (word + "\n").getBytes(StandardCharsets.UTF_8);
        ReplacedFile.write(stateFile, text, PosixFilePermissions.fromString("rw-r--r--"), false);
      } else {
        Files.writeString(stateFile, word + "\n", StandardCharsets.UTF_8);
      }
    } catch (IOException e) {
      log.warn("cannot write the state file", e, "path", stateFile);
    }
  }

  /**
   * @param words assignments as they go over the socket: the options for them differ among versions
   *     of systemd-notify, which reports one that it does not know to systemd as the service's
   *     error
   */
  private void notifySystemd(String... words) {
    if (!systemd) {
      return;
    }
    List<String> command = new ArrayList<>();
    command.add("systemd-notify");
    command.add("--pid=" + ProcessHandle.current().pid());
    command.addAll(List.of(words));
    try {
      Process notifier =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      if (!notifier.waitFor(NOTIFY_SECONDS, TimeUnit.SECONDS)) {
        notifier.destroyForcibly();
      }
    } catch (IOException e) {
      log.warn("cannot run systemd-notify", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
