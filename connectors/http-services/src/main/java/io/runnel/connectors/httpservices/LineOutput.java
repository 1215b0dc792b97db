package io.runnel.connectors.httpservices;

import io.runnel.plugin.BufferedOutput;
import io.runnel.plugin.Chunk;
import io.runnel.plugin.Formatter;
import io.runnel.plugin.OutputContext;
import io.runnel.plugins.client.BatchDelivery;
import java.io.IOException;

/** An output whose events go to a service as lines. Safe for use by several threads at once. */
final class LineOutput implements BufferedOutput {
  private static final BatchDelivery.Limits LIMITS =
      new BatchDelivery.Limits(Integer.MAX_VALUE, 1 << 20, 0);

  private final LineConnection connection;
  private final BatchDelivery.Encoder<Boolean> encoder;
  private final BatchDelivery<Boolean> delivery;

  LineOutput(
      OutputContext context, LineConnection connection, BatchDelivery.Encoder<Boolean> encoder) {
    this.connection = connection;
    this.encoder = encoder;
    delivery = new BatchDelivery<>(context, LIMITS);
  }

  @Override
  public Formatter chunkFormat() {
    return delivery.chunkFormat();
  }

  @Override
  public void start() {
    connection.start();
  }

  @Override
  public void stop() {
    connection.stop();
  }

  @Override
  public void close() {
    connection.close();
  }

  @Override
  public void write(Chunk chunk) throws IOException {
    delivery.deliver(chunk, encoder, batch -> connection.send(batch.joined("", "", "")));
  }
}
