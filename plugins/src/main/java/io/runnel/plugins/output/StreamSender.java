package io.runnel.plugins.output;

import io.runnel.event.Bytes;
import io.runnel.event.MsgpackWriter;
import io.runnel.plugin.Chunk;
import io.runnel.plugin.OutputContext;
import io.runnel.plugins.client.ClientConnection;
import io.runnel.plugins.client.SendWatch;
import java.io.IOException;
import java.time.Duration;

/**
 * Sends chunks as out_tcp and out_unix of v0.12 did: a connection for each chunk, one message
 * {@code [tag, entries]} on it, no answer.
 */
final class StreamSender {
  /** Opens a connection to the server. */
  interface Opener {
    ClientConnection open() throws IOException;
  }

  private final SendWatch watch;
  private final Opener opener;

  StreamSender(OutputContext context, Duration sendTimeout, Opener opener) {
    this.watch = new SendWatch(context, sendTimeout);
    this.opener = opener;
  }

  void start() {
    watch.start();
  }

  void stop() {
    watch.stop();
  }

  void close() {
    watch.close();
  }

  void send(Chunk chunk) throws IOException {
    Bytes content = null;
    long length = chunk.bytes();
    if (!chunk.compression().equals(Compression.TEXT.text())) {
      content = new Bytes((int) Math.min(1 << 20, length + 64));
      chunk.writeTo(content);
      length = content.length();
    }
    Bytes head = new Bytes(64);
    MsgpackWriter writer = new MsgpackWriter(head);
    writer.arrayHeader(2);
    writer.string(ChunkTags.required(chunk));
    writer.stringHeader(Math.toIntExact(length));
    Bytes entries = content;
    try (ClientConnection connection = opener.open()) {
      watch.use(
          connection,
          used -> {
            used.write(head.array(), 0, head.length());
            if (entries == null) {
              chunk.writeTo(used.stream());
            } else {
              used.write(entries.array(), 0, entries.length());
            }
          });
    }
  }
}
