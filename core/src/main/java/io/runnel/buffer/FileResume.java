package io.runnel.buffer;

import io.runnel.event.MsgpackException;
import io.runnel.host.Disk;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Finds the chunks that an earlier run, of Runnel or of Fluentd, left in a folder. */
final class FileResume {
  /**
   * Staged content that is verified at the start, to be appended to. Chunks beyond it go to the
   * queue and are verified when their turn comes, so that a large backlog does not delay the start.
   */
  private static final long VERIFY_AT_START = 64L << 20;

  private final FileStore store;
  private final Disk disk;
  private final FileLayout layout;
  private final List<StoredChunk> staged = new ArrayList<>();
  private final List<StoredChunk> queued = new ArrayList<>();
  private final Set<String> resumed = new HashSet<>();
  private long verified;
  private long lost;

  FileResume(FileStore store) {
    this.store = store;
    this.disk = store.disk();
    this.layout = store.layout();
  }

  ChunkStore.Resumed run() throws IOException {
    resume(layout.directory());
    for (Path older : layout.olderDirectories()) {
      resume(older);
    }
    // On the way of every start: Comparator.comparingLong and thenComparing make serializable
    // lambdas, which the class cache cannot hold, so ten classes would be spun each time.
    staged.sort(FileResume::byAge);
    queued.sort(FileResume::byAgeAndId);
    return new ChunkStore.Resumed(staged, queued, lost);
  }

  private static int byAge(StoredChunk a, StoredChunk b) {
    return Long.compare(a.modifiedAt, b.modifiedAt);
  }

  private static int byAgeAndId(StoredChunk a, StoredChunk b) {
    int order = byAge(a, b);
    return order != 0 ? order : a.hexId().compareTo(b.hexId());
  }

  private void resume(Path directory) throws IOException {
    List<Path> files = disk.list(directory);
    Map<Path, FileLayout.Name> chunks = new TreeMap<>();
    for (Path file : files) {
      FileLayout.Name name = layout.parse(file);
      if (name != null && !disk.isDirectory(file)) {
        chunks.put(file, name);
      }
    }
    for (FileLayout.Name name : chunks.values()) {
      try {
        resume(name);
      } catch (IOException e) {
        store.report().warn("found broken chunk file during resume.", e, "path", name.path());
        resumed.add(ChunkId.hex(name.id())); // its files stay as they are
      }
    }
    removeOrphans(files, chunks);
  }

  private void resume(FileLayout.Name name) throws IOException {
    Disk.Stat stat = disk.stat(name.path());
    SumsReader sums = store.readSums(layout.sums(name.path(), name.id()));
    String mode = name.queued() ? "queued" : "staged";
    if (stat.size() == 0) {
      empty(name, mode, sums != null);
      return;
    }
    if (store.ledger().isDelivered(ChunkId.hex(name.id()), stat.createdMillis())) {
      store.report().info("a chunk was delivered before the last run ended", "path", name.path());
      deleteAll(name);
      return;
    }
    MetaFile.Content meta;
    try {
      meta = layout.isSingle() ? single(name, stat, sums) : meta(name, sums);
    } catch (MsgpackException e) {
      broken(name, mode, e.getMessage());
      return;
    }
    // the name of one whose delivery had begun is older than the chunk: a power loss did that
    boolean isNoted = disk.exists(layout.note(name.path(), name.id()));
    boolean toStage = !name.queued() && meta != null && !isNoted;
    StoredChunk.State state = toStage ? StoredChunk.State.STAGED : StoredChunk.State.QUEUED;
    Metadata metadata = meta == null ? Metadata.NONE : meta.metadata();
    long created = meta == null ? stat.createdMillis() : meta.created() * 1000;
    FileChunk chunk = new FileChunk(store, name.id(), metadata, created, name.path(), state);
    chunk.modifiedAt =
        meta == null || sums != null ? stat.modifiedMillis() : meta.modified() * 1000;
    chunk.bytes = stat.size();
    chunk.records = sums != null ? sums.totalRecords() : meta == null ? 0 : meta.records();
    if (sums != null && sums.meta() != null && meta != null && meta.records() > chunk.records) {
      chunk.touchedByFluentd();
    }
    resumed.add(chunk.hexId());
    restoring(name.path());
    if (toStage) {
      stage(chunk);
    } else {
      queued.add(chunk);
    }
  }

  private void restoring(Path path) {
    String message = "restoring buffer file: path = " + path;
    if (store.settings().warnOfResumed()) {
      store.report().warn(message, null);
    } else {
      store.report().debug(message);
    }
  }

  private void stage(FileChunk chunk) throws IOException {
    if (verified + chunk.bytes() > VERIFY_AT_START) {
      chunk.state = StoredChunk.State.QUEUED;
      queued.add(chunk);
      return;
    }
    verified += chunk.bytes();
    int before = chunk.records;
    switch (chunk.verify()) {
      case SOUND -> {
        lost += Math.max(0, before - chunk.records);
        chunk.reopen();
        staged.add(chunk);
      }
      case NOTHING_LEFT -> {
        lost += before;
        chunk.state = StoredChunk.State.GONE;
        chunk.destroy();
      }
      case LEFT_ALONE -> {}
    }
  }

  /**
   * The metadata of a chunk of buf_file: of its meta file, of one that a crash left under the
   * chunk's other name, or of the checksums; null where there is none of these.
   *
   * @throws MsgpackException where the meta file cannot be used and nothing stands in for it
   */
  private MetaFile.Content meta(FileLayout.Name name, SumsReader sums) throws IOException {
    MsgpackException wrong = null;
    for (Path file :
        List.of(FileLayout.meta(name.path()), FileLayout.meta(FileLayout.sibling(name)))) {
      if (disk.exists(file)) {
        try {
          return keep(name, usable(MetaFile.decode(disk.readAll(file))), file);
        } catch (MsgpackException e) {
          wrong = e;
        }
      }
    }
    if (sums != null && sums.meta() != null) {
      if (wrong != null) {
        store
            .report()
            .warn(
                "found broken chunk file during resume.",
                null,
                "path",
                name.path(),
                "err_msg",
                "metadata: " + wrong.getMessage() + "; taken from the checksums");
      } else {
        store
            .report()
            .warn(
                "metadata of a chunk is missing; taken from the checksums",
                null,
                "path",
                name.path());
      }
      return keep(name, sums.meta(), null);
    }
    if (wrong != null) {
      throw wrong;
    }
    store.report().warn("metadata of a chunk is missing", null, "path", name.path());
    return null;
  }

  /** Writes metadata that was found elsewhere to where it belongs. */
  private MetaFile.Content keep(FileLayout.Name name, MetaFile.Content meta, Path foundIn) {
    Path file = FileLayout.meta(name.path());
    if (!file.equals(foundIn)) {
      store.replaceMeta(file, meta);
    }
    return meta;
  }

  private static MetaFile.Content usable(MetaFile.Content meta) {
    if (meta.id() == null || meta.created() <= 0 || meta.modified() <= 0) {
      throw new MsgpackException("metadata file is broken: no id or time in it");
    }
    return meta;
  }

  /** The metadata of a buf_file_single, of its name and the times of the file. */
  private MetaFile.Content single(FileLayout.Name name, Disk.Stat stat, SumsReader sums)
      throws IOException {
    if (sums != null && sums.meta() != null) {
      return sums.meta();
    }
    Metadata metadata =
        layout.singleKey().equals("tag")
            ? Metadata.of(null, name.key(), null)
            : Metadata.of(null, null, Map.of(layout.singleKey(), name.key()));
    FileSettings settings = store.settings();
    int records =
        sums == null && settings.countLines() && settings.format() == ChunkFormat.TEXT
            ? lines(name.path())
            : 0; // the check of the content will say
    return new MetaFile.Content(
        metadata, name.id(), records, stat.createdMillis() / 1000, stat.modifiedMillis() / 1000);
  }

  private int lines(Path file) throws IOException {
    if (store.settings().compression() == Compression.TEXT) {
      try (InputStream in = disk.stream(file)) {
        return ChunkCheck.countLines(in);
      }
    }
    return 0; // counted by the check, which has to decompress it
  }

  private void empty(FileLayout.Name name, String mode, boolean ours) throws IOException {
    if (ours) {
      store.report().debug("removing a chunk that nothing was written to", "path", name.path());
    } else {
      store
          .report()
          .warn(
              "found broken chunk file during resume.",
              null,
              "path",
              name.path(),
              "mode",
              mode,
              "err_msg",
              "chunk file is empty");
    }
    deleteAll(name);
  }

  private void broken(FileLayout.Name name, String mode, String problem) throws IOException {
    String where = "thrown away (disable_chunk_backup is true)";
    if (store.settings().backup()) {
      try (InputStream in = disk.stream(name.path())) {
        where = store.report().setAside(ChunkId.hex(name.id()), in);
      }
    }
    store
        .report()
        .warn(
            "found broken chunk file during resume.",
            null,
            "path",
            name.path(),
            "mode",
            mode,
            "err_msg",
            problem,
            "damaged_part",
            where);
    deleteAll(name);
  }

  private void deleteAll(FileLayout.Name name) throws IOException {
    disk.delete(name.path());
    disk.delete(FileLayout.meta(name.path()));
    disk.delete(layout.sums(name.path(), name.id()));
    disk.delete(layout.note(name.path(), name.id()));
  }

  /** Removes what belongs to a chunk that is gone: a crash between two deletions left it. */
  private void removeOrphans(List<Path> files, Map<Path, FileLayout.Name> chunks)
      throws IOException {
    for (Path file : files) {
      String name = file.getFileName().toString();
      String chunkOf = layout.chunkOf(file);
      boolean orphan = chunkOf != null && !resumed.contains(chunkOf);
      if (name.endsWith(FileLayout.META)) {
        String base = name.substring(0, name.length() - FileLayout.META.length());
        Path chunk = file.resolveSibling(base);
        orphan = layout.parse(chunk) != null && !chunks.containsKey(chunk);
      }
      orphan |= name.startsWith("." + layout.prefix() + ".") && name.endsWith(".tmp");
      if (orphan && disk.exists(file)) {
        store.report().debug("removing what is left of a chunk that is gone", "path", file);
        disk.delete(file);
      }
    }
  }
}
