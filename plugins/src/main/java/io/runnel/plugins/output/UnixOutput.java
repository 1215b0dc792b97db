package io.runnel.plugins.output;

import io.runnel.config.Doc;
import io.runnel.config.Inline;
import io.runnel.plugin.Output;
import io.runnel.plugin.OutputContext;
import io.runnel.plugin.PluginType;
import io.runnel.plugins.client.ClientConnection;
import java.nio.file.Path;

/** Sends events to a unix socket as out_unix of v0.12 did; out_forward has taken its place. */
public final class UnixOutput {
  public static final PluginType<Config, OutputContext, Output> TYPE =
      StreamOutput.type("unix", Config.class, UnixOutput::output);

  @Doc("Sends events to a unix socket, without any safety; use forward instead.")
  public record Config(
      @Doc("Path of the socket.") String path, @Inline StreamOutput.Config stream) {}

  private UnixOutput() {}

  private static Output output(Config config, OutputContext context) {
    Path path = Path.of(config.path());
    return new StreamOutput(
        "unix", config.stream(), context, () -> ClientConnection.openUnix(path, context.clock()));
  }
}
