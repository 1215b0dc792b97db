package io.runnel.connectors.s3;

import io.runnel.testkit.ServerClasspath;
import io.runnel.testkit.ServerProcess;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Object;

/** S3Proxy over a folder, in a process of its own: it checks keys and keeps what it was given. */
final class RealS3 implements AutoCloseable {
  static final String KEY = "local-identity";
  static final String SECRET = "local-credential";
  static final String BUCKET = "logs";

  private final int port = ServerProcess.freePort();
  private final ServerProcess server;

  private RealS3(Path folder, String classPath) throws IOException {
    Path data = Files.createDirectories(folder.resolve("data"));
    Path properties = folder.resolve("s3proxy.conf");
    Files.writeString(
        properties,
        """
        s3proxy.authorization=aws-v2-or-v4
        s3proxy.endpoint=http://127.0.0.1:%d
        s3proxy.identity=%s
        s3proxy.credential=%s
        jclouds.provider=filesystem-nio2
        jclouds.filesystem.basedir=%s
        jclouds.identity=x
        jclouds.credential=x
        """
            .formatted(port, KEY, SECRET, data));
    Path log = folder.resolve("logback.xml");
    Files.writeString(
        log,
        "<configuration><appender name=\"C\" class=\"ch.qos.logback.core.ConsoleAppender\"><encoder>"
            + "<pattern>%d %msg%n</pattern></encoder></appender>"
            + "<root level=\"warn\"><appender-ref ref=\"C\"/></root></configuration>");
    server =
        ServerProcess.java(
                folder,
                classPath,
                List.of(
                    "-Xmx256m", "-XX:TieredStopAtLevel=1", "-Dlogback.configurationFile=" + log),
                "org.gaul.s3proxy.Main",
                List.of("--properties", properties.toString()))
            .readyWhen(() -> ServerProcess.listens(port));
  }

  /** Empty where the server cannot be had. */
  static Optional<RealS3> in(Path folder) throws IOException {
    Optional<String> classPath = ServerClasspath.of(Path.of("src/test/servers/s3proxy/pom.xml"));
    if (classPath.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(new RealS3(Files.createDirectories(folder), classPath.get()));
  }

  RealS3 start() {
    server.start();
    return this;
  }

  void kill() {
    server.kill();
  }

  String url() {
    return "http://127.0.0.1:" + port;
  }

  /** A client of its own, to look and to put. */
  S3Client client() {
    return new S3Settings(
            "us-east-1",
            Optional.of(url()),
            true,
            false,
            false,
            Optional.empty(),
            new HttpSettings(Optional.empty(), true, List.of()))
        .client(StaticCredentialsProvider.create(AwsBasicCredentials.create(KEY, SECRET)));
  }

  /** All lines of all objects, gzip undone. */
  static List<String> lines(S3Client client) {
    List<String> lines = new ArrayList<>();
    for (S3Object object : client.listObjectsV2Paginator(list -> list.bucket(BUCKET)).contents()) {
      byte[] body =
          client.getObjectAsBytes(get -> get.bucket(BUCKET).key(object.key())).asByteArray();
      lines.addAll(text(object.key(), body).lines().toList());
    }
    return lines;
  }

  private static String text(String key, byte[] body) {
    if (!key.endsWith(".gz")) {
      return new String(body, StandardCharsets.UTF_8);
    }
    try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(body))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(key, e);
    }
  }

  @Override
  public void close() {
    server.close();
  }
}
