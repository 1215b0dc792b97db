package io.runnel.connectors.s3;

import io.runnel.config.ConfigException;
import io.runnel.connectors.s3.S3OutputConfig.Compress;
import io.runnel.connectors.s3.S3OutputConfig.ParquetCodec;
import io.runnel.plugin.PluginContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Makes the compressor that {@code store_as} names. */
final class Compressors {
  private static final int MAX_ZSTD_LEVEL = 22;

  private final S3OutputConfig config;
  private final PluginContext context;

  Compressors(S3OutputConfig config, PluginContext context) {
    this.config = config;
    this.context = context;
  }

  /**
   * @throws ConfigException where the program that is needed is not there
   */
  Compressor make() {
    return switch (config.storeAs()) {
      case "gzip" -> StreamCompressor.gzip();
      case "json" -> StreamCompressor.json();
      case "text" -> StreamCompressor.text();
      case "zstd" -> zstd();
      case "gzip_command" ->
          command("gzip", "gzip", "", "gz", "application/x-gzip", StreamCompressor.gzip());
      case "lzma2" -> command("xz", "LZMA2", "-qf0", "xz", "application/x-xz", null);
      case "lzo" -> command("lzop", "LZO", "-qf1", "lzo", "application/x-lzop", null);
      case "parquet" -> parquet();
      default -> {
        context
            .log()
            .warn(
                "'"
                    + config.storeAs()
                    + "' not supported. Use 'text' instead: store_as is one of gzip, json, text,"
                    + " zstd, gzip_command, lzma2, lzo, parquet");
        yield StreamCompressor.text();
      }
    };
  }

  private Compressor zstd() {
    int level = config.compress().map(Compress::level).orElse(3);
    if (level < 1 || level > MAX_ZSTD_LEVEL) {
      throw new ConfigException(
          "level of <compress> must be between 1 and " + MAX_ZSTD_LEVEL + ": " + level,
          context.element().place());
    }
    return StreamCompressor.zstd(level);
  }

  private Compressor command(
      String program,
      String algorithm,
      String parameters,
      String extension,
      String contentType,
      StreamCompressor fallback) {
    checkProgram(program, algorithm);
    List<String> command = new ArrayList<>(List.of(program));
    command.addAll(words(config.commandParameter().orElse(parameters)));
    return new CommandCompressor(
        command, extension, contentType, Optional.ofNullable(fallback), context.log());
  }

  private void checkProgram(String program, String algorithm) {
    if (!CommandCompressor.isInPath(program)) {
      throw new ConfigException(
          "'" + program + "' utility must be in PATH for " + algorithm + " compression",
          context.element().placeOf("store_as"));
    }
  }

  private List<String> words(String parameters) {
    try {
      return Words.split(parameters);
    } catch (IllegalArgumentException e) {
      throw new ConfigException(
          "command_parameter: " + e.getMessage(),
          context.element().placeOf("command_parameter"),
          e);
    }
  }

  /** By the program columnify, as in the gem. */
  private Compressor parquet() {
    Compress compress =
        config
            .compress()
            .orElseThrow(
                () ->
                    new ConfigException(
                        "'<compress>' sections are required: store_as parquet needs schema_file",
                        context.element().place()));
    String schema =
        compress
            .schemaFile()
            .orElseThrow(
                () ->
                    new ConfigException(
                        "'schema_file' parameter is required, in section compress",
                        context.element().place()));
    ParquetCodec codec = compress.parquetCompressionCodec();
    if (List.of(ParquetCodec.LZO, ParquetCodec.BROTLI, ParquetCodec.LZ4).contains(codec)) {
      throw new ConfigException(
          "unsupported compression codec: " + codec.name().toLowerCase(Locale.ROOT),
          context.element().place());
    }
    checkProgram(ColumnifyCompressor.PROGRAM, ColumnifyCompressor.PROGRAM);
    return new ColumnifyCompressor(compress, schema);
  }
}
