package io.runnel.host;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Ownership by kernel locks.
 *
 * <p>What is owned has a small lock file: {@code owner.lock} inside a directory, {@code
 * NAME.owner.lock} beside a file or a socket. The owner keeps it open with an exclusive fcntl lock
 * on it, which the kernel gives back when the process ends, however it ends; its content only tells
 * others whose it is. So a file that is left by a dead process is no obstacle, and one of a live
 * process is always one.
 *
 * <p>fcntl locks have two properties that shape this class. They belong to the process, so a second
 * claim by this process always succeeds: claims are counted here instead. And <em>any</em> close of
 * the file by this process gives the lock back: so while a lock is held its file is never opened a
 * second time, whatever name it is reached by (the inode is compared first).
 *
 * <p>The owner deletes the lock file before it lets go. Another process may by then have opened
 * that file; it sees, once it has the lock, that the name leads elsewhere, and starts again.
 *
 * <p>Safe for use by several threads.
 */
public final class OwnerLocks implements Ownership {
  /** The lock file inside a directory. */
  public static final String DIRECTORY_LOCK = "owner.lock";

  /** Behind the name of a file whose lock file lies beside it. */
  public static final String FILE_LOCK_SUFFIX = ".owner.lock";

  /** More is not read of a lock file: it may be anybody's. */
  private static final int CONTENT_LIMIT = 16 * 1024;

  /** Deleted files met in a row before it is an error: each means that an owner has just ended. */
  private static final int ATTEMPTS = 100;

  private final Owner self;
  private final ProcessTable processes;
  private final Map<Object, Held> held = new HashMap<>();

  /** Files that must stay open because closing them would give back another object's lock. */
  private final List<FileChannel> strays = new ArrayList<>();

  /**
   * @param instance the name shown to others
   * @param configFile the configuration shown to others
   */
  public OwnerLocks(String instance, String configFile) {
    this(instance, configFile, ProcessTable.system());
  }

  OwnerLocks(String instance, String configFile, ProcessTable processes) {
    long pid = ProcessHandle.current().pid();
    long start = processes.find(pid).map(ProcessTable.Process::startTicks).orElse(0L);
    this.self = new Owner(instance, pid, start, configFile, "");
    this.processes = processes;
  }

  /** A lock of this process and how many claims share it. */
  private static final class Held {
    final Path file;
    final FileChannel channel;
    int claims = 1;

    Held(Path file, FileChannel channel) {
      this.file = file;
      this.channel = channel;
    }
  }

  /**
   * Who holds a lock.
   *
   * @param startTicks when the process started ({@link ProcessTable.Process#startTicks})
   * @param what what the path is used for
   */
  public record Owner(String instance, long pid, long startTicks, String configFile, String what) {
    private String text(String use) {
      String who = "instance=" + oneLine(instance) + "\npid=" + pid + "\nstart=" + startTicks;
      return who + "\nconfig=" + oneLine(configFile) + "\nuse=" + oneLine(use) + "\n";
    }

    private static String oneLine(String text) {
      return text.replaceAll("\\p{Cntrl}", "?");
    }

    private static Owner parse(String text) {
      Map<String, String> fields = new HashMap<>();
      for (String line : text.split("\n")) {
        int equals = line.indexOf('=');
        if (equals > 0) {
          fields.put(line.substring(0, equals), oneLine(line.substring(equals + 1)));
        }
      }
      return new Owner(
          fields.getOrDefault("instance", "unknown"),
          number(fields.get("pid")),
          number(fields.get("start")),
          fields.getOrDefault("config", "unknown"),
          fields.getOrDefault("use", ""));
    }

    private static long number(String text) {
      return text != null && text.matches("\\d{1,18}") ? Long.parseLong(text) : 0;
    }
  }

  @Override
  public synchronized Claim claim(Path path, String what) throws IOException {
    Path file = lockFile(path, what, true);
    Files.createDirectories(file.getParent());
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      Object key = keyOf(file);
      Held mine = key == null ? null : held.get(key);
      if (mine != null) {
        mine.claims++;
        return new Counted(key, mine);
      }
      FileChannel channel = open(file);
      if (!lock(channel)) {
        throw refused(channel, path, what);
      }
      key = keyOf(file);
      if (key != null && key.equals(keyBehind(channel, file))) {
        write(channel, self.text(what));
        Held taken = new Held(file, channel);
        held.put(key, taken);
        return new Counted(key, taken);
      }
      channel.close(); // its last owner has deleted it
    }
    throw new IOException("lock file " + file + " keeps changing");
  }

  /**
   * The live process that owns a path, for those who only want to know: no lock is taken, so nobody
   * is disturbed. Not for use by a process that holds locks itself (reading closes the file).
   */
  public static Optional<Owner> peek(Path path, String what, ProcessTable processes)
      throws IOException {
    Path absolute = path.toAbsolutePath();
    if (absolute.getParent() == null || !Files.isDirectory(absolute.getParent())) {
      return Optional.empty();
    }
    Path file = lockFile(absolute, what, false);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      Owner owner = read(channel);
      return Optional.of(owner).filter(o -> processes.isAlive(o.pid(), o.startTicks()));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  private boolean lock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      strays.add(channel); // another object of this process holds it
      return false;
    }
  }

  private OwnedException refused(FileChannel channel, Path path, String what) throws IOException {
    Owner owner = read(channel);
    if (!strays.contains(channel)) {
      channel.close();
    }
    String state =
        owner.pid() == 0
            ? "a process that has not written its name yet"
            : processes
                .find(owner.pid())
                .map(p -> "pid " + owner.pid())
                .orElse("pid " + owner.pid() + " of another host or container");
    return new OwnedException(
        what
            + " "
            + path
            + " is used by another instance: "
            + owner.instance()
            + " ("
            + state
            + ", configuration file "
            + owner.configFile()
            + "). Give this one its own, or stop the other first");
  }

  private static FileChannel open(Path file) throws IOException {
    return FileChannel.open(
        file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
  }

  private static void write(FileChannel channel, String text) throws IOException {
    channel.truncate(0);
    channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)), 0);
  }

  private static Owner read(FileChannel channel) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(CONTENT_LIMIT, channel.size()));
    int length = Math.max(0, channel.read(bytes, 0));
    return Owner.parse(new String(bytes.array(), 0, length, StandardCharsets.UTF_8));
  }

  /** Device and inode of what the name leads to; null where there is nothing. */
  private static Object keyOf(Path file) throws IOException {
    try {
      return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  /**
   * Device and inode of an open file, asked by a mark: Java does not tell them of a channel. Only
   * the holder of the lock writes, so the content that is found under the name is this channel's
   * own if, and only if, it is the same file.
   */
  private Object keyBehind(FileChannel channel, Path file) throws IOException {
    Object before = keyOf(file);
    long mark = CONTENT_LIMIT + 1L + Math.floorMod(System.nanoTime(), CONTENT_LIMIT);
    channel.truncate(0);
    channel.write(ByteBuffer.wrap(new byte[] {'\n'}), mark - 1);
    try {
      return Files.size(file) == mark && Objects.equals(before, keyOf(file)) ? before : null;
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  /** Where the lock of a path lies, with symbolic links on the way to it resolved. */
  private static Path lockFile(Path path, String what, boolean create) throws IOException {
    Path absolute = path.toAbsolutePath().normalize();
    Path name = absolute.getFileName();
    if (name == null) {
      return absolute.resolve(DIRECTORY_LOCK);
    }
    String text = name.toString();
    boolean chunksOfDirectory = text.equals("buffer.*.log") || text.equals("fsb.*.buf");
    if (chunksOfDirectory) {
      return resolved(absolute.getParent(), create).resolve(DIRECTORY_LOCK);
    }
    boolean pattern = text.contains(".*");
    if (!pattern && (Files.isDirectory(absolute) || what.startsWith("buffer"))) {
      return resolved(absolute, create).resolve(DIRECTORY_LOCK);
    }
    Path target = pattern ? absolute : followed(absolute);
    String base = target.getFileName().toString();
    return resolved(target.getParent(), create)
        .resolve((pattern ? base.substring(0, base.indexOf(".*")) : base) + FILE_LOCK_SUFFIX);
  }

  private static Path followed(Path path) throws IOException {
    return Files.isSymbolicLink(path) && Files.exists(path) ? path.toRealPath() : path;
  }

  private static Path resolved(Path directory, boolean create) throws IOException {
    if (!create && !Files.isDirectory(directory)) {
      return directory;
    }
    try {
      Files.createDirectories(directory);
    } catch (FileAlreadyExistsException e) {
      throw new IOException(directory + " is not a directory", e);
    }
    return directory.toRealPath();
  }

  private final class Counted implements Claim {
    private final Object key;
    private Held lock;

    Counted(Object key, Held lock) {
      this.key = key;
      this.lock = lock;
    }

    @Override
    public void close() {
      synchronized (OwnerLocks.this) {
        if (lock == null) {
          return;
        }
        if (--lock.claims == 0) {
          held.remove(key);
          release(lock);
        }
        lock = null;
      }
    }
  }

  private static void release(Held lock) {
    try (FileChannel ignored = lock.channel) {
      Files.deleteIfExists(lock.file);
    } catch (IOException e) {
      // The lock itself is given back by closing; a file that stays is taken over by the next one.
      return;
    }
  }
}
