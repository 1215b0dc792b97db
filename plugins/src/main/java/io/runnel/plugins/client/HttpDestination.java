package io.runnel.plugins.client;

import io.runnel.config.ConfigException;
import io.runnel.event.Bytes;
import io.runnel.net.TlsClientConfig;
import io.runnel.net.TlsContext;
import io.runnel.plugin.PluginContext;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;

/**
 * A server that takes events over HTTP or HTTPS: connections that are kept, time limits, a proxy,
 * TLS, and what an answer means for the chunk. An output makes one in its constructor, passes on
 * start, stop and close, and calls {@link #send} for each request.
 *
 * <p>A chunk is tried again ({@link IOException}) unless the server said that it cannot take these
 * very bytes ({@link RefusedException}). So a wrong password or a wrong path, which an operator can
 * mend, loses nothing. No message shows more of the URL than its host, because some services want
 * their token in its path. Safe for use by several threads at once.
 */
public final class HttpDestination implements AutoCloseable {
  /** Answers that say: not in this form, now or later. */
  private static final Set<Integer> REFUSED = Set.of(400, 405, 406, 411, 413, 414, 415, 422, 431);

  /** How a destination is reached; the defaults are those of most gems. */
  public static final class Builder {
    private final PluginContext context;
    private Duration open = Duration.ofSeconds(60);
    private Duration read = Duration.ofSeconds(60);
    private URI proxy = environmentProxy();
    private TlsClientConfig tls = HttpDestination.tls(List.of(), true);
    private IntPredicate refused = REFUSED::contains;
    private boolean reuse = true;

    private Builder(PluginContext context) {
      this.context = context;
    }

    /** For making a connection and its TLS handshake, each. */
    public Builder open(Duration value) {
      open = value;
      return this;
    }

    /** For each wait for the answer, and for a send that makes no progress. */
    public Builder read(Duration value) {
      read = value;
      return this;
    }

    /**
     * A proxy; that of the environment (HTTPS_PROXY, HTTP_PROXY) where this is not called.
     *
     * @param parameter its name in the configuration, for the message
     */
    public Builder proxy(Optional<String> url, String parameter) {
      url.ifPresent(
          text -> {
            proxy = parse(text);
            if (proxy == null) {
              throw new ConfigException(
                  "proxy must be a URL with a host", context.element().placeOf(parameter));
            }
          });
      return this;
    }

    public Builder tls(TlsClientConfig value) {
      tls = value;
      return this;
    }

    /** The status codes after which a chunk is not tried again. */
    public Builder refused(IntPredicate value) {
      refused = value;
      return this;
    }

    /** Whether connections are kept for later requests; they are where this is not called. */
    public Builder keepConnections(boolean value) {
      reuse = value;
      return this;
    }

    public HttpDestination build() {
      return new HttpDestination(this);
    }
  }

  private final HttpClient client;
  private final IntPredicate refused;

  private HttpDestination(Builder builder) {
    refused = builder.refused;
    TlsClientConfig tls = builder.tls;
    client =
        new HttpClient(
            builder.context,
            new HttpClient.Settings(
                builder.open,
                builder.open,
                builder.read,
                builder.read,
                builder.proxy,
                () -> context(tls),
                builder.reuse));
  }

  private static TlsContext context(TlsClientConfig tls) {
    return tls.context();
  }

  public static Builder of(PluginContext context) {
    return new Builder(context);
  }

  /**
   * TLS 1.2 or newer, as most destinations want it.
   *
   * @param caPaths files or directories of certificates to trust (PEM); empty for the machine's own
   * @param verify false accepts any certificate
   */
  public static TlsClientConfig tls(List<String> caPaths, boolean verify) {
    return new TlsClientConfig(
        caPaths,
        !verify,
        true,
        false,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        "TLSv1_2",
        Optional.of("TLSv1_2"),
        Optional.of("TLSv1_3"),
        "ALL:!aNULL:!eNULL:!SSLv2");
  }

  private static URI environmentProxy() {
    for (String name : List.of("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy")) {
      String text = System.getenv(name);
      if (text != null && !text.isBlank()) {
        return parse(text);
      }
    }
    return null;
  }

  private static URI parse(String text) {
    try {
      URI uri = new URI(text);
      return uri.getHost() == null ? null : uri;
    } catch (URISyntaxException e) {
      return null;
    }
  }

  public void start() {
    client.start();
  }

  public void stop() {
    client.stop();
  }

  @Override
  public void close() {
    client.close();
  }

  /** The client below, for requests whose answers are judged by the caller. */
  public HttpClient client() {
    return client;
  }

  /**
   * Sends a request with a body that the server must accept.
   *
   * @throws IOException where it is to be tried again: no answer, or one that time or an operator
   *     can change
   * @throws RefusedException where the server refuses what was sent
   */
  public HttpResponse send(String method, URI uri, Map<String, String> headers, HttpBody body)
      throws IOException {
    HttpResponse answer = ask(method, uri, headers, body, HttpResponseReader.MESSAGE_BYTES);
    if (answer.isSuccess()) {
      return answer;
    }
    String text = host(uri) + " answered " + answer;
    if (refused.test(answer.status())) {
      throw new RefusedException(answer.status(), text);
    }
    throw new IOException(text + hint(answer.status()));
  }

  /**
   * Sends a request whose answer, whatever it is, the caller judges.
   *
   * @param keptBytes what of the answer's body is kept at most
   * @throws IOException where there is no answer
   */
  public HttpResponse ask(
      String method, URI uri, Map<String, String> headers, HttpBody body, int keptBytes)
      throws IOException {
    try {
      return client.send(method, uri, headers, body, keptBytes);
    } catch (IOException e) {
      throw new IOException("cannot send to " + host(uri) + ": " + message(e), e);
    }
  }

  private static String hint(int status) {
    return switch (status) {
      case 401, 403 -> " (the credentials are wrong or may not do this)";
      case 407 -> " (the proxy wants other credentials)";
      case 404 -> " (the path of the URL, or a name or token in it, is wrong)";
      default -> "";
    };
  }

  private static String message(IOException e) {
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }

  private static String host(URI uri) {
    return uri.getScheme() + "://" + HttpClient.hostHeader(uri);
  }

  /** A body compressed with gzip; the caller adds the header {@code Content-Encoding: gzip}. */
  public static HttpBody gzip(Bytes plain) throws IOException {
    return gzip(plain, Deflater.DEFAULT_COMPRESSION);
  }

  /**
   * Like {@link #gzip(Bytes)}.
   *
   * @param level of {@link Deflater}
   */
  public static HttpBody gzip(Bytes plain, int level) throws IOException {
    Bytes packed = new Bytes(Math.max(256, plain.length() / 4));
    try (OutputStream out = new LeveledGzip(packed, level)) {
      plain.writeTo(out);
    }
    return HttpBody.of(packed);
  }

  private static final class LeveledGzip extends GZIPOutputStream {
    LeveledGzip(Bytes out, int level) throws IOException {
      super(out, 16 * 1024);
      def.setLevel(level);
    }
  }
}
