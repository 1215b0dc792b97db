package io.runnel.plugins.tail;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongSupplier;

/**
 * A file system in memory, with inodes that are used again as soon as nobody holds them, links, and
 * the changes that inotify would tell. One thread.
 */
final class FakeFiles implements TailFiles, Changes {
  /** Content and number of a file. */
  static final class Node {
    final long inode;
    byte[] content = new byte[0];
    int names;
    int handles;
    long createdMillis;
    long modifiedMillis;

    Node(long inode) {
      this.inode = inode;
    }
  }

  private final Map<String, Node> names = new TreeMap<>();
  private final Map<String, String> links = new TreeMap<>();
  private final Deque<Long> freeInodes = new ArrayDeque<>();
  private final List<Change> told = new ArrayList<>();
  private long nextInode = 100;

  /** Called before each operation of the reader; may throw. */
  Runnable beforeRead = () -> {};

  /** Paths that may not be opened. */
  final Set<String> unreadable = new HashSet<>();

  /** Last change of every file, milliseconds since the epoch. */
  long modifiedMillis;

  /** Gives each file the time of its last change; null where {@link #modifiedMillis} counts. */
  LongSupplier clock;

  /** Whether changes are told. */
  boolean tells = true;

  /** Whether the folders can be watched at all. */
  boolean watchable = true;

  /**
   * Changes that are kept until they are asked for; with one more it is said that some are lost.
   */
  int queueLimit = Integer.MAX_VALUE;

  /** Whether an overflow also loses the changes before it, as in the JDK, not only those after. */
  boolean overflowClears;

  /** How often changes were lost. */
  int overflows;

  private boolean overflowed;

  Node create(String path) {
    unlinkQuietly(path);
    Node node = new Node(freeInodes.isEmpty() ? nextInode++ : freeInodes.pop());
    node.names = 1;
    names.put(path, node);
    changed(node);
    node.createdMillis = node.modifiedMillis;
    tell(Kind.CREATED, path);
    return node;
  }

  void append(Node node, byte[] bytes) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(node.content);
    out.writeBytes(bytes);
    node.content = out.toByteArray();
    changed(node);
    names.forEach(
        (path, other) -> {
          if (other == node) {
            tell(Kind.MODIFIED, path);
          }
        });
  }

  private void changed(Node node) {
    node.modifiedMillis = clock == null ? 0 : clock.getAsLong();
  }

  void truncate(Node node) {
    node.content = new byte[0];
    changed(node);
  }

  void rename(String from, String to) {
    Node node = names.remove(from);
    tell(Kind.DELETED, from);
    unlinkQuietly(to);
    names.put(to, node);
    tell(Kind.CREATED, to);
  }

  void link(String target, String path) {
    links.put(path, target);
    tell(Kind.CREATED, path);
  }

  void delete(String path) {
    unlinkQuietly(path);
    tell(Kind.DELETED, path);
  }

  boolean exists(String path) {
    return names.containsKey(path);
  }

  Node node(String path) {
    return names.get(links.getOrDefault(path, path));
  }

  private void unlinkQuietly(String path) {
    Node node = names.remove(path);
    if (node != null) {
      node.names--;
      free(node);
    }
  }

  private void free(Node node) {
    if (node.names == 0 && node.handles == 0) {
      freeInodes.push(node.inode);
    }
  }

  private void tell(Kind kind, String path) {
    if (tells && watchable && told.size() >= queueLimit) {
      overflowed = true;
    } else if (tells && watchable) {
      String folder = PathExpander.parent(path);
      told.add(new Change(kind, folder, path.substring(folder.length())));
    }
  }

  @Override
  public Stat stat(String path) {
    beforeRead.run();
    Node node = node(path);
    if (node != null) {
      long modified = clock == null ? modifiedMillis : node.modifiedMillis;
      return new Stat(node.inode, node.content.length, modified, false);
    }
    String prefix = path.endsWith("/.") ? path.substring(0, path.length() - 1) : path + "/";
    boolean folder = names.keySet().stream().anyMatch(name -> name.startsWith(prefix));
    return folder ? new Stat(-1L, 0, 0, true) : null;
  }

  @Override
  public long createdMillis(String path) {
    Node node = node(path);
    return node == null ? -1 : clock == null ? modifiedMillis : node.createdMillis;
  }

  @Override
  public boolean isReadable(String path) {
    return node(path) != null && !unreadable.contains(path);
  }

  @Override
  public Opened open(String path) throws IOException {
    if (unreadable.contains(path)) {
      throw new AccessDeniedException(path);
    }
    Stat stat = stat(path);
    if (stat == null) {
      return null;
    }
    Node node = node(path);
    node.handles++;
    return new Opened(new Handle(node), stat);
  }

  @Override
  public List<String> list(String directory) {
    beforeRead.run();
    List<String> found = new ArrayList<>();
    for (String path : names.keySet()) {
      if (PathExpander.parent(path).equals(directory)) {
        found.add(path.substring(directory.length()));
      }
    }
    for (String path : links.keySet()) {
      if (PathExpander.parent(path).equals(directory)) {
        found.add(path.substring(directory.length()));
      }
    }
    return found;
  }

  @Override
  public long inode(Object key) {
    return (Long) key;
  }

  /** The process has died: its handles are closed. */
  void closeAllHandles() {
    names.values().forEach(node -> node.handles = 0);
  }

  private final class Handle implements OpenFile {
    private final Node node;
    private boolean open = true;

    Handle(Node node) {
      this.node = node;
    }

    @Override
    public int read(byte[] target, int offset, int count, long position) throws IOException {
      beforeRead.run();
      if (!open) {
        throw new IOException("closed");
      }
      int n = (int) Math.min(count, node.content.length - position);
      if (n <= 0) {
        return -1;
      }
      System.arraycopy(node.content, (int) position, target, offset, n);
      return n;
    }

    @Override
    public long size() {
      return node.content.length;
    }

    @Override
    public void close() {
      if (open) {
        open = false;
        node.handles = Math.max(0, node.handles - 1);
        free(node);
      }
    }
  }

  @Override
  public boolean watch(Set<String> folders) {
    return false;
  }

  @Override
  public boolean isTold(String folder) {
    return watchable;
  }

  /** What has happened since the last call. */
  @Override
  public List<Change> await(long nanos) {
    if (overflowed) {
      overflowed = false;
      overflows++;
      Set<String> folders = new LinkedHashSet<>();
      names.keySet().forEach(path -> folders.add(PathExpander.parent(path)));
      if (overflowClears) {
        told.clear();
      }
      folders.forEach(folder -> told.add(new Change(Kind.OVERFLOW, folder, "")));
    }
    List<Change> all = List.copyOf(told);
    told.clear();
    return all;
  }

  @Override
  public void wake() {}

  @Override
  public void close() {}

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    names.forEach(
        (path, node) ->
            text.append(path)
                .append(" inode ")
                .append(node.inode)
                .append(' ')
                .append(node.content.length)
                .append(" bytes, ")
                .append(Arrays.hashCode(node.content))
                .append('\n'));
    return text.toString();
  }
}
