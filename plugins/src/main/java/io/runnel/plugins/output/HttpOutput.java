package io.runnel.plugins.output;

import io.runnel.config.ConfigException;
import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.config.PluginSection;
import io.runnel.config.Secret;
import io.runnel.config.Since;
import io.runnel.event.Bytes;
import io.runnel.net.TlsClientConfig;
import io.runnel.net.TlsContext;
import io.runnel.net.TlsVersion;
import io.runnel.plugin.BufferDefaults;
import io.runnel.plugin.Chunk;
import io.runnel.plugin.Formatter;
import io.runnel.plugin.Output;
import io.runnel.plugin.OutputContext;
import io.runnel.plugin.PluginType;
import io.runnel.plugin.UnrecoverableException;
import io.runnel.plugins.client.AwsCredentialSource;
import io.runnel.plugins.client.AwsRole;
import io.runnel.plugins.client.AwsSigner;
import io.runnel.plugins.client.HttpBody;
import io.runnel.plugins.client.HttpClient;
import io.runnel.plugins.client.HttpClientOutput;
import io.runnel.plugins.client.HttpResponse;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sends each chunk as the body of an HTTP request. */
public final class HttpOutput implements HttpClientOutput {
  public static final PluginType<Config, OutputContext, Output> TYPE =
      PluginType.output("http", Config.class, HttpOutput::new).buffered(BufferDefaults.none());

  private static final Pattern HOST = Pattern.compile("^https?://(?:[^/@]*@)?(\\[[^]]*]|[^/:?#]*)");

  /** {@code http_method}. */
  public enum Method {
    PUT,
    POST
  }

  /** {@code compress}. */
  public enum Compress {
    TEXT,
    GZIP
  }

  /** {@code tls_verify_mode}. */
  public enum VerifyMode {
    NONE,
    PEER
  }

  /** {@code method} of {@code <auth>}. */
  public enum AuthMethod {
    BASIC,
    AWS_SIGV4
  }

  @Doc("Sends events to an HTTP server.")
  public record Config(
      @Doc("URL; may hold placeholders of the chunk keys.") String endpoint,
      @Doc("Method of the requests.") @Default("post") Method httpMethod,
      @Doc("URL of a proxy; that of the environment (HTTP_PROXY) where absent.")
          Optional<String> proxy,
      @Doc("Content-Type; by the formatter where absent.") Optional<String> contentType,
      @Doc("Sends one JSON array instead of one JSON object per line.") @Default("false")
          boolean jsonArray,
      @Doc("More headers.") Map<String, Object> headers,
      @Doc("More headers whose values hold placeholders.")
          Map<String, Object> headersFromPlaceholders,
      @Doc("Compresses the bodies.") @Default("text") Compress compress,
      @Doc("Hosts that placeholders in the host of endpoint may lead to.")
          @Since("1.19.3")
          @Default("")
          List<String> allowedHosts,
      @Doc("Seconds that a connection may take.") Optional<Integer> openTimeout,
      @Doc("Seconds to wait for the answer.") Optional<Integer> readTimeout,
      @Doc("Seconds that the TLS handshake may take.") Optional<Integer> sslTimeout,
      @Doc("Keeps connections for the next chunks.") @Default("false") boolean reuseConnections,
      @Doc("Certificates of authorities to trust (PEM).") Optional<String> tlsCaCertPath,
      @Doc("Certificate that this side shows.") Optional<String> tlsClientCertPath,
      @Doc("Its private key.") Optional<String> tlsPrivateKeyPath,
      @Doc("Passphrase of the private key.") @Secret("") Optional<String> tlsPrivateKeyPassphrase,
      @Doc("none accepts any certificate.") @Default("peer") VerifyMode tlsVerifyMode,
      @Doc("Version of TLS.") @Default("TLSv1_2") TlsVersion tlsVersion,
      @Doc("Ciphers of TLS, in OpenSSL's notation.") @Default("ALL:!aNULL:!eNULL:!SSLv2")
          String tlsCiphers,
      @Doc("An answer of an error is not retried; false: it is logged, the chunk is done.")
          @Default("true")
          boolean errorResponseAsUnrecoverable,
      @Doc("Status codes after which the request is repeated later; 503 where absent.")
          Optional<List<Integer>> retryableResponseCodes,
      @Doc("How events are written.") @Default("json") PluginSection format,
      @Doc("Authentication of the requests.") Optional<Auth> auth,
      @Doc("Keeps only whole seconds of the time.") @Default("false") boolean timeAsInteger,
      @Doc("Seconds after which a flush is reported as slow.") @Default("20.0")
          double slowFlushLogThreshold) {}

  @Doc("Authentication of the requests.")
  public record Auth(
      @Doc("How.") @Default("basic") AuthMethod method,
      @Doc("User, for basic.") Optional<String> username,
      @Doc("Password, for basic.") @Secret("") Optional<String> password,
      @Doc("Signing name of the service, for aws_sigv4.") Optional<String> awsService,
      @Doc("Region, for aws_sigv4.") Optional<String> awsRegion,
      @Doc("Role to assume, for aws_sigv4.") Optional<String> awsRoleArn) {}

  private final Config config;
  private final OutputContext context;
  private final Formatter formatter;
  private final String contentType;
  private final List<Integer> retryable;
  private final String literalHost;
  private final HttpClient http;
  private AwsSigner signer;
  private AwsCredentialSource credentials;

  HttpOutput(Config config, OutputContext context) {
    this(config, context, System.getenv());
  }

  /**
   * @param environment where credentials for AWS may come from
   */
  HttpOutput(Config config, OutputContext context, Map<String, String> environment) {
    this.config = config;
    this.context = context;
    Formatter plain = context.formatter(config.format());
    if (config.jsonArray() && !plain.type().equals("json")) {
      throw fault("json_array option could be used with json formatter only", "json_array");
    }
    formatter = config.jsonArray() ? new JsonArrayFormat(plain) : plain;
    contentType = config.contentType().orElseGet(() -> contentType(plain.type()));
    if (config.retryableResponseCodes().isEmpty()) {
      context
          .log()
          .warn(
              "Status code 503 is going to be removed from default `retryable_response_codes` from"
                  + " fluentd v2. Please add it by yourself if you wish");
    }
    retryable = config.retryableResponseCodes().orElse(List.of(503));
    Matcher host = HOST.matcher(config.endpoint());
    if (!host.find()) {
      throw fault("endpoint must be an http or https URL: " + config.endpoint(), "endpoint");
    }
    literalHost = host.group(1);
    boolean secure = !config.endpoint().startsWith("http:");
    TlsContext tls = secure ? tls() : null;
    http =
        new HttpClient(
            context,
            new HttpClient.Settings(
                seconds(config.openTimeout()),
                seconds(config.sslTimeout()),
                seconds(config.readTimeout()),
                seconds(config.readTimeout()),
                proxy(),
                () -> tls == null ? tls() : tls,
                config.reuseConnections()));
    config.auth().ifPresent(auth -> prepare(auth, environment));
  }

  private ConfigException fault(String message, String parameter) {
    return new ConfigException(message, context.element().placeOf(parameter));
  }

  private static Duration seconds(Optional<Integer> configured) {
    return Duration.ofSeconds(configured.orElse(60));
  }

  private URI proxy() {
    String text = config.proxy().orElse(System.getenv("HTTP_PROXY"));
    text = text == null ? System.getenv("http_proxy") : text;
    if (text == null || text.isBlank()) {
      return null;
    }
    try {
      URI uri = new URI(text);
      if (uri.getHost() == null) {
        throw fault("proxy must be a URL with a host", "proxy");
      }
      return uri;
    } catch (URISyntaxException e) {
      throw new ConfigException("bad URI of proxy", context.element().placeOf("proxy"), e);
    }
  }

  private String contentType(String format) {
    return switch (format) {
      case "json" -> config.jsonArray() ? "application/json" : "application/x-ndjson";
      case "csv" -> "text/csv";
      case "tsv", "ltsv" -> "text/tab-separated-values";
      case "msgpack" -> "application/x-msgpack";
      case "out_file", "single_value", "stdout", "hash" -> "text/plain";
      default ->
          throw fault(
              "can't determine Content-Type from formatter type. Set content_type parameter"
                  + " explicitly",
              "format");
    };
  }

  private TlsContext tls() {
    return new TlsClientConfig(
            config.tlsCaCertPath().map(List::of).orElse(List.of()),
            config.tlsVerifyMode() == VerifyMode.NONE,
            true,
            false,
            config.tlsClientCertPath(),
            config.tlsPrivateKeyPath(),
            config.tlsPrivateKeyPassphrase(),
            config.tlsVersion().text(),
            Optional.empty(),
            Optional.empty(),
            config.tlsCiphers())
        .context();
  }

  private void prepare(Auth auth, Map<String, String> environment) {
    if (auth.method() != AuthMethod.AWS_SIGV4) {
      return;
    }
    String service =
        auth.awsService()
            .orElseThrow(() -> fault("aws_service is required when using aws_sigv4", "auth"));
    String region =
        auth.awsRegion()
            .orElseThrow(() -> fault("aws_region is required when using aws_sigv4", "auth"));
    signer = new AwsSigner(service, region);
    credentials =
        new AwsCredentialSource(
            http,
            region,
            auth.awsRoleArn().map(arn -> AwsRole.of(arn, Optional.empty())),
            environment,
            Clock.systemUTC());
  }

  @Override
  public HttpClient http() {
    return http;
  }

  @Override
  public Formatter chunkFormat() {
    return formatter;
  }

  @Override
  public void write(Chunk chunk) throws IOException {
    URI uri = endpoint(chunk);
    boolean gzip = config.compress() == Compress.GZIP;
    HttpBody body = HttpBodies.of(chunk, gzip, config.jsonArray());
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("Content-Type", contentType);
    if (gzip) {
      headers.put("Content-Encoding", "gzip");
    }
    config.headers().forEach((name, value) -> headers.put(name, String.valueOf(value)));
    config
        .headersFromPlaceholders()
        .forEach((name, value) -> headers.put(name, chunk.expand(String.valueOf(value))));
    String method = config.httpMethod().name();
    if (signer != null) {
      body = sign(method, uri, headers, body);
    } else if (config.auth().isPresent()) {
      Auth auth = config.auth().get();
      headers.put(
          "Authorization",
          HttpClient.basic(auth.username().orElse("") + ":" + auth.password().orElse("")));
    }
    context.log().debug(method.toLowerCase(Locale.ROOT) + " data to " + uri);
    check(method, uri, http.send(method, uri, headers, body));
  }

  private HttpBody sign(String method, URI uri, Map<String, String> headers, HttpBody body)
      throws IOException {
    Bytes whole = new Bytes((int) Math.min(1 << 20, body.length() + 16));
    body.writer().writeTo(whole); // the signature covers the body, so it must be there first
    Map<String, String> signed = Map.of("content-type", contentType);
    headers.putAll(
        signer.sign(
            method,
            uri,
            signed,
            whole.array(),
            whole.length(),
            credentials.get(),
            Clock.systemUTC().instant()));
    return HttpBody.of(whole);
  }

  private URI endpoint(Chunk chunk) throws IOException {
    URI uri;
    try {
      uri = new URI(chunk.expand(config.endpoint()));
    } catch (URISyntaxException e) {
      throw new IOException("bad URI: " + e.getMessage(), e);
    }
    String host = uri.getHost();
    if (!literalHost.equals(host)) {
      if (config.allowedHosts().isEmpty()) {
        throw new UnrecoverableException(
            "allowed_hosts is strictly required when using placeholders in the endpoint host");
      }
      if (!config.allowedHosts().contains(host)) {
        throw new UnrecoverableException("Not allowed host: " + host);
      }
    }
    return uri;
  }

  private void check(String method, URI uri, HttpResponse answer) throws IOException {
    if (answer.isSuccess()) {
      context.log().debug(answer.toString());
      return;
    }
    if (retryable.contains(answer.status())) {
      throw new IOException(answer.toString());
    }
    if (config.errorResponseAsUnrecoverable()) {
      throw new UnrecoverableException(answer.toString());
    }
    context.log().error("got error response from '" + method + " " + uri + "' : " + answer);
  }
}
