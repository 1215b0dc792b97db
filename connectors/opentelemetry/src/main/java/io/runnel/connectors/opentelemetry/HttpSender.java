package io.runnel.connectors.opentelemetry;

import io.runnel.config.ConfigException;
import io.runnel.event.Bytes;
import io.runnel.net.TlsClientConfig;
import io.runnel.plugin.OutputContext;
import io.runnel.plugin.UnrecoverableException;
import io.runnel.plugins.client.HttpBody;
import io.runnel.plugins.client.HttpDestination;
import io.runnel.plugins.client.HttpResponse;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;

/** Sends over HTTP. */
final class HttpSender implements Sender {
  private static final String PROTOBUF = "application/x-protobuf";

  /** What is kept of an answer. */
  private static final int ANSWER_BYTES = 8192;

  private static final int TOO_LARGE = 413;
  private static final int BAD_REQUEST = 400;

  private final OpentelemetryOutput.Http config;
  private final OutputContext context;
  private final Map<Signal, URI> uris = new EnumMap<>(Signal.class);
  private final HttpDestination destination;

  HttpSender(OpentelemetryOutput.Http config, TlsClientConfig tls, OutputContext context) {
    this.config = config;
    this.context = context;
    for (Signal signal : Signal.values()) {
      uris.put(signal, uri(signal));
    }
    destination =
        HttpDestination.of(context)
            .open(Duration.ofSeconds(config.connectTimeout()))
            .read(Duration.ofSeconds(config.readTimeout()))
            .proxy(config.proxy(), "proxy")
            .tls(tls)
            .build();
  }

  private URI uri(Signal signal) {
    try {
      URI uri = new URI(config.endpoint().replaceAll("/+$", "") + signal.path());
      if (uri.getHost() != null && String.valueOf(uri.getScheme()).startsWith("http")) {
        return uri;
      }
    } catch (URISyntaxException e) {
      // said below
    }
    throw new ConfigException(
        "endpoint must be an http or https URL: " + config.endpoint(), context.element().place());
  }

  @Override
  public void start() {
    destination.start();
  }

  @Override
  public void stop() {
    destination.stop();
  }

  @Override
  public void close() {
    destination.close();
  }

  @Override
  public void send(Signal signal, Bytes request) throws IOException {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("Content-Type", PROTOBUF);
    HttpBody body = HttpBody.of(request);
    if (config.compress() == OpentelemetryOutput.Compress.GZIP) {
      headers.put("Content-Encoding", "gzip");
      body = HttpDestination.gzip(request);
    }
    URI uri = uris.get(signal);
    HttpResponse answer = destination.ask("POST", uri, headers, body, ANSWER_BYTES);
    if (answer.isSuccess()) {
      byte[] message = answer.body().getBytes(StandardCharsets.UTF_8);
      PartialSuccess.report(signal, message, context.log());
    } else {
      judge(uri, answer);
    }
  }

  private void judge(URI uri, HttpResponse answer) throws IOException {
    String rest = "error response from '" + uri + "', response code is " + answer;
    boolean retryable = config.retryableResponseCodes().contains(answer.status());
    if (answer.status() == TOO_LARGE) {
      throw new TooLargeException(
          "got " + (retryable ? "retryable " : "unrecoverable ") + rest, retryable);
    }
    if (retryable) {
      throw new IOException("got retryable " + rest);
    }
    boolean never = answer.status() == BAD_REQUEST;
    if (never || config.errorResponseAsUnrecoverable().orElse(false)) {
      throw new UnrecoverableException("got unrecoverable " + rest);
    }
    if (config.errorResponseAsUnrecoverable().isPresent()) {
      context.log().error("got " + rest);
      return;
    }
    String hint =
        switch (answer.status()) {
          case 401, 403 -> " (the credentials are wrong or may not do this)";
          case 404 -> " (the path of endpoint is wrong)";
          default -> "";
        };
    throw new IOException("got " + rest + hint);
  }
}
