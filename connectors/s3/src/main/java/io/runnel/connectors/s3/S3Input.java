package io.runnel.connectors.s3;

import io.runnel.config.ConfigException;
import io.runnel.config.LegacyParameters;
import io.runnel.event.EventStream;
import io.runnel.plugin.EmitException;
import io.runnel.plugin.Input;
import io.runnel.plugin.Parser;
import io.runnel.plugin.PluginContext;
import io.runnel.plugin.PluginType;
import io.runnel.plugins.common.AddedFields;
import io.runnel.plugins.common.StopSignal;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.ZipException;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.NoSuchBucketException;
import software.amazon.awssdk.services.sqs.model.Message;

/**
 * Reads the objects that notifications in an SQS queue name (fluent-plugin-s3). A message is
 * deleted when the events of its object are safe in the buffers: where the daemon is killed before,
 * the queue gives the message again and the object is read again as a whole.
 */
public final class S3Input implements Input {
  public static final PluginType<S3InputConfig, PluginContext, Input> TYPE =
      PluginType.input("s3", S3InputConfig.class, S3Input::new).legacy(LegacyParameters.PARSE);

  private static final long JOIN_MILLIS = 20_000;
  private static final long EMIT_PAUSE_NANOS = 1_000_000_000L;
  private static final int MAX_SHOWN = 256;

  private final S3InputConfig config;
  private final PluginContext context;
  private final Parser parser;
  private final Extractor extractor;
  private final StopSignal stopping = new StopSignal();
  private S3Client s3;
  private Queue queue;
  private Thread thread;
  private volatile boolean asking;

  S3Input(S3InputConfig config, PluginContext context) {
    this.config = config;
    this.context = context;
    config.s3Endpoint().ifPresent(url -> checkEndpoint("s3_endpoint", "S3", url));
    config.sqs().endpoint().ifPresent(url -> checkEndpoint("sqs/endpoint", "SQS", url));
    if (config.sqs().queueName().isEmpty()) {
      throw fault("sqs/queue_name is required");
    }
    if (config.access().awsKeyId().isPresent() != config.access().awsSecKey().isPresent()) {
      throw fault("aws_key_id or aws_sec_key is missing");
    }
    if (config.sqs().awsKeyId().isPresent() != config.sqs().awsSecKey().isPresent()) {
      throw fault("sqs/aws_key_id or sqs/aws_sec_key is missing");
    }
    extractor = Extractors.make(config.storeAs(), config.commandParameter(), context);
    parser = context.parser(config.parse());
  }

  private void checkEndpoint(String parameter, String service, String endpoint) {
    if (Endpoints.isRefused(endpoint)) {
      throw fault(
          "%s parameter is not supported for %s, use s3_region instead. This parameter is for %s compatible services"
              .formatted(parameter, service, service));
    }
    try {
      Endpoints.uri(endpoint);
    } catch (IllegalArgumentException e) {
      throw fault(parameter + ": " + e.getMessage());
    }
  }

  private ConfigException fault(String message) {
    return new ConfigException(message, context.element().place());
  }

  @Override
  public void start() {
    thread = context.startVirtual("in_s3", this::run);
  }

  /** By this input's own thread: the start does not wait for the clients. */
  private synchronized boolean connect() {
    if (stopping.isSet()) {
      return false;
    }
    Map<String, String> environment = System.getenv();
    String region = Endpoints.region(config.s3Region(), environment);
    HttpSettings http = new HttpSettings(config.proxyUri(), true, List.of());
    AwsCredentialsProvider credentials =
        new Credentials(
                config.access(), region, proxy -> http.withProxy(proxy).client(), environment)
            .provider(Credentials.Order.KEYS_FIRST);
    s3 =
        new S3Settings(
                region,
                config.s3Endpoint(),
                config.forcePathStyle(),
                false,
                false,
                Optional.empty(),
                http)
            .client(credentials);
    queue = new Queue(config.sqs(), region, http, credentials);
    return true;
  }

  private void run() {
    if (!connect()) {
      return;
    }
    while (!stopping.isSet()) {
      try {
        check();
        queue.open();
        poll();
        return;
      } catch (SdkException | IOException e) {
        asking = false;
        if (stopping.isSet()) {
          return;
        }
        int seconds = config.sqs().retryErrorInterval();
        String why = e instanceof SdkException sdk ? S3Errors.text(sdk) : e.getMessage();
        context.log().warn("SQS Polling Failed. Retry in " + seconds + " seconds: " + why);
        stopping.pause(seconds * 1_000_000_000L);
      }
    }
  }

  private void check() throws IOException {
    String bucket = config.s3Bucket();
    try {
      s3.headBucket(head -> head.bucket(bucket));
      if (config.checkApikeyOnStart()) {
        s3.listObjectsV2(list -> list.bucket(bucket).maxKeys(1));
      }
    } catch (NoSuchBucketException e) {
      throw new IOException(bucket + " is not found. (check s3_bucket)", e);
    } catch (SdkException e) {
      throw new IOException(
          "can't call S3 API. Please check your credentials or s3_region configuration. error = "
              + S3Errors.text(e),
          e);
    }
  }

  private void poll() {
    while (!stopping.isSet()) {
      asking = true;
      List<Message> messages = queue.receive();
      asking = false;
      for (Message message : messages) {
        if (stopping.isSet()) {
          return; // the queue gives it again
        }
        if (handle(message) && !config.sqs().skipDelete()) {
          queue.delete(message);
        }
      }
    }
  }

  /** True where the message is done with: its events are safe, or it can never be handled. */
  private boolean handle(Message message) {
    Notification notification = Notification.parse(message.body(), config.sqs().eventBridgeMode());
    if (notification.problem() != null) {
      context.log().warn(notification.problem(), "message_id", message.messageId());
      return true;
    }
    for (String rawKey : notification.keys()) {
      String key = Notification.decode(rawKey);
      if (config.matchRegexp().isPresent() && !config.matchRegexp().get().matches(key)) {
        continue;
      }
      try {
        if (!read(message, rawKey, key)) {
          return false;
        }
      } catch (ObjectLines.TooLarge | ZipException | EOFException e) {
        context
            .log()
            .warn(
                "Skipping SQS message that cannot be handled: " + e.getMessage(),
                "message_id",
                message.messageId(),
                "key",
                shown(rawKey));
      } catch (SdkException | IOException e) {
        String why = e instanceof SdkException sdk ? S3Errors.text(sdk) : e.getMessage();
        context
            .log()
            .warn(
                "Failed to handle SQS message: " + why,
                "message_id",
                message.messageId(),
                "key",
                shown(rawKey));
        return false;
      }
    }
    return true;
  }

  private static String shown(String key) {
    String shown = key.length() > MAX_SHOWN ? key.substring(0, MAX_SHOWN) : key;
    return shown.replaceAll("\\p{Cntrl}", "?");
  }

  /** False where the daemon stops in the middle. */
  private boolean read(Message message, String rawKey, String key) throws IOException {
    Path file = Files.createTempFile("s3-object-", ".tmp");
    try {
      download(key, file);
      AddedFields added =
          config.addObjectMetadata()
              ? AddedFields.NONE.with("s3_bucket", config.s3Bucket()).with("s3_key", rawKey)
              : AddedFields.NONE;
      try (InputStream content = extractor.open(file)) {
        ObjectEvents events =
            new ObjectEvents(
                context,
                parser,
                added,
                new ObjectLines(content, config.decompressionSizeLimit().bytes()));
        for (EventStream batch = events.next(); batch != null; batch = events.next()) {
          if (!emit(batch)) {
            return false;
          }
          queue.keep(message);
        }
        if (events.unmatched() > 0) {
          context
              .log()
              .warn("pattern not matched", "lines", events.unmatched(), "key", shown(rawKey));
        }
      }
      context.emitter().commit();
      return true;
    } catch (EmitException e) {
      context.log().warn("Failed to handle SQS message: " + e.getMessage(), e);
      return false;
    } finally {
      Files.deleteIfExists(file);
    }
  }

  /** To a file, so that a slow output does not hold the connection open. */
  private void download(String key, Path file) throws IOException {
    try (var object = s3.getObject(get -> get.bucket(config.s3Bucket()).key(key))) {
      GetObjectResponse answer = object.response();
      long copied = Files.copy(object, file, StandardCopyOption.REPLACE_EXISTING);
      if (answer.contentLength() != null && copied < answer.contentLength()) {
        throw new IOException(
            "the object has " + answer.contentLength() + " bytes, but only " + copied + " came");
      }
    } catch (AwsServiceException e) {
      throw S3Errors.of("get s3://" + config.s3Bucket() + "/" + key, e);
    }
  }

  /**
   * Waits where the buffers are full, rather than reading the object again later and sending the
   * events before twice.
   */
  private boolean emit(EventStream batch) {
    boolean told = false;
    while (true) {
      try {
        context.emitter().emit(config.tag(), batch);
        return true;
      } catch (EmitException e) {
        if (!told) {
          context.log().warn("in_s3: the events cannot be taken, trying again: " + e.getMessage());
          told = true;
        }
        if (!stopping.pause(EMIT_PAUSE_NANOS)) {
          return false;
        }
      }
    }
  }

  /** A question that waits for a message is broken off; an object is read to its end. */
  @Override
  public void stop() {
    stopping.set();
    if (asking) {
      thread.interrupt(); // ends the read of a socket, as the thread is a virtual one
    }
    StopSignal.join(thread, JOIN_MILLIS);
  }

  @Override
  public synchronized void close() {
    if (s3 != null) {
      s3.close();
      queue.close();
    }
  }
}
