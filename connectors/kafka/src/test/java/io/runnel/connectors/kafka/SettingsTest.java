package io.runnel.connectors.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.runnel.config.ConfigException;
import io.runnel.config.ConfigSpec;
import io.runnel.connectors.kafka.ClientConfig.Dialect;
import io.runnel.connectors.kafka.MessageConfig.HashFunction;
import io.runnel.log.Level;
import io.runnel.plugins.BuiltinPlugins;
import io.runnel.testkit.TestContext;
import io.runnel.testkit.TestPlugins;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** From parameters to the client's properties. */
class SettingsTest {
  private final TestContext context =
      new TestContext(new BuiltinPlugins()).buffer(TestBuffers.of("topic"));

  private Map<String, Object> producer(String config, Dialect dialect) {
    Kafka2Output.Config bound =
        ConfigSpec.of(Kafka2Output.Config.class).bind(TestPlugins.section("match", config), false);
    return ProducerProperties.of(bound.client(), bound.send(), dialect, context);
  }

  private Map<String, Object> producer(String config) {
    return producer(config, Dialect.RUBY_KAFKA);
  }

  @Test
  void theDefaultsAreSafeAndSmall() {
    assertThat(producer("brokers a:1, b:2"))
        .containsEntry("bootstrap.servers", List.of("a:1", "b:2"))
        .containsEntry("client.id", "fluentd")
        .containsEntry("acks", "all")
        .containsEntry("enable.idempotence", true)
        .containsEntry("compression.type", "none")
        .containsEntry("buffer.memory", 16L << 20)
        .containsEntry("delivery.timeout.ms", 60_000)
        .containsEntry("security.protocol", "PLAINTEXT")
        .doesNotContainKey("retries");
  }

  @Test
  void parametersOfTheGem() {
    assertThat(
            producer(
                "required_acks 1\nack_timeout 7\nmax_send_retries 4\ncompression_codec snappy\n"
                    + "connect_timeout 3\nresolve_seed_brokers true"))
        .containsEntry("acks", "1")
        .containsEntry("enable.idempotence", false)
        .containsEntry("request.timeout.ms", 7000)
        .containsEntry("retries", 4)
        .containsEntry("compression.type", "snappy")
        .containsEntry("socket.connection.setup.timeout.ms", 3000L);
    assertThatThrownBy(() -> producer("idempotent true\nrequired_acks 1"))
        .isInstanceOf(ConfigException.class)
        .hasMessage("idempotent true needs required_acks -1");
    assertThatThrownBy(() -> producer("compression_codec lzo"))
        .hasMessageContaining("compression_codec must be one of gzip");
    assertThatThrownBy(() -> producer("zookeeper z:2181"))
        .hasMessageContaining("name the brokers with brokers");
    assertThatThrownBy(() -> producer("sasl_aws_msk_iam_access_key_id x"))
        .hasMessageContaining("AWS IAM is not supported");
  }

  @Test
  void aPasswordNeedsTlsOrALeave() {
    assertThatThrownBy(() -> producer("username u\npassword p"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("SASL authentication requires that SSL is configured");
    assertThat(producer("username u\npassword a\"b\\\nsasl_over_ssl false"))
        .containsEntry("security.protocol", "SASL_PLAINTEXT")
        .containsEntry("sasl.mechanism", "PLAIN");
    assertThat(
            producer(
                "username u\npassword p\nscram_mechanism sha512\nssl_ca_certs_from_system true"))
        .containsEntry("security.protocol", "SASL_SSL")
        .containsEntry("sasl.mechanism", "SCRAM-SHA-512");
    assertThat(producer("username u\npassword p", Dialect.LIBRDKAFKA))
        .containsEntry("security.protocol", "SASL_PLAINTEXT");
    assertThat(producer("principal p@R\nkeytab /k\nsasl_over_ssl false"))
        .containsEntry("sasl.mechanism", "GSSAPI")
        .containsEntry("sasl.kerberos.service.name", "kafka");
  }

  @Test
  void propertiesOfLibrdkafka() {
    assertThat(
            producer(
                "rdkafka_options {\"queue.buffering.max.ms\":50,\"message.timeout.ms\":\"90000\","
                    + "\"queue.buffering.max.kbytes\":4096,\"sasl.username\":\"u\","
                    + "\"sasl.password\":\"p\",\"sasl.mechanisms\":\"SCRAM-SHA-256\","
                    + "\"security.protocol\":\"sasl_ssl\",\"log_level\":7,\"made.up\":1}",
                Dialect.LIBRDKAFKA))
        .containsEntry("linger.ms", "50")
        .containsEntry("delivery.timeout.ms", "90000")
        .containsEntry("buffer.memory", "4194304")
        .containsEntry("security.protocol", "SASL_SSL")
        .containsEntry("sasl.mechanism", "SCRAM-SHA-256")
        .doesNotContainKeys("log_level", "made.up");
    assertThat(context.log().texts(Level.WARN))
        .anyMatch(text -> text.contains("made.up") && !text.contains("log_level"));
    assertThatThrownBy(() -> producer("rdkafka_options {\"ssl.providers\":\"x\"}"))
        .hasMessageContaining("ssl.providers has no counterpart");
    assertThatThrownBy(() -> producer("rdkafka_options {\"linger.ms\":\"soon\"}"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("linger.ms must be a number");
  }

  @Test
  void keysSelectThePartitionsOfOtherClients() {
    byte[] key = "key".getBytes(StandardCharsets.UTF_8);
    java.util.zip.CRC32 crc = new java.util.zip.CRC32();
    crc.update(key);
    assertThat(Partitions.of(key, HashFunction.CRC32, 7)).isEqualTo((int) (crc.getValue() % 7));
    // what the default partitioner of the Java client gives for these
    assertThat(Partitions.of("21".getBytes(StandardCharsets.UTF_8), HashFunction.MURMUR2, 1000))
        .isEqualTo((-973932308 & 0x7fffffff) % 1000);
  }

  @Test
  void topicsMayBeExpressions() {
    assertThat(Subscription.Group.of(List.of("a", "b")).names()).containsExactly("a", "b");
    Subscription.Group mixed = Subscription.Group.of(List.of("a.b", "/^web-/"));
    assertThat(mixed.pattern().matcher("a.b").matches()).isTrue();
    assertThat(mixed.pattern().matcher("axb").matches()).isFalse();
    assertThat(mixed.pattern().matcher("web-1").matches()).isTrue();
    assertThat(mixed.pattern().matcher("my-web-1").matches()).isFalse();
  }

  @Test
  void zookeeperIsRefusedWithAWayOut() {
    assertThatThrownBy(
            () ->
                TestPlugins.input(
                    KafkaInput.TYPE, "topics t\noffset_zookeeper localhost:2181", context))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("use @type kafka_group");
  }
}
