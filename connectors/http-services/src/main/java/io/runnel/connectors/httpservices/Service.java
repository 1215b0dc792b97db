package io.runnel.connectors.httpservices;

import io.runnel.event.Bytes;
import io.runnel.plugin.Chunk;
import io.runnel.plugin.FormatException;
import io.runnel.plugins.client.Batch;
import io.runnel.plugins.client.ChunkEvent;
import java.io.IOException;

/**
 * What one service wants: how an event is written and how a batch of them is sent. Safe for use by
 * several threads at once.
 *
 * @param <K> what the events of one request have in common
 */
interface Service<K> {
  /**
   * Appends the entry of one event.
   *
   * @return which requests it belongs to; null to leave the event out
   * @throws FormatException where it cannot be written: it goes to the error stream
   */
  K encode(Chunk chunk, ChunkEvent event, Bytes out) throws FormatException;

  /** Sends a batch; see {@link io.runnel.plugins.client.BatchDelivery.Sender}. */
  void send(Batch<K> batch) throws IOException;
}
