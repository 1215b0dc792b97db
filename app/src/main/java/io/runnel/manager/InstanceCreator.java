package io.runnel.manager;

import io.runnel.host.ReplacedFile;
import io.runnel.instance.InstanceLayout;
import io.runnel.instance.InstanceName;
import io.runnel.manager.Resource.PathUse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** {@code runnel instance create}. What it has made is taken away again where it cannot go on. */
public final class InstanceCreator {
  private final Image image;
  private final InstanceLayout layout;
  private final ConfigSource source;
  private final Map<String, String> environment;
  private final Service service;
  private final Deque<Path> made = new ArrayDeque<>();

  public InstanceCreator(
      Image image, InstanceLayout layout, Map<String, String> environment, Service service) {
    this.image = image;
    this.layout = layout;
    this.source = new ConfigSource(layout, environment);
    this.environment = environment;
    this.service = service;
  }

  /**
   * What is asked for.
   *
   * @param config a configuration that is taken as it is
   * @param from an instance or a configuration file that is copied
   * @param shift what is added to every port of the copy
   * @param user who the instance runs as
   */
  public record Request(
      InstanceName name,
      Optional<Path> config,
      Optional<String> from,
      OptionalInt shift,
      Optional<String> user) {}

  /**
   * What was made.
   *
   * @param moves what a copy has instead of the original's
   * @param findings faults and clashes of a configuration that was taken or copied
   */
  public record Created(
      InstanceName name, Path config, List<Path> files, List<Move> moves, List<Finding> findings) {}

  /** What is to be written. */
  private record Draft(
      Path main,
      Map<Path, byte[]> texts,
      List<Move> moves,
      Optional<Path> like,
      Optional<InstanceName> origin) {}

  public Created create(Request request) throws IOException, RefusedException {
    InstanceName name = request.name();
    if (layout.exists(name)) {
      throw new RefusedException(
          "instance "
              + name
              + " exists already: "
              + layout.config(name)
              + ". Remove it first, or"
              + " take another name");
    }
    for (Path taken :
        List.of(layout.defaults(name), layout.includeDir(name), layout.extraConfigDir(name))) {
      if (Files.exists(taken, LinkOption.NOFOLLOW_LINKS)) {
        throw new RefusedException(taken + " is there already: move it away first");
      }
    }
    checkUser(request.user());
    List<InstanceConfig> others = source.instances();
    HostClashes host = Checker.host(layout);
    Draft draft = draft(request, others, host);
    try {
      List<Finding> findings = write(request, draft, others, host);
      return new Created(name, draft.main(), List.copyOf(made.reversed()), draft.moves(), findings);
    } catch (IOException | RefusedException | RuntimeException e) {
      undo();
      throw e;
    }
  }

  private void checkUser(Optional<String> user) throws IOException, RefusedException {
    if (user.isEmpty()) {
      return;
    }
    try {
      layout
          .root()
          .getFileSystem()
          .getUserPrincipalLookupService()
          .lookupPrincipalByName(user.get());
    } catch (IOException e) {
      throw new RefusedException("there is no user " + user.get());
    }
  }

  // --------------------------------------------------------------------------------------- drafts

  private Draft draft(Request request, List<InstanceConfig> others, HostClashes host)
      throws IOException, RefusedException {
    if (request.config().isPresent()) {
      return taken(request.name(), request.config().get());
    }
    if (request.from().isPresent()) {
      return copied(request, request.from().get(), others, host);
    }
    String text = StarterConfig.of(layout, request.name(), others, host);
    Path main = layout.configDir().resolve(request.name() + ".conf");
    return new Draft(
        main,
        Map.of(main, text.getBytes(StandardCharsets.UTF_8)),
        List.of(),
        Optional.empty(),
        Optional.empty());
  }

  private Draft taken(InstanceName name, Path file) throws IOException, RefusedException {
    InstanceConfig read = readable(source.fileAs(file.toString(), file, layout.root(), ""));
    CopyFiles files = new CopyFiles(file, "", layout, name);
    Map<Path, byte[]> texts = new LinkedHashMap<>();
    for (String original : read.sources().keySet()) {
      if (CopyFiles.isLocal(original)) {
        ConfigText text = ConfigText.read(Path.of(original));
        text.includes(target -> files.include(Path.of(original), target));
        texts.put(files.target(Path.of(original)), text.bytes());
      }
    }
    return new Draft(files.mainTarget(), texts, List.of(), Optional.of(file), Optional.empty());
  }

  private Draft copied(Request request, String from, List<InstanceConfig> others, HostClashes host)
      throws IOException, RefusedException {
    InstanceConfig original;
    String includeDir = "";
    List<InstanceConfig> all = new ArrayList<>(others);
    Optional<InstanceConfig> instance =
        others.stream().filter(other -> other.label().equals(from)).findFirst();
    if (instance.isPresent()) {
      original = instance.get();
      DefaultsFile defaults = DefaultsFile.read(layout.defaults(original.name().orElseThrow()));
      includeDir =
          source
              .environment(original.name().orElseThrow(), defaults)
              .get("FLUENT_CONF_INCLUDE_DIR");
    } else {
      Path file = importable(from);
      Path extra = file.toAbsolutePath().resolveSibling("conf.d");
      boolean packaged = file.toAbsolutePath().getParent().endsWith("fluent");
      includeDir = packaged && Files.isDirectory(extra) ? extra.toString() : "";
      original = source.fileAs(file.toString(), file, Path.of("/"), includeDir);
      all.add(original);
    }
    InstanceConfig sound = readable(original);
    InstanceCopy.Plan plan =
        InstanceCopy.plan(sound, includeDir, layout, request.name(), all, host, request.shift());
    return new Draft(
        plan.main(), plan.texts(), plan.moves(), Optional.of(original.file()), original.name());
  }

  /** An existing host's file, also where the host's files lie below the root. */
  private Path importable(String from) throws RefusedException {
    Path file = Path.of(from);
    if (Files.isRegularFile(file)) {
      return file;
    }
    Path below = layout.root().resolve(from.replaceFirst("^/+", ""));
    if (file.isAbsolute() && Files.isRegularFile(below)) {
      return below;
    }
    throw new RefusedException("there is neither an instance nor a configuration file " + from);
  }

  private static InstanceConfig readable(InstanceConfig config) throws RefusedException {
    List<Finding> faults = config.faults().stream().filter(Finding::fatal).toList();
    if (!faults.isEmpty()) {
      throw new RefusedException(config.file() + " cannot be read", faults);
    }
    return config;
  }

  // --------------------------------------------------------------------------------------- files

  private List<Finding> write(
      Request request, Draft draft, List<InstanceConfig> others, HostClashes host)
      throws IOException, RefusedException {
    InstanceName name = request.name();
    Set<PosixFilePermission> permissions =
        draft.like().isPresent()
            ? Files.getPosixFilePermissions(draft.like().get())
            : PosixFilePermissions.fromString("rw-r--r--");
    for (Map.Entry<Path, byte[]> entry : draft.texts().entrySet()) {
      writeFile(entry.getKey(), entry.getValue(), permissions);
    }
    writeFile(
        layout.defaults(name),
        defaults(request, draft),
        PosixFilePermissions.fromString("rw-r--r--"));
    link(layout.initScript(name), image.initScript());
    hostFiles();
    InstanceConfig written = readable(source.instance(name));
    List<Finding> findings = clashes(written, others, host);
    if (request.from().isPresent()) {
      List<Finding> fatal = findings.stream().filter(f -> !f.kind().equals("tail")).toList();
      if (!fatal.isEmpty()) {
        throw new RefusedException("the copy would still collide", fatal);
      }
    }
    Path state = layout.stateDir(name);
    if (!Files.exists(state)) {
      makeDirectories(state.getParent());
      made.push(state);
    }
    int status = service.call("prepare", name);
    if (status != 0) {
      throw new RefusedException("the directories of " + name + " could not be made");
    }
    if (request.user().isPresent()) {
      giveTo(request.user().get(), written, draft);
    }
    List<Finding> all = new ArrayList<>();
    if (draft.like().isPresent()) {
      Checker checker = new Checker(image, layout, environment);
      checker.validate(written).stream().filter(Finding::fatal).forEach(all::add);
    }
    all.addAll(findings);
    return all;
  }

  private List<Finding> clashes(
      InstanceConfig written, List<InstanceConfig> others, HostClashes host) {
    List<InstanceConfig> all = new ArrayList<>(others);
    all.add(written);
    List<Finding> findings =
        new ArrayList<>(
            Clashes.between(all).stream()
                .filter(f -> f.sides().stream().anyMatch(s -> s.owner().equals(written.label())))
                .toList());
    for (Finding finding : host.of(written)) {
      boolean said =
          findings.stream()
              .anyMatch(
                  f ->
                      f.sides().stream()
                              .anyMatch(s -> s.place().equals(finding.sides().getFirst().place()))
                          && f.sides().stream().allMatch(s -> s.pid() == 0));
      if (!said) {
        findings.add(finding);
      }
    }
    return findings;
  }

  private String defaults(Request request, Draft draft) throws IOException {
    String text =
        Files.readString(image.defaults())
            .replace("@NAME@", request.name().text())
            .replace("--config @CONFIG@", configOption(draft.main()))
            .replace("@USER@", request.user().orElse(""))
            .replace("@HOME@", image.home().toString());
    if (draft.origin().isEmpty()) {
      return text;
    }
    DefaultsFile original = DefaultsFile.read(layout.defaults(draft.origin().get()));
    String arguments = configOption(draft.main()) + original.sharedArguments();
    text = set(text, "DAEMON_ARGS", arguments.strip());
    for (String key : List.of("RUNNEL_OPTS", "JAVA_OPTS", "STOP_TIMEOUT", "RUNNEL_GROUP")) {
      if (!original.get(key).isEmpty()) {
        text = set(text, key, original.get(key));
      }
    }
    return request.user().isPresent()
        ? text
        : set(text, "RUNNEL_USER", original.get("RUNNEL_USER"));
  }

  /** A path with a space cannot stand there; the service takes the same file by itself. */
  private static String configOption(Path main) {
    return main.toString().matches(".*\\s.*") ? "" : "--config " + main;
  }

  private static String set(String text, String key, String value) {
    String assignment = key + "=\"" + value + "\"";
    return text.replaceAll(
        "(?m)^" + key + "=.*$", java.util.regex.Matcher.quoteReplacement(assignment));
  }

  /** What all instances of a host share: made with the first one. */
  private void hostFiles() throws IOException {
    String home = image.home().toString();
    Path unit = layout.root().resolve("etc/systemd/system/runnel@.service");
    boolean isHost = layout.root().equals(Path.of("/"));
    boolean installed =
        Files.exists(Path.of("/usr/lib/systemd/system/runnel@.service"))
            || Files.exists(Path.of("/lib/systemd/system/runnel@.service"));
    if (isHost && !installed && Files.isDirectory(unit.getParent()) && !Files.exists(unit)) {
      copyFor(home, image.unit(), unit);
    }
    Path logrotate = layout.root().resolve("etc/logrotate.d/runnel");
    if (isHost && Files.isDirectory(logrotate.getParent()) && !Files.exists(logrotate)) {
      copyFor(home, image.logrotate(), logrotate);
    }
  }

  private void copyFor(String home, Path pattern, Path target) throws IOException {
    String text = Files.readString(pattern).replace("/usr/lib/runnel/", home + "/");
    writeFile(target, text, PosixFilePermissions.fromString("rw-r--r--"));
  }

  private void link(Path link, Path target) throws IOException {
    makeDirectories(link.getParent());
    if (!Files.exists(link, LinkOption.NOFOLLOW_LINKS)) {
      made.push(link);
      Files.createSymbolicLink(link, target);
    }
  }

  private void writeFile(Path file, String text, Set<PosixFilePermission> permissions)
      throws IOException {
    writeFile(file, text.getBytes(StandardCharsets.UTF_8), permissions);
  }

  private void writeFile(Path file, byte[] text, Set<PosixFilePermission> permissions)
      throws IOException {
    makeDirectories(file.getParent());
    if (!Files.exists(file)) {
      made.push(file);
    }
    try {
      ReplacedFile.write(file, text, permissions, false);
    } catch (FileSystemException e) {
      throw e; // names the file
    } catch (IOException e) {
      throw new IOException("cannot write " + file + ": " + e.getMessage(), e);
    }
    Files.setPosixFilePermissions(file, permissions); // whatever the umask
  }

  private void makeDirectories(Path directory) throws IOException {
    if (Files.isDirectory(directory)) {
      return;
    }
    makeDirectories(directory.getParent());
    made.push(directory);
    Files.createDirectory(directory);
    // Other users' instances go through it, whatever the umask of who makes this one.
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  /**
   * Makes the directories that the user could not make, and lets the user read the configuration.
   */
  private void giveTo(String user, InstanceConfig config, Draft draft) throws IOException {
    if (!"root".equals(System.getProperty("user.name"))) {
      return;
    }
    UserPrincipal owner =
        layout.root().getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(user);
    GroupPrincipal group =
        Files.readAttributes(
                layout.stateDir(config.name().orElseThrow()),
                java.nio.file.attribute.PosixFileAttributes.class)
            .group();
    for (Path file : draft.texts().keySet()) {
      PosixFileAttributeView view = Files.getFileAttributeView(file, PosixFileAttributeView.class);
      view.setGroup(group);
      Set<PosixFilePermission> permissions = EnumSet.copyOf(view.readAttributes().permissions());
      permissions.add(PosixFilePermission.GROUP_READ);
      view.setPermissions(permissions);
    }
    for (Resource resource : config.resources()) {
      if (resource instanceof PathUse path && !path.slot().plugin().equals("service")) {
        Path wanted = Path.of(path.path());
        boolean directory = Clashes.isDirectory(path.kind()) && !path.path().contains("*");
        Path needed = directory ? wanted : wanted.getParent();
        boolean computed = path.path().contains("%") || path.path().contains("${");
        if (!computed && needed != null && !Files.exists(needed)) {
          Path first = needed;
          while (first.getParent() != null && !Files.exists(first.getParent())) {
            first = first.getParent();
          }
          makeDirectories(needed);
          for (Path at = needed; at.startsWith(first); at = at.getParent()) {
            PosixFileAttributeView view =
                Files.getFileAttributeView(at, PosixFileAttributeView.class);
            view.setOwner(owner);
            view.setGroup(group);
          }
        }
      }
    }
  }

  private void undo() {
    for (Path path : made) {
      try {
        if (path.equals(Path.of("/"))) {
          continue;
        }
        Trees.delete(path, path.startsWith(layout.root().resolve("var/lib/runnel")));
      } catch (NoSuchFileException e) {
        continue;
      } catch (FileSystemException e) {
        continue; // a directory that somebody else has put something into
      } catch (IOException e) {
        continue;
      }
    }
  }
}
