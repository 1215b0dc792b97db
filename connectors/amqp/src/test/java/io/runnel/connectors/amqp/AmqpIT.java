package io.runnel.connectors.amqp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.GetResponse;
import io.runnel.event.EventTime;
import io.runnel.plugins.BuiltinPlugins;
import io.runnel.testkit.Await;
import io.runnel.testkit.EventSender;
import io.runnel.testkit.MemoryChunk;
import io.runnel.testkit.OutputDriver;
import io.runnel.testkit.RunnelProcess;
import io.runnel.testkit.ServerProcess;
import io.runnel.testkit.TestCertificates;
import io.runnel.testkit.TestContext;
import io.runnel.testkit.TestPlugins;
import io.runnel.testkit.TlsProxy;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Against Debian's RabbitMQ. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AmqpIT {
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  @TempDir Path temporary;
  private RealRabbit rabbit;

  @BeforeAll
  void serve() {
    Optional<RealRabbit> found = RealRabbit.find();
    assumeTrue(found.isPresent(), "rabbitmq-server is not installed and cannot be");
    rabbit = found.get().start();
  }

  @AfterAll
  void close() {
    if (rabbit != null) {
      rabbit.close();
    }
  }

  private String login() {
    return "host 127.0.0.1\nport " + rabbit.port() + "\n";
  }

  private OutputDriver driver(String config) throws Exception {
    return new OutputDriver(new BuiltinPlugins(), "tag").start(AmqpOutput.TYPE, login() + config);
  }

  @Test
  void messagesHaveTheirKeyHeadersAndProperties() throws Exception {
    try (Connection connection = rabbit.connect();
        Channel channel = connection.createChannel();
        OutputDriver driver =
            driver(
                "exchange logs\nexchange_type topic\ndurable true\npersistent true\ntag_key true\n"
                    + "tag_header t\ntime_header at\ncontent_type application/json\n"
                    + "content_encoding utf-8\n<header>\nname user\nsource who.name\n</header>")) {
      channel.exchangeDeclare("logs", "topic", true);
      channel.queueDeclare("web", false, false, true, null);
      channel.queueBind("web", "logs", "app.web.#");
      driver.write("app.web.x", Map.of("who", Map.of("name", "kei")));
      driver.write("app.other", Map.of("a", 1L));
      GetResponse message = channel.basicGet("web", true);
      assertThat(new String(message.getBody(), StandardCharsets.UTF_8))
          .isEqualTo("{\"who\":{\"name\":\"kei\"}}");
      assertThat(message.getEnvelope().getRoutingKey()).isEqualTo("app.web.x");
      AMQP.BasicProperties properties = message.getProps();
      assertThat(properties.getContentType()).isEqualTo("application/json");
      assertThat(properties.getContentEncoding()).isEqualTo("utf-8");
      assertThat(properties.getDeliveryMode()).isEqualTo(2);
      Map<String, String> headers = new java.util.TreeMap<>();
      properties.getHeaders().forEach((name, value) -> headers.put(name, value.toString()));
      assertThat(headers)
          .isEqualTo(Map.of("user", "kei", "t", "app.web.x", "at", "2017-07-14 02:40:00 UTC"));
      assertThat(channel.basicGet("web", true)).isNull();
    }
  }

  @Test
  void aQueueThatIsFullIsTriedAgainWithoutDoublingWhatItTook() throws Exception {
    try (Connection connection = rabbit.connect();
        Channel channel = connection.createChannel();
        OutputDriver driver = driver("key full")) {
      channel.queueDeclare(
          "full", false, false, true, Map.of("x-max-length", 3, "x-overflow", "reject-publish"));
      MemoryChunk chunk =
          driver.chunk("app", Map.of("n", 0), Map.of("n", 1), Map.of("n", 2), Map.of("n", 3));
      assertThatThrownBy(() -> driver.write(chunk))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("the broker refused");
      List<String> taken = drain(channel, "full");
      driver.write(chunk);
      taken.addAll(drain(channel, "full"));
      assertThat(taken)
          .containsExactlyInAnyOrder("{\"n\":0}", "{\"n\":1}", "{\"n\":2}", "{\"n\":3}");
    }
  }

  private static List<String> drain(Channel channel, String queue) throws IOException {
    List<String> all = new ArrayList<>();
    for (GetResponse next = channel.basicGet(queue, true);
        next != null;
        next = channel.basicGet(queue, true)) {
      all.add(new String(next.getBody(), StandardCharsets.UTF_8));
    }
    return all;
  }

  @Test
  void whatTheOperatorCanMendIsSaidAndTriedAgain() throws Exception {
    try (OutputDriver driver = driver("key k\nexchange missing\npassive true")) {
      MemoryChunk chunk = driver.chunk("app", Map.of("a", 1L));
      assertThatThrownBy(() -> driver.write(chunk))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("cannot publish to missing at 127.0.0.1:" + rabbit.port())
          .hasMessageContaining("no exchange 'missing'");
      driver.start(AmqpOutput.TYPE, login() + "key k\npass not-the-one");
      assertThatThrownBy(() -> driver.write(chunk))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("(check user, pass and vhost)")
          .hasMessageNotContaining("not-the-one");
      driver.start(AmqpOutput.TYPE, "hosts nowhere.invalid\nkey k");
      assertThatThrownBy(() -> driver.write(chunk))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("unknown host nowhere.invalid");
    }
  }

  @Test
  void tlsIsUsedAndTheBrokersAuthorityChecked() throws Exception {
    TestCertificates certificates =
        TestCertificates.in(Files.createDirectories(temporary.resolve("tls")), "127.0.0.1");
    TestCertificates others =
        TestCertificates.in(Files.createDirectories(temporary.resolve("others")), "127.0.0.1");
    try (Connection connection = rabbit.connect();
        Channel channel = connection.createChannel();
        TlsProxy proxy = new TlsProxy(certificates.context(), rabbit.port());
        OutputDriver driver = new OutputDriver(new BuiltinPlugins(), "tag")) {
      channel.queueDeclare("sealed", false, false, true, null);
      String config =
          "host 127.0.0.1\nport "
              + proxy.port()
              + "\nkey sealed\ntls true\ntls_cert "
              + certificates.certificate()
              + "\ntls_key "
              + certificates.key()
              + "\ntls_ca_certificates ";
      driver.start(AmqpOutput.TYPE, config + certificates.authority());
      MemoryChunk chunk = driver.chunk("app", Map.of("n", 1L));
      driver.write(chunk);
      driver.start(AmqpOutput.TYPE, config + others.authority());
      assertThatThrownBy(() -> driver.write(chunk))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("127.0.0.1:" + proxy.port())
          .hasStackTraceContaining("certification path");
      driver.start(AmqpOutput.TYPE, config + certificates.authority() + "\npass not-the-one");
      assertThatThrownBy(() -> driver.write(chunk))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("(check user, pass and vhost)");
      assertThat(drain(channel, "sealed")).containsExactly("{\"n\":1}");
    }
  }

  @Test
  void theInputReadsTagsTimesAndFields() throws Exception {
    try (TestContext context = new TestContext(new BuiltinPlugins());
        Connection connection = rabbit.connect();
        Channel channel = connection.createChannel()) {
      channel.exchangeDeclare("from", "fanout", false, true, null);
      channel.queueDeclare("in", false, false, true, null);
      var input =
          TestPlugins.input(
              AmqpInput.TYPE,
              login()
                  + "queue in\nauto_delete true\nbind_exchange true\nexchange from\ntag none\n"
                  + "tag_header t\ntime_header at\npayload_format json",
              context);
      input.start();
      Await.await(() -> consumers(channel) == 1);
      AMQP.BasicProperties properties =
          new AMQP.BasicProperties.Builder()
              .headers(Map.of("t", "own", "at", "2017-07-14 02:40:00 UTC"))
              .build();
      channel.basicPublish("from", "", properties, "{\"a\":1}".getBytes());
      channel.basicPublish("from", "", null, "no json".getBytes());
      var events = context.emitter().await(2);
      assertThat(events.get(0).tag()).isEqualTo("own");
      assertThat(events.get(0).time()).isEqualTo(EventTime.pack(1_500_000_000L, 0));
      assertThat(events.get(0).record()).isEqualTo(Map.of("a", 1L));
      assertThat(events.get(1).tag()).isEqualTo("none");
      assertThat(events.get(1).record()).isEqualTo(Map.of("message", "no json"));
      Await.await(() -> context.emitter().committedEvents() == 2);
      input.stop();
      input.close();
    }
  }

  private static long consumers(Channel channel) {
    try {
      return channel.consumerCount("in");
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** Every event that was accepted comes out at the other end, whoever was killed when. */
  @Test
  void nothingIsLostWhenBrokerAndDaemonsAreKilled() throws Exception {
    Optional<Path> image = RunnelProcess.image();
    assumeTrue(image.isPresent(), "no image: run scripts/build-image");
    try (Connection connection = rabbit.connect();
        Channel channel = connection.createChannel()) {
      channel.queueDeclare("events", true, false, false, null);
    }
    int port = ServerProcess.freePort();
    try (RunnelProcess writer =
            RunnelProcess.of(image.get(), temporary.resolve("writer"), writer(port));
        RunnelProcess reader =
            RunnelProcess.of(image.get(), temporary.resolve("reader"), reader());
        EventSender sender = new EventSender(port, "app")) {
      writer.start();
      reader.start();
      send(sender, 0);
      rabbit.kill();
      send(sender, 1000);
      writer.awaitLog("failed to flush the buffer");
      rabbit.start();
      send(sender, 2000);
      writer.kill();
      reader.kill();
      writer.start();
      reader.start();
      send(sender, 3000);
      Await.await(
          PATIENCE,
          () -> new HashSet<>(lines()).size() + " events\n" + writer.log() + reader.log(),
          () -> new HashSet<>(lines()).size() == 4000);
      writer.stop();
      reader.stop();
      int all = lines().size();
      System.out.println("AMQP: duplicates after three kills: " + (all - 4000));
      assertThat(all).isBetween(4000, 10_000);
    }
  }

  private List<String> lines() {
    List<String> lines = new ArrayList<>();
    try (Stream<Path> files = Files.list(temporary.resolve("reader"))) {
      for (Path file : files.filter(f -> f.getFileName().toString().startsWith("out")).toList()) {
        Files.readString(file).lines().filter(line -> line.endsWith("}")).forEach(lines::add);
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return lines;
  }

  private static void send(EventSender sender, int from) {
    for (int n = from; n < from + 1000; n += 100) {
      sender.send(n, n + 100, each -> "{\"n\":" + each + "}");
    }
  }

  private String writer(int port) {
    return """
        <source>
          @type http
          bind 127.0.0.1
          port %d
        </source>
        <match app>
          @type amqp
          %s
          key events
          persistent true
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
        .formatted(port, login());
  }

  private String reader() {
    return """
        <source>
          @type amqp
          %s
          queue events
          durable true
          tag from.rabbit
          payload_format json
        </source>
        <match from.rabbit>
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
        .formatted(login());
  }
}
