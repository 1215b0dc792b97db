package io.runnel.connectors.mongo;

import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import io.runnel.testkit.ServerClasspath;
import io.runnel.testkit.ServerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * mongo-java-server over a file, in a process of its own. MongoDB's own server is neither in Debian
 * nor in Maven.
 */
final class RealMongo implements AutoCloseable {
  private static final Path SERVERS = Path.of("src/test/servers/mongo").toAbsolutePath();

  private final int port = ServerProcess.freePort();
  private final ServerProcess server;

  private RealMongo(Path folder, String classPath) {
    server =
        ServerProcess.java(
                folder,
                classPath,
                List.of("-Xmx256m", "-XX:TieredStopAtLevel=1"),
                SERVERS.resolve("MongoNode.java").toString(),
                List.of(folder.resolve("data.mv").toString(), Integer.toString(port)))
            .readyWhen(() -> ServerProcess.listens(port));
  }

  /** Empty where the server cannot be had. */
  static Optional<RealMongo> in(Path folder) throws IOException {
    Files.createDirectories(folder);
    return ServerClasspath.of(SERVERS.resolve("pom.xml"))
        .map(classPath -> new RealMongo(folder, classPath));
  }

  RealMongo start() {
    server.start();
    return this;
  }

  void kill() {
    server.kill();
  }

  int port() {
    return port;
  }

  String url() {
    return "mongodb://127.0.0.1:" + port + "/?serverSelectionTimeoutMS=30000";
  }

  MongoClient client() {
    return MongoClients.create(url());
  }

  @Override
  public void close() {
    server.close();
  }
}
