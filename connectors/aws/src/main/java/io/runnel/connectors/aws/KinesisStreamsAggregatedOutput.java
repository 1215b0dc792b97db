package io.runnel.connectors.aws;

import io.runnel.config.Doc;
import io.runnel.config.Inline;
import io.runnel.config.LegacyParameters;
import io.runnel.event.Bytes;
import io.runnel.event.MsgpackToJson;
import io.runnel.plugin.BufferDefaults;
import io.runnel.plugin.FormatException;
import io.runnel.plugin.Output;
import io.runnel.plugin.OutputContext;
import io.runnel.plugin.PluginType;
import io.runnel.plugins.client.Batch;
import io.runnel.plugins.client.ChunkEvent;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Writes many events as one record of a Kinesis data stream (fluent-plugin-kinesis). */
public final class KinesisStreamsAggregatedOutput implements Kinesis.Records {
  public static final PluginType<Config, OutputContext, Output> TYPE =
      PluginType.output(
              "kinesis_streams_aggregated", Config.class, KinesisStreamsAggregatedOutput::output)
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

  /** Bytes of an aggregated record that are not for its events. */
  private final int reserved;

  private KinesisStreamsAggregatedOutput(Config config, OutputContext context) {
    this.config = config;
    this.context = context;
    int key =
        config
            .fixedPartitionKey
            .map(text -> text.getBytes(StandardCharsets.UTF_8).length)
            .orElse(RANDOM_KEY);
    reserved = RECORD_OVERHEAD + key * 2;
  }

  private static Output output(Config config, OutputContext context) {
    KinesisStreamsAggregatedOutput records = new KinesisStreamsAggregatedOutput(config, context);
    return new Kinesis(
        Kinesis.PUT_RECORDS,
        config.streamName,
        config.access,
        config.records,
        new Kinesis.Limits(MOST_EVENTS, Kinesis.MOST_RECORD, EVENT_OVERHEAD, records.reserved),
        records,
        context);
  }

  @Override
  public void encode(ChunkEvent event, RecordData data, Bytes out) throws FormatException {
    int start = out.length();
    data.write(event, out);
    int most = config.records.maxRecordSize() - reserved - EVENT_OVERHEAD;
    data.checkSize(event, out.length() - start, most);
  }

  @Override
  public Bytes body(Batch<String> batch) {
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
