package io.runnel.plugins.tail;

import io.runnel.config.ConfigException;
import io.runnel.event.EventTime;
import io.runnel.host.Disk;
import io.runnel.host.Ownership;
import io.runnel.log.Log;
import io.runnel.plugin.Parser;
import io.runnel.plugin.PluginContext;
import io.runnel.regexp.Regexp;
import io.runnel.regexp.Regexps;
import io.runnel.time.Strftime;
import io.runnel.time.Zone;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.ZoneId;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** Runs one tail: checks its configuration, holds its pos_file, and drives its one thread. */
public final class TailRunner {
  private static final long MILLI = 1_000_000L;

  /** Shortest time between two turns: what is written in between shares a commit. */
  private static final long TURN_NANOS = 10 * MILLI;

  /** How long a thread that waits for a full buffer may go on at a stop. */
  private static final long STOP_MILLIS = 5_000;

  /** How long it may take after it was interrupted. */
  private static final long INTERRUPTED_MILLIS = 5_000;

  private static final Set<PosixFilePermission> FILE_MODE =
      PosixFilePermissions.fromString("rw-r--r--");

  private final TailConfig config;
  private final PluginContext context;
  private final Log log;
  private final Parser parser;
  private final LineEncoding encoding;
  private final ZoneId zone;
  private final boolean multiline;
  private final MultilineCollector.FirstLine firstLine;
  private volatile boolean stopping;
  private Changes changes;
  private Ownership.Claim claim;
  private PositionFile positions;
  private TailLoop loop;
  private Thread thread;

  /**
   * @throws ConfigException where the parameters do not fit together
   */
  public TailRunner(TailConfig config, PluginContext context) {
    this.config = config;
    this.context = context;
    this.log = context.log();
    check();
    this.encoding = LineEncoding.of(config.fromEncoding(), config.encoding());
    this.zone = config.pathTimezone().map(text -> Zone.parse(text).id()).orElse(context.zone());
    if (config.parse().type() == null) {
      throw new ConfigException("<parse> section is required.", context.element().place());
    }
    this.parser = context.parser(config.parse());
    this.multiline = config.parse().type().contains("multiline");
    this.firstLine = multiline ? firstLine() : null;
    if (config.group().isPresent()) {
      groups(); // an expression that is wrong is a fault of the configuration
    }
  }

  private void check() {
    if (config.path().isBlank()) {
      throw fault("tail: 'path' parameter is required on tail input", "path");
    }
    String delimiter = config.pathDelimiter();
    if (delimiter.isEmpty() || delimiter.chars().anyMatch(c -> "/*%".indexOf(c) >= 0)) {
      throw fault(
          "/, *, % are reserved words: " + delimiter + "; path_delimiter must not hold them",
          "path_delimiter");
    }
    if (config.globPolicy() == TailConfig.GlobPolicy.ALWAYS && delimiter.equals(",")) {
      throw fault(
          "cannot use glob_policy as always with the default path_delimitor: `,\"", "glob_policy");
    }
    if (!config.enableWatchTimer() && !config.enableStatWatcher()) {
      throw fault(
          "either of enable_watch_timer or enable_stat_watcher must be true", "enable_watch_timer");
    }
    if (config.followInodes() && config.posFile().isEmpty()) {
      throw fault("Can't follow inodes without pos_file configuration parameter", "follow_inodes");
    }
    checkThrottle();
    if (config.posFile().isEmpty()) {
      log.warn("'pos_file PATH' parameter is not set to a 'tail' source.");
      log.warn("this parameter is highly recommended to save the position to resume tailing.");
    }
  }

  private void checkThrottle() {
    long limit = config.readBytesLimitPerSecond().bytes();
    if (limit > 0 && !config.enableWatchTimer()) {
      throw fault(
          "Need to enable watch timer when using log throttling feature", "enable_watch_timer");
    }
    if (limit >= 0 && limit < ReadAllowance.LEAST_BYTES) {
      log.warn(
          "Should specify greater equal than 8192. Use 8192 for read_bytes_limit_per_second",
          "read_bytes_limit_per_second",
          limit);
    }
  }

  private ConfigException fault(String message, String parameter) {
    return new ConfigException(message, context.element().placeOf(parameter));
  }

  /** The expression of a first line; null where lines are gathered without it. */
  private MultilineCollector.FirstLine firstLine() {
    boolean grok = "multiline_grok".equals(config.parse().type());
    String parameter = grok ? "multiline_start_regexp" : "format_firstline";
    String text = config.parse().element().peek(parameter);
    if (text == null) {
      return null;
    }
    try {
      Regexp expression = Regexps.parseParam(text);
      return expression::matches;
    } catch (IllegalArgumentException e) {
      throw new ConfigException(
          "Invalid regexp in " + parameter + ": " + e.getMessage(),
          config.parse().element().placeOf(parameter),
          e);
    }
  }

  private GroupLimits groups() {
    try {
      return new GroupLimits(config.group().orElseThrow(), Regexps::parseParam);
    } catch (IllegalArgumentException e) {
      throw fault("Invalid regexp in <rule>: " + e.getMessage(), "group");
    }
  }

  private String dated(String path) {
    if (path.indexOf('%') < 0) {
      return path;
    }
    long now = context.clock().eventTime();
    return Strftime.format(path, EventTime.seconds(now), EventTime.nanos(now), zone);
  }

  /** Takes the pos_file and begins to read. */
  public void start() throws IOException {
    FileHeads heads;
    if (config.posFile().isPresent()) {
      Path path = Path.of(config.posFile().get());
      createFolder(path);
      claim = context.ownership().claim(path, "pos_file");
      positions =
          PositionFile.open(
              path,
              true,
              context.system().filePermission().orElse(FILE_MODE),
              Disk.local().bootId(),
              log);
      heads = new FileHeads(path.resolveSibling(path.getFileName() + ".heads"), log);
    } else {
      positions = PositionFile.inMemory();
      heads = new FileHeads(null, log);
    }
    changes = watch();
    Tail.Parts parts =
        new Tail.Parts(
            config,
            parser,
            multiline,
            firstLine,
            config.group().isPresent() ? groups() : null,
            encoding,
            this::dated,
            new NioTailFiles(),
            changes,
            context.emitter(),
            new TailMetrics(context.metrics()),
            context.clock(),
            log);
    loop = Tail.create(parts, positions, heads);
    loop.begin();
    thread = context.start("tail", this::run);
  }

  private void createFolder(Path path) throws IOException {
    Path folder = path.toAbsolutePath().getParent();
    if (!Files.isDirectory(folder)) {
      Files.createDirectories(
          folder,
          context
              .system()
              .dirPermission()
              .map(mode -> new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(mode)})
              .orElse(new FileAttribute<?>[0]));
    }
  }

  private Changes watch() {
    if (config.enableStatWatcher()) {
      try {
        return new FolderWatch(context.clock(), log);
      } catch (IOException e) {
        log.warn(
            "changes are not told by the operating system, files are looked at once a second;"
                + " where a limit is reached, raise fs.inotify.max_user_instances (sysctl)",
            e);
      }
    }
    return new TimerOnly();
  }

  private void run() {
    List<Changes.Change> told = List.of();
    try {
      while (!stopping) {
        long start = System.nanoTime();
        long wait = turn(told);
        told = changes.await(wait);
        long early = start + TURN_NANOS - System.nanoTime();
        if (!told.isEmpty() && early > 0 && !stopping) {
          TimeUnit.NANOSECONDS.sleep(early);
        }
      }
    } catch (InterruptedException e) {
      log.debug("tail was interrupted");
    } finally {
      // a standing interrupt would close the pos_file at the next write
      Thread.interrupted();
      loop.finish(told);
    }
  }

  /** A fault of a parser or filter must not end the thread. */
  private long turn(List<Changes.Change> told) {
    try {
      return loop.turn(told);
    } catch (RuntimeException e) {
      log.error("unexpected error in tail, it goes on", e);
      return TimeUnit.SECONDS.toNanos(1);
    }
  }

  /** Ends the reading: gathered lines are emitted, positions written. */
  public void stop() {
    stopping = true;
    if (thread == null) {
      return;
    }
    loop.end();
    changes.wake();
    try {
      thread.join(STOP_MILLIS);
      if (thread.isAlive()) {
        log.warn("tail waits for a full buffer, its lines are read again after the next start");
        thread.interrupt();
        thread.join(INTERRUPTED_MILLIS);
      }
    } catch (InterruptedException e) {
      thread.interrupt();
      Thread.currentThread().interrupt();
    }
  }

  /** Gives the pos_file back. */
  public void close() {
    if (changes != null) {
      changes.close();
      changes = null;
    }
    if (positions != null) {
      try {
        positions.close();
      } catch (IOException e) {
        log.debug("closing the pos_file", "why", e.getMessage());
      }
      positions = null;
    }
    if (claim != null) {
      claim.close();
      claim = null;
    }
  }
}
