package io.runnel.cli;

import io.runnel.buffer.Balance;
import io.runnel.host.Clock;
import io.runnel.manager.InstanceStatus;
import io.runnel.manager.StatusReader;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Shows the status of instances to people and to programs. */
final class StatusText {
  private StatusText() {}

  static String one(InstanceStatus status) {
    List<String> lines = new ArrayList<>();
    boolean running = status.pid() != 0;
    lines.add(
        "runnel-"
            + status.name()
            + " is "
            + sentence(status)
            + (running ? " (pid " + status.pid() + ")" : ""));
    if (running) {
      lines.add("  process:   " + status.command() + ", up " + duration(status.uptimeSeconds()));
      lines.add("  memory:    " + bytes(status.memoryBytes()));
      lines.add(
          "  cpu:       %s s (%s %% of one core)"
              .formatted(status.cpuSeconds(), status.cpuPercent()));
    }
    lines.add(
        "  ports:     " + (status.ports().isEmpty() ? "-" : String.join(", ", status.ports())));
    lines.add(
        "  buffered:  "
            + bytes(status.bufferedBytes())
            + " in "
            + status.bufferedChunks()
            + " chunks"
            + (status.oldestChunkMillis() == 0
                ? ""
                : ", the oldest from "
                    + Instant.ofEpochMilli(status.oldestChunkMillis())
                    + " ("
                    + duration(StatusReader.ageSeconds(status, Clock.system()))
                    + " ago)"));
    lines.add("  books:     " + books(BufferBooks.read(status.buffers())));
    lines.add("  config:    " + status.config());
    lines.add("  log:       " + status.log());
    if (!status.lastError().isEmpty()) {
      lines.add("  last error: " + status.lastError());
    }
    return String.join("\n", lines) + "\n";
  }

  private static String books(Balance books) {
    List<String> parts = new ArrayList<>();
    books.figures().forEach((name, events) -> parts.add(name.replace('_', ' ') + " " + events));
    return String.join(", ", parts) + " events (file buffers, over all runs)";
  }

  private static String sentence(InstanceStatus status) {
    return switch (status.state()) {
      case RUNNING -> "running";
      case HELD -> "running, but held by a signal: kill -CONT " + status.pid() + " lets it go on";
      case DEAD -> "dead, but its pid file is there";
      case STOPPED -> "not running";
    };
  }

  static String table(List<InstanceStatus> all) {
    List<String[]> rows = new ArrayList<>();
    rows.add(new String[] {"NAME", "STATE", "PID", "UPTIME", "MEMORY", "BUFFERED", "PORTS"});
    for (InstanceStatus status : all) {
      boolean running = status.pid() != 0;
      rows.add(
          new String[] {
            status.name(),
            status.state().word(),
            running ? Long.toString(status.pid()) : "-",
            running ? duration(status.uptimeSeconds()) : "-",
            running ? bytes(status.memoryBytes()) : "-",
            bytes(status.bufferedBytes()),
            status.ports().isEmpty()
                ? "-"
                : String.join(" ", status.ports()).replace("tcp ", "tcp/").replace("udp ", "udp/")
          });
    }
    return Table.text(rows);
  }

  static Map<String, Object> json(InstanceStatus status) {
    Map<String, Object> one = new LinkedHashMap<>();
    boolean running = status.pid() != 0;
    one.put("name", status.name());
    one.put("state", status.state().word());
    one.put("running", running);
    one.put("pid", running ? status.pid() : null);
    one.put("process_name", running ? status.command() : null);
    one.put("uptime_seconds", running ? status.uptimeSeconds() : null);
    one.put("ports", status.ports());
    one.put("memory_bytes", running ? status.memoryBytes() : null);
    one.put("cpu_seconds", running ? status.cpuSeconds() : null);
    one.put("cpu_percent", running ? status.cpuPercent() : null);
    one.put("buffered_bytes", status.bufferedBytes());
    one.put("buffered_chunks", status.bufferedChunks());
    boolean waiting = status.oldestChunkMillis() != 0;
    one.put(
        "oldest_unsent",
        waiting ? Instant.ofEpochMilli(status.oldestChunkMillis()).toString() : null);
    one.put(
        "oldest_unsent_age_seconds",
        waiting ? StatusReader.ageSeconds(status, Clock.system()) : null);
    one.put("books", BufferBooks.read(status.buffers()).figures());
    one.put("last_error", status.lastError().isEmpty() ? null : status.lastError());
    one.put("config", status.config().toString());
    one.put("log", status.log().toString());
    return one;
  }

  static String duration(long seconds) {
    if (seconds < 60) {
      return seconds + "s";
    }
    if (seconds < 3600) {
      return seconds / 60 + "m" + seconds % 60 + "s";
    }
    return seconds < 86400
        ? seconds / 3600 + "h" + seconds % 3600 / 60 + "m"
        : seconds / 86400 + "d" + seconds % 86400 / 3600 + "h";
  }

  static String bytes(long bytes) {
    if (bytes < 1024) {
      return bytes + " B";
    }
    double value = bytes / 1024.0;
    for (String unit : List.of("KiB", "MiB", "GiB")) {
      if (value < 1024 || unit.equals("GiB")) {
        return String.format(Locale.ROOT, "%.1f %s", value, unit);
      }
      value /= 1024;
    }
    return bytes + " B";
  }
}
