package io.runnel.plugins.input;

import io.runnel.config.ByteSize;
import io.runnel.config.ConfigElement;
import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.config.LegacyParameters;
import io.runnel.config.Name;
import io.runnel.config.PluginSection;
import io.runnel.net.TlsContext;
import io.runnel.net.TransportConfig;
import io.runnel.net.http.HttpServer;
import io.runnel.plugin.Input;
import io.runnel.plugin.Parser;
import io.runnel.plugin.PluginContext;
import io.runnel.plugin.PluginType;
import io.runnel.plugins.parser.InHttpParser;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Takes events over HTTP: the path is the tag, the body has the records. */
public final class HttpInput implements Input {
  public static final PluginType<Config, PluginContext, Input> TYPE =
      PluginType.input("http", Config.class, HttpInput::new).legacy(LegacyParameters.PARSE);

  /** A key that no record has: the name of the time field where the request gives the time. */
  private static final String NO_KEY = "\u0000";

  @Doc("Listens for events over HTTP; the path of a request is the tag of its events.")
  record Config(
      @Doc("The port.") @Default("9880") int port,
      @Doc("The address to bind.") @Default("0.0.0.0") String bind,
      @Doc("Larger bodies are refused.") @Default("33554432") ByteSize bodySizeLimit,
      @Doc("Bodies that decompress to more are refused.") @Default("268435456")
          ByteSize decompressionSizeLimit,
      @Doc("How long a connection may be silent between two requests.") @Default("10")
          Duration keepaliveTimeout,
      @Doc("Connections that wait to be accepted.") Optional<Integer> backlog,
      @Doc("Adds the headers of the request as HTTP_NAME.") @Default("false")
          boolean addHttpHeaders,
      @Doc("Adds the client's address as REMOTE_ADDR.") @Default("false") boolean addRemoteAddr,
      @Doc("Has no effect: nothing waits for a client.") @Default("0.5") Duration blockingTimeout,
      @Doc("Origins of pages that may send; * for all, one * in an entry for a part.")
          Optional<List<String>> corsAllowOrigins,
      @Doc("Lets pages send with credentials.") @Default("false") boolean corsAllowCredentials,
      @Doc("Answers with an empty GIF.") @Default("false") boolean respondWithEmptyImg,
      @Name("use_204_response") @Doc("Answers with 204.") @Default("false") boolean use204Response,
      @Doc("Logs the faults that are answered with 500.") @Default("true") boolean dumpErrorLog,
      @Doc("Adds the parameters of the query as QUERY_NAME.") @Default("false")
          boolean addQueryParams,
      @Doc("Goes in front of the tags, with a dot.") Optional<String> addTagPrefix,
      TransportConfig transport,
      @Doc("How bodies are read.") @Default("in_http") PluginSection parse) {}

  private final Config config;
  private final PluginContext context;
  private final TlsContext tls;
  private final HttpIntake intake;
  private HttpServer server;

  HttpInput(Config config, PluginContext context) {
    this.config = config;
    this.context = context;
    config.transport().protocol(TransportConfig.Protocol.TCP, TransportConfig.Protocol.TLS);
    tls = config.transport().serverContext(context.system().hostname());
    HttpCors cors =
        new HttpCors(config.corsAllowOrigins().orElse(List.of()), config.corsAllowCredentials());
    Parser parser = context.parser(config.parse());
    if (parser instanceof InHttpParser byContentType) {
      intake = new HttpIntake(config, context, cors, byContentType, withoutTime(config.parse()));
    } else {
      intake = new HttpIntake(config, context, cors, parser);
    }
  }

  /** The same parser, except that it leaves the time of the record alone. */
  private InHttpParser withoutTime(PluginSection section) {
    ConfigElement element = section.element().copy();
    element.set("time_key", NO_KEY);
    return (InHttpParser) context.parser(new PluginSection(element, section.type(), true));
  }

  @Override
  public void start() throws IOException {
    server =
        Servers.ingest(
            context,
            "http",
            context.sockets().tcp(config.bind(), config.port(), config.backlog().orElse(0)),
            config.bind(),
            tls,
            intake,
            config.bodySizeLimit().bytes(),
            config.keepaliveTimeout());
  }

  /** The port that is listened on. */
  int port() {
    return server.port();
  }

  @Override
  public void stop() {
    if (server != null) {
      server.close();
    }
  }

  @Override
  public void close() {
    stop();
  }
}
