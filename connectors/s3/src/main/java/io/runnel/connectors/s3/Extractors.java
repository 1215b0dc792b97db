package io.runnel.connectors.s3;

import com.github.luben.zstd.ZstdInputStream;
import io.runnel.config.ConfigException;
import io.runnel.plugin.PluginContext;
import java.io.BufferedInputStream;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.GZIPInputStream;

/** Makes the extractor that {@code store_as} of the input names. */
final class Extractors {
  private static final int BUFFER = 64 * 1024;

  private Extractors() {}

  /**
   * @throws ConfigException where it is not known, or its program is not there
   */
  static Extractor make(String storeAs, Optional<String> parameters, PluginContext context) {
    return switch (storeAs) {
      case "gzip" -> object -> new GZIPInputStream(Files.newInputStream(object), BUFFER);
      case "text", "json" -> Files::newInputStream;
      case "zstd" ->
          object ->
              new ZstdInputStream(new BufferedInputStream(Files.newInputStream(object), BUFFER));
      case "gzip_command" -> command("gzip", "gzip", parameters.orElse("-dc"), context);
      case "lzma2" -> command("xz", "LZMA", parameters.orElse("-qdc"), context);
      case "lzo" -> command("lzop", "LZO", parameters.orElse("-qdc"), context);
      default ->
          throw new ConfigException(
              "Unknown s3_extractor_type plugin '"
                  + storeAs
                  + "'. store_as is one of gzip, json, text, zstd, gzip_command, lzma2, lzo",
              context.element().placeOf("store_as"));
    };
  }

  private static Extractor command(
      String program, String algorithm, String parameters, PluginContext context) {
    if (!CommandCompressor.isInPath(program)) {
      throw new ConfigException(
          "'" + program + "' utility must be in PATH for " + algorithm + " compression",
          context.element().placeOf("store_as"));
    }
    List<String> command = new ArrayList<>(List.of(program));
    try {
      command.addAll(Words.split(parameters));
    } catch (IllegalArgumentException e) {
      throw new ConfigException(
          "command_parameter: " + e.getMessage(),
          context.element().placeOf("command_parameter"),
          e);
    }
    return object -> CommandStream.open(command, object);
  }
}
