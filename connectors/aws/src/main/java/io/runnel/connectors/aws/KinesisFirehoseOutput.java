package io.runnel.connectors.aws;

import io.runnel.config.Default;
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

/** Writes each event as a record of a Firehose delivery stream (fluent-plugin-kinesis). */
public final class KinesisFirehoseOutput implements Kinesis.Records {
  public static final PluginType<Config, OutputContext, Output> TYPE =
      PluginType.output("kinesis_firehose", Config.class, KinesisFirehoseOutput::output)
          .legacy(LegacyParameters.BUFFER, LegacyParameters.FORMAT, LegacyParameters.INJECT)
          .buffered(BufferDefaults.none());

  private static final Kinesis.Limits LIMITS = new Kinesis.Limits(500, 4 << 20, 0, 0);

  @Doc("Writes events to Amazon Data Firehose, one record each.")
  record Config(
      @Doc("Name of the delivery stream; may hold placeholders of the chunk keys.")
          String deliveryStreamName,
      @Doc("Ends each record with a line end.") @Default("true") boolean appendNewLine,
      @Inline RecordConfig records,
      @Inline AwsAccess access) {}

  private final Config config;

  private KinesisFirehoseOutput(Config config) {
    this.config = config;
  }

  private static Output output(Config config, OutputContext context) {
    return new Kinesis(
        Kinesis.PUT_RECORD_BATCH,
        config.deliveryStreamName,
        config.access,
        config.records,
        LIMITS,
        new KinesisFirehoseOutput(config),
        context);
  }

  @Override
  public void encode(ChunkEvent event, RecordData data, Bytes out) throws FormatException {
    int start = out.length();
    data.write(event, out);
    if (config.appendNewLine) {
      RecordData.chomp(out, start);
      out.write('\n');
    }
    data.checkSize(event, out.length() - start, config.records.maxRecordSize());
  }

  @Override
  public Bytes body(Batch<String> batch) {
    Bytes out = new Bytes(batch.count() * 256);
    out.ascii("{\"DeliveryStreamName\":");
    MsgpackToJson.writeString(batch.key(), out);
    out.ascii(",\"Records\":[");
    for (int i = 0; i < batch.count(); i++) {
      out.ascii(i == 0 ? "{\"Data\":\"" : ",{\"Data\":\"");
      KinesisStreamsOutput.base64(
          batch.array(), batch.from(i), batch.from(i) + batch.length(i), out);
      out.ascii("\"}");
    }
    out.ascii("]}");
    return out;
  }
}
