package io.runnel.manager;

import io.runnel.config.Place;
import io.runnel.instance.InstanceLayout;
import io.runnel.instance.InstanceName;
import io.runnel.manager.Resource.PathUse;
import io.runnel.manager.Resource.Port;
import io.runnel.manager.Resource.Slot;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Makes, in memory, a copy of a configuration in which nothing is left that would collide with the
 * original or with another instance: every port it listens on is moved, and every path that it
 * writes gets the new name. The text keeps its comments and its layout.
 */
public final class InstanceCopy {
  private static final int MAX_PORT = 65535;

  /** Names tried for one path before it is given up. */
  private static final int ATTEMPTS = 100;

  private final InstanceConfig source;
  private final List<InstanceConfig> others;
  private final HostClashes host;
  private final CopyFiles files;
  private final PathRenamer renamer;
  private final Map<String, ConfigText> texts = new LinkedHashMap<>();
  private final List<Move> moves = new ArrayList<>();
  private final List<Port> chosenPorts = new ArrayList<>();
  private final List<PathUse> chosenPaths = new ArrayList<>();
  private final Set<String> edited = new HashSet<>();

  /**
   * The result.
   *
   * @param main the main file
   * @param texts all files and their content
   * @param moves what differs from the original
   */
  public record Plan(Path main, Map<Path, byte[]> texts, List<Move> moves) {}

  private InstanceCopy(
      InstanceConfig source,
      List<InstanceConfig> others,
      HostClashes host,
      CopyFiles files,
      PathRenamer renamer) {
    this.source = source;
    this.others = others;
    this.host = host;
    this.files = files;
    this.renamer = renamer;
  }

  /**
   * @param source the original
   * @param includeDir its config_include_dir; empty where it has none
   * @param others all configurations whose resources are taken; the original is one of them
   * @param shift what is added to every port; empty for the next free ones
   * @throws RefusedException where there is no way to avoid a collision
   */
  public static Plan plan(
      InstanceConfig source,
      String includeDir,
      InstanceLayout layout,
      InstanceName name,
      List<InstanceConfig> others,
      HostClashes host,
      OptionalInt shift)
      throws IOException, RefusedException {
    CopyFiles files = new CopyFiles(source.file(), includeDir, layout, name);
    PathRenamer renamer = new PathRenamer(oldNames(source), name.text());
    return new InstanceCopy(source, others, host, files, renamer).make(shift);
  }

  private static List<String> oldNames(InstanceConfig source) {
    if (source.name().isPresent()) {
      return List.of(source.name().get().text());
    }
    List<String> names = new ArrayList<>();
    Path file = source.file().toAbsolutePath();
    names.add(file.getFileName().toString().replaceFirst("\\.[^.]*$", ""));
    if (file.getParent() != null && file.getParent().getFileName() != null) {
      names.add(file.getParent().getFileName().toString());
    }
    return names;
  }

  private Plan make(OptionalInt shift) throws IOException, RefusedException {
    for (String file : source.sources().keySet()) {
      if (CopyFiles.isLocal(file)) {
        texts.put(file, ConfigText.read(Path.of(file)));
      }
    }
    try {
      Map<Slot, List<Port>> ports = new LinkedHashMap<>();
      Map<Slot, List<PathUse>> paths = new LinkedHashMap<>();
      for (Resource resource : source.resources()) {
        if (resource instanceof Port port) {
          ports.computeIfAbsent(port.slot(), s -> new ArrayList<>()).add(port);
        } else if (resource instanceof PathUse path && !path.slot().plugin().equals("service")) {
          paths.computeIfAbsent(path.slot(), s -> new ArrayList<>()).add(path);
        }
      }
      for (List<Port> port : ports.values()) {
        movePort(port, shift);
      }
      for (List<PathUse> path : paths.values()) {
        movePath(path);
      }
    } catch (ConfigText.NotFoundException e) {
      throw new RefusedException("cannot change the configuration: " + e.getMessage());
    }
    Map<Path, byte[]> written = new LinkedHashMap<>();
    for (Map.Entry<String, ConfigText> entry : texts.entrySet()) {
      Path original = Path.of(entry.getKey());
      entry.getValue().includes(target -> files.include(original, target));
      written.put(files.target(original), entry.getValue().bytes());
    }
    return new Plan(files.mainTarget(), written, List.copyOf(moves));
  }

  // --------------------------------------------------------------------------------------- ports

  private void movePort(List<Port> group, OptionalInt shift) throws RefusedException {
    Port first = group.getFirst();
    int old = first.number() - first.offset();
    int chosen;
    if (shift.isPresent()) {
      chosen = old + shift.getAsInt();
      String taken = whyNot(group, chosen - old);
      if (taken != null) {
        throw new RefusedException(
            first.place()
                + ": "
                + first.user()
                + ": port "
                + old
                + " cannot become "
                + chosen
                + ": "
                + taken);
      }
    } else {
      chosen = old + 1;
      while (whyNot(group, chosen - old) != null) {
        if (++chosen > MAX_PORT) {
          throw new RefusedException(
              first.place() + ": " + first.user() + ": there is no free port above " + old);
        }
      }
    }
    for (Port port : group) {
      chosenPorts.add(moved(port, chosen - old));
    }
    String endpoint = first.slot().section().peek(first.slot().key());
    boolean isEndpoint = first.slot().key().equals("rpc_endpoint");
    String value =
        isEndpoint
            ? endpoint.substring(0, endpoint.lastIndexOf(':') + 1) + chosen
            : Integer.toString(chosen);
    edit(first, isEndpoint ? endpoint : Integer.toString(old), value);
  }

  private static Port moved(Port port, int by) {
    return new Port(
        port.user(),
        port.slot(),
        port.protocol(),
        port.address(),
        port.number() + by,
        port.offset());
  }

  /** Why the ports of a parameter cannot be moved that far; null where they can. */
  private String whyNot(List<Port> group, int by) {
    for (Port port : group) {
      int number = port.number() + by;
      if (number < 1 || number > MAX_PORT) {
        return "there is no port " + number;
      }
      Port moved = moved(port, by);
      for (InstanceConfig other : others) {
        for (Resource resource : other.resources()) {
          if (resource instanceof Port taken && Clashes.portsClash(moved, taken)) {
            return taken.text() + " belongs to " + other.label() + " (" + taken.place() + ")";
          }
        }
      }
      for (Port taken : chosenPorts) {
        if (Clashes.portsClash(moved, taken)) {
          return "it is already taken for " + taken.user();
        }
      }
      if (!host.isFree(port.protocol(), number)) {
        return "it is bound by another process";
      }
    }
    return null;
  }

  // --------------------------------------------------------------------------------------- paths

  private void movePath(List<PathUse> group) throws RefusedException {
    PathUse first = group.getFirst();
    Slot slot = first.slot();
    String raw = slot.isPresent() ? slot.section().peek(slot.key()) : first.path();
    if (!raw.startsWith("/")) {
      return; // relative to the instance's own directory
    }
    String base = Path.of(raw).normalize().toString();
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      String renamed = renamer.rename(raw, attempt);
      String newBase = Path.of(renamed).normalize().toString();
      List<PathUse> candidates = new ArrayList<>();
      for (PathUse path : group) {
        String tail = path.path().startsWith(base) ? path.path().substring(base.length()) : "";
        candidates.add(new PathUse(path.user(), path.slot(), path.kind(), newBase + tail));
      }
      if (candidates.stream().noneMatch(this::isTaken)) {
        chosenPaths.addAll(candidates);
        edit(first, raw, renamed);
        return;
      }
    }
    throw new RefusedException(
        first.place() + ": " + first.user() + ": no free name was found for " + first.text());
  }

  private boolean isTaken(PathUse candidate) {
    for (InstanceConfig other : others) {
      for (Resource resource : other.resources()) {
        if (resource instanceof PathUse taken && collide(candidate, taken, true)) {
          return true;
        }
      }
    }
    return chosenPaths.stream().anyMatch(taken -> collide(candidate, taken, false));
  }

  private static boolean collide(PathUse a, PathUse b, boolean nesting) {
    boolean directories = Clashes.isDirectory(a.kind());
    if (directories != Clashes.isDirectory(b.kind())) {
      return false;
    }
    if (!directories) {
      return RealPaths.canonical(a.path()).equals(RealPaths.canonical(b.path()));
    }
    String p = RealPaths.buffer(a.path());
    String q = RealPaths.buffer(b.path());
    return p.equals(q) || nesting && (RealPaths.isInside(p, q) || RealPaths.isInside(q, p));
  }

  private void edit(Resource resource, String from, String to) {
    Slot slot = resource.slot();
    Place place = slot.place();
    // A file that is included twice is one text: its values are changed once.
    if (!edited.add(place.file() + ":" + place.line() + ":" + slot.key())) {
      return;
    }
    ConfigText text = texts.get(place.file());
    if (text == null) {
      throw new ConfigText.NotFoundException(place + " is not in a file that can be copied");
    }
    if (slot.isPresent()) {
      text.replace(place, slot.key(), to);
    } else {
      text.add(slot.section(), slot.key(), to);
    }
    moves.add(new Move(place, resource.user(), slot.key(), from, to));
  }
}
