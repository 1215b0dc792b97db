package io.runnel.connectors.opentelemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.runnel.testkit.Await;
import io.runnel.testkit.EventSender;
import io.runnel.testkit.NpmServer;
import io.runnel.testkit.RunnelProcess;
import io.runnel.testkit.ServerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Two daemons that speak OTLP with each other; both are killed in between. */
class OpentelemetryIT {
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final Pattern NUMBER = Pattern.compile("intValue\\\\*\":\\\\*\"(\\d+)");

  @TempDir Path folder;

  private static Path image() {
    Optional<Path> image = RunnelProcess.image();
    assumeTrue(image.isPresent(), "no image: run scripts/build-image");
    return image.get();
  }

  @ParameterizedTest
  @CsvSource({"http,http://", "grpc,''"})
  void nothingIsLostWhenEitherSideIsKilled(String protocol, String scheme) throws Exception {
    Path image = image();
    int http = ServerProcess.freePort();
    int otlp = ServerProcess.freePort();
    String output =
        "<%s>%n endpoint %s127.0.0.1:%d%n compress gzip%n</%s>"
            .formatted(protocol, scheme, otlp, protocol);
    try (RunnelProcess receiver =
            RunnelProcess.of(image, folder.resolve("receiver"), receiver(protocol, otlp));
        RunnelProcess sender =
            RunnelProcess.of(image, folder.resolve("sender"), sender(http, output));
        EventSender events = new EventSender(http, "app")) {
      receiver.start();
      sender.start();
      send(events, 0);
      receiver.kill();
      send(events, 1000);
      sender.awaitLog("failed to flush the buffer");
      receiver.start();
      send(events, 2000);
      sender.kill();
      sender.start();
      send(events, 3000);
      Await.await(
          PATIENCE,
          () -> new HashSet<>(numbers()).size() + " of 4000 events\n" + sender.log(),
          () -> new HashSet<>(numbers()).size() == 4000);
      sender.stop();
      receiver.stop();
      List<Integer> all = numbers();
      System.out.println(
          "OTLP over " + protocol + ": duplicates after two kills: " + (all.size() - 4000));
      // A request whose answer got lost is sent again.
      assertThat(all.size()).isBetween(4000, 6000);
    }
  }

  /** What OpenTelemetry's own SDK was told is taken is there, though the receiver is killed. */
  @Test
  void anExporterOfAnotherLanguageIsServed() throws Exception {
    Path image = image();
    Path source = Path.of("src/test/servers/otlp-exporter");
    String marker = "@opentelemetry/sdk-logs/package.json";
    Optional<List<String>> installed = NpmServer.command(source, marker);
    assumeTrue(installed.isPresent(), "OpenTelemetry's exporter cannot be had from npm");
    String modules = installed.get().getLast().replace("/" + marker, "");
    int otlp = ServerProcess.freePort();
    try (RunnelProcess receiver =
        RunnelProcess.of(image, folder.resolve("receiver"), receiver("grpc", otlp))) {
      receiver.start();
      Path log = folder.resolve("exporter.log");
      ProcessBuilder exporter =
          new ProcessBuilder(
                  "node",
                  source.resolve("export.js").toString(),
                  "http://127.0.0.1:" + otlp,
                  "0",
                  "2000")
              .redirectErrorStream(true)
              .redirectOutput(log.toFile());
      exporter.environment().put("NODE_PATH", modules);
      Process running = exporter.start();
      try {
        assertThat(running.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
      } finally {
        running.destroyForcibly();
      }
      assertThat(running.exitValue()).as(Files.readString(log)).isZero();
      receiver.kill();
      receiver.start();
      Await.await(
          PATIENCE,
          () -> new HashSet<>(numbers()).size() + " of 2000 events\n" + receiver.log(),
          () -> new HashSet<>(numbers()).size() == 2000);
      receiver.stop();
    }
  }

  private List<Integer> numbers() {
    List<Integer> found = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder.resolve("receiver"))) {
      for (Path file : files.filter(f -> f.getFileName().toString().startsWith("out")).toList()) {
        Matcher numbers = NUMBER.matcher(Files.readString(file));
        while (numbers.find()) {
          found.add(Integer.parseInt(numbers.group(1)));
        }
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return found;
  }

  private static void send(EventSender sender, int from) {
    for (int n = from; n < from + 1000; n += 100) {
      sender.send(n, n + 100, OpentelemetryIT::event);
    }
  }

  private static String event(int n) {
    return ("{'type':'opentelemetry_logs','message':'{$resourceLogs$:[{$scopeLogs$:[{"
            + "$logRecords$:[{$body$:{$intValue$:$"
            + n
            + "$}}]}]}]}'}")
        .replace('\'', '"')
        .replace("$", "\\\"");
  }

  private static String receiver(String protocol, int port) {
    return """
        <source>
          @type opentelemetry
          tag otel.${type}
          <%s>
            bind 127.0.0.1
            port %d
          </%s>
        </source>
        <match otel.logs>
          @type file
          path @@DIR@@/out
          append true
          <format>
            @type json
          </format>
          <buffer>
            @type file
            path @@DIR@@/buffer
            flush_mode interval
            flush_interval 0.3
          </buffer>
        </match>
        """
        .formatted(protocol, port, protocol);
  }

  private static String sender(int http, String output) {
    return """
        <source>
          @type http
          bind 127.0.0.1
          port %d
        </source>
        <match app>
          @type opentelemetry
          %s
          <buffer tag>
            @type file
            path @@DIR@@/buffer
            flush_mode interval
            flush_interval 0.3
            flush_thread_interval 0.1
            retry_type periodic
            retry_wait 1s
          </buffer>
        </match>
        """
        .formatted(http, output);
  }
}
