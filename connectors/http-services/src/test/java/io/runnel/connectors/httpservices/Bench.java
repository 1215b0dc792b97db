package io.runnel.connectors.httpservices;

import io.runnel.event.Json;
import io.runnel.plugin.Output;
import io.runnel.plugin.OutputContext;
import io.runnel.plugin.PluginType;
import io.runnel.plugins.BuiltinPlugins;
import io.runnel.testkit.DestinationContract;
import io.runnel.testkit.FakeHttpServer;
import io.runnel.testkit.OutputDriver;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;

/** An output and a server that answers as the test wants. */
final class Bench implements AutoCloseable {
  static final String ANY = "@@URL@@";
  static final String HOST = "@@HOST@@";
  static final String PORT = "@@PORT@@";

  private final FakeHttpServer.Answer usual;
  private final Deque<FakeHttpServer.Answer> answers = new ArrayDeque<>();
  private final FakeHttpServer server;
  private final OutputDriver driver;

  /**
   * @param usual what the server answers where the test has nothing else in mind
   */
  Bench(FakeHttpServer.Answer usual, String... chunkKeys) throws IOException {
    this.usual = usual;
    server = new FakeHttpServer(this::answer);
    driver = new OutputDriver(new BuiltinPlugins(), chunkKeys);
  }

  private FakeHttpServer.Answer answer(FakeHttpServer.Request request) {
    synchronized (answers) {
      return answers.isEmpty() ? usual : answers.poll();
    }
  }

  void answerOnce(int status, String body) {
    synchronized (answers) {
      answers.add(new FakeHttpServer.Answer(status, body));
    }
  }

  static String placed(String config, String host, int port) {
    return config
        .replace(ANY, "http://" + host + ":" + port)
        .replace(HOST, host)
        .replace(PORT, "" + port);
  }

  OutputDriver start(PluginType<?, OutputContext, Output> type, String config) throws Exception {
    return driver.start(type, placed(config, "127.0.0.1", server.port()));
  }

  OutputDriver driver() {
    return driver;
  }

  FakeHttpServer.Request request(int i) {
    return server.requests().get(i);
  }

  int requests() {
    return server.requests().size();
  }

  /** The body of a request, uncompressed where its header says gzip. */
  String body(int i) throws IOException {
    FakeHttpServer.Request request = request(i);
    if (!"gzip".equals(request.headers().get("content-encoding"))) {
      return request.text();
    }
    try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(request.body()))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  Object json(int i) throws IOException {
    return Json.parse(body(i));
  }

  List<Object> jsonLines(int i) throws IOException {
    return body(i).lines().<Object>map(line -> Json.parse(line)).toList();
  }

  /** Checks what holds for every destination. */
  static void contract(
      PluginType<?, OutputContext, Output> type,
      String config,
      String secret,
      FakeHttpServer.Answer taken,
      int refused)
      throws Exception {
    new DestinationContract(
            new BuiltinPlugins(), type, (host, port) -> placed(config, host, port), secret, taken)
        .check(
            new FakeHttpServer.Answer(401, "who are you"),
            new FakeHttpServer.Answer(429, "slow down", Map.of()),
            new FakeHttpServer.Answer(refused, "what is this"));
  }

  @Override
  public void close() {
    driver.close();
    server.close();
  }
}
