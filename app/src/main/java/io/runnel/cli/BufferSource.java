package io.runnel.cli;

import io.runnel.buffer.ChunkFinder;
import io.runnel.buffer.FoundChunk;
import io.runnel.config.ConfigException;
import io.runnel.config.Place;
import io.runnel.host.Disk;
import io.runnel.host.OwnerLocks;
import io.runnel.host.Ownership;
import io.runnel.host.ProcessTable;
import io.runnel.manager.ConfigSource;
import io.runnel.plugin.TagPattern;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Which chunks a {@code runnel buffer} command is about: what all of these commands share. */
final class BufferSource {
  private final Runnel runnel;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Parameters(
      paramLabel = "PATH",
      arity = "0..*",
      description = "Buffer directories, paths with .*. for the chunks, or single chunk files.")
  private List<Path> paths = new ArrayList<>();

  @Option(
      names = {"-i", "--instance"},
      paramLabel = "NAME",
      description = "All file buffers of an instance.")
  private String instance;

  @Option(
      names = "--tag",
      paramLabel = "PATTERN",
      description = "Only chunks whose tag matches, as in <match>.")
  private String tag;

  @Option(
      names = "--key",
      paramLabel = "FIELD",
      defaultValue = "tag",
      description =
          "The chunk key of a buf_file_single, whose value is in the file names"
              + " (${DEFAULT-VALUE}).")
  private String singleKey;

  @Option(
      names = "--trust-tail",
      description = {
        "Believe what was written behind the last checksum, where its structure is right, although"
            + " the machine was restarted since or the files are a copy of another machine's."
      })
  boolean trustTail;

  @Option(names = "--json", description = "Print for programs.")
  boolean json;

  BufferSource(Runnel runnel) {
    this.runnel = runnel;
  }

  java.io.PrintStream out() {
    return runnel.out;
  }

  java.io.PrintStream err() {
    return runnel.err;
  }

  ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  /** The directories and files that are meant. */
  List<Path> paths() throws IOException {
    Set<Path> all = new LinkedHashSet<>(paths);
    if (instance != null) {
      ConfigSource configs = new ConfigSource(runnel.layout(), runnel.environment);
      configs.instance(runnel.existing(spec, instance)).buffers().stream()
          .map(Path::of)
          .filter(path -> Files.exists(folderOf(path)))
          .forEach(all::add);
    } else if (all.isEmpty()) {
      throw wrong("a PATH or --instance NAME is needed");
    }
    return List.copyOf(all);
  }

  /** The chunks there, oldest first in each. */
  List<FoundChunk> chunks() throws IOException {
    ChunkFinder finder = new ChunkFinder(Disk.local(), singleKey);
    TagPattern pattern = pattern();
    List<FoundChunk> found = new ArrayList<>();
    for (Path path : paths()) {
      try {
        found.addAll(finder.find(path));
      } catch (NoSuchFileException e) {
        String instance = path.getNameCount() == 1 ? " (an instance? --instance " + path + ")" : "";
        throw new IOException(path + ": there is no such directory or chunk" + instance, e);
      }
    }
    if (pattern != null) {
      found.removeIf(
          chunk -> chunk.metadata().tag() == null || !pattern.matches(chunk.metadata().tag()));
    }
    return found;
  }

  private TagPattern pattern() {
    try {
      return tag == null ? null : TagPattern.parse(tag, new Place("--tag", 1, 1));
    } catch (ConfigException e) {
      throw wrong("--tag: " + e.getMessage());
    }
  }

  static Path folderOf(Path path) {
    Path absolute = path.toAbsolutePath().normalize();
    return Files.isDirectory(absolute) ? absolute : absolute.getParent();
  }

  /** What locks are claimed for: directories, also those of workers, and patterns in one. */
  private List<Path> owned() throws IOException {
    List<Path> all = new ArrayList<>();
    for (Path path : paths()) {
      boolean pattern = path.getFileName() != null && path.getFileName().toString().contains(".*");
      Path owned = pattern ? path.toAbsolutePath() : folderOf(path);
      all.add(owned);
      if (Files.isDirectory(owned)) {
        try (DirectoryStream<Path> workers = Files.newDirectoryStream(owned, "worker[0-9]*")) {
          workers.forEach(all::add);
        }
      }
    }
    return all;
  }

  /** The live instances that use the paths. */
  List<OwnerLocks.Owner> owners() throws IOException {
    List<OwnerLocks.Owner> owners = new ArrayList<>();
    for (Path path : owned()) {
      Optional<OwnerLocks.Owner> owner = OwnerLocks.peek(path, "buffer", ProcessTable.system());
      owner.filter(found -> !owners.contains(found)).ifPresent(owners::add);
    }
    return owners;
  }

  /** Says on standard error that what is seen may change. */
  void warnOfOwners() throws IOException {
    for (OwnerLocks.Owner owner : owners()) {
      runnel.err.println(
          "note: instance "
              + owner.instance()
              + " (pid "
              + owner.pid()
              + ") uses this buffer; chunks may grow or go while they are read");
    }
  }

  /**
   * Keeps daemons from starting on the paths while their chunks are copied or sent.
   *
   * @throws Ownership.OwnedException where one uses them: what it sends itself would be doubled
   */
  Claims claim(OwnerLocks locks) throws IOException {
    Claims claims = new Claims();
    try {
      for (Path path : owned()) {
        if (Files.isWritable(folderOf(path))) { // else no daemon of ours can use it either
          claims.add(locks.claim(path, "buffer"));
        }
      }
      for (FoundChunk chunk : chunks()) {
        refuseOpen(chunk);
      }
      return claims;
    } catch (IOException e) {
      claims.close();
      throw e;
    }
  }

  /** Fluentd has no locks, but it keeps its staged chunks open. */
  private static void refuseOpen(FoundChunk chunk) throws IOException {
    ProcessTable processes = ProcessTable.system();
    Optional<ProcessTable.Process> holder =
        chunk.isQueued() ? Optional.empty() : processes.holderOfFile(chunk.file());
    if (holder.isPresent()) {
      throw new IOException(
          chunk.file()
              + " is open in process "
              + holder.get().pid()
              + " ("
              + holder.get().command()
              + "), which will deliver it; stop that first");
    }
  }

  /** Locks that are held together. */
  static final class Claims implements AutoCloseable {
    private final List<Ownership.Claim> held = new ArrayList<>();

    void add(Ownership.Claim claim) {
      held.add(claim);
    }

    @Override
    public void close() {
      held.forEach(Ownership.Claim::close);
      held.clear();
    }
  }
}
