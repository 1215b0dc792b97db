package io.runnel.testkit;

import io.runnel.host.Clock;
import io.runnel.host.Disk;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/**
 * A file system in memory that can fill up, fail, stop in the middle of an operation, and lose
 * power. After a power loss a file has what was synced; of what was written since, each sector has
 * the old content, the new one, or zeros where there was no old one, and the length is anything
 * between. Of the creations, renames and deletions in a folder that was not synced since, the first
 * so many have happened. Safe for use by several threads.
 */
public final class FaultyDisk implements Disk {
  private static final int SECTOR = 512;

  /** The machine stops: thrown out of the operation at which a test wanted that. */
  public static final class Stopped extends Error {
    private static final long serialVersionUID = 1L;

    Stopped() {
      super("the machine stops here", null, false, false);
    }
  }

  private static final class Inode {
    byte[] data = new byte[0];
    byte[] synced = new byte[0];
    long modified;
    long created;
  }

  /** A change of a folder: {@code to} null for a deletion, {@code from} null for a creation. */
  private record Change(Path from, Path to, Inode inode) {
    boolean isIn(Path directory) {
      return directory.equals((to == null ? from : to).getParent());
    }

    void apply(Map<Path, Inode> names) {
      if (from != null) {
        names.remove(from);
      }
      if (to != null) {
        names.put(to, inode);
      }
    }
  }

  private final RandomGenerator random;
  private final Clock clock;
  private final Map<Path, Inode> names = new TreeMap<>();
  private final Map<Path, Inode> syncedNames = new TreeMap<>();
  private final List<Change> changes = new ArrayList<>();
  private final Set<Path> directories = new HashSet<>();
  private long space = Long.MAX_VALUE;
  private long operationsLeft = Long.MAX_VALUE;
  private int failingSyncs;
  private int lyingSyncs;
  private int epoch;
  private int boots;
  private long syncs;

  public FaultyDisk(RandomGenerator random, Clock clock) {
    this.random = random;
    this.clock = clock;
  }

  // --- faults

  /** So many bytes can still be written; then the disk is full. */
  public synchronized void space(long bytes) {
    space = bytes;
  }

  /** So many operations that change something are done; the next throws {@link Stopped}. */
  public synchronized void stopAfter(long operations) {
    operationsLeft = operations;
  }

  /** The next syncs fail. */
  public synchronized void failSyncs(int count) {
    failingSyncs = count;
  }

  /** The next syncs say that they are done and do nothing, as disks with a volatile cache do. */
  public synchronized void lieSyncs(int count) {
    lyingSyncs = count;
  }

  /** The process ends, the machine goes on: open files are gone, everything written is there. */
  public synchronized void processEnds() {
    epoch++;
    operationsLeft = Long.MAX_VALUE;
    failingSyncs = 0;
  }

  /** The machine loses power and starts again. */
  public synchronized void powerFails() {
    processEnds();
    boots++;
    int happened = changes.isEmpty() ? 0 : random.nextInt(changes.size() + 1);
    for (Change change : changes.subList(0, happened)) {
      change.apply(syncedNames);
    }
    changes.clear();
    names.clear();
    names.putAll(syncedNames);
    for (Inode inode : names.values()) {
      inode.data = torn(inode);
      inode.synced = inode.data.clone();
    }
  }

  private byte[] torn(Inode inode) {
    int shorter = Math.min(inode.data.length, inode.synced.length);
    int longer = Math.max(inode.data.length, inode.synced.length);
    int length = shorter == longer ? shorter : shorter + random.nextInt(longer - shorter + 1);
    byte[] result = Arrays.copyOf(inode.synced, length);
    for (int at = 0; at < length; at += SECTOR) {
      int end = Math.min(length, at + SECTOR);
      if (random.nextBoolean()) {
        int have = Math.min(end, inode.data.length);
        if (have > at) {
          System.arraycopy(inode.data, at, result, at, have - at);
        }
      }
    }
    return result;
  }

  /** How often something was synced. */
  public synchronized long syncs() {
    return syncs;
  }

  /** Changes the content of a file behind everyone's back. */
  public synchronized void corrupt(Path file, int at, byte[] with) {
    System.arraycopy(with, 0, names.get(file).data, at, with.length);
  }

  /** All files. */
  public synchronized List<Path> files() {
    return List.copyOf(names.keySet());
  }

  @Override
  public synchronized String bootId() {
    return "boot" + boots;
  }

  // --- operations

  private void change() {
    if (operationsLeft-- <= 0) {
      operationsLeft = 0;
      throw new Stopped();
    }
  }

  @Override
  public synchronized AppendFile append(Path file, Set<PosixFilePermission> permissions)
      throws IOException {
    Inode inode = names.get(file);
    if (inode == null) {
      if (!directories.contains(file.getParent())) {
        throw new NoSuchFileException(file.toString());
      }
      change();
      inode = new Inode();
      inode.created = clock.millis();
      inode.modified = inode.created;
      record(new Change(null, file, inode));
    }
    return new Appender(inode);
  }

  private void record(Change change) {
    change.apply(names);
    changes.add(change);
  }

  private Inode inode(Path file) throws NoSuchFileException {
    Inode inode = names.get(file);
    if (inode == null) {
      throw new NoSuchFileException(file.toString());
    }
    return inode;
  }

  @Override
  public synchronized ReadFile read(Path file) throws IOException {
    return new Reader(inode(file));
  }

  @Override
  public synchronized InputStream stream(Path file) throws IOException {
    return new ByteArrayInputStream(inode(file).data);
  }

  @Override
  public void transfer(Path file, long position, long count, WritableByteChannel target)
      throws IOException {
    ByteBuffer content;
    synchronized (this) {
      content = ByteBuffer.wrap(inode(file).data, (int) position, (int) count);
    }
    while (content.hasRemaining()) {
      target.write(content);
    }
  }

  @Override
  public synchronized void rename(Path from, Path to) throws IOException {
    Inode inode = inode(from);
    change();
    record(new Change(from, to, inode));
  }

  @Override
  public synchronized boolean delete(Path file) {
    Inode inode = names.get(file);
    if (inode == null) {
      return false;
    }
    change();
    record(new Change(file, null, inode));
    return true;
  }

  @Override
  public synchronized boolean exists(Path path) {
    return names.containsKey(path) || directories.contains(path);
  }

  @Override
  public synchronized boolean isDirectory(Path path) {
    return directories.contains(path);
  }

  @Override
  public synchronized Stat stat(Path file) throws IOException {
    Inode inode = inode(file);
    return new Stat(inode.data.length, inode.modified, inode.created);
  }

  @Override
  public synchronized List<Path> list(Path directory) {
    return new ArrayList<>(
        names.keySet().stream().filter(file -> directory.equals(file.getParent())).toList());
  }

  @Override
  public synchronized void createDirectories(Path directory, Set<PosixFilePermission> permissions) {
    for (Path each = directory; each != null; each = each.getParent()) {
      directories.add(each);
    }
  }

  @Override
  public synchronized void force(Path path) throws IOException {
    if (!directories.contains(path)) {
      sync(inode(path));
      return;
    }
    failSync();
    change();
    if (lies()) {
      return;
    }
    for (Change change : List.copyOf(changes)) {
      if (change.isIn(path)) {
        change.apply(syncedNames);
        changes.remove(change);
      }
    }
  }

  private void sync(Inode inode) throws IOException {
    failSync();
    change();
    if (!lies()) {
      inode.synced = inode.data.clone();
    }
  }

  private boolean lies() {
    boolean lie = lyingSyncs > 0;
    lyingSyncs -= lie ? 1 : 0;
    return lie;
  }

  private void failSync() throws IOException {
    syncs++;
    if (failingSyncs > 0) {
      failingSyncs--;
      throw new IOException("Input/output error");
    }
  }

  private final class Appender implements AppendFile {
    private final Inode inode;
    private final int openedIn = epoch;
    private boolean closed;

    Appender(Inode inode) {
      this.inode = inode;
    }

    private void requireOpen() throws IOException {
      if (closed || openedIn != epoch) {
        throw new IOException("Stream closed");
      }
    }

    @Override
    public void append(byte[] bytes, int offset, int length) throws IOException {
      synchronized (FaultyDisk.this) {
        requireOpen();
        boolean stops = operationsLeft <= 0;
        int fits = (int) Math.min(length, space);
        if (stops) {
          fits = random.nextInt(fits + 1); // a part of it is written
        }
        int before = inode.data.length;
        inode.data = Arrays.copyOf(inode.data, before + fits);
        System.arraycopy(bytes, offset, inode.data, before, fits);
        inode.modified = clock.millis();
        space -= fits;
        change();
        if (fits < length) {
          throw new IOException("No space left on device");
        }
      }
    }

    @Override
    public void truncate(long length) throws IOException {
      synchronized (FaultyDisk.this) {
        requireOpen();
        if (inode.data.length != length) {
          change();
          inode.data = Arrays.copyOf(inode.data, (int) length);
        }
      }
    }

    @Override
    public void force() throws IOException {
      synchronized (FaultyDisk.this) {
        requireOpen();
        sync(inode);
      }
    }

    @Override
    public void close() {
      closed = true;
    }
  }

  private record Reader(Inode inode) implements ReadFile {
    @Override
    public long size() {
      return inode.data.length;
    }

    @Override
    public int read(long position, byte[] bytes, int offset, int length) {
      if (position >= inode.data.length) {
        return -1;
      }
      int count = (int) Math.min(length, inode.data.length - position);
      System.arraycopy(inode.data, (int) position, bytes, offset, count);
      return count;
    }

    @Override
    public void close() {}
  }
}
