package io.runnel.delivery;

import io.runnel.buffer.BufferReport;
import io.runnel.buffer.ChunkFormat;
import io.runnel.buffer.ChunkStore;
import io.runnel.buffer.FileLayout;
import io.runnel.buffer.FileSettings;
import io.runnel.buffer.FileStore;
import io.runnel.buffer.MemoryStore;
import io.runnel.config.ConfigException;
import io.runnel.host.Disk;
import io.runnel.plugin.Formatter;
import io.runnel.plugin.PluginContext;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Where the chunks of an output live, by Fluentd's rules for paths.
 *
 * @param claimed what no other instance may use: the folder, or the pattern of the names; null for
 *     memory
 */
record Storage(ChunkStore store, Path claimed) {
  static Storage of(
      BufferSettings settings,
      Formatter formatter,
      PluginContext context,
      Disk disk,
      BufferReport report) {
    if (!settings.isPersistent()) {
      return new Storage(
          new MemoryStore(
              settings.compression(),
              context.clock(),
              context.random(),
              context.memory().buffers(),
              context.messages()),
          null);
    }
    Place place =
        settings.type().equals("file")
            ? file(settings, context, disk)
            : single(settings, context, disk);
    BufferParameters parameters = settings.parameters();
    FileSettings files =
        new FileSettings(
            place.layout,
            settings.compression(),
            format(settings, formatter),
            Optional.ofNullable(BufferSettings.permissions(parameters.filePermission()))
                .or(context.system()::filePermission)
                .orElse(null),
            Optional.ofNullable(BufferSettings.permissions(parameters.dirPermission()))
                .or(context.system()::dirPermission)
                .orElse(null),
            !parameters.disableChunkBackup(),
            settings.flushAtShutdown(),
            parameters.calcNumRecords());
    return new Storage(
        new FileStore(disk, files, context.clock(), context.random(), report, context.messages()),
        place.claimed);
  }

  private record Place(FileLayout layout, Path claimed) {}

  private static ChunkFormat format(BufferSettings settings, Formatter formatter) {
    ChunkFormat own =
        formatter == null
            ? ChunkFormat.EVENTS
            : formatter.type().equals("msgpack") ? ChunkFormat.VALUES : ChunkFormat.TEXT;
    return switch (settings.parameters().chunkFormat()) {
      case AUTO -> own;
      case MSGPACK -> own == ChunkFormat.EVENTS ? own : ChunkFormat.VALUES;
      case TEXT -> ChunkFormat.TEXT;
    };
  }

  private static Place file(BufferSettings settings, PluginContext context, Disk disk) {
    String suffix = settings.parameters().pathSuffix();
    if (!suffix.startsWith(".")) {
      suffix = "." + suffix;
    }
    return place(settings, context, disk, "buffer.*" + suffix, suffix, null);
  }

  private static Place single(BufferSettings settings, PluginContext context, Disk disk) {
    return place(settings, context, disk, "fsb.*.buf", ".buf", settings.chunkKeys().getFirst());
  }

  /**
   * @param name pattern of the chunk files in a folder
   * @param suffix what is added to a path that is no folder
   */
  private static Place place(
      BufferSettings settings,
      PluginContext context,
      Disk disk,
      String name,
      String suffix,
      String singleKey) {
    Optional<String> written = settings.parameters().path().filter(path -> !path.isEmpty());
    if (written.isEmpty()) {
      Path own =
          context
              .pluginDir()
              .orElseThrow(
                  () ->
                      new ConfigException(
                          "buffer path is not configured. specify 'path' in <buffer>",
                          context.element().place()));
      Path directory = own.resolve("buffer");
      return new Place(
          FileLayout.ofPattern(directory.resolve(name), List.of(), singleKey), directory);
    }
    Path path = Path.of(written.get()).toAbsolutePath();
    String last = String.valueOf(path.getFileName());
    if (disk.isDirectory(path) || !disk.exists(path) && !written.get().contains(".*")) {
      if (context.workers() <= 1) {
        return new Place(FileLayout.ofPattern(path.resolve(name), List.of(), singleKey), path);
      }
      Path directory = path.resolve("worker" + context.workerId());
      // chunks from the time before there were several workers
      List<Path> older = context.workerId() == 0 ? List.of(path) : List.of();
      return new Place(FileLayout.ofPattern(directory.resolve(name), older, singleKey), directory);
    }
    if (context.workers() > 1) {
      throw new ConfigException(
          "Plugin '"
              + settings.type()
              + "' does not support multi workers configuration (buffer path "
              + path
              + " is no folder)",
          context.element().place());
    }
    if (!last.contains(".*.")) {
      last += last.endsWith(".*") ? suffix : ".*" + suffix;
    }
    Path pattern = path.resolveSibling(last);
    return new Place(FileLayout.ofPattern(pattern, List.of(), singleKey), pattern);
  }
}
