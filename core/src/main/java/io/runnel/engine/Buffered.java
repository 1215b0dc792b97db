package io.runnel.engine;

import io.runnel.plugin.BufferedOutput;
import io.runnel.plugin.Chunk;
import io.runnel.plugin.EitherOutput;
import io.runnel.plugin.Formatter;
import io.runnel.plugin.Output;

/** Makes an output that can work without a buffer look like one that has one. */
record Buffered(EitherOutput output) implements BufferedOutput {
  /** The output as one behind a buffer; null for one that cannot be. (No pattern switch: start.) */
  static BufferedOutput of(Output plugin) {
    if (plugin instanceof EitherOutput either) {
      return new Buffered(either);
    }
    return plugin instanceof BufferedOutput output ? output : null;
  }

  @Override
  public Formatter chunkFormat() {
    return output.chunkFormat();
  }

  @Override
  public void write(Chunk chunk) throws Exception {
    output.write(chunk);
  }
}
