package io.runnel.plugins.input;

import static org.assertj.core.api.Assertions.assertThat;

import io.runnel.config.ConfigElement;
import io.runnel.net.ProcessSockets;
import io.runnel.net.http.HttpLimits;
import io.runnel.net.http.HttpServer;
import io.runnel.plugin.Supervision;
import io.runnel.plugins.BuiltinPlugins;
import io.runnel.testkit.ManualClock;
import io.runnel.testkit.TestContext;
import io.runnel.testkit.TestPlugins;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class MonitorAgentInputTest {
  /** A daemon with three plugins. */
  private static final class Daemon implements Supervision {
    @Override
    public List<PluginState> plugins(int workerId) {
      ConfigElement match = TestPlugins.section("match", "@type file\npath /x\npassword p");
      return List.of(
          new PluginState(
              "in_web",
              "input",
              "http",
              TestPlugins.section("source", "@type http"),
              false,
              Map.of("emit_records", 1L),
              null),
          new PluginState(
              "out",
              "output",
              "file",
              match.copyAs("match", "app.** x"),
              true,
              Map.of(
                  "buffer_queue_length",
                  2L,
                  "buffer_available_buffer_space_ratios",
                  995L,
                  "buffer_oldest_timekey",
                  60L,
                  "buffer_newest_timekey",
                  120L,
                  "retry_count",
                  3L),
              Map.of("steps", 1L)),
          new PluginState(
              "f",
              "filter",
              "grep",
              TestPlugins.section("filter", "@type grep"),
              false,
              Map.of(),
              null));
    }

    @Override
    public Map<String, Object> info() {
      Map<String, Object> info = new LinkedHashMap<>();
      info.put("pid", 12L);
      info.put("plugin_dirs", List.of("/a", "/b"));
      info.put("root_dir", null);
      return info;
    }

    @Override
    public void stop(int status) {}

    @Override
    public void flush() {}
  }

  private static String get(int port, String target) throws Exception {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket
          .getOutputStream()
          .write(("GET " + target + " HTTP/1.0\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
      return new String(Sockets.readAll(socket), StandardCharsets.UTF_8);
    }
  }

  @Test
  void showsPluginsAndConfiguration() throws Exception {
    try (HttpServer server =
        HttpServer.start(
            new ProcessSockets().tcp("127.0.0.1", 0, 0),
            new MonitorPages(new Daemon(), 0, true, true),
            HttpLimits.small())) {
      int port = server.port();
      assertThat(get(port, "/api/plugins.json?@id=in_web&with_config=no"))
          .startsWith("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n")
          .endsWith(
              "\r\n\r\n"
                  + "{\"plugins\":[{\"plugin_id\":\"in_web\",\"plugin_category\":\"input\",\"type\":\"http\","
                  + "\"output_plugin\":false,\"retry_count\":null,\"emit_records\":1,\"emit_size\":0}]}");
      assertThat(get(port, "/api/plugins.json?@id=no_such")).endsWith("{\"plugins\":[]}");
      for (String query : new String[] {"tag=app.x", "type=file", "id=out"}) {
        assertThat(get(port, "/api/plugins.json?" + query))
            .contains(
                "\"plugin_id\":\"out\"",
                "\"config\":{\"@type\":\"file\",\"path\":\"/x\",\"password\":\"xxxxxx\"}",
                "\"buffer_queue_length\":2,\"buffer_timekeys\":[60,120],",
                "\"retry_count\":3,",
                "\"buffer_available_buffer_space_ratios\":99.5",
                "\"retry\":{\"steps\":1}")
            .doesNotContain("in_web");
      }
      assertThat(get(port, "/api/plugins.json?tag=other")).endsWith("{\"plugins\":[]}");
      assertThat(get(port, "/api/plugins/"))
          .contains(
              "\r\n\r\n"
                  + "plugin_id:in_web\tplugin_category:input\ttype:http\toutput_plugin:false"
                  + "\tretry_count:\t")
          .contains("\tbuffer_timekeys:60,120\t")
          .doesNotContain("config:");
      assertThat(get(port, "/api/config.json"))
          .endsWith("{\"pid\":12,\"plugin_dirs\":[\"/a\",\"/b\"],\"root_dir\":null}");
      assertThat(get(port, "/api/config")).endsWith("pid:12\tplugin_dirs:/a,/b\troot_dir:\n");
      assertThat(get(port, "/other"))
          .startsWith("HTTP/1.1 404 Not Found")
          .endsWith("{\"message\":\"Not found\"}");
    }
  }

  @Test
  void hidesConfigurationAndRetryByDefault() throws Exception {
    try (TestContext context = new TestContext(new BuiltinPlugins())) {
      var input =
          (MonitorAgentInput)
              TestPlugins.input(MonitorAgentInput.TYPE, "port 0\nbind 127.0.0.1", context);
      input.start();
      assertThat(get(input.port(), "/api/plugins.json")).endsWith("{\"plugins\":[]}");
      input.stop();
    }
    MonitorPages pages = new MonitorPages(new Daemon(), 0, false, false);
    assertThat(pages.plugins(state -> true, false, false))
        .noneMatch(entry -> entry.containsKey("config") || entry.containsKey("retry"));
  }

  @Test
  void emitsTheStateAsEvents() throws Exception {
    ManualClock clock = ManualClock.standard();
    try (TestContext context = new TestContext(new BuiltinPlugins()).clock(clock)) {
      var input =
          TestPlugins.input(
              MonitorAgentInput.TYPE, "port 0\nbind 127.0.0.1\ntag mon\nemit_interval 5s", context);
      input.start();
      io.runnel.testkit.Await.await(() -> clock.sleepers() == 1);
      clock.advanceMillis(5_000);
      io.runnel.testkit.Await.await(() -> context.emitter().batches().size() == 1);
      input.stop();
    }
  }
}
