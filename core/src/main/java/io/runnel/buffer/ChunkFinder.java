package io.runnel.buffer;

import io.runnel.event.MsgpackException;
import io.runnel.host.Disk;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds the chunks that lie in a folder, of Runnel or of Fluentd, for those who look at them from
 * outside: nothing is changed, and a daemon may go on using them meanwhile.
 */
public final class ChunkFinder {
  private static final Pattern CHUNK =
      Pattern.compile("(.+)\\.[bq]([0-9a-f]{32}|[0-9a-f]{16})\\.([^/]+)");

  /** With several workers each has a folder of its own inside that of the buffer. */
  private static final Pattern WORKER = Pattern.compile("worker\\d+");

  private static final String SINGLE_SUFFIX = "buf";

  private final Disk disk;
  private final String singleKey;
  private final String bootId;

  /**
   * @param singleKey the chunk key of buf_file_single, which its file names do not tell
   */
  public ChunkFinder(Disk disk, String singleKey) {
    this.disk = disk;
    this.singleKey = singleKey;
    this.bootId = disk.bootId();
  }

  /**
   * The chunks of a folder and of the workers' folders in it, of a path with {@code .*.} for the
   * id, or the one chunk whose file is given; oldest first.
   *
   * @throws NoSuchFileException where there is no such folder or file
   */
  public List<FoundChunk> find(Path path) throws IOException {
    List<FoundChunk> found = new ArrayList<>();
    String name = path.getFileName() == null ? "" : path.getFileName().toString();
    if (name.contains(".*.")) {
      FileLayout layout = FileLayout.ofPattern(path, List.of(), singleKeyOf(name));
      for (Path file : disk.list(layout.directory())) {
        if (layout.parse(file) != null) {
          add(file, layout, found);
        }
      }
    } else if (disk.isDirectory(path)) {
      folder(path, found);
      for (Path inner : disk.list(path)) {
        if (WORKER.matcher(inner.getFileName().toString()).matches() && disk.isDirectory(inner)) {
          folder(inner, found);
        }
      }
    } else if (disk.exists(path)) {
      FileLayout layout = layout(path);
      if (layout == null) {
        throw new IOException(path + " is no chunk: its name has no .b<id>. or .q<id>. in it");
      }
      add(path, layout, found);
    } else {
      throw new NoSuchFileException(path.toString());
    }
    found.sort(
        Comparator.comparingLong(FoundChunk::createdMillis).thenComparing(FoundChunk::hexId));
    return found;
  }

  private static String singleKeyOf(String name) {
    return name.endsWith("." + SINGLE_SUFFIX) ? "tag" : null;
  }

  private void folder(Path folder, List<FoundChunk> found) throws IOException {
    for (Path file : disk.list(folder)) {
      FileLayout layout = layout(file);
      if (layout != null && !disk.isDirectory(file)) {
        add(file, layout, found);
      }
    }
  }

  /** How a chunk's files are named, by the name of one; null where the file is no chunk. */
  private FileLayout layout(Path file) {
    Path absolute = file.toAbsolutePath();
    Matcher matcher = CHUNK.matcher(absolute.getFileName().toString());
    if (!matcher.matches() || matcher.group(3).endsWith(FileLayout.META)) {
      return null;
    }
    Path folder = absolute.getParent();
    String before = matcher.group(1);
    String suffix = matcher.group(3);
    boolean single =
        suffix.equals(SINGLE_SUFFIX)
            && before.contains(".")
            && !disk.exists(FileLayout.meta(absolute));
    if (!single) {
      return new FileLayout(folder, before, suffix, List.of(), null);
    }
    String prefix = before.substring(0, before.indexOf('.'));
    return new FileLayout(folder, prefix, suffix, List.of(), singleKey);
  }

  private void add(Path file, FileLayout layout, List<FoundChunk> found) throws IOException {
    try {
      found.add(read(layout.parse(file), layout));
    } catch (NoSuchFileException e) {
      // a daemon has queued or delivered it meanwhile
      FileLayout.Name name = layout.parse(file);
      Path other = FileLayout.sibling(name);
      if (!name.queued() && disk.exists(other)) {
        found.add(read(layout.parse(other), layout));
      }
    }
  }

  private FoundChunk read(FileLayout.Name name, FileLayout layout) throws IOException {
    Path file = name.path();
    Path sumsFile = layout.sums(file, name.id());
    // in this order: a chunk that grows is ahead of its checksums, never behind them
    SumsReader sums = disk.exists(sumsFile) ? SumsReader.of(disk.readAll(sumsFile)) : null;
    Disk.Stat stat = disk.stat(file);
    String fault = null;
    MetaFile.Content meta = null;
    if (layout.isSingle()) {
      meta = single(name, layout, sums, stat);
    } else if (disk.exists(FileLayout.meta(file))) {
      try {
        meta = MetaFile.decode(disk.readAll(FileLayout.meta(file)));
      } catch (MsgpackException e) {
        fault = "damaged: " + e.getMessage();
      }
    } else {
      fault = "missing";
    }
    if (meta == null && sums != null) {
      meta = sums.meta();
    }
    Compression compression = compression(file);
    return new FoundChunk(
        disk,
        layout,
        name,
        stat,
        meta,
        fault,
        sums,
        compression,
        format(file, compression),
        bootId);
  }

  private MetaFile.Content single(
      FileLayout.Name name, FileLayout layout, SumsReader sums, Disk.Stat stat) {
    if (sums != null && sums.meta() != null) {
      return sums.meta();
    }
    Metadata metadata =
        layout.singleKey().equals("tag")
            ? Metadata.of(null, name.key(), null)
            : Metadata.of(null, null, Map.of(layout.singleKey(), name.key()));
    return new MetaFile.Content(
        metadata, name.id(), 0, stat.createdMillis() / 1000, stat.modifiedMillis() / 1000);
  }

  /** By the first bytes of a gzip member (RFC 1952) or a zstd frame (RFC 8878). */
  private Compression compression(Path file) throws IOException {
    byte[] head = head(file, Compression.TEXT, 4);
    if (head.length >= 3 && head[0] == 0x1f && head[1] == (byte) 0x8b && head[2] == 8) {
      return Compression.GZIP;
    }
    boolean zstd =
        head.length == 4
            && head[0] == 0x28
            && head[1] == (byte) 0xb5
            && head[2] == 0x2f
            && head[3] == (byte) 0xfd;
    return zstd ? Compression.ZSTD : Compression.TEXT;
  }

  private ChunkFormat format(Path file, Compression compression) throws IOException {
    byte[] head;
    try {
      head = head(file, compression, 1);
    } catch (NoSuchFileException e) {
      throw e;
    } catch (IOException e) {
      return ChunkFormat.EVENTS; // a damaged member: the check will say so
    }
    return head.length == 0 ? ChunkFormat.EVENTS : format(head[0] & 0xff);
  }

  /** By the first byte: an array, a map, or a letter. What is none of them is a damaged event. */
  private static ChunkFormat format(int first) {
    if (first >= 0x80 && first <= 0x8f || first == 0xde || first == 0xdf) {
      return ChunkFormat.VALUES;
    }
    boolean text = first >= ' ' && first < 0x7f || first == '\t' || first == '\n' || first == '\r';
    boolean utf8 = first >= 0xe2 && first <= 0xf4 && (first < 0xdc || first > 0xdf);
    return text || utf8 ? ChunkFormat.TEXT : ChunkFormat.EVENTS;
  }

  private byte[] head(Path file, Compression compression, int length) throws IOException {
    try (InputStream in = compression.open(disk.stream(file), Long.MAX_VALUE)) {
      return in.readNBytes(length);
    }
  }
}
