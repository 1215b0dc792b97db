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
import io.runnel.plugins.common.FieldText;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;

/** Writes each event as a record of a Kinesis data stream (fluent-plugin-kinesis). */
public final class KinesisStreamsOutput implements Kinesis.Records {
  public static final PluginType<Config, OutputContext, Output> TYPE =
      PluginType.output("kinesis_streams", Config.class, KinesisStreamsOutput::output)
          .legacy(LegacyParameters.BUFFER, LegacyParameters.FORMAT, LegacyParameters.INJECT)
          .buffered(BufferDefaults.none());

  private static final Kinesis.Limits LIMITS = new Kinesis.Limits(500, 5 << 20, -1, 0);

  /** A key may have 256 characters; one byte in front of the entry tells its length. */
  private static final int MOST_KEY = 255;

  @Doc("Writes events to Amazon Kinesis Data Streams, one record each.")
  record Config(
      @Doc("Name of the stream; may hold placeholders of the chunk keys.") String streamName,
      @Doc("The field whose value is the partition key; a random key where absent.")
          Optional<String> partitionKey,
      @Inline RecordConfig records,
      @Inline AwsAccess access) {}

  private final Config config;
  private final OutputContext context;

  private KinesisStreamsOutput(Config config, OutputContext context) {
    this.config = config;
    this.context = context;
  }

  private static Output output(Config config, OutputContext context) {
    return new Kinesis(
        Kinesis.PUT_RECORDS,
        config.streamName,
        config.access,
        config.records,
        LIMITS,
        new KinesisStreamsOutput(config, context),
        context);
  }

  /** Length of the key, key, data. */
  @Override
  public void encode(ChunkEvent event, RecordData data, Bytes out) throws FormatException {
    byte[] key = key(event, data).getBytes(StandardCharsets.UTF_8);
    int start = out.length();
    out.write(key.length);
    out.write(key);
    data.write(event, out);
    data.checkSize(event, out.length() - start - 1, config.records.maxRecordSize());
  }

  private String key(ChunkEvent event, RecordData data) throws FormatException {
    if (config.partitionKey.isEmpty()) {
      return randomKey(context);
    }
    Object value = event.record().get(config.partitionKey.get());
    if (value == null) {
      throw data.missing(config.partitionKey.get(), event);
    }
    String key = FieldText.of(value);
    if (key.isEmpty() || key.getBytes(StandardCharsets.UTF_8).length > MOST_KEY) {
      throw new FormatException("a partition key must have 1 to " + MOST_KEY + " bytes: " + key);
    }
    return key;
  }

  /** 16 random bytes in hexadecimal. */
  static String randomKey(OutputContext context) {
    byte[] bytes = new byte[16];
    context.random().nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  @Override
  public Bytes body(Batch<String> batch) {
    Bytes out = new Bytes(batch.count() * 256);
    out.ascii("{\"StreamName\":");
    MsgpackToJson.writeString(batch.key(), out);
    out.ascii(",\"Records\":[");
    for (int i = 0; i < batch.count(); i++) {
      int at = batch.from(i);
      int keyLength = batch.array()[at] & 0xff;
      out.ascii(i == 0 ? "{\"PartitionKey\":" : ",{\"PartitionKey\":");
      MsgpackToJson.writeString(batch.array(), at + 1, keyLength, out);
      int from = at + 1 + keyLength;
      out.ascii(",\"Data\":\"");
      base64(batch.array(), from, at + batch.length(i), out);
      out.ascii("\"}");
    }
    out.ascii("]}");
    return out;
  }

  static void base64(byte[] bytes, int from, int to, Bytes out) {
    out.write(Base64.getEncoder().encode(Arrays.copyOfRange(bytes, from, to)));
  }
}
