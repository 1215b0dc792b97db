package io.runnel.connectors.aws;

import io.runnel.config.ConfigException;
import io.runnel.event.Bytes;
import io.runnel.plugin.Chunk;
import io.runnel.plugin.Formatter;
import io.runnel.plugin.OutputContext;
import io.runnel.plugin.UnrecoverableException;
import io.runnel.plugins.client.Batch;
import io.runnel.plugins.client.BatchDelivery;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * What the outputs for Kinesis and Firehose have in common. Safe for use by several threads at
 * once.
 */
final class Kinesis implements AutoCloseable {
  /** The service's limit of one record, key included. */
  static final int MOST_RECORD = 1024 * 1024;

  static final AwsService.Kind STREAMS = new AwsService.Kind("kinesis", "Kinesis_20131202");
  static final AwsService.Kind FIREHOSE = new AwsService.Kind("firehose", "Firehose_20150804");

  /**
   * The limits of one request.
   *
   * @param overhead bytes of an entry that count besides it
   * @param reserved bytes that the request itself needs
   */
  record Limits(int count, int size, int overhead, int reserved) {}

  /** Makes the body of a request. */
  interface Requests {
    Bytes body(Batch<String> batch);
  }

  private static final Duration FIRST_PAUSE = Duration.ofMillis(300);

  private final AwsService service;
  private final RecordData data;
  private final BatchDelivery<String> delivery;

  Kinesis(
      AwsService.Kind kind,
      AwsAccess access,
      RecordConfig config,
      Limits limits,
      OutputContext context) {
    data = new RecordData(config, context);
    service =
        new AwsService(
            kind,
            new AwsService.Place(
                access.region(),
                access.endpoint(),
                access.httpProxy(),
                access.sslVerifyPeer(),
                config.debug()),
            Credentials.of(access, System.getenv()),
            context);
    int count = config.batchRequestMaxCount().orElse(limits.count());
    int size = config.batchRequestMaxSize().orElse(limits.size());
    check(count, limits.count(), "batch_request_max_count", context);
    check(size, limits.size(), "batch_request_max_size", context);
    delivery =
        new BatchDelivery<>(
            context,
            new BatchDelivery.Limits(count, size - limits.reserved(), limits.overhead()),
            new BatchDelivery.Retries(
                config.retriesOnBatchRequest(),
                FIRST_PAUSE,
                config.resetBackoffIfSuccess(),
                config.dropFailedRecordsAfterBatchRequestRetries()));
  }

  private static void check(int value, int most, String name, OutputContext context) {
    if (value > most) {
      throw new ConfigException(
          name + " can't be grater than " + most + ".", context.element().placeOf(name));
    }
  }

  RecordData data() {
    return data;
  }

  Formatter chunkFormat() {
    return delivery.chunkFormat();
  }

  void start() throws Exception {
    data.start();
    service.start();
  }

  void stop() {
    service.stop();
    data.stop();
  }

  @Override
  public void close() {
    service.close();
    data.close();
  }

  /**
   * Delivers a chunk.
   *
   * @param results where the answer says what became of each record
   */
  void deliver(
      Chunk chunk,
      BatchDelivery.Encoder<String> encoder,
      String operation,
      String results,
      Requests requests)
      throws IOException {
    delivery.deliver(
        chunk, encoder, batch -> send(batch, operation, results, requests.body(batch)));
  }

  private void send(Batch<String> batch, String operation, String results, Bytes body)
      throws IOException {
    Map<?, ?> answer;
    try {
      answer = service.call(operation, body);
    } catch (AwsException e) {
      if (e.isAboutData()) {
        throw new UnrecoverableException(e.getMessage(), e);
      }
      throw e;
    }
    if (!(answer.get(results) instanceof List<?> items)) {
      throw new IOException(operation + ": the answer has no " + results);
    }
    boolean one = items.size() == 1; // aggregated: one record for all events
    for (int i = 0; i < batch.count(); i++) {
      Object item = items.get(one ? 0 : i);
      if (item instanceof Map<?, ?> map && map.get("ErrorCode") != null) {
        batch.again(i, map.get("ErrorCode") + ": " + map.get("ErrorMessage"));
      }
    }
  }
}
