package io.runnel.testkit;

import io.runnel.plugin.Output;
import io.runnel.plugin.OutputContext;
import io.runnel.plugin.PluginCatalog;
import io.runnel.plugin.PluginType;
import io.runnel.plugin.UnrecoverableException;
import java.io.IOException;
import java.util.Map;
import java.util.function.BiFunction;

/**
 * What holds for every output that sends events over HTTP: what time or an operator can mend is
 * tried again with a message that tells what is wrong, nothing that the server took is sent twice,
 * and what it refuses leaves the buffer.
 *
 * @param type the output
 * @param config makes its section for a host and a port of a plain HTTP server
 * @param secret a text of that section that must not show in messages
 * @param taken what the server answers where it takes everything
 */
public record DestinationContract(
    PluginCatalog catalog,
    PluginType<?, OutputContext, Output> type,
    BiFunction<String, Integer, String> config,
    String secret,
    FakeHttpServer.Answer taken) {
  private static final Map<String, Object> RECORD = Map.of("message", "hello", "n", 1);

  /**
   * Checks it all.
   *
   * @param denied what the server answers to the wrong password
   * @param busy … where its queue is full
   * @param refused … to what it never takes
   */
  public void check(
      FakeHttpServer.Answer denied, FakeHttpServer.Answer busy, FakeHttpServer.Answer refused)
      throws Exception {
    checkUnreachable();
    FakeHttpServer.Answer[] answer = {denied};
    try (FakeHttpServer server = new FakeHttpServer(request -> answer[0]);
        OutputDriver driver = new OutputDriver(catalog, "tag")) {
      driver.start(type, config.apply("127.0.0.1", server.port()));
      MemoryChunk chunk = driver.chunk("app.web", RECORD);
      String wrong = expectRetry(driver, chunk);
      require(wrong.contains("credentials"), "does not speak of the credentials: " + wrong);
      answer[0] = busy;
      expectRetry(driver, chunk);
      answer[0] = taken;
      driver.write(chunk);
      int before = server.requests().size();
      answer[0] = refused;
      expectRefusal(driver);
      require(server.requests().size() > before, "sent nothing");
    }
  }

  private void checkUnreachable() throws Exception {
    try (OutputDriver driver = new OutputDriver(catalog, "tag")) {
      int closed = ServerProcess.freePort();
      driver.start(type, config.apply("127.0.0.1", closed));
      expectRetry(driver, driver.chunk("app.web", RECORD));
      driver.start(type, config.apply("nowhere.invalid", 80));
      String unknown = expectRetry(driver, driver.chunk("app.web", RECORD));
      require(unknown.contains("nowhere.invalid"), "does not name the host: " + unknown);
    }
  }

  private String expectRetry(OutputDriver driver, MemoryChunk chunk) throws Exception {
    try {
      driver.write(chunk);
    } catch (IOException e) {
      String message = String.valueOf(e.getMessage());
      require(!message.contains(secret), "shows the secret: " + message);
      return message;
    }
    throw new AssertionError("the chunk counts as delivered");
  }

  private static void expectRefusal(OutputDriver driver) throws Exception {
    int errors = driver.context().emitter().errors().size();
    try {
      driver.write("app.web", RECORD);
    } catch (UnrecoverableException e) {
      return;
    }
    require(driver.context().emitter().errors().size() > errors, "what was refused left no trace");
  }

  private static void require(boolean condition, String message) {
    if (!condition) {
      throw new AssertionError(message);
    }
  }
}
