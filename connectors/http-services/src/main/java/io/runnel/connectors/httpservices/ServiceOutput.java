package io.runnel.connectors.httpservices;

import io.runnel.plugin.Chunk;
import io.runnel.plugin.Formatter;
import io.runnel.plugin.OutputContext;
import io.runnel.plugins.client.BatchDelivery;
import io.runnel.plugins.client.HttpClient;
import io.runnel.plugins.client.HttpClientOutput;
import io.runnel.plugins.client.HttpDestination;
import java.io.IOException;

/** An output whose events go to a service in batches. Safe for use by several threads at once. */
final class ServiceOutput<K> implements HttpClientOutput {
  private final HttpDestination http;
  private final Service<K> service;
  private final BatchDelivery<K> delivery;

  ServiceOutput(
      OutputContext context,
      HttpDestination http,
      BatchDelivery.Limits limits,
      Service<K> service) {
    this.http = http;
    this.service = service;
    delivery = new BatchDelivery<>(context, limits);
  }

  @Override
  public Formatter chunkFormat() {
    return delivery.chunkFormat();
  }

  @Override
  public HttpClient http() {
    return http.client();
  }

  @Override
  public void write(Chunk chunk) throws IOException {
    delivery.deliver(
        chunk, (event, out) -> service.encode(chunk, event, out), batch -> service.send(batch));
  }
}
