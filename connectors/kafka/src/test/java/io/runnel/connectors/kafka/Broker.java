package io.runnel.connectors.kafka;

import io.runnel.testkit.Await;
import io.runnel.testkit.ServerClasspath;
import io.runnel.testkit.ServerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Assumptions;

/**
 * A real broker in KRaft mode, in a process of its own: without protection, with passwords (user
 * alice, password secret, PLAIN and SCRAM), and with passwords over TLS. It makes no topics by
 * itself.
 */
final class Broker implements AutoCloseable {
  private static final String SCRAM = "=[name=alice,password=secret]";

  private final Path folder;
  private final int port = ServerProcess.freePort();
  private final int saslPort = ServerProcess.freePort();
  private final int tlsPort = ServerProcess.freePort();
  private final ServerProcess process;

  /**
   * @param folder for its data and its log
   */
  Broker(Path folder) throws Exception {
    this.folder = Files.createDirectories(folder);
    Optional<String> classPath = ServerClasspath.of(Path.of("src/test/servers/kafka/pom.xml"));
    Assumptions.assumeTrue(classPath.isPresent(), "no Kafka broker from Maven");
    keys();
    Path properties = Files.writeString(folder.resolve("server.properties"), properties());
    run(
        List.of(
            java("java"),
            "-Xmx256m",
            "-cp",
            classPath.get(),
            "kafka.tools.StorageTool",
            "format",
            "--cluster-id",
            "MkU3OEVBNTcwNTJENDM2Qg",
            "--config",
            properties.toString(),
            "--add-scram",
            "SCRAM-SHA-256" + SCRAM,
            "--add-scram",
            "SCRAM-SHA-512" + SCRAM));
    process =
        ServerProcess.java(
                folder,
                classPath.get(),
                List.of("-Xmx512m", "-XX:+UseSerialGC"),
                "kafka.Kafka",
                List.of(properties.toString()))
            .readyWhen(this::isReady);
  }

  private static String java(String program) {
    return Path.of(System.getProperty("java.home"), "bin", program).toString();
  }

  private void run(List<String> command) throws IOException, InterruptedException {
    Path log = folder.resolve("setup.log");
    Process child =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start();
    if (child.waitFor() != 0) {
      throw new AssertionError(command + "\n" + Files.readString(log));
    }
  }

  private void keys() throws IOException, InterruptedException {
    String store = folder.resolve("broker.p12").toString();
    List<String> common = List.of("-keystore", store, "-storepass", "changeit", "-alias", "broker");
    List<String> make =
        new ArrayList<>(List.of(java("keytool"), "-genkeypair", "-keyalg", "EC", "-validity", "3"));
    make.addAll(List.of("-dname", "CN=localhost", "-ext", "SAN=dns:localhost"));
    make.addAll(common);
    run(make);
    List<String> export = new ArrayList<>(List.of(java("keytool"), "-exportcert", "-rfc"));
    export.addAll(List.of("-file", certificate().toString()));
    export.addAll(common);
    run(export);
  }

  private String properties() {
    int controller = ServerProcess.freePort();
    return String.join(
        "\n",
        "process.roles=broker,controller",
        "node.id=1",
        "controller.quorum.voters=1@localhost:" + controller,
        "controller.listener.names=CONTROLLER",
        "inter.broker.listener.name=OPEN",
        "listeners=OPEN://localhost:%d,SASL://localhost:%d,TLS://localhost:%d,CONTROLLER://localhost:%d"
            .formatted(port, saslPort, tlsPort, controller),
        "listener.security.protocol.map=OPEN:PLAINTEXT,CONTROLLER:PLAINTEXT,SASL:SASL_PLAINTEXT,"
            + "TLS:SASL_SSL",
        "sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256,SCRAM-SHA-512",
        login("sasl"),
        login("tls"),
        "ssl.keystore.location=" + folder.resolve("broker.p12"),
        "ssl.keystore.password=changeit",
        "ssl.key.password=changeit",
        "log.dirs=" + folder.resolve("data"),
        "auto.create.topics.enable=false",
        "num.partitions=3",
        "offsets.topic.num.partitions=1",
        "offsets.topic.replication.factor=1",
        "transaction.state.log.num.partitions=1",
        "transaction.state.log.replication.factor=1",
        "transaction.state.log.min.isr=1",
        "share.coordinator.state.topic.replication.factor=1",
        "group.initial.rebalance.delay.ms=0",
        "");
  }

  private static String login(String listener) {
    String scram = "org.apache.kafka.common.security.scram.ScramLoginModule required;";
    return String.join(
        "\n",
        "listener.name."
            + listener
            + ".plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule"
            + " required user_alice=\"secret\";",
        "listener.name." + listener + ".scram-sha-256.sasl.jaas.config=" + scram,
        "listener.name." + listener + ".scram-sha-512.sasl.jaas.config=" + scram);
  }

  private boolean isReady() throws Exception {
    if (!ServerProcess.listens(port)) {
      return false;
    }
    try (Admin admin = admin()) {
      return !admin.describeCluster().nodes().get().isEmpty();
    }
  }

  private Admin admin() {
    return Admin.create(
        Map.of(
            "bootstrap.servers",
            address(),
            "request.timeout.ms",
            3000,
            "default.api.timeout.ms",
            5000,
            "enable.metrics.push",
            false));
  }

  Broker start() {
    process.start();
    return this;
  }

  /** SIGKILL. */
  void kill() {
    process.kill();
  }

  String address() {
    return "localhost:" + port;
  }

  String saslAddress() {
    return "localhost:" + saslPort;
  }

  String tlsAddress() {
    return "localhost:" + tlsPort;
  }

  /** The broker's certificate, signed by itself. */
  Path certificate() {
    return folder.resolve("broker.pem");
  }

  void createTopic(String name, int partitions, Map<String, String> settings) throws Exception {
    try (Admin admin = admin()) {
      NewTopic topic = new NewTopic(name, partitions, (short) 1).configs(settings);
      admin.createTopics(List.of(topic)).all().get();
      Await.await(
          Duration.ofSeconds(30),
          () -> "no topic " + name,
          () -> {
            try {
              return admin.describeTopics(List.of(name)).allTopicNames().get().containsKey(name);
            } catch (Exception e) {
              return false;
            }
          });
    }
  }

  /** Sends messages, key and value. */
  void send(List<ProducerRecord<String, String>> messages) throws Exception {
    Map<String, Object> properties =
        Map.of("bootstrap.servers", address(), "enable.metrics.push", false);
    try (KafkaProducer<String, String> producer =
        new KafkaProducer<>(properties, new StringSerializer(), new StringSerializer())) {
      for (ProducerRecord<String, String> message : messages) {
        producer.send(message).get();
      }
    }
  }

  /** The offset that a group has committed for a partition; -1 for none. */
  long committed(String group, String topic, int partition) throws Exception {
    try (Admin admin = admin()) {
      OffsetAndMetadata found =
          admin
              .listConsumerGroupOffsets(group)
              .partitionsToOffsetAndMetadata()
              .get()
              .get(new TopicPartition(topic, partition));
      return found == null ? -1 : found.offset();
    }
  }

  /** All committed messages of a topic, by partition and offset. */
  List<ConsumerRecord<String, String>> read(String topic, int partitions) {
    Map<String, Object> properties =
        Map.of(
            "bootstrap.servers",
            address(),
            "isolation.level",
            "read_committed",
            "enable.metrics.push",
            false);
    try (KafkaConsumer<String, String> consumer =
        new KafkaConsumer<>(properties, new StringDeserializer(), new StringDeserializer())) {
      List<TopicPartition> all =
          IntStream.range(0, partitions).mapToObj(n -> new TopicPartition(topic, n)).toList();
      consumer.assign(all);
      consumer.seekToBeginning(all);
      Map<TopicPartition, Long> ends = consumer.endOffsets(all);
      List<ConsumerRecord<String, String>> found = new ArrayList<>();
      while (ends.entrySet().stream().anyMatch(e -> consumer.position(e.getKey()) < e.getValue())) {
        consumer.poll(Duration.ofMillis(200)).forEach(found::add);
      }
      return found;
    }
  }

  /** The last lines that it printed. */
  String log() {
    return process.tail();
  }

  @Override
  public void close() {
    process.close();
  }
}
