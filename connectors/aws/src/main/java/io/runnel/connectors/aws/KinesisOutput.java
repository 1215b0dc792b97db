package io.runnel.connectors.aws;

import io.runnel.config.ConfigElement;
import io.runnel.config.ConfigException;
import io.runnel.config.ConfigSpec;
import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.config.LegacyParameters;
import io.runnel.config.PluginSection;
import io.runnel.config.Secret;
import io.runnel.event.Bytes;
import io.runnel.event.MsgpackToJson;
import io.runnel.plugin.BufferDefaults;
import io.runnel.plugin.FormatException;
import io.runnel.plugin.Output;
import io.runnel.plugin.OutputContext;
import io.runnel.plugin.PluginType;
import io.runnel.plugins.client.Batch;
import io.runnel.plugins.client.ChunkEvent;
import io.runnel.plugins.common.InjectConfig;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** The output kinesis of fluent-plugin-kinesis 0.4: kinesis_streams with its old parameters. */
public final class KinesisOutput implements Kinesis.Records {
  public static final PluginType<Config, OutputContext, Output> TYPE =
      PluginType.output("kinesis", Config.class, KinesisOutput::output)
          .legacy(LegacyParameters.BUFFER)
          .buffered(BufferDefaults.none());

  private static final int MOST_COUNT = 500;
  private static final int MOST_SIZE = 5 << 20;

  /** A key may have 256 characters; one byte in front of it tells its length. */
  private static final int MOST_KEY = 255;

  private static final String SESSION = "aws-fluent-plugin-kinesis";

  @Doc("Writes events to Amazon Kinesis, with the parameters of old versions.")
  record Config(
      @Doc("AWS access key id.") @Secret Optional<String> awsKeyId,
      @Doc("AWS secret key.") @Secret Optional<String> awsSecKey,
      @Doc("Region of the service; AWS_REGION where absent.") Optional<String> region,
      @Doc("Has no effect: the start waits for no service.") @Default("true")
          boolean ensureStreamConnection,
      @Doc("A profile of the shared credentials file.") Optional<String> profile,
      @Doc("That file; ~/.aws/credentials where absent.") Optional<String> credentialsPath,
      @Doc("A role to assume.") Optional<String> roleArn,
      @Doc("The id that the role asks of accounts of others.") @Secret Optional<String> externalId,
      @Doc("Name of the stream.") String streamName,
      @Doc("Takes random keys.") @Default("false") boolean randomPartitionKey,
      @Doc("The field whose value is the partition key.") Optional<String> partitionKey,
      @Doc("Ruby that makes the partition key; record is the field's value, or the record.")
          Optional<String> partitionKeyExpr,
      @Doc("The field whose value is the hash key.") Optional<String> explicitHashKey,
      @Doc("Ruby that makes the hash key; record is the field's value, or the record.")
          Optional<String> explicitHashKeyExpr,
      @Doc("Sends each record alone, one after the other.") @Default("false") boolean orderEvents,
      @Doc("Sends records that the service did not take so many times again, alone.") @Default("3")
          int retriesOnPutrecords,
      @Doc("Has no effect.") @Default("false") boolean useYajl,
      @Doc("Compresses each record.") @Default("false") boolean zlibCompression,
      @Doc("Logs each request.") @Default("false") boolean debug,
      @Doc("URL of a proxy; HTTPS_PROXY of the environment where absent.") @Secret
          Optional<String> httpProxy,
      @Doc("URL of a service with the same interface, instead of Amazon's.")
          Optional<String> endpoint,
      @Doc("Has no effect: all is one process.") Optional<Integer> detachProcess,
      @Doc("Adds the time.") @Default("true") boolean includeTimeKey,
      @Doc("The field that gets it.") @Default("time") String timeKey,
      @Doc("Format of the time; ISO 8601 where absent.") Optional<String> timeFormat,
      @Doc("The time is local time.") @Default("false") boolean localtime,
      @Doc("The time is UTC, as it is by default.") @Default("false") boolean utc,
      @Doc("Adds the tag.") @Default("true") boolean includeTagKey,
      @Doc("The field that gets it.") @Default("tag") String tagKey) {}

  private final Config config;
  private final OutputContext context;
  private final KinesisKey partitionKey;
  private final KinesisKey hashKey;

  private KinesisOutput(Config config, OutputContext context) {
    this.config = config;
    this.context = context;
    partitionKey =
        new KinesisKey("partition_key", config.partitionKey, config.partitionKeyExpr, context);
    hashKey =
        new KinesisKey(
            "explicit_hash_key", config.explicitHashKey, config.explicitHashKeyExpr, context);
    if (!config.randomPartitionKey && !partitionKey.isGiven()) {
      throw new ConfigException(
          "'random_partition_key' or 'partition_key' or 'partition_key_expr' is required",
          context.element().place());
    }
  }

  private static Output output(Config config, OutputContext context) {
    KinesisOutput records = new KinesisOutput(config, context);
    return new Kinesis(
        Kinesis.PUT_RECORDS,
        config.streamName,
        access(config),
        recordConfig(config, context),
        new Kinesis.Limits(config.orderEvents ? 1 : MOST_COUNT, MOST_SIZE, 0, 0),
        records,
        context);
  }

  /** Keys go before a profile, that before a role, as in the gem. */
  private static AwsAccess access(Config config) {
    boolean shared = config.profile.isPresent();
    return new AwsAccess(
        config.region,
        config.httpProxy,
        config.endpoint,
        true,
        config.awsKeyId,
        config.awsSecKey,
        Optional.empty(),
        config
            .roleArn
            .filter(arn -> !shared)
            .map(
                arn ->
                    new AwsAccess.AssumeRole(
                        arn,
                        SESSION,
                        Optional.empty(),
                        Optional.empty(),
                        config.externalId,
                        config.httpProxy,
                        Optional.empty())),
        Optional.empty(),
        Optional.empty(),
        shared
            ? Optional.of(new AwsAccess.Shared(config.credentialsPath, config.profile))
            : Optional.empty(),
        Optional.empty());
  }

  private static RecordConfig recordConfig(Config config, OutputContext context) {
    ConfigElement format = new ConfigElement("format", "", context.element().place());
    format.set("add_newline", "false");
    return new RecordConfig(
        Optional.empty(),
        1024,
        config.zlibCompression ? Optional.of("zlib") : Optional.empty(),
        false,
        config.debug,
        Kinesis.MOST_RECORD,
        config.retriesOnPutrecords,
        true,
        Optional.empty(),
        Optional.empty(),
        false,
        false,
        new PluginSection(format, "json", false),
        inject(config, context));
  }

  /** Time and tag, as the section that they have become in newer versions. */
  private static Optional<InjectConfig> inject(Config config, OutputContext context) {
    if (!config.includeTimeKey && !config.includeTagKey) {
      return Optional.empty();
    }
    ConfigElement section = new ConfigElement("inject", "", context.element().place());
    if (config.includeTagKey) {
      section.set("tag_key", config.tagKey);
    }
    if (config.includeTimeKey) {
      section.set("time_key", config.timeKey);
      boolean local = config.localtime && !config.utc;
      String iso = local ? "%Y-%m-%dT%H:%M:%S%:z" : "%Y-%m-%dT%H:%M:%SZ";
      section.set("time_format", config.timeFormat.orElse(iso));
      section.set(local ? "localtime" : "utc", "true");
    }
    context.element().add(section); // RecordData looks there for what was said of the time
    section.markSectionUsed();
    return Optional.of(
        ConfigSpec.of(InjectConfig.class).bind(section, context.system().strictConfigValue()));
  }

  /** Length of the key, key, length of the hash key (0: none), hash key, data. */
  @Override
  public void encode(ChunkEvent event, RecordData data, Bytes out) throws FormatException {
    byte[] key = key(event);
    byte[] hash = hashKey.isGiven() ? hash(event) : new byte[0];
    int start = out.length();
    out.write(key.length);
    out.write(key);
    out.write(hash.length);
    out.write(hash);
    data.write(event, out);
    int size = out.length() - start - 2 - hash.length;
    data.checkSize(event, size, Kinesis.MOST_RECORD);
  }

  private byte[] key(ChunkEvent event) throws FormatException {
    String key =
        config.randomPartitionKey
            ? KinesisStreamsOutput.randomKey(context)
            : partitionKey.of(event.record());
    return checked("partition", key);
  }

  private byte[] hash(ChunkEvent event) throws FormatException {
    String key = hashKey.of(event.record());
    if (!key.matches("[0-9]{1,39}")) {
      throw new FormatException("an explicit hash key must be a number of 128 bits: " + key);
    }
    return key.getBytes(StandardCharsets.US_ASCII);
  }

  private static byte[] checked(String what, String key) throws FormatException {
    byte[] bytes = key.getBytes(StandardCharsets.UTF_8);
    if (bytes.length == 0 || bytes.length > MOST_KEY) {
      String shown = key.substring(0, Math.min(MOST_KEY, key.length()));
      throw new FormatException(
          "a " + what + " key must have 1 to " + MOST_KEY + " bytes: " + shown);
    }
    return bytes;
  }

  @Override
  public Bytes body(Batch<String> batch) {
    Bytes out = new Bytes(batch.count() * 256);
    out.ascii("{\"StreamName\":");
    MsgpackToJson.writeString(batch.key(), out);
    out.ascii(",\"Records\":[");
    for (int i = 0; i < batch.count(); i++) {
      byte[] array = batch.array();
      int at = batch.from(i);
      int keyLength = array[at] & 0xff;
      out.ascii(i == 0 ? "{\"PartitionKey\":" : ",{\"PartitionKey\":");
      MsgpackToJson.writeString(array, at + 1, keyLength, out);
      int hashAt = at + 1 + keyLength;
      int hashLength = array[hashAt] & 0xff;
      if (hashLength > 0) {
        out.ascii(",\"ExplicitHashKey\":");
        MsgpackToJson.writeString(array, hashAt + 1, hashLength, out);
      }
      out.ascii(",\"Data\":\"");
      KinesisStreamsOutput.base64(array, hashAt + 1 + hashLength, at + batch.length(i), out);
      out.ascii("\"}");
    }
    out.ascii("]}");
    return out;
  }
}
