package io.runnel.connectors.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.runnel.config.ConfigException;
import io.runnel.event.Json;
import io.runnel.plugins.BuiltinPlugins;
import io.runnel.testkit.FakeHttpServer;
import io.runnel.testkit.OutputDriver;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.zip.InflaterInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The output kinesis with its old parameters. */
class KinesisOutputTest {
  private static final String KEYS = "aws_key_id AKID\naws_sec_key s3cret\nregion eu-west-1\n";

  @TempDir Path folder;

  private final OutputDriver driver = new OutputDriver(new BuiltinPlugins());
  private FakeHttpServer server;
  private int refusals;

  @BeforeEach
  void serve() throws IOException {
    server = new FakeHttpServer(this::answer);
  }

  @AfterEach
  void close() {
    driver.close();
    server.close();
  }

  private synchronized FakeHttpServer.Answer answer(FakeHttpServer.Request request) {
    List<?> records = (List<?>) ((Map<?, ?>) Json.parse(request.body())).get("Records");
    Map<?, ?> result =
        refusals-- > 0 ? Map.of("ErrorCode", "Busy", "ErrorMessage", "later") : Map.of();
    return new FakeHttpServer.Answer(
        200, Json.write(Map.of("Records", records.stream().map(r -> result).toList())));
  }

  private void start(String config) throws Exception {
    driver.start(KinesisOutput.TYPE, config + "\nendpoint http://127.0.0.1:" + server.port());
  }

  private Map<?, ?> record(int request, int number) {
    Map<?, ?> body = (Map<?, ?>) Json.parse(server.requests().get(request).body());
    assertThat(body.get("StreamName")).isEqualTo("s");
    return (Map<?, ?>) ((List<?>) body.get("Records")).get(number);
  }

  private String data(int request, int number) {
    byte[] bytes = Base64.getDecoder().decode((String) record(request, number).get("Data"));
    return new String(bytes, StandardCharsets.UTF_8);
  }

  @Test
  void recordsHaveTheirTimeAndTag() throws Exception {
    start(KEYS + "stream_name s\npartition_key k\ntag_key t\ntime_key at");
    driver.write("app.x", Map.of("k", "a"));
    assertThat(record(0, 0).get("PartitionKey")).isEqualTo("a");
    assertThat(data(0, 0))
        .isEqualTo("{\"k\":\"a\",\"t\":\"app.x\",\"at\":\"2017-07-14T02:40:00Z\"}");
    assertThat(server.requests().getFirst().headers().get("authorization"))
        .startsWith("AWS4-HMAC-SHA256 Credential=AKID/")
        .contains("/eu-west-1/kinesis/");
  }

  @Test
  void timeAndTagMayBeLeftOutOrWrittenOtherwise() throws Exception {
    start(
        KEYS
            + "stream_name s\nrandom_partition_key true\ninclude_tag_key false\ntime_format %Y/%m");
    driver.write("app.x", Map.of("k", "a"));
    assertThat(data(0, 0)).isEqualTo("{\"k\":\"a\",\"time\":\"2017/07\"}");
    assertThat((String) record(0, 0).get("PartitionKey")).matches("[0-9a-f]{32}");
  }

  @Test
  void withoutBothTheRecordIsAsItWas() throws Exception {
    start(
        KEYS
            + "stream_name s\nrandom_partition_key true\ninclude_tag_key false\n"
            + "include_time_key false\nzlib_compression true");
    driver.write("app.x", Map.of("k", "a"));
    byte[] packed = Base64.getDecoder().decode((String) record(0, 0).get("Data"));
    assertThat(new InflaterInputStream(new ByteArrayInputStream(packed)).readAllBytes())
        .asString(StandardCharsets.UTF_8)
        .isEqualTo("{\"k\":\"a\"}");
  }

  @Test
  void keysMayBeMadeByExpressions() throws Exception {
    start(
        KEYS
            + "stream_name s\npartition_key k\npartition_key_expr record[0,2]\n"
            + "explicit_hash_key_expr record['n'] * 2");
    driver.write("app", Map.of("k", "abc", "n", 21), Map.of("n", 1), Map.of("k", "x", "n", -1));
    assertThat(record(0, 0).get("PartitionKey")).isEqualTo("ab");
    assertThat(record(0, 0).get("ExplicitHashKey")).isEqualTo("42");
    assertThat(driver.context().emitter().errors())
        .extracting(error -> error.error().getMessage())
        .anyMatch(text -> text.startsWith("partition_key_expr failed: undefined method"))
        .contains("an explicit hash key must be a number of 128 bits: -2");
  }

  @Test
  void aRecordWithoutItsKeyGoesToTheErrors() throws Exception {
    start(KEYS + "stream_name s\npartition_key k\nexplicit_hash_key h");
    driver.write("app", Map.of("a", 1), Map.of("k", "x", "h", "7"));
    assertThat(record(0, 0).get("ExplicitHashKey")).isEqualTo("7");
    assertThat(driver.context().emitter().errors().getFirst().error())
        .hasMessageContaining("a partition key must have 1 to 255 bytes");
  }

  @Test
  void orderedEventsAreSentOneByOneAndRefusedOnesAgain() throws Exception {
    refusals = 1;
    start(KEYS + "stream_name s\npartition_key k\norder_events true\nretries_on_putrecords 2");
    driver.write("app", Map.of("k", "1"), Map.of("k", "2"));
    assertThat(server.requests()).hasSize(3);
  }

  @Test
  void keysOfAProfileAreTakenFromItsFile() throws Exception {
    Path file = folder.resolve("credentials");
    Files.writeString(file, "[other]\naws_access_key_id = OTHER\naws_secret_access_key = secret\n");
    start(
        "region eu-west-1\nstream_name s\nrandom_partition_key true\nprofile other\ncredentials_path "
            + file);
    driver.write("app", Map.of("k", "1"));
    assertThat(server.requests().getFirst().headers().get("authorization"))
        .contains("Credential=OTHER/");
  }

  @Test
  void wrongConfigurationsAreRefused() {
    assertThatThrownBy(() -> start(KEYS + "stream_name s"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(
            "'random_partition_key' or 'partition_key' or 'partition_key_expr' is required");
    assertThatThrownBy(() -> start(KEYS + "stream_name s\npartition_key_expr record["))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("partition_key_expr: ");
  }
}
