package io.runnel.buffer;

import io.runnel.host.Disk;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;

/** Checks one chunk that an earlier run left: keeps what is sound, sets the rest aside. */
final class ChunkRepair {
  private final FileStore store;
  private final FileChunk chunk;
  private final SumsReader sums;

  /**
   * @param sums null where there are none
   */
  ChunkRepair(FileStore store, FileChunk chunk, SumsReader sums) {
    this.store = store;
    this.chunk = chunk;
    this.sums = sums;
  }

  StoredChunk.Verdict run() throws IOException {
    ChunkCheck check = check(sums);
    if (check.problem() == null) {
      chunk.checked(check);
      return StoredChunk.Verdict.SOUND;
    }
    Disk disk = store.disk();
    Path path = chunk.path();
    long size = disk.stat(path).size();
    String where = setAside(check.length());
    if (check.length() > 0) {
      store.truncate(path, check.length());
      if (check.records() < 0) {
        ChunkCheck again = check(null);
        check = new ChunkCheck(check.length(), again.records(), false, check.problem());
      }
    }
    store
        .report()
        .warn(
            "found broken chunk file during resume.",
            null,
            "path",
            path,
            "chunk_id",
            chunk.hexId(),
            "err_msg",
            check.problem(),
            "saved_events",
            Math.max(0, check.records()),
            "saved_bytes",
            check.length(),
            "damaged_bytes",
            size - check.length(),
            "damaged_part",
            where);
    chunk.checked(check);
    return check.length() > 0 ? StoredChunk.Verdict.SOUND : StoredChunk.Verdict.NOTHING_LEFT;
  }

  private ChunkCheck check(SumsReader by) throws IOException {
    return ChunkCheck.of(
        store.disk(),
        chunk.path(),
        by,
        by == null ? ChunkCheck.Belief.STRUCTURE : chunk.belief(),
        store.settings().format(),
        chunk.compression());
  }

  /** Copies what is behind the sound part; it must be safe before the chunk is cut. */
  private String setAside(long from) throws IOException {
    if (!store.settings().backup()) {
      return "thrown away (disable_chunk_backup is true)";
    }
    try (InputStream in = store.disk().stream(chunk.path())) {
      in.skipNBytes(from);
      return store.report().setAside(chunk.hexId(), in);
    }
  }
}
