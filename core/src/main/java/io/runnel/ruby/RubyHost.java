package io.runnel.ruby;

import io.runnel.event.EventTime;
import io.runnel.host.Clock;
import io.runnel.time.Zone;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** The machine as expressions see it. Immutable. */
public final class RubyHost {
  /** Expressions read tokens and names, no data. */
  static final int MAX_FILE_BYTES = 1 << 20;

  private final Map<String, String> environment;
  private final Clock clock;
  private final Zone zone;

  public RubyHost(Map<String, String> environment, Clock clock, Zone zone) {
    this.environment = environment;
    this.clock = clock;
    this.zone = zone;
  }

  /** This process's environment, clock and zone. */
  public static RubyHost system() {
    return new RubyHost(System.getenv(), Clock.system(), Zone.local());
  }

  Map<String, String> environment() {
    return environment;
  }

  Zone zone() {
    return zone;
  }

  RubyTime now() {
    EventTime now = EventTime.unpack(clock.eventTime());
    return new RubyTime(now.seconds(), now.nanos(), zone);
  }

  /** The host's name as the kernel knows it. */
  public static String hostname() {
    try {
      String name = Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
      if (!name.isEmpty()) {
        return name;
      }
    } catch (IOException e) {
      // Not Linux, or no /proc: ask the resolver.
    }
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "localhost";
    }
  }

  static String address(String name) {
    try {
      return InetAddress.getByName(name).getHostAddress();
    } catch (UnknownHostException e) {
      throw new RubyException("SocketError", "getaddrinfo: Name or service not known - " + name);
    }
  }

  static String read(String path) {
    try (var in = Files.newInputStream(Path.of(path))) {
      byte[] bytes = in.readNBytes(MAX_FILE_BYTES + 1);
      if (bytes.length > MAX_FILE_BYTES) {
        throw new RubyLimitException("file is larger than " + MAX_FILE_BYTES + " bytes: " + path);
      }
      return new String(bytes, StandardCharsets.UTF_8);
    } catch (IOException | IllegalArgumentException e) {
      throw isDirectory(path)
          ? new RubyException("Errno::EISDIR", "Is a directory @ io_fread - " + path)
          : new RubyException("Errno::ENOENT", "No such file or directory @ rb_sysopen - " + path);
    }
  }

  private static boolean isDirectory(String path) {
    return path.indexOf('\0') < 0 && Files.isDirectory(Path.of(path));
  }

  /**
   * What a command prints. Only the name and address of the host are answered: a configuration file
   * starts no programs.
   */
  static String command(String command) {
    return switch (command.strip().replaceAll("\\s+", " ")) {
      case "hostname", "uname -n", "/bin/hostname", "cat /etc/hostname" -> hostname() + "\n";
      case "hostname -s", "hostname --short" -> hostname().split("\\.", 2)[0] + "\n";
      case "hostname -f", "hostname --fqdn", "hostname --long" -> canonical() + "\n";
      case "hostname -i", "hostname --ip-address", "hostname -I" -> address(hostname()) + "\n";
      default ->
          throw new RubyException(
              "NotImplementedError",
              "command `" + command + "` is not run; only `hostname` and its -f, -s, -i are known");
    };
  }

  private static String canonical() {
    try {
      return InetAddress.getByName(hostname()).getCanonicalHostName();
    } catch (UnknownHostException e) {
      return hostname();
    }
  }
}
