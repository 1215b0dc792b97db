package io.runnel.connectors.s3;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file with a token, which whoever runs the container renews. */
final class TokenFile {
  /** Tokens have some kilobytes. */
  private static final long MAX_BYTES = 1 << 20;

  private TokenFile() {}

  static String read(Path path) {
    try {
      if (Files.size(path) > MAX_BYTES) {
        throw new IOException(path + " is too large for a token");
      }
      return Files.readString(path).strip();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read web_identity_token_file " + path, e);
    }
  }
}
