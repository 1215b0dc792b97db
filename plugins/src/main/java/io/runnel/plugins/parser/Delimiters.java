package io.runnel.plugins.parser;

import io.runnel.config.ConfigException;
import java.nio.charset.StandardCharsets;

/** Delimiters of parameters as bytes. */
final class Delimiters {
  private Delimiters() {}

  static byte[] bytes(String delimiter) {
    if (delimiter.isEmpty()) {
      throw new ConfigException("delimiter must not be empty");
    }
    return delimiter.getBytes(StandardCharsets.UTF_8);
  }
}
