package io.runnel.connectors.aws;

import io.runnel.config.ConfigException;
import io.runnel.event.Bytes;
import io.runnel.event.Json;
import io.runnel.plugin.PluginContext;
import io.runnel.plugins.client.AwsCredentialSource;
import io.runnel.plugins.client.AwsSigner;
import io.runnel.plugins.client.HttpBody;
import io.runnel.plugins.client.HttpDestination;
import io.runnel.plugins.client.HttpResponse;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A service of Amazon with the JSON protocol: signed POST requests to one URL, the operation in a
 * header, errors with a type in the answer. Safe for use by several threads at once.
 */
final class AwsService implements AutoCloseable {
  /**
   * @param name as in host names and signatures, such as {@code kinesis}
   * @param target what stands before the operation, such as {@code Kinesis_20131202}
   */
  record Kind(String name, String target) {}

  /**
   * @param endpoint the URL; that of the region where absent
   */
  record Place(
      Optional<String> region,
      Optional<String> endpoint,
      Optional<String> proxy,
      boolean verify,
      boolean debug) {}

  private static final int MOST_ANSWER = 16 << 20;

  private final Kind kind;
  private final PluginContext context;
  private final boolean debug;
  private final HttpDestination http;
  private final URI uri;
  private final AwsSigner signer;
  private final AwsCredentialSource credentials;

  AwsService(Kind kind, Place place, Credentials credentials, PluginContext context) {
    this.kind = kind;
    this.context = context;
    debug = place.debug();
    String region = region(place, credentials.environment(), context);
    uri = uri(place, region);
    signer = new AwsSigner(kind.name(), region);
    this.credentials = credentials.source(region, context);
    http =
        HttpDestination.of(context)
            .proxy(place.proxy(), "http_proxy")
            .tls(HttpDestination.tls(List.of(), place.verify()))
            .build();
  }

  private static String region(
      Place place, Map<String, String> environment, PluginContext context) {
    return place
        .region()
        .or(() -> Optional.ofNullable(environment.get("AWS_REGION")))
        .or(() -> Optional.ofNullable(environment.get("AWS_DEFAULT_REGION")))
        .orElseThrow(
            () ->
                new ConfigException(
                    "region is required: set it here, or AWS_REGION in the environment",
                    context.element().place()));
  }

  private URI uri(Place place, String region) {
    String domain = region.startsWith("cn-") ? ".amazonaws.com.cn" : ".amazonaws.com";
    String text = place.endpoint().orElse("https://" + kind.name() + "." + region + domain);
    try {
      URI made = new URI(text.endsWith("/") ? text : text + "/");
      if (made.getHost() != null) {
        return made;
      }
    } catch (URISyntaxException e) {
      // falls through: the message is the same
    }
    String parameter = place.endpoint().isPresent() ? "endpoint" : "region";
    throw new ConfigException("no URL with a host: " + text, context.element().placeOf(parameter));
  }

  void start() {
    http.start();
  }

  void stop() {
    http.stop();
  }

  @Override
  public void close() {
    http.close();
  }

  /**
   * Asks for an operation.
   *
   * @throws AwsException where the service says no
   * @throws IOException where there is no answer, or no credentials
   */
  Map<?, ?> call(String operation, Bytes body) throws IOException {
    Map<String, String> headers = new HashMap<>();
    headers.put("Content-Type", "application/x-amz-json-1.1");
    headers.put("X-Amz-Target", kind.target() + "." + operation);
    headers.putAll(
        signer.sign(
            "POST",
            uri,
            headers,
            body.array(),
            body.length(),
            credentials.get(),
            Instant.ofEpochMilli(context.clock().millis())));
    HttpResponse answer = http.ask("POST", uri, headers, HttpBody.of(body), MOST_ANSWER);
    if (debug) {
      context
          .log()
          .info(kind.name() + " " + operation + ": " + body.length() + " B, " + answer.status());
    }
    Map<?, ?> parsed = parse(answer.body());
    if (!answer.isSuccess()) {
      throw AwsException.of(kind.name() + " " + operation + " at " + uri.getHost(), answer, parsed);
    }
    return parsed;
  }

  /** Like {@link #call(String, Bytes)}, with a decoded body. */
  Map<?, ?> call(String operation, Map<String, ?> body) throws IOException {
    Bytes bytes = new Bytes(256);
    bytes.utf8(Json.write(body));
    return call(operation, bytes);
  }

  private static Map<?, ?> parse(String body) {
    try {
      return Json.parse(body) instanceof Map<?, ?> map ? map : Map.of();
    } catch (IllegalArgumentException e) {
      return Map.of(); // of a proxy, or empty
    }
  }
}
