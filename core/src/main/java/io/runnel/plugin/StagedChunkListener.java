package io.runnel.plugin;

/**
 * An output that wants to know into which file its events go before they are delivered (out_file's
 * {@code symlink_path}). Optional: whoever makes the buffer of an output that implements this calls
 * it, for file buffers only.
 */
public interface StagedChunkListener {
  /**
   * Events are gathered in this chunk from now on: it was begun, or found at start. Called by the
   * thread that emits, without a lock of the buffer, before or shortly after the first events are
   * in the file.
   *
   * @param chunk for {@link Chunk#file()}, {@link Chunk#timekey()} and {@link Chunk#expand} only
   */
  void staged(Chunk chunk);
}
