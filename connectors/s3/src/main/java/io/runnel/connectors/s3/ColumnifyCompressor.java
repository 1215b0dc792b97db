package io.runnel.connectors.s3;

import io.runnel.connectors.s3.S3OutputConfig.Compress;
import io.runnel.connectors.s3.S3OutputConfig.RecordType;
import io.runnel.plugin.Chunk;
import io.runnel.plugin.UnrecoverableException;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * Parquet, by the program {@code columnify} (https://github.com/reproio/columnify), which makes
 * columns of the events by a schema.
 */
record ColumnifyCompressor(Compress settings, String schemaFile) implements Compressor {
  static final String PROGRAM = "columnify";

  private static final long MAX_MINUTES = 30;
  private static final int MAX_MESSAGE = 1000;

  @Override
  public String extension() {
    return "parquet";
  }

  @Override
  public String contentType() {
    return "application/octet-stream";
  }

  @Override
  public void compress(Chunk chunk, Path target) throws IOException, InterruptedException {
    Path source = Files.createTempFile("s3-chunk-", ".tmp");
    Path output = Files.createTempFile("s3-columnify-", ".log");
    try {
      try (OutputStream out = Files.newOutputStream(source)) {
        chunk.writeTo(out);
      }
      Process process =
          new ProcessBuilder(command(source, target))
              .redirectInput(new File("/dev/null"))
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start();
      try {
        if (!process.waitFor(MAX_MINUTES, TimeUnit.MINUTES)) {
          throw new IOException(PROGRAM + " did not end within " + MAX_MINUTES + " minutes");
        }
      } finally {
        process.destroyForcibly();
      }
      if (process.exitValue() != 0) {
        throw new UnrecoverableException(
            "failed to execute columnify command. status = "
                + process.exitValue()
                + ", output: "
                + message(output));
      }
    } finally {
      Files.deleteIfExists(source);
      Files.deleteIfExists(output);
    }
  }

  private static String message(Path output) throws IOException {
    byte[] bytes = Files.readAllBytes(output);
    int length = Math.min(bytes.length, MAX_MESSAGE);
    return new String(bytes, 0, length, StandardCharsets.UTF_8).strip();
  }

  private List<String> command(Path source, Path target) {
    RecordType type =
        settings.recordType() == RecordType.JSON ? RecordType.JSONL : settings.recordType();
    return List.of(
        PROGRAM,
        "-parquetCompressionCodec",
        settings.parquetCompressionCodec().name(),
        "-parquetPageSize",
        Long.toString(settings.parquetPageSize().bytes()),
        "-parquetRowGroupSize",
        Long.toString(settings.parquetRowGroupSize().bytes()),
        "-recordType",
        type.name().toLowerCase(Locale.ROOT),
        "-schemaType",
        settings.schemaType().name().toLowerCase(Locale.ROOT),
        "-schemaFile",
        schemaFile,
        "-output",
        target.toString(),
        source.toString());
  }
}
