package io.runnel.connectors.amqp;

import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import io.runnel.testkit.DebianServer;
import io.runnel.testkit.ServerProcess;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Debian's RabbitMQ with a folder and a name service of its own. */
final class RealRabbit implements AutoCloseable {
  private final Path folder;
  private final int port = ServerProcess.freePort();
  private final int names = ServerProcess.freePort();
  private final ServerProcess server;

  private RealRabbit(Path program, Path folder) {
    this.folder = folder;
    List<String> command = new ArrayList<>(DebianServer.as("rabbitmq"));
    command.addAll(
        List.of(
            "env",
            "HOME=" + folder,
            "LANG=C.UTF-8",
            "RABBITMQ_NODENAME=test" + port + "@localhost",
            "RABBITMQ_NODE_IP_ADDRESS=127.0.0.1",
            "RABBITMQ_NODE_PORT=" + port,
            "RABBITMQ_DIST_PORT=" + ServerProcess.freePort(),
            "ERL_EPMD_PORT=" + names,
            "ERL_EPMD_ADDRESS=127.0.0.1",
            "RABBITMQ_MNESIA_BASE=" + folder.resolve("data"),
            "RABBITMQ_LOG_BASE=" + folder.resolve("log"),
            "RABBITMQ_LOGS=-",
            "RABBITMQ_CONFIG_FILE=" + folder.resolve("none"),
            "RABBITMQ_ENABLED_PLUGINS_FILE=" + folder.resolve("plugins"),
            // Else a shell stands between the process and the server.
            "RABBITMQ_ALLOW_INPUT=1",
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS=-noinput +S 1 +sbwt none",
            program.toString()));
    server =
        ServerProcess.of(folder, command)
            .readyWhen(
                () -> {
                  try (Connection connection = connect()) {
                    return connection.isOpen();
                  }
                });
  }

  /** Empty where it cannot be had. */
  static Optional<RealRabbit> find() {
    return DebianServer.program("rabbitmq-server", "/usr/lib/rabbitmq/bin/rabbitmq-server")
        .map(program -> new RealRabbit(program, DebianServer.folder("rabbitmq", "rabbitmq")));
  }

  RealRabbit start() {
    server.start();
    return this;
  }

  void kill() {
    server.kill();
  }

  int port() {
    return port;
  }

  Connection connect() throws Exception {
    ConnectionFactory factory = new ConnectionFactory();
    factory.setHost("127.0.0.1");
    factory.setPort(port);
    return factory.newConnection();
  }

  @Override
  public void close() {
    server.close();
    DebianServer.run(List.of("env", "ERL_EPMD_PORT=" + names, "epmd", "-kill"));
    DebianServer.delete(folder);
  }
}
