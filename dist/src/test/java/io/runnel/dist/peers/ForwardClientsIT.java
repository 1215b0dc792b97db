package io.runnel.dist.peers;

import static org.assertj.core.api.Assertions.assertThat;

import io.runnel.dist.Image;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.komamitsu.fluency.Fluency;
import org.komamitsu.fluency.fluentd.FluencyBuilderForFluentd;

/**
 * The loggers that applications use send to the built image: every mode, acknowledged, with key.
 */
class ForwardClientsIT {
  private static final String KEY = "it is a secret";
  private static final String RECORD =
      "\"text\":\"é \\\"x\\\"\",\"deep\":{\"list\":[true,null,1.5]}}";

  @TempDir Path folder;

  private final Image image = Image.built();

  private Collector collector(int port, boolean secured) throws Exception {
    String security =
        secured ? "<security>\nself_hostname here\nshared_key " + KEY + "\n</security>\n" : "";
    return Collector.start(
        image,
        folder,
        "<source>\n@type forward\nbind 127.0.0.1\nport %d\n%s</source>\n".formatted(port, security)
            + Collector.PRINTED);
  }

  /** The two npm clients in a folder of the build; the test is skipped where npm has none. */
  private static synchronized Path nodeClients() throws Exception {
    Peer.debian("node", "nodejs");
    Peer.debian("npm", "npm");
    Path modules =
        Path.of(System.getProperty("runnel.basedir"), "dist", "target", "peers").toAbsolutePath();
    Files.createDirectories(modules);
    for (String name :
        List.of("package.json", "package-lock.json", "fluent-logger.js", "fluent-org.js")) {
      Path target = modules.resolve(name);
      Files.deleteIfExists(target);
      Files.copy(Peer.scripts().resolve(name), target);
    }
    if (!Files.isDirectory(modules.resolve("node_modules/fluent-logger"))) {
      List<String> install =
          List.of(
              "npm",
              "ci",
              "--ignore-scripts",
              "--no-audit",
              "--no-fund",
              "--prefix",
              modules.toString());
      Image.Result result = Image.run(install, Map.of());
      Assumptions.assumeTrue(
          result.status() == 0, "npm cannot install the clients: " + result.output());
    }
    return modules;
  }

  private void node(String script, String options) throws Exception {
    Image.Result sent =
        Image.run(List.of("node", nodeClients().resolve(script).toString(), options), Map.of());
    assertThat(sent.status()).as(options + "\n" + sent.output()).isZero();
  }

  private static List<String> expected() {
    return List.of("{\"n\":1," + RECORD, "{\"n\":2," + RECORD);
  }

  @Test
  void fluentLoggerOfNpmInEachMode() throws Exception {
    nodeClients();
    int port = Image.freePort();
    try (Collector collector = collector(port, false)) {
      List<String> all = new ArrayList<>();
      for (String mode : List.of("Message", "PackedForward", "CompressedPackedForward")) {
        for (boolean ack : List.of(false, true)) {
          node(
              "fluent-logger.js",
              "{\"host\":\"127.0.0.1\",\"port\":%d,\"eventMode\":\"%s\",\"requireAckResponse\":%s}"
                  .formatted(port, mode, ack));
          all.addAll(expected());
          assertThat(collector.records("peer.js", all.size())).isEqualTo(all);
        }
      }
    }
  }

  @Test
  void fluentOrgLoggerOfNpmInEachMode() throws Exception {
    nodeClients();
    int port = Image.freePort();
    try (Collector collector = collector(port, false)) {
      List<String> all = new ArrayList<>();
      for (String mode :
          List.of("Message", "Forward", "PackedForward", "CompressedPackedForward")) {
        for (String ack : List.of("", ",\"ack\":{}")) {
          node(
              "fluent-org.js",
              "{\"socket\":{\"host\":\"127.0.0.1\",\"port\":%d},\"eventMode\":\"%s\"%s}"
                  .formatted(port, mode, ack));
          all.addAll(expected());
          assertThat(collector.records("peer.js", all.size())).isEqualTo(all);
        }
      }
    }
  }

  @Test
  void aSharedKeyOpensThePortToBothAndAWrongOneDoesNot() throws Exception {
    nodeClients();
    int port = Image.freePort();
    try (Collector collector = collector(port, true)) {
      String security = "\"security\":{\"clientHostname\":\"there\",\"sharedKey\":\"%s\"}";
      String old = "{\"host\":\"127.0.0.1\",\"port\":" + port + ",\"requireAckResponse\":true,";
      String other = "{\"socket\":{\"host\":\"127.0.0.1\",\"port\":" + port + "},\"ack\":{},";
      node("fluent-logger.js", old + security.formatted(KEY) + "}");
      assertThat(collector.records("peer.js", 2)).isEqualTo(expected());
      node("fluent-org.js", other + security.formatted(KEY) + "}");
      assertThat(collector.records("peer.js", 4)).hasSize(4);
      Image.Result refused =
          Image.run(
              List.of(
                  "node",
                  nodeClients().resolve("fluent-logger.js").toString(),
                  old + security.formatted("a guess") + "}"),
              Map.of());
      assertThat(refused.status()).isNotZero();
      assertThat(collector.records("peer.js")).hasSize(4);
    }
  }

  @Test
  void fluentLoggerOfPython() throws Exception {
    List<String> has = List.of("/usr/bin/python3", "-c", "import fluent.sender");
    Peer.debian("python3", "python3");
    if (Image.run(has, Map.of()).status() != 0) {
      Peer.install("python3-fluent-logger");
    }
    int port = Image.freePort();
    try (Collector collector = collector(port, false)) {
      for (String nanoseconds : List.of("0", "1")) {
        Image.Result sent =
            Image.run(
                List.of(
                    "/usr/bin/python3",
                    Peer.scripts().resolve("sender.py").toString(),
                    Integer.toString(port),
                    nanoseconds),
                Map.of());
        assertThat(sent.status()).as(sent.output()).isZero();
      }
      assertThat(collector.records("peer.py", 4)).containsAll(expected());
    }
  }

  @Test
  void fluencyWithAndWithoutAcknowledgements() throws Exception {
    int port = Image.freePort();
    try (Collector collector = collector(port, false)) {
      for (boolean ack : List.of(false, true)) {
        FluencyBuilderForFluentd builder = new FluencyBuilderForFluentd();
        builder.setAckResponseMode(ack);
        send(builder, port, ack ? "acknowledged" : "plain");
      }
      for (String tag : List.of("plain", "acknowledged")) {
        List<String> records = collector.records("peer." + tag, 1_000);
        assertThat(records).hasSize(1_000);
        assertThat(records.getLast()).isEqualTo("{\"n\":999,\"text\":\"é\"}");
      }
    }
  }

  private static void send(FluencyBuilderForFluentd builder, int port, String tag)
      throws IOException, InterruptedException {
    try (Fluency fluency = builder.build("127.0.0.1", port)) {
      for (int i = 0; i < 1_000; i++) {
        Map<String, Object> record = new java.util.LinkedHashMap<>();
        record.put("n", i);
        record.put("text", "é");
        fluency.emit("peer." + tag, record);
      }
      fluency.flush();
      assertThat(fluency.waitUntilAllBufferFlushed(30)).isTrue();
    }
  }
}
