package io.runnel.plugins.output;

import io.runnel.config.ConfigElement;
import io.runnel.config.ConfigException;
import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.config.LegacyParameters;
import io.runnel.config.PluginSection;
import io.runnel.config.Since;
import io.runnel.plugin.BufferConfig;
import io.runnel.plugin.BufferDefaults;
import io.runnel.plugin.BufferedOutput;
import io.runnel.plugin.Chunk;
import io.runnel.plugin.Formatter;
import io.runnel.plugin.Output;
import io.runnel.plugin.OutputContext;
import io.runnel.plugin.PluginType;
import io.runnel.plugin.StagedChunkListener;
import io.runnel.plugins.common.InjectConfig;
import io.runnel.plugins.common.Injector;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/** Writes the events of each chunk into a file whose name may hold time, tag and record fields. */
public final class FileOutput implements BufferedOutput, StagedChunkListener {
  public static final PluginType<Config, OutputContext, Output> TYPE =
      PluginType.output("file", Config.class, FileOutput::new)
          .legacy(LegacyParameters.FORMAT, LegacyParameters.BUFFER, LegacyParameters.INJECT)
          .buffered(FileOutput::bufferDefaults);

  /** {@code compress}; {@code gz} and {@code gzip} are the same. */
  public enum Compress {
    TEXT,
    GZ,
    GZIP,
    ZSTD;

    Compression compression() {
      return switch (this) {
        case TEXT -> Compression.TEXT;
        case GZ, GZIP -> Compression.GZIP;
        case ZSTD -> Compression.ZSTD;
      };
    }
  }

  @Doc("Writes events to files; by default one file per day, made when the day is over.")
  public record Config(
      @Doc(
              "Path of the files without suffix: may hold placeholders of the chunk keys and"
                  + " strftime letters; * is where the time goes.")
          String path,
      @Doc("Adds path_suffix to the path.") @Default("true") boolean addPathSuffix,
      @Doc("Suffix of the files.") @Default(".log") String pathSuffix,
      @Doc("Appends chunks to one file instead of making a new, numbered file for each.")
          @Default("false")
          boolean append,
      @Doc("How the files are compressed; each chunk is one gzip member or zstd frame.")
          @Default("text")
          Compress compress,
      @Doc("Compresses again what the buffer has compressed already.") @Default("false")
          boolean recompress,
      @Doc("A symbolic link that leads to the newest chunk file of the buffer.")
          Optional<String> symlinkPath,
      @Doc("Makes symlink_path a relative link.") @Since("1.19") @Default("false")
          boolean symlinkPathUseRelative,
      @Doc("How events are written.") @Default("out_file") PluginSection format,
      @Doc("Fields that are added to each record.") Optional<InjectConfig> inject,
      @Doc("Keeps only whole seconds of the time.") @Default("false") boolean timeAsInteger,
      @Doc("Seconds after which a flush is reported as slow.") @Default("20.0")
          double slowFlushLogThreshold) {}

  private final Config config;
  private final OutputContext context;
  private final Formatter formatter;
  private final FileNames names;
  private final ChunkFiles files;
  private final AtomicLong newestTimekey = new AtomicLong(Long.MIN_VALUE);

  FileOutput(Config config, OutputContext context) {
    this.config = config;
    this.context = context;
    this.formatter = Injector.of(config.inject(), context).wrap(context.formatter(config.format()));
    BufferConfig buffer = context.buffer();
    Optional<Duration> timekey = buffer.hasTime() ? buffer.timekey() : Optional.empty();
    Compression compression = config.compress().compression();
    this.names =
        FileNames.of(
            config.path(),
            timekey,
            context.element().peek("time_slice_format"),
            config.append(),
            config.addPathSuffix() ? config.pathSuffix() : "",
            compression.suffix());
    this.files = new ChunkFiles(context, compression, config.recompress());
    if (context.isSecondary()) {
      if (config.symlinkPath().isPresent()) {
        throw new ConfigException(
            "symlink_path option is unavailable in <secondary>: consider to use secondary_file"
                + " plugin",
            context.element().placeOf("symlink_path"));
      }
      return;
    }
    warnOfDefaults();
    context.validatePlaceholders("path", names.template());
    Path example = names.example();
    if (!ChunkFiles.isWritable(example)) {
      throw new ConfigException(
          "out_file: `" + example + "` is not writable", context.element().placeOf("path"));
    }
  }

  /** Fluentd's warnings, in its cases: whoever names no timekey gets one file a day. */
  private void warnOfDefaults() {
    ConfigElement buffer = context.element().section("buffer").orElse(null);
    if (buffer == null) {
      context
          .log()
          .warn(
              "default timekey interval (1d) will be used because of missing <buffer> section. To"
                  + " change the output frequency, please modify the timekey value");
    } else if (!buffer.has("timekey") && !buffer.argument().equals("[]")) {
      context
          .log()
          .warn(
              "default timekey interval (1d) will be used. To change the output frequency, please"
                  + " modify the timekey value");
    }
    for (String zone : List.of("utc", "localtime")) {
      if (context.element().has(zone)) {
        context
            .log()
            .warn(
                "'"
                    + zone
                    + "' is deprecated for output plugin. This parameter is used for formatter"
                    + " plugin in compatibility layer. If you want to use same feature, use"
                    + " timekey_use_utc parameter in <buffer> directive instead");
        return;
      }
    }
  }

  /**
   * The buffer stands where the files go, unless it is configured. A buffer folder takes no
   * placeholders, so those of the path are made plain text.
   */
  private static BufferDefaults bufferDefaults(ConfigElement element) {
    String path = element.peek("path");
    String plain = path == null ? "" : path.replaceAll("[${}\\[\\]%]+", "_");
    return BufferDefaults.of(List.of("time"), "@type", "file", "timekey", "86400", "path", plain);
  }

  @Override
  public Formatter chunkFormat() {
    return formatter;
  }

  @Override
  public boolean resume(Chunk chunk) throws IOException, InterruptedException {
    return files.resume(chunk);
  }

  @Override
  public void write(Chunk chunk) throws IOException, InterruptedException {
    String path = chunk.expand(names.template());
    if (config.append()) {
      files.append(chunk, Path.of(path));
    } else {
      files.writeNew(chunk, FileNames.numbered(path));
    }
  }

  /**
   * Moves the link to a chunk of the newest slice; an older slice may still be filled beside it.
   */
  @Override
  public void staged(Chunk chunk) {
    if (config.symlinkPath().isEmpty() || chunk.file().isEmpty()) {
      return;
    }
    long timekey = chunk.timekey() == null ? Long.MIN_VALUE : chunk.timekey();
    if (newestTimekey.accumulateAndGet(timekey, Math::max) > timekey) {
      return;
    }
    Path link = Path.of(chunk.expand(config.symlinkPath().get())).toAbsolutePath();
    Path target = chunk.file().get().toAbsolutePath();
    try {
      ChunkFiles.createDirectories(link.getParent(), context.system());
      if (config.symlinkPathUseRelative()) {
        target = link.getParent().relativize(target);
      }
      replaceLink(link, target);
    } catch (IOException e) {
      context.log().warn("cannot move symlink_path", e, "path", link.toString());
    }
  }

  /** Renames a new link over the old one, so that readers find one at any moment. */
  private static void replaceLink(Path link, Path target) throws IOException {
    Path fresh = link.resolveSibling(link.getFileName() + ".new");
    Files.deleteIfExists(fresh);
    Files.createSymbolicLink(fresh, target);
    Files.move(fresh, link, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}
