package io.runnel.plugins.contrib;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.runnel.config.ConfigException;
import io.runnel.plugins.BuiltinPlugins;
import io.runnel.testkit.OutputDriver;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class StatsdOutputTest {
  private final OutputDriver driver = new OutputDriver(new BuiltinPlugins(), "tag");
  private DatagramSocket server;

  @BeforeEach
  void bind() throws IOException {
    server = new DatagramSocket(0, InetAddress.getByName("127.0.0.1"));
    server.setSoTimeout(10_000);
  }

  @AfterEach
  void close() {
    driver.close();
    server.close();
  }

  private void start(String config) throws Exception {
    driver.start(StatsdOutput.TYPE, config + "\nhost 127.0.0.1\nport " + server.getLocalPort());
  }

  private String next() throws IOException {
    DatagramPacket packet = new DatagramPacket(new byte[65_536], 65_536);
    server.receive(packet);
    return new String(packet.getData(), 0, packet.getLength(), StandardCharsets.UTF_8);
  }

  @Test
  void recordsSayWhatTheyAre() throws Exception {
    start("");
    driver.write(
        "t",
        Map.of("statsd_type", "timing", "statsd_key", "a::b|c", "statsd_timing", 12),
        Map.of("statsd_type", "gauge", "statsd_key", "g", "statsd_gauge", "1.5x"),
        Map.of("statsd_type", "count", "statsd_key", "c", "statsd_count", 3, "statsd_rate", 1),
        Map.of("other", "record"),
        Map.of("statsd_type", "odd", "statsd_key", "c"),
        Map.of("statsd_type", "set", "statsd_key", "s", "statsd_set", "u\n1"),
        Map.of("statsd_type", "increment", "statsd_key", "i"),
        Map.of("statsd_type", "decrement", "statsd_key", "i"));
    assertThat(next()).isEqualTo("a.b_c:12.0|ms");
    assertThat(next()).isEqualTo("g:1.5|g");
    assertThat(next()).isEqualTo("c:3.0|c");
    assertThat(next()).isEqualTo("s:u_1|s");
    assertThat(next()).isEqualTo("i:1|c");
    assertThat(next()).isEqualTo("i:-1|c");
    assertThat(driver.context().emitter().errors()).isEmpty();
  }

  @Test
  void aSampleOfTheValuesMayBeSent() throws Exception {
    start("sample_rate 0.5");
    for (int i = 0; i < 100; i++) {
      driver.write("t", Map.of("statsd_type", "increment", "statsd_key", "i"));
    }
    driver.write("t", Map.of("statsd_type", "increment", "statsd_key", "end", "statsd_rate", 1));
    int count = 0;
    for (String line = next(); line.startsWith("i:"); line = next()) {
      assertThat(line).isEqualTo("i:1|c|@0.5");
      count++;
    }
    assertThat(count).isBetween(20, 80);
  }

  @Test
  void metricsAreMadeOfEachEvent() throws Exception {
    start(
        "namespace web\n<metric>\nstatsd_type timing\nstatsd_key res.${tag}.${record['code']}\n"
            + "statsd_val ${record['ms'] * 2}\n</metric>\n<metric>\nstatsd_type increment\n"
            + "statsd_key hits\nstatsd_rate 0.999999999\n</metric>");
    driver.write("app", Map.of("code", 200, "ms", 4), Map.of("code", 404, "ms", 5));
    assertThat(next())
        .isEqualTo(
            "web.res.app.200:8.0|ms\nweb.hits:1|c|@0.999999999\n"
                + "web.res.app.404:10.0|ms\nweb.hits:1|c|@0.999999999");
  }

  @Test
  void anEventWhoseMetricCannotBeMadeGoesToTheErrors() throws Exception {
    start("<metric>\nstatsd_type ${record['t']}\nstatsd_key ${record['k'].upcase}\n</metric>");
    driver.write("app", Map.of("t", "odd", "k", "x"), Map.of("t", "increment"));
    driver.write("app", Map.of("t", "increment", "k", "x"));
    assertThat(next()).isEqualTo("X:1|c");
    assertThat(driver.context().emitter().errors())
        .extracting(error -> error.error().getMessage())
        .anyMatch(text -> text.equals("Invalid statsd type 'odd'"))
        .anyMatch(text -> text.contains("undefined method"));
  }

  private static Map<String, Object> increment(String key) {
    return Map.of("statsd_type", "increment", "statsd_key", key);
  }

  @Test
  void valuesMayGoTogether() throws Exception {
    start("batch_send true");
    Map<?, ?>[] eleven = new Map<?, ?>[11];
    for (int i = 0; i < 11; i++) {
      eleven[i] = increment("k");
    }
    driver.write("t", eleven);
    assertThat(next().split("\n")).hasSize(10);
    assertThat(next()).isEqualTo("k:1|c");
    start("batch_byte_size 11");
    driver.write("t", increment("a"), increment("b"), increment("c"));
    assertThat(next()).isEqualTo("a:1|c\nb:1|c");
    assertThat(next()).isEqualTo("c:1|c");
  }

  @Test
  void whatDoesNotFitIntoADatagramGoesToTheErrors() throws Exception {
    start("");
    driver.write("t", increment("x".repeat(70_000)));
    assertThat(driver.context().emitter().errors().getFirst().error())
        .hasMessageContaining("too long for a datagram");
  }

  @Test
  void aServerWithoutAddressIsTriedAgain() throws Exception {
    driver.start(StatsdOutput.TYPE, "host no-such-host.invalid");
    assertThatThrownBy(() -> driver.write("t", increment("a")))
        .isInstanceOf(UnknownHostException.class);
    assertThatThrownBy(() -> start("<metric>\nstatsd_type set\nstatsd_key ${record[}\n</metric>"))
        .isInstanceOf(ConfigException.class);
  }
}
