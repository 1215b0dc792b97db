package io.runnel.plugins.output;

import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.config.Inline;
import io.runnel.plugin.Output;
import io.runnel.plugin.OutputContext;
import io.runnel.plugin.PluginType;
import io.runnel.plugins.client.ClientConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** Sends events to a TCP server as out_tcp of v0.12 did; out_forward has taken its place. */
public final class TcpOutput {
  public static final PluginType<Config, OutputContext, Output> TYPE =
      StreamOutput.type("tcp", Config.class, TcpOutput::output);

  @Doc("Sends events to a TCP server, without any safety; use forward instead.")
  public record Config(
      @Doc("Name or address of the server.") String host,
      @Doc("TCP port.") @Default("24224") int port,
      @Inline StreamOutput.Config stream) {}

  private TcpOutput() {}

  private static Output output(Config config, OutputContext context) {
    int timeout = Math.clamp(config.stream().sendTimeout().toMillis(), 1, Integer.MAX_VALUE);
    return new StreamOutput(
        "tcp",
        config.stream(),
        context,
        () ->
            ClientConnection.open(
                new InetSocketAddress(InetAddress.getByName(config.host()), config.port()),
                timeout,
                context.clock()));
  }
}
