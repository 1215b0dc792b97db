package io.runnel.manager;

import io.runnel.instance.InstanceLayout;
import io.runnel.instance.InstanceName;
import io.runnel.manager.Resource.PathKind;
import io.runnel.manager.Resource.PathUse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** {@code runnel instance remove}. */
public final class InstanceRemover {
  /** What the service script has put into the state directory. */
  private static final List<String> RUNTIME = List.of("bin", "lib", "conf", "release");

  private static final List<String> RUN_FILES =
      List.of(".pid", ".pid.start", ".pid.start.new", ".state", ".lock", ".out");

  private final InstanceLayout layout;
  private final ConfigSource source;
  private final Service service;

  public InstanceRemover(InstanceLayout layout, Map<String, String> environment, Service service) {
    this.layout = layout;
    this.source = new ConfigSource(layout, environment);
    this.service = service;
  }

  /**
   * What is gone and what is still there.
   *
   * @param kept data: buffers, positions, logs
   */
  public record Removed(List<Path> removed, List<Path> kept) {}

  /**
   * Stops the instance and removes it.
   *
   * @param purge its data as well
   * @param quiet prints nothing of what the stop says
   */
  public Removed remove(InstanceName name, boolean purge, boolean quiet)
      throws IOException, RefusedException {
    if (service.call("stop", name, quiet) != 0) {
      throw new RefusedException("instance " + name + " cannot be stopped; nothing was removed");
    }
    List<Path> kept = new ArrayList<>();
    List<Path> removed = new ArrayList<>();
    List<Path> data = data(name);
    Path state = layout.stateDir(name);
    for (String part : RUNTIME) {
      delete(state.resolve(part), true, removed);
    }
    OthersPaths others = OthersPaths.of(layout, source, name);
    for (Path path : data) {
      if (purge && !others.use(path)) {
        purge(path, name, removed);
      }
      if (Files.exists(path)) {
        kept.add(path);
      }
    }
    for (String suffix : RUN_FILES) {
      delete(layout.runDir().resolve(name + suffix), false, removed);
    }
    delete(layout.initScript(name), false, removed);
    delete(layout.defaults(name), false, removed);
    delete(layout.includeDir(name), true, removed);
    delete(layout.extraConfigDir(name), true, removed);
    delete(layout.config(name), false, removed);
    return new Removed(removed, kept);
  }

  /**
   * Deletes data. A folder that the configuration names may be one in which others keep files as
   * well: there only what a buffer writes goes.
   */
  private void purge(Path path, InstanceName name, List<Path> removed) throws IOException {
    boolean own = path.startsWith(layout.stateDir(name));
    if (own || !Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
      delete(path, own, removed);
      return;
    }
    for (Path entry : entries(path)) {
      String file = entry.getFileName().toString();
      boolean directory = Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS);
      if (directory ? file.matches("worker\\d+") : ChunkNames.isOfBuffer(file)) {
        purge(entry, name, removed);
      }
    }
    if (entries(path).isEmpty()) {
      delete(path, false, removed);
    }
  }

  private static List<Path> entries(Path directory) throws IOException {
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.toList();
    }
  }

  /** The state directory if anything but the run time is in it, its log, buffers elsewhere. */
  private List<Path> data(InstanceName name) throws IOException {
    List<Path> data = new ArrayList<>();
    Path state = layout.stateDir(name);
    if (Files.isDirectory(state)) {
      if (holdsData(state)) {
        data.add(state);
      } else {
        Trees.delete(state, true);
      }
    }
    data.add(layout.log(name));
    for (Resource resource : source.instance(name).resources()) {
      boolean own =
          resource instanceof PathUse path
              && (path.kind() == PathKind.POS_FILE
                  || path.kind() == PathKind.STATE
                  || path.kind() == PathKind.STORAGE
                  || path.kind() == PathKind.BUFFER)
              && !path.path().contains("*");
      Path path = own ? Path.of(((PathUse) resource).path()) : null;
      if (own && !path.startsWith(state) && !isOutput(resource) && !data.contains(path)) {
        data.add(path);
      }
    }
    return data;
  }

  private static boolean holdsData(Path state) throws IOException {
    List<Path> runtime = RUNTIME.stream().map(state::resolve).toList();
    try (Stream<Path> tree = Files.walk(state)) {
      return tree.anyMatch(
          path ->
              runtime.stream().noneMatch(path::startsWith)
                  && !Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS));
    }
  }

  /** out_file without a buffer path: its chunks lie where its output is. */
  private static boolean isOutput(Resource resource) {
    return resource.slot().plugin().equals("file")
        && !resource.slot().section().name().equals("buffer")
        && resource.slot().key().equals("path");
  }

  private static void delete(Path path, boolean whole, List<Path> removed) throws IOException {
    if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      Trees.delete(path, whole);
      removed.add(path);
    }
  }
}
