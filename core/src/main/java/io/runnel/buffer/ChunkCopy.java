package io.runnel.buffer;

import io.runnel.host.Disk;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.List;
import java.util.Set;

/**
 * Copies the sound part of chunks into another buffer directory, with metadata and checksums, under
 * the names that a buffer with that path looks for. The chunk is there whole or not at all; it is
 * synced before the next one is begun.
 */
public final class ChunkCopy {
  private static final int BLOCK = 64 * 1024;

  private final Disk disk;
  private final Path target;
  private final Set<PosixFilePermission> permissions;

  /**
   * @param target a folder, or a path with {@code .*.} for the id
   * @param permissions of the copies: chunks hold whatever was logged
   */
  public ChunkCopy(Disk disk, Path target, Set<PosixFilePermission> permissions) {
    this.disk = disk;
    this.target = target.toAbsolutePath();
    this.permissions = permissions;
  }

  private FileLayout layout(FoundChunk chunk) {
    if (target.getFileName().toString().contains(".*.")) {
      String key = chunk.isSingle() ? chunk.layout().singleKey() : null;
      return FileLayout.ofPattern(target, List.of(), key);
    }
    return chunk.isSingle()
        ? new FileLayout(target, "fsb", "buf", List.of(), chunk.layout().singleKey())
        : new FileLayout(target, "buffer", "log", List.of(), null);
  }

  /** The folder of the copies. */
  public Path folder() {
    return target.getFileName().toString().contains(".*.") ? target.getParent() : target;
  }

  /**
   * Copies one chunk.
   *
   * @return the file of the copy
   * @throws FileAlreadyExistsException where the target has a chunk of this id
   */
  public Path copy(FoundChunk chunk, FoundChunk.Health health) throws IOException {
    FileLayout layout = layout(chunk);
    disk.createDirectories(layout.directory(), null);
    byte[] id = chunk.id();
    Path staged = layout.staged(id, chunk.name().key());
    Path queued = layout.queued(staged, id);
    for (Path there : List.of(staged, queued)) {
      if (disk.exists(there)) {
        throw new FileAlreadyExistsException(there.toString());
      }
    }
    Path file = chunk.isQueued() ? queued : staged;
    MetaFile.Content meta =
        new MetaFile.Content(
            chunk.metadata(),
            id,
            Math.toIntExact(Math.max(0, health.events())),
            Math.max(1, chunk.createdMillis() / 1000),
            Math.max(1, chunk.modifiedMillis() / 1000));
    Path sums = layout.sums(file, id);
    disk.delete(sums);
    try (InputStream in = chunk.stored(0, health.soundBytes())) {
      ChunkSums.write(disk, sums, meta, chunk.bootId(), permissions, in, health.soundBytes());
    }
    if (!layout.isSingle()) {
      byte[] content = MetaFile.encode(meta);
      disk.replace(FileLayout.meta(file), content, permissions);
      disk.force(FileLayout.meta(file));
    }
    // the chunk itself last, and at once: until then there is nothing to be taken for one
    Path temporary = file.resolveSibling("." + file.getFileName() + ".tmp");
    disk.delete(temporary);
    try (InputStream in = chunk.stored(0, health.soundBytes())) {
      write(in, temporary);
    }
    disk.rename(temporary, file);
    disk.force(layout.directory());
    return file;
  }

  /**
   * Copies the damaged rest of a chunk to a file of the target's {@code damaged} folder.
   *
   * @return that file
   */
  public Path setAside(FoundChunk chunk, FoundChunk.Health health, Path folder) throws IOException {
    disk.createDirectories(folder, null);
    Path file = folder.resolve(chunk.hexId() + ".damaged");
    disk.delete(file);
    try (InputStream in = chunk.stored(health.soundBytes(), health.bytes())) {
      write(in, file);
    }
    return file;
  }

  private void write(InputStream in, Path file) throws IOException {
    try (Disk.AppendFile out = disk.append(file, permissions)) {
      byte[] block = new byte[BLOCK];
      for (int read; (read = in.read(block)) >= 0; ) {
        out.append(block, 0, read);
      }
      out.force();
    }
  }
}
