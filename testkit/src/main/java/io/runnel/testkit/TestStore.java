package io.runnel.testkit;

import io.runnel.event.EventStream;
import io.runnel.plugin.BufferedOutput;
import io.runnel.plugin.EitherOutput;
import io.runnel.plugin.EmitException;
import io.runnel.plugin.EventSink;
import io.runnel.plugin.Formatter;
import io.runnel.plugin.Output;
import io.runnel.plugin.UnbufferedOutput;

/** An output that is given each stream at once, as a chunk of its own where it wants chunks. */
public final class TestStore implements EventSink {
  private final String id;
  private final Output output;

  TestStore(String id, Output output) {
    this.id = id;
    this.output = output;
  }

  @Override
  public String id() {
    return id;
  }

  public Output output() {
    return output;
  }

  @Override
  public void emit(String tag, EventStream stream) {
    try {
      switch (output) {
        case UnbufferedOutput plain -> plain.process(tag, stream);
        case EitherOutput either -> either.process(tag, stream);
        case BufferedOutput buffered -> buffered.write(chunk(tag, stream, buffered.chunkFormat()));
      }
    } catch (EmitException e) {
      throw e;
    } catch (Exception e) {
      throw new EmitException(e.getMessage(), e);
    }
  }

  private static MemoryChunk chunk(String tag, EventStream stream, Formatter formatter)
      throws Exception {
    return formatter == null ? MemoryChunk.of(tag, stream) : MemoryChunk.of(tag, stream, formatter);
  }
}
