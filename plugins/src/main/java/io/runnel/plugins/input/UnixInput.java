package io.runnel.plugins.input;

import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.net.ConnectionLimits;
import io.runnel.net.ConnectionServer;
import io.runnel.net.StreamLease;
import io.runnel.plugin.EmitException;
import io.runnel.plugin.Input;
import io.runnel.plugin.PluginContext;
import io.runnel.plugin.PluginType;
import io.runnel.plugins.common.AddedFields;
import io.runnel.plugins.forward.ForwardFrames;
import io.runnel.plugins.forward.ForwardPolicy;
import io.runnel.plugins.forward.ForwardReceiver;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** Takes the messages of the forward protocol over a unix socket, without answers. */
public final class UnixInput implements Input {
  public static final PluginType<Config, PluginContext, Input> TYPE =
      PluginType.input("unix", Config.class, UnixInput::new).singleWorker();

  /** As for in_forward: compressed messages are not known here. */
  private static final long NO_DECOMPRESSION = 0;

  @Doc("Listens on a unix socket for the messages of the forward protocol.")
  record Config(
      @Doc("The path of the socket.") @Default("/var/run/fluent/fluent.sock") String path,
      @Doc("Connections that wait to be accepted.") Optional<Integer> backlog,
      @Doc("Replaces the tags of all events.") Optional<String> tag) {}

  private final Config config;
  private final PluginContext context;
  private final ForwardPolicy policy;
  private ConnectionServer server;

  UnixInput(Config config, PluginContext context) {
    this.config = config;
    this.context = context;
    policy =
        new ForwardPolicy(
            config.tag().orElse(null), null, true, true, NO_DECOMPRESSION, 0, false, false);
  }

  @Override
  public void start() throws IOException {
    StreamLease lease =
        context
            .sockets()
            .unix(Path.of(config.path()), config.backlog().orElse(0), context.ownership());
    if (lease.tookOver()) {
      context
          .log()
          .warn("Found existing '" + config.path() + "'. Remove this file for in_unix plugin");
    }
    server =
        new ConnectionServer(
            "unix",
            lease,
            null,
            ConnectionLimits.DEFAULT,
            Servers.threads(context),
            Servers.report(context),
            this::serve);
    context.log().debug("listening fluent socket on " + config.path());
    server.start();
  }

  private void serve(ConnectionServer.Session session) throws IOException {
    ForwardFrames frames = new ForwardFrames(context.memory().receiving(), 0);
    ForwardReceiver receiver =
        new ForwardReceiver(context, policy, session.connection(), frames, AddedFields.NONE);
    try {
      receiver.takeAll(session::isStopping);
    } catch (EmitException e) {
      context.log().error("unexpected error on reading data", e);
    } finally {
      frames.close();
    }
  }

  @Override
  public void stop() {
    if (server != null) {
      server.stop();
    }
  }

  @Override
  public void close() {
    stop();
  }
}
