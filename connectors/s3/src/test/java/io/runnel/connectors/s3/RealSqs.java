package io.runnel.connectors.s3;

import io.runnel.testkit.ServerClasspath;
import io.runnel.testkit.ServerProcess;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;

/** ElasticMQ with its messages on disk, in a process of its own. */
final class RealSqs implements AutoCloseable {
  static final String QUEUE = "new-objects";

  private final int port = ServerProcess.freePort();
  private final ServerProcess server;

  private RealSqs(Path folder, String classPath) throws IOException {
    Path config = folder.resolve("elasticmq.conf");
    Files.writeString(
        config,
        """
        include classpath("application.conf")
        node-address { protocol = http, host = "127.0.0.1", port = %d, context-path = "" }
        rest-sqs { enabled = true, bind-hostname = "127.0.0.1", bind-port = %d }
        rest-stats { enabled = false }
        messages-storage { enabled = true, uri = "jdbc:h2:%s/messages;WRITE_DELAY=0" }
        queues { %s { defaultVisibilityTimeout = 3 seconds } }
        """
            .formatted(port, port, folder, QUEUE));
    server =
        ServerProcess.java(
                folder,
                classPath,
                List.of("-Xmx256m", "-XX:TieredStopAtLevel=1", "-Dconfig.file=" + config),
                "org.elasticmq.server.Main",
                List.of())
            .readyWhen(() -> ServerProcess.listens(port));
  }

  /** Empty where the server cannot be had. */
  static Optional<RealSqs> in(Path folder) throws IOException {
    Optional<String> classPath = ServerClasspath.of(Path.of("src/test/servers/elasticmq/pom.xml"));
    if (classPath.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(new RealSqs(Files.createDirectories(folder), classPath.get()));
  }

  RealSqs start() {
    server.start();
    return this;
  }

  void stop() {
    server.stop();
  }

  String url() {
    return "http://127.0.0.1:" + port;
  }

  SqsClient client() {
    return SqsClient.builder()
        .region(Region.US_EAST_1)
        .endpointOverride(URI.create(url()))
        .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("k", "s")))
        .httpClient(UrlConnectionHttpClient.create())
        .build();
  }

  private static String queueUrl(SqsClient client) {
    return client.getQueueUrl(get -> get.queueName(QUEUE)).queueUrl();
  }

  /** Tells of a new object, as S3 does. */
  static void tell(SqsClient client, String key) {
    String body =
        "{\"Records\":[{\"eventName\":\"ObjectCreated:Put\",\"s3\":{\"bucket\":{\"name\":\""
            + RealS3.BUCKET
            + "\"},\"object\":{\"key\":\""
            + key
            + "\"}}}]}";
    send(client, body);
  }

  static void send(SqsClient client, String body) {
    client.sendMessage(send -> send.queueUrl(queueUrl(client)).messageBody(body));
  }

  /** Messages in the queue, hidden ones too. */
  static int left(SqsClient client) {
    return client
        .getQueueAttributes(
            get -> get.queueUrl(queueUrl(client)).attributeNames(QueueAttributeName.ALL))
        .attributes()
        .entrySet()
        .stream()
        .filter(entry -> entry.getKey().toString().startsWith("ApproximateNumberOfMessages"))
        .mapToInt(entry -> Integer.parseInt(entry.getValue()))
        .sum();
  }

  @Override
  public void close() {
    server.close();
  }
}
