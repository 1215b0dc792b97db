package io.runnel.connectors.s3;

import io.runnel.config.ConfigElement;
import io.runnel.config.ConfigException;
import io.runnel.config.LegacyParameters;
import io.runnel.config.Place;
import io.runnel.plugin.BufferConfig;
import io.runnel.plugin.BufferDefaults;
import io.runnel.plugin.BufferedOutput;
import io.runnel.plugin.Chunk;
import io.runnel.plugin.Formatter;
import io.runnel.plugin.Output;
import io.runnel.plugin.OutputContext;
import io.runnel.plugin.PluginType;
import io.runnel.plugins.client.ObjectKeys;
import io.runnel.plugins.common.Injector;
import io.runnel.time.Zone;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.HeadObjectRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * Writes each chunk as an object (fluent-plugin-s3).
 *
 * <p>An object bears the id of its chunk in its metadata. Where the answer to a request was lost,
 * the next attempt finds the object under the first key, sees that it is its own, and is done: no
 * second copy under the next {@code %{index}}.
 */
public final class S3Output implements BufferedOutput {
  public static final PluginType<S3OutputConfig, OutputContext, Output> TYPE =
      PluginType.output("s3", S3OutputConfig.class, S3Output::new)
          .legacy(LegacyParameters.BUFFER, LegacyParameters.FORMAT, LegacyParameters.INJECT)
          .buffered(S3Output::bufferDefaults);

  /** The metadata that names the chunk; in lower case, as S3 gives it back. */
  static final String CHUNK_ID = "runnel-chunk-id";

  private static final int MAX_HEX = 16;
  private static final int NOT_FOUND = 404;
  private static final List<String> REMOVED =
      List.of("%{uuid}", "%{uuid:random}", "%{uuid:hostname}", "%{uuid:timestamp}");
  private static final List<String> UNIQUE =
      List.of("${chunk_id}", "%{uuid_flush}", "%{hex_random}");

  private final S3OutputConfig config;
  private final OutputContext context;
  private final Map<String, String> environment;
  private final String region;
  private final Formatter formatter;
  private final Compressor compressor;
  private final ObjectKeys keys;
  private final ObjectOptions options;
  private final HttpSettings http;
  private final Object lock = new Object();
  private Session session;
  private boolean closed;

  S3Output(S3OutputConfig config, OutputContext context) {
    this.config = config;
    this.context = context;
    environment = System.getenv();
    region = Endpoints.region(config.s3Region(), environment);
    config.s3Endpoint().ifPresent(this::checkEndpoint);
    if (config.hexRandomLength() > MAX_HEX) {
      throw fault(
          "hex_random_length",
          "hex_random_length parameter must be less than or equal to " + MAX_HEX);
    }
    if (!config.indexFormat().matches("%(0\\d*)?[dxX]")) {
      throw fault(
          "index_format",
          "index_format parameter should follow `%[flags][width]type`. `0` is the only supported"
              + " flag, and is mandatory if width is specified. `d`, `x` and `X` are supported"
              + " types");
    }
    formatter = Injector.of(config.inject(), context).wrap(context.formatter(config.format()));
    compressor = new Compressors(config, context).make();
    options = new ObjectOptions(config, context.element().place());
    keys = keys();
    http =
        new HttpSettings(
            config.proxyUri(),
            config.sslVerifyPeer(),
            Stream.of(config.sslCaBundle(), config.sslCaDirectory())
                .flatMap(Optional::stream)
                .map(Path::of)
                .toList());
    config
        .signatureVersion()
        .filter(version -> !version.equals("v4"))
        .ifPresent(
            version ->
                context
                    .log()
                    .warn("signature_version " + version + " is not supported, v4 is used"));
  }

  /** With a path, the buffer is one of files, as it was in v0.12. */
  private static BufferDefaults bufferDefaults(ConfigElement element) {
    boolean path =
        element.has("buffer_path")
            || element.section("buffer").map(section -> section.has("path")).orElse(false);
    return path
        ? BufferDefaults.of(List.of("time"), "timekey", "86400", "@type", "file")
        : BufferDefaults.of(List.of("time"), "timekey", "86400");
  }

  private void checkEndpoint(String endpoint) {
    if (Endpoints.isRefused(endpoint)) {
      throw fault(
          "s3_endpoint",
          "s3_endpoint parameter is not supported for S3, use s3_region instead. This parameter is"
              + " for S3 compatible services");
    }
    try {
      Endpoints.uri(endpoint);
    } catch (IllegalArgumentException e) {
      throw fault("s3_endpoint", "s3_endpoint: " + e.getMessage());
    }
  }

  private ConfigException fault(String parameter, String message) {
    Place place =
        context.element().has(parameter)
            ? context.element().placeOf(parameter)
            : context.element().place();
    return new ConfigException(message, place);
  }

  private ObjectKeys keys() {
    BufferConfig buffer = context.buffer();
    String format = keyFormat();
    boolean parallel = buffer.flushThreadCount() > 1 || context.workers() > 1;
    if (parallel && UNIQUE.stream().noneMatch(format::contains)) {
      context
          .log()
          .warn(
              "No ${chunk_id}, %{uuid_flush} or %{hex_random} in s3_object_key_format with multiple"
                  + " flush threads or multiple workers. Recommend to set ${chunk_id},"
                  + " %{uuid_flush} or %{hex_random} to avoid data lost by object conflict");
    }
    long timekey = buffer.timekey().map(Duration::toSeconds).orElse(0L);
    return new ObjectKeys(
        format,
        config.path(),
        compressor.extension(),
        config.timeSliceFormat().orElse(ObjectKeys.timeSliceFormat(timekey)),
        Zone.parse(buffer.timekeyZone()).id(),
        config.hexRandomLength(),
        config.indexFormat(),
        !config.checkObject());
  }

  private String keyFormat() {
    String format = config.s3ObjectKeyFormat();
    for (String removed : REMOVED) {
      if (format.contains(removed)) {
        throw fault(
            "s3_object_key_format", removed + " placeholder in s3_object_key_format is removed!");
      }
    }
    boolean given = context.element().has("s3_object_key_format");
    if (!config.checkObject() && given) {
      context
          .log()
          .warn(
              "Set 'check_object false' and s3_object_key_format is specified. Check"
                  + " s3_object_key_format is unique in each write. If not, existing file will be"
                  + " overwritten.");
    } else if (!config.checkObject()) {
      context
          .log()
          .warn(
              "Set 'check_object false' and s3_object_key_format is not specified. Use '"
                  + ObjectKeys.DEFAULT_SLICED
                  + "' for s3_object_key_format");
      format = ObjectKeys.DEFAULT_SLICED;
    }
    if (format.contains("%{hostname}")) {
      context
          .log()
          .warn("%{hostname} will be removed in the future. Use \"#{Socket.gethostname}\" instead");
      format = format.replace("%{hostname}", context.system().hostname());
    }
    return format;
  }

  /** The client and what works with it. */
  private record Session(S3Client s3, Bucket bucket, Uploader uploader) {}

  /** The start does not wait for the client, which takes a second, nor for a server far away. */
  @Override
  public void start() {
    context.start("s3_check", this::check);
  }

  private void check() {
    try {
      session().bucket().ensure();
    } catch (IOException e) {
      context
          .log()
          .error("out_s3: " + e.getMessage() + "; events are buffered until it can be written to");
    }
  }

  private Session session() throws IOException {
    synchronized (lock) {
      if (closed) {
        throw new IOException("out_s3: closed");
      }
      if (session == null) {
        session = connect();
      }
      return session;
    }
  }

  private Session connect() {
    AwsCredentialsProvider credentials =
        new Credentials(access(), region, proxy -> http.withProxy(proxy).client(), environment)
            .provider(Credentials.Order.ROLE_FIRST);
    S3Client s3 =
        new S3Settings(
                region,
                config.s3Endpoint(),
                config.forcePathStyle(),
                config.enableTransferAcceleration(),
                config.enableDualStack(),
                config.computeChecksums(),
                http)
            .client(credentials);
    return new Session(
        s3,
        new Bucket(config, region, s3, context.log()),
        new Uploader(s3, config.s3Bucket(), options, config.multipartThreshold().bytes()));
  }

  /** {@code aws_iam_retries} means the credentials of the instance. */
  private AwsAccess access() {
    AwsAccess access = config.access();
    if (config.awsIamRetries().isEmpty() || access.instanceProfileCredentials().isPresent()) {
      return access;
    }
    return new AwsAccess(
        access.awsKeyId(),
        access.awsSecKey(),
        access.awsProfile(),
        access.awsCredentialProcess(),
        access.assumeRoleCredentials(),
        access.webIdentityCredentials(),
        Optional.of(
            new AwsAccess.InstanceProfile(
                config.awsIamRetries(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty())),
        access.sharedCredentials());
  }

  @Override
  public void close() {
    synchronized (lock) {
      closed = true;
      if (session != null) {
        session.s3().close();
      }
    }
  }

  @Override
  public Formatter chunkFormat() {
    return formatter;
  }

  /** A key, and whether the chunk is there already. */
  private record Target(String key, int index, boolean done) {}

  @Override
  public void write(Chunk chunk) throws IOException, InterruptedException {
    Session opened = session();
    opened.bucket().ensure();
    Target target = target(opened.s3(), chunk);
    String url = "s3://" + config.s3Bucket() + "/" + target.key();
    if (target.done()) {
      context.log().info("out_s3: chunk " + chunk.hexId() + " was written already to " + url);
      return;
    }
    Path file = Files.createTempFile("s3-", ".tmp");
    try {
      compressor.compress(chunk, file);
      context.log().debug("out_s3: write chunk " + chunk.hexId() + " to " + url);
      opened
          .uploader()
          .put(target.key(), compressor.contentType(), metadata(chunk, target.index()), file);
    } catch (SdkException e) {
      throw S3Errors.of("put " + url, e);
    } finally {
      Files.deleteIfExists(file);
    }
    warnForDelay(chunk, url);
  }

  private Target target(S3Client s3, Chunk chunk) throws IOException {
    Instant now = Instant.ofEpochMilli(context.clock().millis());
    if (!config.checkObject()) {
      return new Target(keys.key(chunk, 0, now), 0, false);
    }
    String previous = null;
    for (int index = 0; ; index++) {
      String key = keys.key(chunk, index, now);
      if (key.equals(previous)) {
        if (config.overwrite()) {
          context.log().warn(key + " already exists, but will overwrite");
          return new Target(key, index - 1, false);
        }
        throw new IOException(
            "duplicated path is generated. use %{index} in s3_object_key_format: path = " + key);
      }
      String owner = owner(s3, key);
      if (owner == null) {
        return new Target(key, index, false);
      }
      if (owner.equals(chunk.hexId())) {
        return new Target(key, index, true);
      }
      previous = key;
    }
  }

  /** The chunk whose object has this key; empty where it is nobody's, null where there is none. */
  private String owner(S3Client s3, String key) throws IOException {
    HeadObjectRequest.Builder request =
        HeadObjectRequest.builder().bucket(config.s3Bucket()).key(key);
    options.apply(request);
    try {
      HeadObjectResponse answer = s3.headObject(request.build());
      return answer.metadata().getOrDefault(CHUNK_ID, "");
    } catch (S3Exception e) {
      if (e.statusCode() == NOT_FOUND) {
        return null;
      }
      throw S3Errors.of("look for s3://" + config.s3Bucket() + "/" + key, e);
    } catch (SdkException e) {
      throw S3Errors.of("look for s3://" + config.s3Bucket() + "/" + key, e);
    }
  }

  private Map<String, String> metadata(Chunk chunk, int index) {
    Map<String, String> metadata = new LinkedHashMap<>();
    config
        .s3Metadata()
        .forEach((name, value) -> metadata.put(name, keys.metadata(chunk, value, index)));
    metadata.put(CHUNK_ID, chunk.hexId());
    return metadata;
  }

  private void warnForDelay(Chunk chunk, String url) {
    if (config.warnForDelay().isEmpty() || chunk.timekey() == null) {
      return;
    }
    long oldest = context.clock().millis() / 1000 - config.warnForDelay().get().toSeconds();
    if (chunk.timekey() < oldest) {
      context.log().warn("out_s3: delayed events were put to " + url);
    }
  }
}
