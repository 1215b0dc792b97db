package io.runnel.connectors.s3;

import io.runnel.log.Log;
import io.runnel.plugin.Chunk;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Compresses by a program of the machine that writes to its standard output ({@code gzip -c}).
 *
 * @param command program and parameters
 * @param fallback used where the command fails; where there is none the chunk is tried again
 */
record CommandCompressor(
    List<String> command,
    String extension,
    String contentType,
    Optional<StreamCompressor> fallback,
    Log log)
    implements Compressor {
  /** Far more than a chunk takes. */
  private static final long MAX_MINUTES = 30;

  /** Whether a program is in PATH. */
  static boolean isInPath(String program) {
    String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
    for (String part : path.split(File.pathSeparator)) {
      if (!part.isEmpty() && Files.isExecutable(Path.of(part, program))) {
        return true;
      }
    }
    return false;
  }

  @Override
  public void compress(Chunk chunk, Path target) throws IOException, InterruptedException {
    if (fallback.isPresent() && chunk.compression().equals("gzip")) {
      fallback.get().compress(chunk, target);
      return;
    }
    Path source = Files.createTempFile("s3-chunk-", ".tmp");
    try {
      try (OutputStream out = Files.newOutputStream(source)) {
        chunk.writeTo(out);
      }
      String failure = run(source, target);
      if (failure == null) {
        return;
      }
      if (fallback.isEmpty()) {
        throw new IOException("failed to execute " + command.getFirst() + " command. " + failure);
      }
      log.warn(
          "failed to execute "
              + command.getFirst()
              + " command. Fallback to GzipWriter. "
              + failure);
      fallback.get().compress(chunk, target);
    } finally {
      Files.deleteIfExists(source);
    }
  }

  /** Null where all went well. */
  private String run(Path source, Path target) throws InterruptedException {
    List<String> whole = new ArrayList<>(command);
    whole.add("-c");
    whole.add(source.toString());
    try {
      Process process =
          new ProcessBuilder(whole)
              .redirectInput(new File("/dev/null"))
              .redirectOutput(target.toFile())
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      try {
        if (!process.waitFor(MAX_MINUTES, TimeUnit.MINUTES)) {
          return "it did not end within " + MAX_MINUTES + " minutes";
        }
        return process.exitValue() == 0 ? null : "status = " + process.exitValue();
      } finally {
        process.destroyForcibly();
      }
    } catch (IOException e) {
      return e.getMessage();
    }
  }
}
