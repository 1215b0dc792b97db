package io.runnel.plugins.output;

import io.runnel.plugin.Chunk;
import io.runnel.plugin.UnrecoverableException;

/** The tags of chunks, for outputs that cannot do without. */
final class ChunkTags {
  private ChunkTags() {}

  /**
   * @throws UnrecoverableException where the chunk has none: its file was found without its meta
   *     file, so that no retry will bring it
   */
  static String required(Chunk chunk) {
    if (chunk.tag() == null) {
      throw new UnrecoverableException(
          "chunk "
              + chunk.hexId()
              + " has no tag: its buffer file was found without a readable meta file");
    }
    return chunk.tag();
  }
}
