package io.runnel.manager;

import io.runnel.host.Clock;
import io.runnel.host.ProcessTable;
import io.runnel.host.SocketTable;
import io.runnel.instance.InstanceLayout;
import io.runnel.instance.InstanceName;
import io.runnel.instance.InstanceProcess;
import io.runnel.manager.InstanceStatus.State;
import io.runnel.manager.Resource.PathUse;
import io.runnel.manager.Resource.Port;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Collects what is known of an instance from outside: nothing is asked of its process. */
public final class StatusReader {
  /** How far back in the log an error is looked for. */
  private static final int LOG_TAIL = 256 * 1024;

  private final InstanceLayout layout;
  private final ConfigSource source;
  private final ProcessTable processes = ProcessTable.system();
  private final SocketTable sockets = SocketTable.system();
  private final InstanceProcess finder;

  public StatusReader(InstanceLayout layout, Map<String, String> environment) {
    this.layout = layout;
    this.source = new ConfigSource(layout, environment);
    this.finder = new InstanceProcess(layout, processes);
  }

  public InstanceStatus read(InstanceName name) throws IOException {
    InstanceConfig config = source.instance(name);
    Optional<ProcessTable.Process> process = finder.find(name);
    State state = process.map(StatusReader::live).orElseGet(() -> gone(name));
    long uptime = 0;
    double cpu = 0;
    if (process.isPresent()) {
      double started = (double) process.get().startTicks() / ProcessTable.TICKS_PER_SECOND;
      uptime = Math.max(0, Math.round(processes.uptimeSeconds() - started));
      cpu = (double) process.get().cpuTicks() / ProcessTable.TICKS_PER_SECOND;
    }
    Buffered buffered = buffered(config);
    Path log = log(config);
    return new InstanceStatus(
        name.text(),
        state,
        process.map(ProcessTable.Process::pid).orElse(0L),
        uptime,
        process.isPresent() ? listening(process.get().pid()) : configured(config),
        process.map(ProcessTable.Process::residentBytes).orElse(0L),
        cpu,
        uptime == 0 ? 0 : Math.round(1000 * cpu / uptime) / 10.0,
        buffered.bytes,
        buffered.chunks,
        buffered.oldestMillis,
        List.copyOf(config.buffers()),
        lastError(log),
        config.file(),
        log,
        process.map(ProcessTable.Process::command).orElse(""));
  }

  private static State live(ProcessTable.Process process) {
    return process.isHeld() ? State.HELD : State.RUNNING;
  }

  private State gone(InstanceName name) {
    return finder.hasLeftPidFile(name) ? State.DEAD : State.STOPPED;
  }

  private static Path log(InstanceConfig config) {
    return config.resources().stream()
        .filter(r -> r instanceof PathUse p && p.slot().key().equals("log"))
        .map(r -> Path.of(((PathUse) r).path()))
        .findFirst()
        .orElse(Path.of("/nonexistent"));
  }

  private List<String> listening(long pid) throws IOException {
    Set<Long> own = sockets.socketsOf(pid);
    return sockets.listening().stream()
        .filter(socket -> own.contains(socket.inode()))
        .map(s -> s.protocol() + " " + host(s.address().getHostAddress()) + ":" + s.port())
        .distinct()
        .sorted()
        .toList();
  }

  private static String host(String address) {
    return address.contains(":") ? "[" + address.replaceFirst("^(0:){7}0$", "::") + "]" : address;
  }

  private static List<String> configured(InstanceConfig config) {
    return config.resources().stream()
        .filter(Port.class::isInstance)
        .map(Resource::text)
        .distinct()
        .sorted()
        .toList();
  }

  /** What lies in buffer directories. */
  private static final class Buffered {
    long bytes;
    int chunks;
    long oldestMillis;

    void add(Path chunk) throws IOException {
      bytes += Files.size(chunk);
      chunks++;
      long made = ChunkNames.createdMillis(chunk.getFileName().toString());
      long millis = made > 0 ? made : Files.getLastModifiedTime(chunk).toMillis();
      oldestMillis = oldestMillis == 0 ? millis : Math.min(oldestMillis, millis);
    }
  }

  private static Buffered buffered(InstanceConfig config) {
    Buffered total = new Buffered();
    config.buffers().forEach(path -> add(path, total));
    return total;
  }

  private static void add(String path, Buffered total) {
    int star = path.indexOf(".*");
    Path directory = star < 0 ? Path.of(path) : Path.of(path).getParent();
    String prefix = star < 0 ? "" : path.substring(directory.toString().length() + 1, star + 1);
    // With several workers each has a directory inside.
    try (Stream<Path> files = Files.walk(directory, star < 0 ? 2 : 1)) {
      for (Path file : files.toList()) {
        String name = file.getFileName().toString();
        if (name.startsWith(prefix) && ChunkNames.isChunk(name) && Files.isRegularFile(file)) {
          total.add(file);
        }
      }
    } catch (IOException e) {
      return; // there is no such directory yet, or a chunk was delivered meanwhile
    }
  }

  private static String lastError(Path log) {
    try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
      long from = Math.max(0, file.length() - LOG_TAIL);
      file.seek(from);
      byte[] bytes = new byte[(int) (file.length() - from)];
      file.readFully(bytes);
      List<String> lines =
          new String(bytes, StandardCharsets.UTF_8)
              .lines()
              .filter(line -> line.contains("[error]") || line.contains("[fatal]"))
              .toList();
      return lines.isEmpty() ? "" : lines.getLast();
    } catch (IOException e) {
      return "";
    }
  }

  /** Seconds since a chunk was made. */
  public static long ageSeconds(InstanceStatus status, Clock clock) {
    return status.oldestChunkMillis() == 0
        ? 0
        : Math.max(0, (clock.millis() - status.oldestChunkMillis()) / 1000);
  }
}
