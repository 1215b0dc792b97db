package io.runnel.connectors.aws;

import io.runnel.config.Doc;
import io.runnel.config.Inline;
import io.runnel.config.LegacyParameters;
import io.runnel.event.Bytes;
import io.runnel.event.MsgpackToJson;
import io.runnel.plugin.BufferDefaults;
import io.runnel.plugin.BufferedOutput;
import io.runnel.plugin.Chunk;
import io.runnel.plugin.FormatException;
import io.runnel.plugin.Formatter;
import io.runnel.plugin.Output;
import io.runnel.plugin.OutputContext;
import io.runnel.plugin.PluginType;
import io.runnel.plugins.client.Batch;
import io.runnel.plugins.client.ChunkEvent;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Writes many events as one record of a Kinesis data stream (fluent-plugin-kinesis). */
public final class KinesisStreamsAggregatedOutput implements BufferedOutput {
  public static final PluginType<Config, OutputContext, Output> TYPE =
      PluginType.output(
              "kinesis_streams_aggregated", Config.class, KinesisStreamsAggregatedOutput::new)
          .legacy(LegacyParameters.BUFFER, LegacyParameters.FORMAT, LegacyParameters.INJECT)
          .buffered(BufferDefaults.none());

  private static final int MOST_EVENTS = 100_000;

  /** What one event of an aggregated record needs besides its data, at most. */
  private static final int EVENT_OVERHEAD = 10;

  /** What an aggregated record needs besides its events and its key, which is in it twice. */
  private static final int RECORD_OVERHEAD = 25;

  private static final int RANDOM_KEY = 32;

  @Doc("Writes events to Amazon Kinesis Data Streams, many in one record (KPL's format).")
  record Config(
      @Doc("Name of the stream; may hold placeholders of the chunk keys.") String streamName,
      @Doc("The partition key of all records; a random key for each where absent.")
          Optional<String> fixedPartitionKey,
      @Inline RecordConfig records,
      @Inline AwsAccess access) {}

  private final Config config;
  private final OutputContext context;
  private final Kinesis kinesis;
  private final int mostEvent;

  KinesisStreamsAggregatedOutput(Config config, OutputContext context) {
    this.config = config;
    this.context = context;
    int key =
        config
            .fixedPartitionKey
            .map(text -> text.getBytes(StandardCharsets.UTF_8).length)
            .orElse(RANDOM_KEY);
    int reserved = RECORD_OVERHEAD + key * 2;
    mostEvent = config.records.maxRecordSize() - reserved - EVENT_OVERHEAD;
    kinesis =
        new Kinesis(
            Kinesis.STREAMS,
            config.access,
            config.records,
            new Kinesis.Limits(MOST_EVENTS, Kinesis.MOST_RECORD, EVENT_OVERHEAD, reserved),
            context);
  }

  @Override
  public Formatter chunkFormat() {
    return kinesis.chunkFormat();
  }

  @Override
  public void start() throws Exception {
    kinesis.start();
  }

  @Override
  public void stop() {
    kinesis.stop();
  }

  @Override
  public void close() {
    kinesis.close();
  }

  @Override
  public void write(Chunk chunk) throws IOException {
    String stream = chunk.expand(config.streamName);
    kinesis.deliver(
        chunk, (event, out) -> encode(stream, event, out), "PutRecords", "Records", this::body);
  }

  private String encode(String stream, ChunkEvent event, Bytes out) throws FormatException {
    int start = out.length();
    kinesis.data().write(event, out);
    kinesis.data().checkSize(event, out.length() - start, mostEvent);
    return stream;
  }

  private Bytes body(Batch<String> batch) {
    String key = config.fixedPartitionKey.orElseGet(() -> KinesisStreamsOutput.randomKey(context));
    Bytes record = AggregatedRecord.of(batch, key);
    Bytes out = new Bytes(record.length() * 4 / 3 + 256);
    out.ascii("{\"StreamName\":");
    MsgpackToJson.writeString(batch.key(), out);
    out.ascii(",\"Records\":[{\"PartitionKey\":");
    MsgpackToJson.writeString(key, out);
    out.ascii(",\"Data\":\"");
    KinesisStreamsOutput.base64(record.array(), 0, record.length(), out);
    out.ascii("\"}]}");
    return out;
  }
}
