package io.runnel.connectors.aws;

import io.runnel.config.ConfigException;
import io.runnel.event.Bytes;
import io.runnel.plugin.BufferedOutput;
import io.runnel.plugin.Chunk;
import io.runnel.plugin.FormatException;
import io.runnel.plugin.Formatter;
import io.runnel.plugin.OutputContext;
import io.runnel.plugin.UnrecoverableException;
import io.runnel.plugins.client.Batch;
import io.runnel.plugins.client.BatchDelivery;
import io.runnel.plugins.client.ChunkEvent;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * An output for Kinesis or Firehose; what its records look like is for {@link Records} to say. Safe
 * for use by several threads at once.
 */
final class Kinesis implements BufferedOutput {
  /** The service's limit of one record, key included. */
  static final int MOST_RECORD = 1024 * 1024;

  static final AwsService.Kind STREAMS = new AwsService.Kind("kinesis", "Kinesis_20131202");
  static final AwsService.Kind FIREHOSE = new AwsService.Kind("firehose", "Firehose_20150804");

  static final Operation PUT_RECORDS = new Operation(STREAMS, "PutRecords", "Records");
  static final Operation PUT_RECORD_BATCH =
      new Operation(FIREHOSE, "PutRecordBatch", "RequestResponses");

  /**
   * How records are handed over.
   *
   * @param results where the answer says what became of each record
   */
  record Operation(AwsService.Kind service, String name, String results) {}

  /**
   * The limits of one request.
   *
   * @param overhead bytes of an entry that count besides it
   * @param reserved bytes that the request itself needs
   */
  record Limits(int count, int size, int overhead, int reserved) {}

  /** What events become on their way. Safe for use by several threads at once. */
  interface Records {
    /**
     * Appends the entry of one event.
     *
     * @throws FormatException where it cannot be written: it goes to the error stream
     */
    void encode(ChunkEvent event, RecordData data, Bytes out) throws FormatException;

    /** The body of a request; the key of the batch is the stream's name. */
    Bytes body(Batch<String> batch);
  }

  private static final Duration FIRST_PAUSE = Duration.ofMillis(300);

  private final Operation operation;
  private final String stream;
  private final Records records;
  private final AwsService service;
  private final RecordData data;
  private final BatchDelivery<String> delivery;

  /**
   * @param stream name of the stream; may hold placeholders of the chunk keys
   */
  Kinesis(
      Operation operation,
      String stream,
      AwsAccess access,
      RecordConfig config,
      Limits limits,
      Records records,
      OutputContext context) {
    this.operation = operation;
    this.stream = stream;
    this.records = records;
    data = new RecordData(config, context);
    service =
        new AwsService(
            operation.service(),
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

  @Override
  public Formatter chunkFormat() {
    return delivery.chunkFormat();
  }

  @Override
  public void start() throws Exception {
    data.start();
    service.start();
  }

  @Override
  public void stop() {
    service.stop();
    data.stop();
  }

  @Override
  public void close() {
    service.close();
    data.close();
  }

  @Override
  public void write(Chunk chunk) throws IOException {
    String name = chunk.expand(stream);
    delivery.deliver(
        chunk,
        (event, out) -> {
          records.encode(event, data, out);
          return name;
        },
        this::send);
  }

  private void send(Batch<String> batch) throws IOException {
    Map<?, ?> answer;
    try {
      answer = service.call(operation.name(), records.body(batch));
    } catch (AwsException e) {
      if (e.isAboutData()) {
        throw new UnrecoverableException(e.getMessage(), e);
      }
      throw e;
    }
    if (!(answer.get(operation.results()) instanceof List<?> items)) {
      throw new IOException(operation.name() + ": the answer has no " + operation.results());
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
