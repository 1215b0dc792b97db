package io.runnel.connectors.aws;

import io.runnel.config.Default;
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

/** Writes each event as a record of a Firehose delivery stream (fluent-plugin-kinesis). */
public final class KinesisFirehoseOutput implements BufferedOutput {
  public static final PluginType<Config, OutputContext, Output> TYPE =
      PluginType.output("kinesis_firehose", Config.class, KinesisFirehoseOutput::new)
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
  private final Kinesis kinesis;

  KinesisFirehoseOutput(Config config, OutputContext context) {
    this.config = config;
    kinesis = new Kinesis(Kinesis.FIREHOSE, config.access, config.records, LIMITS, context);
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
    String stream = chunk.expand(config.deliveryStreamName);
    kinesis.deliver(
        chunk,
        (event, out) -> encode(stream, event, out),
        "PutRecordBatch",
        "RequestResponses",
        KinesisFirehoseOutput::body);
  }

  private String encode(String stream, ChunkEvent event, Bytes out) throws FormatException {
    int start = out.length();
    kinesis.data().write(event, out);
    if (config.appendNewLine) {
      RecordData.chomp(out, start);
      out.write('\n');
    }
    kinesis.data().checkSize(event, out.length() - start, config.records.maxRecordSize());
    return stream;
  }

  private static Bytes body(Batch<String> batch) {
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
