package io.runnel.delivery;

import io.runnel.buffer.BufferReport;
import io.runnel.buffer.StoredChunk;
import io.runnel.host.Disk;
import io.runnel.log.Log;
import io.runnel.plugin.PluginContext;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Set;

/**
 * Where chunks go that no output will get. Below BACKUP, which is {@code root_dir}, or the folder
 * of FLUENT_BACKUP_DIR, or its default:
 *
 * <ul>
 *   <li>{@code backup/worker<N>/<id>/<chunk id>.log}: what could not be delivered or was damaged,
 *       appended to what is there
 *   <li>{@code buffer/<id>/<name of the chunk file>} and the same with {@code .meta}: file chunks
 *       that the end of the retries cleared; they can be put back into the buffer's folder
 * </ul>
 */
final class BackupFiles implements BufferReport {
  private static final int BLOCK = 64 * 1024;

  private final Disk disk;
  private final Log log;
  private final Path bad;
  private final Path evacuated;
  private final Set<PosixFilePermission> filePermission;
  private final Set<PosixFilePermission> directoryPermission;

  BackupFiles(PluginContext context, Disk disk) {
    this.disk = disk;
    this.log = context.log();
    Path base = context.system().rootDir().orElse(context.system().backupDir());
    String id = context.pluginId().replaceAll("[ \"/\\\\:;|*<>?]", "_");
    if (id.equals("..") || id.equals(".")) {
      id = "_";
    }
    this.bad = base.resolve("backup").resolve("worker" + context.workerId()).resolve(id);
    this.evacuated = base.resolve("buffer").resolve(id);
    this.filePermission = context.system().filePermission().orElse(null);
    this.directoryPermission = context.system().dirPermission().orElse(null);
  }

  @Override
  public void warn(String message, Throwable error, Object... attributes) {
    if (error == null) {
      log.warn(message, attributes);
    } else {
      log.warn(message, error, attributes);
    }
  }

  @Override
  public void info(String message, Object... attributes) {
    log.info(message, attributes);
  }

  @Override
  public void debug(String message, Object... attributes) {
    log.debug(message, attributes);
  }

  @Override
  public String setAside(String hexId, InputStream content) throws IOException {
    Path file = bad.resolve(hexId + ".log");
    disk.createDirectories(bad, directoryPermission);
    copy(content, file);
    return file.toString();
  }

  /** Keeps the content of a chunk that cannot be delivered, without compression. */
  void keep(StoredChunk chunk, InputStream content) throws IOException {
    log.warn("bad chunk is moved to " + bad.resolve(chunk.hexId() + ".log"));
    setAside(chunk.hexId(), content);
  }

  /**
   * Copies the files of a chunk that is about to be cleared; memory chunks have none.
   *
   * @return false where that failed: the chunk should stay where it is
   */
  boolean evacuate(StoredChunk chunk) {
    Path file = chunk.file().orElse(null);
    if (file == null) {
      return true;
    }
    try {
      disk.createDirectories(evacuated, directoryPermission);
      for (Path source : new Path[] {file, file.resolveSibling(file.getFileName() + ".meta")}) {
        if (disk.exists(source)) {
          Path target = evacuated.resolve(source.getFileName());
          disk.delete(target);
          try (InputStream in = disk.stream(source)) {
            copy(in, target);
          }
        }
      }
      log.warn("chunk files are evacuated to " + evacuated + ".", "chunk_id", chunk.hexId());
      return true;
    } catch (IOException e) {
      log.error(
          "failed to evacuate chunk files to " + evacuated + "; they stay for the next start",
          e,
          "chunk_id",
          chunk.hexId());
      return false;
    }
  }

  private void copy(InputStream content, Path file) throws IOException {
    try (Disk.AppendFile out = disk.append(file, filePermission)) {
      byte[] block = new byte[BLOCK];
      for (int read; (read = content.read(block)) >= 0; ) {
        out.append(block, 0, read);
      }
      out.force();
    }
  }
}
