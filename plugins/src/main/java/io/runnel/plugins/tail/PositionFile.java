package io.runnel.plugins.tail;

import io.runnel.log.Log;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The pos_file, byte for byte Fluentd's: one line {@code PATH <tab> position <tab> inode} per file,
 * the numbers as 16 lower-case hexadecimal digits, changed in place; position {@code
 * ffffffffffffffff} marks a file that is no longer followed.
 *
 * <p>While a rotated file is read to its end, both it and its successor have a line with the same
 * path; the successor's comes later, and a later line is the one that Fluentd believes. So a crash
 * in between loses nothing here, and a Fluentd that takes over goes on with the new file.
 *
 * <p>A new entry and a compaction are synced to the disk, in-place changes of positions only now
 * and then: a position that is too old repeats lines, a missing entry could lose them. What was
 * emitted since is noted in {@link FastPositions}. Without a path it only remembers. Used by one
 * thread.
 */
final class PositionFile implements Closeable {
  static final long UNWATCHED = -1;

  /** Dead lines that may gather before the file is rewritten. */
  private static final int DEAD_LINES = 1000;

  /** Largest file that is read at the start; far more than 100,000 entries. */
  private static final long LARGEST = 64L << 20;

  /** One line as it was found at the start. */
  record Saved(String path, long position, long inode) {}

  /** One line that is kept up to date. */
  static final class Entry {
    private final String path;
    private final long inode;
    private long position;
    private long emitted;
    private long offset = -1;

    private Entry(String path, long inode, long position) {
      this.path = path;
      this.inode = inode;
      this.position = position;
      this.emitted = position;
    }

    String path() {
      return path;
    }

    long position() {
      return position;
    }

    private boolean isSameFile(Entry other) {
      return inode == other.inode && path.equals(other.path);
    }
  }

  private final Path path;
  private final boolean durable;
  private final FileAttribute<?>[] attributes;
  private final Map<String, Saved> saved = new LinkedHashMap<>();
  private final Map<Saved, Entry> retained = new HashMap<>();
  private final List<Entry> entries = new ArrayList<>();
  private FileChannel channel;
  private FastPositions fast;
  private long end;
  private int dead;
  private boolean dirty;

  private PositionFile(Path path, boolean durable, Set<PosixFilePermission> permissions) {
    this.path = path;
    this.durable = durable;
    this.attributes =
        permissions == null
            ? new FileAttribute<?>[0]
            : new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(permissions)};
  }

  /** Remembers positions until the end of the process. */
  static PositionFile inMemory() {
    return new PositionFile(null, false, null);
  }

  /**
   * Opens or creates the file; its folder must exist.
   *
   * @param durable false leaves the syncs out (tests)
   * @param permissions of a new file
   * @param bootId the run of the machine
   */
  static PositionFile open(
      Path path, boolean durable, Set<PosixFilePermission> permissions, String bootId, Log log)
      throws IOException {
    Path real = Files.exists(path) ? path.toRealPath() : path;
    PositionFile file = new PositionFile(real, durable, permissions);
    file.channel =
        FileChannel.open(
            real,
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE),
            file.attributes);
    file.load(log);
    file.fast =
        FastPositions.open(real.resolveSibling(real.getFileName() + ".emitted"), bootId, log);
    List<Saved> found = List.copyOf(file.saved.values());
    file.saved.replaceAll(
        (key, one) ->
            new Saved(one.path, file.fast.emitted(one.path, one.inode, one.position), one.inode));
    file.fast.begin(found, file.attributes);
    return file;
  }

  private void load(Log log) throws IOException {
    end = channel.size();
    if (end > LARGEST) {
      throw new IOException(path + " is too large for a pos_file: " + end + " bytes");
    }
    byte[] content = Files.readAllBytes(path);
    int from = 0;
    while (from < content.length) {
      int newline = Newlines.BYTES.indexOf(content, from, content.length);
      int to = newline < 0 ? content.length : newline;
      parseLine(new String(content, from, to - from, StandardCharsets.UTF_8), log);
      from = to + 1;
    }
    if (content.length > 0 && content[content.length - 1] != '\n') {
      append(new byte[] {'\n'}); // a torn last line must not swallow the next one
    }
  }

  private void parseLine(String line, Log log) {
    int first = line.indexOf('\t');
    int second = line.indexOf('\t', first + 1);
    long position = first > 0 && second > 0 ? hex(line, first + 1, second) : -2;
    long inode = second > 0 ? hex(line, second + 1, line.length()) : -2;
    if (position == -2 || inode == -2) {
      log.warn("Unparsable line in pos_file: " + line);
      return;
    }
    String name = line.substring(0, first);
    String key = inode + name;
    saved.remove(key);
    if (position != UNWATCHED) {
      saved.put(key, new Saved(name, position, inode));
    }
  }

  /** The number at the start of a range; -2 where there are no or too many digits. */
  private static long hex(String line, int from, int to) {
    int end = from;
    while (end < to && Character.digit(line.charAt(end), 16) >= 0 && line.charAt(end) < 'g') {
      end++;
    }
    return end == from || end - from > 16 ? -2 : Long.parseUnsignedLong(line, from, end, 16);
  }

  /** What the file held when it was opened: watched entries, the last one of equals. */
  List<Saved> saved() {
    return List.copyOf(saved.values());
  }

  /** Keeps an entry of a file that is there but cannot be read yet; for the next compaction. */
  void retain(Saved one) {
    Entry entry = new Entry(one.path, one.inode, one.position);
    retained.put(one, entry);
    entries.add(entry);
  }

  /** A file with an own entry has taken over from what was found at the start. */
  void drop(Saved one) throws IOException {
    Entry entry = retained.remove(one);
    if (entry != null) {
      unwatch(entry);
    }
  }

  /** Adds an entry; it is safe against a power failure once {@link #sync} has returned. */
  Entry add(String name, long inode, long position) throws IOException {
    return add(name, inode, position, position);
  }

  private Entry add(String name, long inode, long position, long emitted) throws IOException {
    Entry entry = new Entry(name, inode, position);
    note(entry, emitted); // first: it counts from the moment that the entry is there
    if (channel != null && name.indexOf('\t') < 0 && name.indexOf('\n') < 0) {
      long at = end;
      append(line(entry));
      entry.offset = at + name.getBytes(StandardCharsets.UTF_8).length + 1;
    }
    entries.add(entry);
    return entry;
  }

  /** Takes an entry under another name: what is known of it goes along. */
  Entry rename(Entry old, String name) throws IOException {
    Entry entry = add(name, old.inode, old.position, old.emitted);
    unwatch(old);
    return entry;
  }

  /** Adds an entry before all others: for a file whose path has a successor already. */
  Entry addOlder(String name, long inode, long position) throws IOException {
    Entry entry = new Entry(name, inode, position);
    entries.add(0, entry);
    compact();
    note(entry, position);
    return entry;
  }

  private void append(byte[] bytes) throws IOException {
    write(bytes, end);
    end += bytes.length;
  }

  private static byte[] line(Entry entry) {
    return (entry.path + '\t' + hex(entry.position) + '\t' + hex(entry.inode) + '\n')
        .getBytes(StandardCharsets.UTF_8);
  }

  private static String hex(long value) {
    String digits = Long.toHexString(value);
    return "0".repeat(16 - digits.length()) + digits;
  }

  /** Records a position, which must be one that is safe: everything before it was committed. */
  void update(Entry entry, long position) throws IOException {
    if (entry.position == position) {
      return;
    }
    if (entry.offset >= 0) {
      byte[] digits = new byte[16];
      for (int i = 0; i < 16; i++) {
        digits[i] = (byte) Character.forDigit((int) (position >>> 60 - 4 * i) & 15, 16);
      }
      write(digits, entry.offset);
    }
    entry.position = position;
    note(entry, position);
  }

  /** A position up to which everything was emitted; it may not be safe yet. */
  void emitted(Entry entry, long position) {
    if (entry.emitted != position) {
      note(entry, position);
    }
  }

  private void note(Entry entry, long emitted) {
    entry.emitted = emitted;
    if (fast != null && entry.position != UNWATCHED) {
      fast.put(entry.path, entry.inode, entry.position, emitted);
    }
  }

  /** Marks an entry as no longer followed. */
  void unwatch(Entry entry) throws IOException {
    update(entry, UNWATCHED);
    entries.remove(entry);
    if (fast != null && entries.stream().noneMatch(entry::isSameFile)) {
      fast.remove(entry.path, entry.inode);
    }
    if (++dead > DEAD_LINES) {
      compact();
    }
  }

  private void write(byte[] bytes, long at) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    while (buffer.hasRemaining()) {
      at += channel.write(buffer, at);
    }
    dirty = true;
  }

  /** Rewrites the file with the entries that are kept, beside it and then in its place. */
  void compact() throws IOException {
    dead = 0;
    if (channel == null) {
      return;
    }
    Path temporary = path.resolveSibling(path.getFileName() + ".tmp");
    Files.deleteIfExists(temporary);
    FileChannel fresh =
        FileChannel.open(
            temporary,
            Set.of(
                StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE),
            attributes);
    try {
      List<Long> offsets = writeAll(fresh, entries);
      if (durable) {
        fresh.force(false);
      }
      Files.move(
          temporary, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      channel.close();
      channel = fresh;
      end = fresh.size();
      for (int i = 0; i < entries.size(); i++) {
        entries.get(i).offset = offsets.get(i);
      }
    } finally {
      if (channel != fresh) {
        fresh.close();
        Files.deleteIfExists(temporary);
      }
    }
  }

  private static List<Long> writeAll(FileChannel out, Collection<Entry> entries)
      throws IOException {
    List<Long> offsets = new ArrayList<>(entries.size());
    long at = 0;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (Entry entry : entries) {
      boolean writable = entry.path.indexOf('\t') < 0 && entry.path.indexOf('\n') < 0;
      offsets.add(
          writable
              ? at + entry.path.getBytes(StandardCharsets.UTF_8).length + 1
              : Long.valueOf(-1));
      if (writable) {
        bytes.write(line(entry));
        at = bytes.size();
      }
    }
    ByteBuffer buffer = ByteBuffer.wrap(bytes.toByteArray());
    while (buffer.hasRemaining()) {
      out.write(buffer);
    }
    return offsets;
  }

  /** Waits until all changes are on the disk. */
  void sync() throws IOException {
    if (dirty && durable && channel != null) {
      channel.force(false);
    }
    dirty = false;
  }

  @Override
  public void close() throws IOException {
    if (fast != null) {
      fast.close();
    }
    if (channel != null) {
      channel.close();
    }
  }
}
