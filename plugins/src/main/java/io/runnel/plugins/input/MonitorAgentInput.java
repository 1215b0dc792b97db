package io.runnel.plugins.input;

import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.event.Event;
import io.runnel.event.EventStream;
import io.runnel.net.StreamLease;
import io.runnel.net.TlsContext;
import io.runnel.net.TransportConfig;
import io.runnel.net.http.HttpLimits;
import io.runnel.net.http.HttpServer;
import io.runnel.plugin.EmitException;
import io.runnel.plugin.Input;
import io.runnel.plugin.PluginContext;
import io.runnel.plugin.PluginType;
import io.runnel.plugins.common.Ticker;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Tells over HTTP how the plugins of this daemon fare, and emits the same as events. */
public final class MonitorAgentInput implements Input {
  public static final PluginType<Config, PluginContext, Input> TYPE =
      PluginType.input("monitor_agent", Config.class, MonitorAgentInput::new);

  @Doc("Serves the state of all plugins over HTTP.")
  record Config(
      @Doc("The address to bind.") @Default("0.0.0.0") String bind,
      @Doc("The port; the number of the worker is added.") @Default("24220") int port,
      @Doc("Emits the state as events with this tag.") Optional<String> tag,
      @Doc("How often the state is emitted.") @Default("60") Duration emitInterval,
      @Doc("Shows the plugins' configurations.") @Default("false") boolean includeConfig,
      @Doc("Shows the state of retries.") @Default("false") boolean includeRetry,
      @Doc("Has no effect: there are no variables of Ruby to show.") @Default("false")
          boolean includeDebugInfo,
      TransportConfig transport) {}

  private final Config config;
  private final PluginContext context;
  private final TlsContext tls;
  private final MonitorPages pages;
  private HttpServer server;
  private Ticker ticker;

  MonitorAgentInput(Config config, PluginContext context) {
    this.config = config;
    this.context = context;
    config.transport().protocol(TransportConfig.Protocol.TCP, TransportConfig.Protocol.TLS);
    tls = config.transport().serverContext(context.system().hostname());
    pages =
        new MonitorPages(
            context.supervision(),
            context.workerId(),
            config.includeConfig(),
            config.includeRetry());
  }

  @Override
  public void start() throws IOException {
    int port = config.port() == 0 ? 0 : config.port() + context.workerId();
    StreamLease lease = context.sockets().tcp(config.bind(), port, 0);
    server =
        HttpServer.start(
            "monitor_agent",
            lease,
            tls,
            pages,
            HttpLimits.small(),
            Servers.threads(context),
            Servers.report(context));
    context.log().debug("listening monitoring http server", "bind", config.bind(), "port", port);
    if (config.tag().isPresent()) {
      ticker = Ticker.start(context, "monitor_agent-emit", config.emitInterval(), this::emit);
    }
  }

  /** The port that is listened on. */
  int port() {
    return server.port();
  }

  private void emit() {
    long now = context.clock().eventTime();
    List<Event> events =
        pages.plugins(state -> true, false, false).stream()
            .map(entry -> new Event(now, entry))
            .toList();
    try {
      context.emitter().emit(config.tag().orElseThrow(), EventStream.of(events));
    } catch (EmitException e) {
      context.log().error("unexpected error while emitting the state", e);
    }
  }

  @Override
  public void stop() {
    if (ticker != null) {
      ticker.close();
    }
    if (server != null) {
      server.close();
    }
  }

  @Override
  public void close() {
    stop();
  }
}
