package io.runnel.plugins.output;

import io.runnel.config.ConfigException;
import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.plugin.BufferConfig;
import io.runnel.plugin.BufferDefaults;
import io.runnel.plugin.BufferedOutput;
import io.runnel.plugin.Chunk;
import io.runnel.plugin.Output;
import io.runnel.plugin.OutputContext;
import io.runnel.plugin.PluginType;
import java.io.IOException;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Keeps the chunks that the primary output could not deliver, byte for byte. */
public final class SecondaryFileOutput implements BufferedOutput {
  public static final PluginType<Config, OutputContext, Output> TYPE =
      PluginType.output("secondary_file", Config.class, SecondaryFileOutput::new)
          .buffered(BufferDefaults.none());

  private static final Pattern PLACEHOLDER = Pattern.compile("\\$\\{([^}]*)}");
  private static final Pattern TIME = Pattern.compile("%[-0^#_:]*[a-zA-Z]");

  /** {@code compress}. */
  public enum Compress {
    TEXT,
    GZIP
  }

  @Doc("Writes chunks that could not be delivered to files; only for <secondary>.")
  public record Config(
      @Doc("Folder of the files; may hold placeholders of the primary's chunk keys.")
          String directory,
      @Doc("Name of the files, without number; may hold placeholders too.") @Default("dump.bin")
          String basename,
      @Doc("Appends to one file instead of making a new one for each chunk.") @Default("false")
          boolean append,
      @Doc("How the files are compressed.") @Default("text") Compress compress,
      @Doc("Keeps only whole seconds of the time.") @Default("false") boolean timeAsInteger,
      @Doc("Seconds after which a flush is reported as slow.") @Default("20.0")
          double slowFlushLogThreshold) {}

  private final Config config;
  private final OutputContext context;
  private final String template;
  private final ChunkFiles files;

  SecondaryFileOutput(Config config, OutputContext context) {
    this.config = config;
    this.context = context;
    if (!context.isSecondary()) {
      throw fault("This plugin can only be used in the <secondary> section", null);
    }
    if (config.basename().contains("/")) {
      throw fault("basename should not include `/`", "basename");
    }
    Compression compression =
        config.compress() == Compress.GZIP ? Compression.GZIP : Compression.TEXT;
    String path = config.directory() + "/" + config.basename();
    checkPlaceholders(path, context.buffer());
    template = path + (config.append() ? "" : "." + FileNames.NUMBER) + compression.suffix();
    files = new ChunkFiles(context, compression, false);
    Path example =
        Path.of(PLACEHOLDER.matcher(template).replaceAll("a").replace(FileNames.NUMBER, "0"));
    if (!ChunkFiles.isWritable(example)) {
      throw fault("out_secondary_file: `" + example + "` should be writable", "directory");
    }
  }

  private void checkPlaceholders(String path, BufferConfig primary) {
    if (!primary.hasTime() && TIME.matcher(path).find()) {
      throw incompatible("", "time formats, like `%Y%m%d`,");
    }
    for (Matcher matcher = PLACEHOLDER.matcher(path); matcher.find(); ) {
      String key = matcher.group(1);
      boolean isTag = key.equals("tag") || key.startsWith("tag[");
      if (isTag && !primary.hasTag()) {
        throw incompatible(" " + matcher.group(), "tag placeholder, like `${tag}`,");
      }
      if (!isTag && !key.equals("chunk_id") && !primary.variables().contains(key)) {
        throw incompatible(" " + matcher.group(), "variable placeholder, like `${varname}`,");
      }
    }
  }

  private ConfigException incompatible(String placeholder, String what) {
    return fault(
        "out_secondary_file: basename or directory has an incompatible placeholder"
            + placeholder
            + ", remove "
            + what
            + " from basename or directory: the <buffer> of the primary output has no such chunk"
            + " key",
        "directory");
  }

  private ConfigException fault(String message, String parameter) {
    return new ConfigException(
        message,
        parameter == null ? context.element().place() : context.element().placeOf(parameter));
  }

  @Override
  public boolean resume(Chunk chunk) throws IOException, InterruptedException {
    return files.resume(chunk);
  }

  @Override
  public void write(Chunk chunk) throws IOException, InterruptedException {
    String path = chunk.expand(template);
    if (config.append()) {
      files.append(chunk, Path.of(path));
    } else {
      files.writeNew(
          chunk, number -> Path.of(path.replace(FileNames.NUMBER, Integer.toString(number))));
    }
  }
}
