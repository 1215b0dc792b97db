package io.runnel.plugin;

import io.runnel.event.EventStream;

/**
 * An output that works with a buffer where the configuration has a {@code <buffer>} section, and
 * without one otherwise (out_stdout).
 */
public non-sealed interface EitherOutput extends Output {
  void process(String tag, EventStream stream) throws Exception;

  default Formatter chunkFormat() {
    return null;
  }

  void write(Chunk chunk) throws Exception;
}
