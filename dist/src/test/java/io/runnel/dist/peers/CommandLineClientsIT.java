package io.runnel.dist.peers;

import static org.assertj.core.api.Assertions.assertThat;

import io.runnel.dist.Image;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The tools of an administrator speak to the built image: logger, curl, openssl, promtool. */
class CommandLineClientsIT {
  @TempDir Path folder;

  private final Image image = Image.built();

  private static Image.Result shell(String command) throws Exception {
    return Image.run(List.of("sh", "-c", command), Map.of());
  }

  @Test
  void loggerSpeaksBothDialectsOverBothTransports() throws Exception {
    Peer.debian("logger", "bsdutils");
    int udp = Image.freePort();
    int tcp = Image.freePort();
    StringBuilder config = new StringBuilder();
    for (String transport : List.of("udp", "tcp")) {
      config.append(
          """
          <source>
            @type syslog
            bind 127.0.0.1
            port %d
            tag s.%s
            frame_type %s
            severity_key severity
            <transport %s>
            </transport>
            <parse>
              message_format auto
            </parse>
          </source>
          """
              .formatted(
                  transport.equals("udp") ? udp : tcp,
                  transport,
                  transport.equals("udp") ? "traditional" : "traditional",
                  transport));
    }
    try (Collector collector = Collector.start(image, folder, config + Collector.PRINTED)) {
      for (String transport : List.of("udp", "tcp")) {
        for (String dialect : List.of("--rfc3164", "--rfc5424")) {
          List<String> command =
              List.of(
                  "logger",
                  "-n",
                  "127.0.0.1",
                  "-P",
                  Integer.toString(transport.equals("udp") ? udp : tcp),
                  transport.equals("udp") ? "-d" : "-T",
                  dialect,
                  "-p",
                  "local3.warning",
                  "-t",
                  "unit",
                  "--id=77",
                  "it works: " + dialect.substring(2));
          Image.Result sent = Image.run(command, Map.of());
          assertThat(sent.status()).as(sent.output()).isZero();
        }
        List<String> records = collector.records("s." + transport + ".local3.warn", 2);
        assertThat(records).hasSize(2).allMatch(record -> record.contains("\"severity\":\"warn\""));
        assertThat(String.join("\n", records))
            .contains("\"ident\":\"unit\"")
            .contains("\"pid\":\"77\"")
            .contains("\"message\":\"it works: rfc3164\"")
            .contains("\"message\":\"it works: rfc5424\"");
      }
    }
  }

  @Test
  void curlSendsEachKindOfBody() throws Exception {
    Peer.debian("curl", "curl");
    int port = Image.freePort();
    String config =
        "<source>\n@type http\nbind 127.0.0.1\nport %d\n</source>\n".formatted(port)
            + Collector.PRINTED;
    try (Collector collector = Collector.start(image, folder, config)) {
      Path packed = folder.resolve("body.msgpack");
      Files.write(packed, new byte[] {(byte) 0x81, (byte) 0xa1, 'k', 5});
      Path zipped = folder.resolve("body.gz");
      try (var out = new java.util.zip.GZIPOutputStream(Files.newOutputStream(zipped))) {
        out.write("{\"k\":6}".getBytes(StandardCharsets.UTF_8));
      }
      String url = "http://127.0.0.1:" + port + "/c.";
      List<String> calls =
          List.of(
              "-H 'Content-Type: application/json' -d '{\"k\":1}' " + url + "json",
              "-d 'json={\"k\":2}' " + url + "form",
              "-F 'json={\"k\":3}' " + url + "multipart",
              "-H 'Content-Type: application/x-ndjson' --data-binary '{\"k\":4}\n{\"k\":5}' "
                  + url
                  + "lines",
              "-H 'Content-Type: application/msgpack' --data-binary @"
                  + packed
                  + " "
                  + url
                  + "packed",
              "-H 'Content-Type: application/json' -H 'Content-Encoding: gzip' --data-binary @"
                  + zipped
                  + " "
                  + url
                  + "zipped",
              "-H 'Expect: 100-continue' -H 'Transfer-Encoding: chunked' -H 'Content-Type:"
                  + " application/json' -d '{\"k\":7}' "
                  + url
                  + "chunked");
      for (String call : calls) {
        Image.Result sent = shell("curl -sS -o /dev/null -w '%{http_code}' " + call);
        assertThat(sent.output()).as(call).isEqualTo("200");
      }
      assertThat(collector.records("c.chunked", 1)).containsExactly("{\"k\":7}");
      assertThat(collector.records("c.json")).containsExactly("{\"k\":1}");
      assertThat(collector.records("c.form")).containsExactly("{\"k\":2}");
      assertThat(collector.records("c.multipart")).containsExactly("{\"k\":3}");
      assertThat(collector.records("c.lines")).containsExactly("{\"k\":4}", "{\"k\":5}");
      assertThat(collector.records("c.packed")).containsExactly("{\"k\":5}");
      assertThat(collector.records("c.zipped")).containsExactly("{\"k\":6}");
    }
  }

  @Test
  void opensslReachesEveryInputThatSpeaksTls() throws Exception {
    Peer.debian("openssl", "openssl");
    Path key = folder.resolve("key.pem");
    Path certificate = folder.resolve("cert.pem");
    Image.Result made =
        shell(
            "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext"
                + " subjectAltName=IP:127.0.0.1 -keyout %s -out %s".formatted(key, certificate));
    assertThat(made.status()).as(made.output()).isZero();
    Map<String, String> inputs = new java.util.LinkedHashMap<>();
    inputs.put("forward", "");
    inputs.put("http", "");
    inputs.put("syslog", "tag tls.syslog\n");
    inputs.put("tcp", "tag tls.tcp\n<parse>\n@type json\n</parse>\n");
    List<Integer> ports = new ArrayList<>();
    StringBuilder config = new StringBuilder();
    for (Map.Entry<String, String> input : inputs.entrySet()) {
      ports.add(Image.freePort());
      config.append(
          "<source>\n@type %s\nbind 127.0.0.1\nport %d\n%s<transport tls>\ncert_path %s\nprivate_key_path %s\n</transport>\n</source>\n"
              .formatted(input.getKey(), ports.getLast(), input.getValue(), certificate, key));
    }
    try (Collector collector = Collector.start(image, folder, config + Collector.PRINTED)) {
      // ["tls.forward", 1, {"k": 1}] in MessagePack
      overTls(
          certificate,
          ports.get(0),
          "\u0093\u00abtls.forward\u0001\u0081\u00a1k\u0001",
          List.of(),
          () -> collector.records("tls.forward", 1));
      overTls(
          certificate,
          ports.get(1),
          "POST /tls.http HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
              + "Content-Length: 7\r\n\r\n{\"k\":2}",
          List.of(),
          () -> collector.records("tls.http", 1));
      overTls(
          certificate,
          ports.get(2),
          "<13>Nov 14 22:13:20 h a: over tls\n",
          List.of("-tls1_2"),
          () -> collector.records("tls.syslog.user.notice", 1));
      overTls(
          certificate,
          ports.get(3),
          "{\"k\":4}\n",
          List.of(),
          () -> collector.records("tls.tcp", 1));
      assertThat(collector.records("tls.forward")).containsExactly("{\"k\":1}");
      assertThat(collector.records("tls.http")).containsExactly("{\"k\":2}");
      assertThat(collector.records("tls.syslog.user.notice").getFirst()).contains("over tls");
      assertThat(collector.records("tls.tcp")).containsExactly("{\"k\":4}");
      for (int port : ports) {
        Image.Result old =
            shell(
                "openssl s_client -tls1_1 -cipher ALL:@SECLEVEL=0 -connect 127.0.0.1:"
                    + port
                    + " </dev/null");
        assertThat(old.status()).as("TLS 1.1").isNotZero();
      }
    }
  }

  private interface Arrival {
    Object await() throws InterruptedException;
  }

  /** Sends bytes (Latin-1) through openssl and keeps the connection until they have arrived. */
  private void overTls(
      Path certificate, int port, String bytes, List<String> options, Arrival arrival)
      throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                "openssl",
                "s_client",
                "-quiet",
                "-verify_return_error",
                "-CAfile",
                certificate.toString(),
                "-connect",
                "127.0.0.1:" + port));
    command.addAll(options);
    Process client =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("openssl." + port).toFile())
            .start();
    try {
      client.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
      client.getOutputStream().flush();
      arrival.await();
    } finally {
      client.destroyForcibly().waitFor();
    }
  }

  @Test
  void prometheusLikesOurMetrics() throws Exception {
    Peer.debian("promtool", "prometheus");
    Peer.debian("curl", "curl");
    int port = Image.freePort();
    int sample = Image.freePort();
    String config =
        """
        <source>
          @type http
          @id in
          bind 127.0.0.1
          port %d
        </source>
        <source>
          @type prometheus
          bind 127.0.0.1
          port %d
        </source>
        <source>
          @type prometheus_monitor
        </source>
        <source>
          @type prometheus_output_monitor
        </source>
        <source>
          @type prometheus_tail_monitor
        </source>
        <filter m>
          @type prometheus
          <metric>
            name requests_total
            type counter
            desc Requests with "quotes" and \\\\ in it
            <labels>
              path ${path}
            </labels>
          </metric>
          <metric>
            name took_seconds
            type histogram
            desc Time
            key took
          </metric>
          <metric>
            name size_bytes
            type summary
            desc Size
            key size
          </metric>
        </filter>
        """
            .formatted(sample, port);
    try (Collector collector = Collector.start(image, folder, config + Collector.PRINTED)) {
      String call =
          "curl -sS -H 'Content-Type: application/json' -d '{\"path\":\"/a\\\"b\\\\n\",\"took\":0.2,\"size\":7}' http://127.0.0.1:"
              + sample
              + "/m";
      assertThat(shell(call).status()).isZero();
      collector.records("m", 1);
      Image.Result checked =
          shell("curl -sS http://127.0.0.1:" + port + "/metrics | promtool check metrics");
      assertThat(checked.output()).doesNotContain("error while linting");
      assertThat(checked.output().lines())
          .as("what promtool says of our names, which are fluent-plugin-prometheus's")
          .allMatch(line -> line.contains("fluentd_") || line.contains("counter metrics should"));
      scraped(port);
    }
  }

  /** A real server asks and stores. */
  private void scraped(int port) throws Exception {
    int web = Image.freePort();
    Path config = folder.resolve("prometheus.yml");
    Files.writeString(
        config,
        """
        scrape_configs:
          - job_name: runnel
            scrape_interval: 1s
            static_configs:
              - targets: ['127.0.0.1:%d']
        """
            .formatted(port));
    Process server =
        new ProcessBuilder(
                "prometheus",
                "--config.file=" + config,
                "--storage.tsdb.path=" + folder.resolve("tsdb"),
                "--web.listen-address=127.0.0.1:" + web)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("prometheus.out").toFile())
            .start();
    try {
      String query = "curl -sS 'http://127.0.0.1:%d/api/v1/query?query=".formatted(web);
      awaitAnswer(query + "requests_total'", "\"path\":\"/a\\\"b\\\\n\"");
      awaitAnswer(query + "took_seconds_bucket'", "\"le\":\"+Inf\"");
      awaitAnswer(query + "size_bytes_sum'", ",\"7\"]");
      awaitAnswer(query + "up'", ",\"1\"]");
    } finally {
      server.destroy();
      server.waitFor();
    }
  }

  private static void awaitAnswer(String call, String expected) throws Exception {
    Image.await(
        expected + " from " + call,
        () -> {
          try {
            return shell(call).output().contains(expected);
          } catch (Exception e) {
            throw new AssertionError(e);
          }
        });
  }
}
