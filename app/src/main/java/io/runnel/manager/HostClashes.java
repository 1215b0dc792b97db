package io.runnel.manager;

import io.runnel.config.Place;
import io.runnel.host.OwnerLocks;
import io.runnel.host.ProcessTable;
import io.runnel.host.SocketTable;
import io.runnel.instance.InstanceName;
import io.runnel.instance.InstanceProcess;
import io.runnel.manager.Resource.PathKind;
import io.runnel.manager.Resource.PathUse;
import io.runnel.manager.Resource.Port;
import io.runnel.manager.Resource.Protocol;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Compares configurations with what runs on the host: bound ports, owned files. */
public final class HostClashes {
  /** What is locked at run time ({@link io.runnel.host.Ownership}). */
  private static final Set<PathKind> LOCKED =
      EnumSet.of(PathKind.BUFFER, PathKind.POS_FILE, PathKind.STORAGE, PathKind.UNIX_SOCKET);

  private final ProcessTable processes;
  private final InstanceProcess instances;
  private final List<SocketTable.Listening> listening;
  private final Map<Long, Optional<ProcessTable.Process>> holders = new HashMap<>();

  public HostClashes(SocketTable sockets, ProcessTable processes, InstanceProcess instances) {
    this.processes = processes;
    this.instances = instances;
    try {
      this.listening = sockets.listening();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot list the open ports", e);
    }
  }

  /** What this configuration wants and a process that is not its own has. */
  public List<Finding> of(InstanceConfig config) {
    List<Finding> findings = new ArrayList<>();
    for (Resource resource : config.resources()) {
      if (resource instanceof Port port) {
        port(config, port).ifPresent(f -> addOnce(findings, f));
      } else if (resource instanceof PathUse path && LOCKED.contains(path.kind())) {
        path(config, path).ifPresent(f -> addOnce(findings, f));
      }
    }
    return findings;
  }

  private static void addOnce(List<Finding> findings, Finding finding) {
    if (!findings.contains(finding)) {
      findings.add(finding);
    }
  }

  /** Whether a port is free of any process: for the choice of new ones. */
  public boolean isFree(Protocol protocol, int port) {
    return listening.stream()
        .noneMatch(l -> l.port() == port && l.protocol().equals(name(protocol)));
  }

  private static String name(Protocol protocol) {
    return protocol.name().toLowerCase(Locale.ROOT);
  }

  private Optional<Finding> port(InstanceConfig config, Port port) {
    for (SocketTable.Listening socket : listening) {
      if (socket.port() != port.number()
          || !socket.protocol().equals(name(port.protocol()))
          || !Addresses.overlap(port.address(), socket.address().getHostAddress())) {
        continue;
      }
      Optional<ProcessTable.Process> holder =
          holders.computeIfAbsent(socket.inode(), processes::holderOfSocket);
      if (holder.isPresent() && isOwn(config, holder.get().pid())) {
        continue;
      }
      String what = port.text() + " is bound already";
      return Optional.of(finding("port", what, config, port, holder));
    }
    return Optional.empty();
  }

  private boolean isOwn(InstanceConfig config, long pid) {
    if (config.name().isPresent()) {
      InstanceName name = config.name().get();
      return instances.runsExecutable(pid, name)
          || instances.find(name).filter(p -> p.pid() == pid).isPresent();
    }
    String file = config.file().toAbsolutePath().normalize().toString();
    return processes.commandLine(pid).stream()
        .anyMatch(word -> word.equals(file) || word.endsWith("=" + file));
  }

  private Optional<Finding> path(InstanceConfig config, PathUse path) {
    Optional<OwnerLocks.Owner> owner;
    try {
      String use = path.kind() == PathKind.BUFFER ? "buffer" : path.kind().words();
      owner = OwnerLocks.peek(Path.of(path.path()), use, processes);
    } catch (IOException e) {
      return Optional.empty(); // not to be seen by this user
    }
    if (owner.isEmpty() || isOwn(config, owner.get().pid())) {
      return Optional.empty();
    }
    String what =
        path.text()
            + " is owned by the running instance "
            + owner.get().instance()
            + " (configuration file "
            + owner.get().configFile()
            + ")";
    return Optional.of(finding("path", what, config, path, processes.find(owner.get().pid())));
  }

  private static Finding finding(
      String kind,
      String what,
      InstanceConfig config,
      Resource resource,
      Optional<ProcessTable.Process> holder) {
    Finding.Side own = new Finding.Side(config.label(), resource.place(), resource.user(), 0);
    Finding.Side other =
        holder
            .map(p -> new Finding.Side(p.command(), Place.NONE, "", p.pid()))
            .orElse(new Finding.Side("a process of another user", Place.NONE, "", 0));
    return new Finding(kind, true, what, List.of(own, other), null, "");
  }
}
