package io.runnel.connectors.httpservices;

import io.runnel.config.ConfigException;
import io.runnel.config.LegacyParameters;
import io.runnel.event.Bytes;
import io.runnel.event.Json;
import io.runnel.plugin.BufferDefaults;
import io.runnel.plugin.BufferedOutput;
import io.runnel.plugin.Chunk;
import io.runnel.plugin.Formatter;
import io.runnel.plugin.Output;
import io.runnel.plugin.OutputContext;
import io.runnel.plugin.PluginType;
import io.runnel.plugins.client.AwsSigner;
import io.runnel.plugins.client.HttpBody;
import io.runnel.plugins.client.HttpDestination;
import io.runnel.plugins.client.HttpResponse;
import io.runnel.plugins.client.ObjectKeys;
import io.runnel.plugins.common.Injector;
import io.runnel.time.Zone;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;

/**
 * Writes each chunk as an object of a Google Cloud Storage bucket (fluent-plugin-gcs).
 *
 * <p>An object is made on the condition that there is none of its name, so two daemons never write
 * over each other. It bears its chunk's id: where the answer got lost, the next try finds it.
 */
final class GcsOutput implements BufferedOutput {
  static final PluginType<GcsConfig, OutputContext, Output> TYPE =
      PluginType.output("gcs", GcsConfig.class, GcsOutput::new)
          .legacy(LegacyParameters.BUFFER, LegacyParameters.FORMAT, LegacyParameters.INJECT)
          .buffered(BufferDefaults.of(List.of("time"), "timekey", "86400"));

  private static final String CHUNK_ID = "runnel-chunk-id";
  private static final int MOST_HEX = 32;
  private static final int NOT_FOUND = 404;
  private static final int PRECONDITION_FAILED = 412;
  private static final int CONFLICT = 409;

  private final GcsConfig config;
  private final OutputContext context;
  private final HttpDestination http;
  private final GoogleApi api;
  private final Formatter formatter;
  private final ObjectKeys keys;
  private final String endpoint;

  private GcsOutput(GcsConfig config, OutputContext context) {
    this.config = config;
    this.context = context;
    if (config.hexRandomLength() > MOST_HEX) {
      throw new ConfigException(
          "hex_random_length parameter should be set to " + MOST_HEX + " characters or less.",
          context.element().placeOf("hex_random_length"));
    }
    endpoint = Urls.parse(config.endpoint(), "endpoint", context).toString().replaceFirst("/$", "");
    HttpDestination.Builder builder = HttpDestination.of(context);
    config.clientTimeout().ifPresent(time -> builder.open(time).read(time));
    http = builder.build();
    GoogleTokens.Source source =
        config
            .keyfile()
            .map(GoogleTokens::jsonKey)
            .orElseGet(() -> GoogleTokens.applicationDefault(System.getenv()));
    String scope = "https://www.googleapis.com/auth/devstorage.full_control";
    api = new GoogleApi(http, new GoogleTokens(http, context, scope, source));
    formatter = Injector.of(config.inject(), context).wrap(context.formatter(config.format()));
    keys = keys();
  }

  private ObjectKeys keys() {
    long timekey = context.buffer().timekey().map(Duration::toSeconds).orElse(0L);
    return new ObjectKeys(
        config.objectKeyFormat().replace("%{hostname}", context.system().hostname()),
        config.path(),
        config.storeAs().extension(),
        config.timeSliceFormat().orElse(ObjectKeys.timeSliceFormat(timekey)),
        Zone.parse(context.buffer().timekeyZone()).id(),
        config.hexRandomLength(),
        "%d",
        false);
  }

  @Override
  public Formatter chunkFormat() {
    return formatter;
  }

  @Override
  public void start() throws Exception {
    formatter.start();
    http.start();
  }

  @Override
  public void stop() {
    http.stop();
    formatter.stop();
  }

  @Override
  public void close() {
    http.close();
    formatter.close();
  }

  @Override
  public void write(Chunk chunk) throws IOException {
    Path file = Files.createTempFile("gcs-", ".tmp");
    try {
      store(chunk, file);
      put(chunk, file);
    } finally {
      Files.deleteIfExists(file);
    }
  }

  private void store(Chunk chunk, Path file) throws IOException {
    try (OutputStream out = Files.newOutputStream(file);
        OutputStream packed =
            config.storeAs() == GcsConfig.StoreAs.GZIP ? new GZIPOutputStream(out) : out) {
      chunk.writeTo(packed);
    }
  }

  private void put(Chunk chunk, Path file) throws IOException {
    Instant now = Instant.ofEpochMilli(context.clock().millis());
    String before = null;
    for (int index = 0; ; index++) {
      String name = keys.key(chunk, index, now);
      boolean replaces = name.equals(before);
      if (replaces && !config.overwrite()) {
        throw new IOException("object `" + name + "` already exists");
      }
      if (replaces) {
        context.log().warn("object `" + name + "` already exists but overwrites it");
      }
      HttpResponse answer = upload(chunk, name, file, replaces);
      if (answer.status() == NOT_FOUND && config.autoCreateBucket()) {
        createBucket();
        answer = upload(chunk, name, file, replaces);
      }
      if (answer.status() != PRECONDITION_FAILED) {
        GoogleApi.accepted("out_gcs: upload of gcs://" + config.bucket() + "/" + name, answer);
        return;
      }
      if (isOfChunk(name, chunk)) {
        return;
      }
      before = name;
    }
  }

  /** One request of two parts: what the object is, and its content. */
  private HttpResponse upload(Chunk chunk, String name, Path file, boolean replaces)
      throws IOException {
    String boundary = "runnel-" + chunk.hexId();
    Bytes head = new Bytes(512);
    head.utf8(
        "--"
            + boundary
            + "\r\nContent-Type: application/json; charset=UTF-8\r\n\r\n"
            + Json.write(description(chunk, name))
            + "\r\n--"
            + boundary
            + "\r\nContent-Type: "
            + contentType()
            + "\r\n\r\n");
    byte[] end = ("\r\n--" + boundary + "--\r\n").getBytes(StandardCharsets.US_ASCII);
    HttpBody body =
        new HttpBody(
            head.length() + Files.size(file) + end.length,
            out -> {
              head.writeTo(out);
              Files.copy(file, out);
              out.write(end);
            });
    Map<String, String> headers = encryption();
    headers.put("Content-Type", "multipart/related; boundary=" + boundary);
    StringBuilder query = new StringBuilder("uploadType=multipart");
    if (!replaces) {
      query.append("&ifGenerationMatch=0");
    }
    config.acl().ifPresent(acl -> query.append("&predefinedAcl=").append(acl.text()));
    URI uri =
        URI.create(
            endpoint + "/upload/storage/v1/b/" + AwsSigner.escape(config.bucket()) + "/o?" + query);
    return api.ask("POST", uri, headers, body);
  }

  private String contentType() {
    return config.storeAs() == GcsConfig.StoreAs.GZIP && config.transcoding()
        ? "text/plain"
        : config.storeAs().contentType();
  }

  private Map<String, Object> description(Chunk chunk, String name) {
    Map<String, Object> description = new LinkedHashMap<>();
    description.put("name", name);
    description.put("contentType", contentType());
    if (config.storeAs() == GcsConfig.StoreAs.GZIP && config.transcoding()) {
      description.put("contentEncoding", "gzip");
    }
    config.storageClass().ifPresent(kind -> description.put("storageClass", kind.text()));
    Map<String, Object> metadata = new LinkedHashMap<>();
    config.objectMetadata().forEach(each -> metadata.put(each.key(), each.value()));
    metadata.put(CHUNK_ID, chunk.hexId());
    description.put("metadata", metadata);
    return description;
  }

  private Map<String, String> encryption() throws IOException {
    Map<String, String> headers = new HashMap<>();
    if (config.encryptionKey().isPresent()) {
      byte[] key = config.encryptionKey().get().getBytes(StandardCharsets.UTF_8);
      try {
        byte[] hash = MessageDigest.getInstance("SHA-256").digest(key);
        headers.put("x-goog-encryption-algorithm", "AES256");
        headers.put("x-goog-encryption-key", Base64.getEncoder().encodeToString(key));
        headers.put("x-goog-encryption-key-sha256", Base64.getEncoder().encodeToString(hash));
      } catch (GeneralSecurityException e) {
        throw new IOException("this Java has no SHA-256", e);
      }
    }
    return headers;
  }

  /** Whether the object of this name is this chunk, written by a try whose answer got lost. */
  private boolean isOfChunk(String name, Chunk chunk) throws IOException {
    URI uri =
        URI.create(
            endpoint
                + "/storage/v1/b/"
                + AwsSigner.escape(config.bucket())
                + "/o/"
                + AwsSigner.escape(name));
    HttpResponse answer = api.ask("GET", uri, encryption(), HttpBody.empty());
    if (answer.status() == NOT_FOUND) {
      return false; // deleted in between
    }
    return GoogleApi.accepted("out_gcs: look at " + name, answer).get("metadata")
            instanceof Map<?, ?> metadata
        && chunk.hexId().equals(metadata.get(CHUNK_ID));
  }

  private void createBucket() throws IOException {
    if (config.project().isEmpty()) {
      throw new IOException(
          "bucket `" + config.bucket() + "` does not exist, and without project it cannot be made");
    }
    context.log().info("creating bucket `" + config.bucket() + "`");
    Bytes body = new Bytes(128);
    body.utf8(Json.write(Map.of("name", config.bucket())));
    URI uri =
        URI.create(endpoint + "/storage/v1/b?project=" + AwsSigner.escape(config.project().get()));
    HttpResponse answer = api.post(uri, body);
    if (answer.status() != CONFLICT) {
      GoogleApi.accepted("out_gcs: bucket " + config.bucket(), answer);
    }
  }
}
