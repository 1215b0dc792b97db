package io.runnel.connectors.s3;

import io.runnel.plugin.Chunk;
import java.io.IOException;
import java.nio.file.Path;

/** What {@code store_as} names: how the content of a chunk becomes that of an object. */
interface Compressor {
  /** Of the object's key, without a dot. */
  String extension();

  String contentType();

  /**
   * Writes the object's content.
   *
   * @param target an empty file
   */
  void compress(Chunk chunk, Path target) throws IOException, InterruptedException;
}
