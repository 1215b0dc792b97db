package io.runnel.connectors.opentelemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.runnel.testkit.Await;
import io.runnel.testkit.EventSender;
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
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two daemons that speak OTLP with each other; both are killed in between. */
class OpentelemetryIT {
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final Pattern NUMBER = Pattern.compile("intValue\\\\*\":\\\\*\"(\\d+)");

  @TempDir Path folder;

  @Test
  void nothingIsLostWhenEitherSideIsKilled() throws Exception {
    Optional<Path> image = RunnelProcess.image();
    assumeTrue(image.isPresent(), "no image: run scripts/build-image");
    int http = ServerProcess.freePort();
    int otlp = ServerProcess.freePort();
    try (RunnelProcess receiver =
            RunnelProcess.of(image.get(), folder.resolve("receiver"), receiver(otlp));
        RunnelProcess sender =
            RunnelProcess.of(image.get(), folder.resolve("sender"), sender(http, otlp));
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
      System.out.println("OTLP: duplicates after two kills: " + (all.size() - 4000));
      // A request whose answer got lost is sent again.
      assertThat(all.size()).isBetween(4000, 6000);
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

  private static String receiver(int port) {
    return """
        <source>
          @type opentelemetry
          tag otel.${type}
          <http>
            bind 127.0.0.1
            port %d
          </http>
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
        .formatted(port);
  }

  private static String sender(int http, int otlp) {
    return """
        <source>
          @type http
          bind 127.0.0.1
          port %d
        </source>
        <match app>
          @type opentelemetry
          <http>
            endpoint http://127.0.0.1:%d
            compress gzip
          </http>
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
        .formatted(http, otlp);
  }
}
