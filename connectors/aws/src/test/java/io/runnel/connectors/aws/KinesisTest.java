package io.runnel.connectors.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.runnel.config.ConfigException;
import io.runnel.config.ConfigSpec;
import io.runnel.event.Json;
import io.runnel.log.Level;
import io.runnel.plugin.Output;
import io.runnel.plugin.OutputContext;
import io.runnel.plugin.PluginType;
import io.runnel.plugin.UnrecoverableException;
import io.runnel.plugins.BuiltinPlugins;
import io.runnel.plugins.client.AwsRole;
import io.runnel.testkit.DestinationContract;
import io.runnel.testkit.EmittedError;
import io.runnel.testkit.FakeHttpServer;
import io.runnel.testkit.MemoryChunk;
import io.runnel.testkit.OutputDriver;
import io.runnel.testkit.TestPlugins;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.zip.GZIPInputStream;
import java.util.zip.InflaterInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The Kinesis outputs against a server that speaks the protocol; KinesaliteIT has a real peer. */
class KinesisTest {
  private static final String KEYS = "\naws_key_id AKID\naws_sec_key s3cret\nregion eu-west-1";
  private static final FakeHttpServer.Answer DENIED =
      new FakeHttpServer.Answer(
          400, "{\"__type\":\"UnrecognizedClientException\",\"message\":\"token is invalid\"}");
  private static final FakeHttpServer.Answer BUSY =
      new FakeHttpServer.Answer(
          400, "{\"__type\":\"com.amazonaws#ThrottlingException\",\"message\":\"Rate exceeded\"}");
  private static final FakeHttpServer.Answer WRONG =
      new FakeHttpServer.Answer(400, "{\"__type\":\"ValidationException\",\"message\":\"bad\"}");

  private final OutputDriver driver = new OutputDriver(new BuiltinPlugins());
  private final Deque<Function<List<?>, Object>> answers = new ArrayDeque<>();
  private FakeHttpServer server;

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
    Map<?, ?> body = (Map<?, ?>) Json.parse(request.body());
    List<?> records = (List<?>) body.get("Records");
    Object answer =
        answers.isEmpty()
            ? records.stream().map(r -> Map.of()).toList()
            : answers.poll().apply(records);
    if (answer instanceof FakeHttpServer.Answer whole) {
      return whole;
    }
    String name = body.containsKey("StreamName") ? "Records" : "RequestResponses";
    return new FakeHttpServer.Answer(200, Json.write(Map.of(name, answer)));
  }

  private void start(PluginType<?, OutputContext, Output> type, String config) throws Exception {
    driver.start(type, config + KEYS + "\nendpoint http://127.0.0.1:" + server.port());
  }

  private List<?> records(int request) {
    Map<?, ?> body = (Map<?, ?>) Json.parse(server.requests().get(request).body());
    return (List<?>) body.get("Records");
  }

  private static byte[] data(Object record) {
    return Base64.getDecoder().decode((String) ((Map<?, ?>) record).get("Data"));
  }

  private List<String> texts(int request) {
    return records(request).stream().map(r -> new String(data(r), StandardCharsets.UTF_8)).toList();
  }

  @Test
  void eachEventIsASignedRecord() throws Exception {
    driver.context().buffer(OutputDriver.buffer("tag"));
    start(
        KinesisStreamsOutput.TYPE,
        "stream_name s-${tag}\npartition_key host\n<inject>\ntag_key tag\ntime_key t\nutc true\n</inject>");
    driver.write("app", Map.of("host", "a"), Map.of("host", 7));
    FakeHttpServer.Request request = server.requests().getFirst();
    assertThat(request.headers())
        .containsEntry("x-amz-target", "Kinesis_20131202.PutRecords")
        .containsEntry("content-type", "application/x-amz-json-1.1");
    assertThat(request.headers().get("authorization"))
        .startsWith("AWS4-HMAC-SHA256 Credential=AKID/")
        .contains("/eu-west-1/kinesis/aws4_request");
    assertThat(((Map<?, ?>) Json.parse(request.body())).get("StreamName")).isEqualTo("s-app");
    assertThat(records(0).stream().<Object>map(r -> ((Map<?, ?>) r).get("PartitionKey")).toList())
        .containsExactly("a", "7");
    assertThat(texts(0).getFirst())
        .isEqualTo(
            "{\"host\":\"a\",\"tag\":\"app\",\"t\":\"2017-07-14T02:40:00.123456789+0000\"}\n");
  }

  @Test
  void theTagIsKnownWhereItIsNoChunkKey() throws Exception {
    start(
        KinesisStreamsOutput.TYPE,
        "stream_name s\n<inject>\ntag_key tag\n</inject>\nchomp_record true");
    driver.write("app.x", Map.of("a", 1));
    assertThat(texts(0)).containsExactly("{\"a\":1,\"tag\":\"app.x\"}");
    assertThat((String) ((Map<?, ?>) records(0).getFirst()).get("PartitionKey"))
        .matches("[0-9a-f]{32}");
  }

  @Test
  void onlyWhatFailedIsSentAgain() throws Exception {
    start(KinesisStreamsOutput.TYPE, "stream_name s\ndata_key m");
    answers.add(
        records ->
            List.of(
                Map.of("SequenceNumber", "1"),
                Map.of(
                    "ErrorCode", "ProvisionedThroughputExceededException", "ErrorMessage", "slow"),
                Map.of("SequenceNumber", "2")));
    driver.write("t", Map.of("m", "a"), Map.of("m", "b"), Map.of("m", "c"));
    assertThat(texts(0)).containsExactly("a", "b", "c");
    assertThat(texts(1)).containsExactly("b");
    assertThat(driver.context().log().texts(Level.WARN))
        .anyMatch(t -> t.contains("Retry records: 1") && t.contains("slow"));
  }

  private static Map<String, Object> failed(String code) {
    return Map.of("ErrorCode", code, "ErrorMessage", "slow");
  }

  @Test
  void theChunkIsTriedAgainWithTheRestOfIt() throws Exception {
    start(KinesisFirehoseOutput.TYPE, "delivery_stream_name d\nretries_on_batch_request 0");
    answers.add(records -> List.of(Map.of("RecordId", "1"), failed("ServiceUnavailableException")));
    MemoryChunk chunk = driver.chunk("t", Map.of("m", "a"), Map.of("m", "b"));
    assertThatThrownBy(() -> driver.write(chunk))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("1 of 2 events were not taken yet")
        .hasMessageContaining("ServiceUnavailableException: slow");
    driver.write(chunk);
    assertThat(texts(1)).containsExactly("{\"m\":\"b\"}\n");
    assertThat(server.requests().getFirst().headers())
        .containsEntry("x-amz-target", "Firehose_20150804.PutRecordBatch");
  }

  @Test
  void recordsThatAreGivenUpGoToTheErrorStream() throws Exception {
    start(
        KinesisStreamsOutput.TYPE,
        "stream_name s\nretries_on_batch_request 1\nreset_backoff_if_success false\n"
            + "drop_failed_records_after_batch_request_retries true");
    answers.add(records -> List.of(Map.of(), failed("InternalFailure")));
    answers.add(records -> List.of(failed("InternalFailure")));
    driver.write("t", Map.of("m", "a"), Map.of("m", "b"));
    assertThat(server.requests()).hasSize(2);
    EmittedError error = driver.context().emitter().errors().getFirst();
    assertThat(error.record()).isEqualTo(Map.of("m", "b"));
    assertThat(error.tag()).isEqualTo("t");
    assertThat(error.error()).hasMessageContaining("InternalFailure");
  }

  @Test
  void recordsThatCannotBeOneGoToTheErrorStream() throws Exception {
    start(
        KinesisStreamsOutput.TYPE,
        "stream_name s\ndata_key m\npartition_key k\nmax_record_size 20\nlog_truncate_max_size 8");
    driver.write(
        "t",
        Map.of("k", "1"),
        Map.of("m", "x"),
        Map.of("k", "2", "m", "x".repeat(20)),
        Map.of("k", "3", "m", "ok"));
    assertThat(texts(0)).containsExactly("ok");
    List<EmittedError> errors = driver.context().emitter().errors();
    assertThat(errors).hasSize(3);
    assertThat(errors.get(0).error()).hasMessage("Key 'm' doesn't exist: {\"k\":\"1\"");
    assertThat(errors.get(1).error()).hasMessageStartingWith("Key 'k' doesn't exist");
    assertThat(errors.get(2).error()).hasMessageStartingWith("Record size limit exceeded in 0 KB");
  }

  @Test
  void requestsHaveLimits() throws Exception {
    start(
        KinesisStreamsOutput.TYPE,
        "stream_name s\ndata_key m\npartition_key k\nbatch_request_max_count 2\n"
            + "batch_request_max_size 10");
    driver.write(
        "t",
        Map.of("k", "1", "m", "a"),
        Map.of("k", "1", "m", "b"),
        Map.of("k", "1", "m", "c"),
        Map.of("k", "1", "m", "12345678"),
        Map.of("k", "1", "m", "d"));
    List<Integer> sizes = new ArrayList<>();
    for (int i = 0; i < server.requests().size(); i++) {
      sizes.add(records(i).size());
    }
    assertThat(sizes).containsExactly(2, 1, 1, 1);
    assertThatThrownBy(
            () -> start(KinesisStreamsOutput.TYPE, "stream_name s\nbatch_request_max_count 501"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("batch_request_max_count can't be grater than 500");
    assertThatThrownBy(
            () ->
                start(
                    KinesisFirehoseOutput.TYPE,
                    "delivery_stream_name s\nbatch_request_max_size 5000000"))
        .isInstanceOf(ConfigException.class);
    assertThatThrownBy(
            () -> start(KinesisStreamsOutput.TYPE, "stream_name s\nmax_record_size 1048577"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("max_record_size can't be grater than 1024 KB");
  }

  @Test
  void dataCanBeCompressed() throws Exception {
    start(KinesisStreamsOutput.TYPE, "stream_name s\ncompression gzip\ndebug true");
    driver.write("t", Map.of("m", "a"));
    try (GZIPInputStream in =
        new GZIPInputStream(new ByteArrayInputStream(data(records(0).getFirst())))) {
      assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8))
          .isEqualTo("{\"m\":\"a\"}\n");
    }
    assertThat(driver.context().log().texts(Level.INFO))
        .anyMatch(t -> t.contains("kinesis PutRecords"));
    start(KinesisStreamsOutput.TYPE, "stream_name s\ncompression zlib");
    driver.write("t", Map.of("m", "a"));
    try (InflaterInputStream in =
        new InflaterInputStream(new ByteArrayInputStream(data(records(1).getFirst())))) {
      assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8))
          .isEqualTo("{\"m\":\"a\"}\n");
    }
  }

  @Test
  void manyEventsInOneRecord() throws Exception {
    start(
        KinesisStreamsAggregatedOutput.TYPE,
        "stream_name s\nfixed_partition_key key\ndata_key m\nbatch_request_max_count 2");
    driver.write("t", Map.of("m", "a"), Map.of("m", "x".repeat(200)), Map.of("m", "c"));
    assertThat(server.requests()).hasSize(2);
    assertThat(((Map<?, ?>) records(0).getFirst()).get("PartitionKey")).isEqualTo("key");
    byte[] data = data(records(0).getFirst());
    byte[] message = Arrays.copyOfRange(data, 4, data.length - 16);
    assertThat(Arrays.copyOf(data, 4))
        .isEqualTo(new byte[] {(byte) 0xf3, (byte) 0x89, (byte) 0x9a, (byte) 0xc2});
    assertThat(MessageDigest.getInstance("MD5").digest(message))
        .isEqualTo(Arrays.copyOfRange(data, data.length - 16, data.length));
    String text = new String(message, StandardCharsets.ISO_8859_1);
    assertThat(text)
        .isEqualTo(
            "\n\u0001a\n\u0003key\u001a\u0005\u0008\u0001\u001a\u0001a"
                + "\u001a\u00cd\u0001\u0008\u0001\u001a\u00c8\u0001"
                + "x".repeat(200));
    answers.add(records -> List.of(failed("InternalFailure")));
    start(
        KinesisStreamsAggregatedOutput.TYPE,
        "stream_name s\ndata_key m\nretries_on_batch_request 0");
    MemoryChunk chunk = driver.chunk("t", Map.of("m", "a"), Map.of("m", "b"));
    assertThatThrownBy(() -> driver.write(chunk)).hasMessageContaining("2 of 2 events");
    driver.write(chunk);
  }

  @Test
  void aFirehoseRecordEndsWithOneLineEnd() throws Exception {
    start(KinesisFirehoseOutput.TYPE, "delivery_stream_name d\ndata_key m");
    driver.write("t", Map.of("m", "a\n"), Map.of("m", "b"));
    assertThat(texts(0)).containsExactly("a\n", "b\n");
    start(KinesisFirehoseOutput.TYPE, "delivery_stream_name d\ndata_key m\nappend_new_line false");
    driver.write("t", Map.of("m", "b"));
    assertThat(texts(1)).containsExactly("b");
  }

  @Test
  void whatTheServiceNeverTakesLeavesTheBuffer() throws Exception {
    start(KinesisStreamsOutput.TYPE, "stream_name s");
    answers.add(records -> WRONG);
    assertThatThrownBy(() -> driver.write("t", Map.of("m", "a")))
        .isInstanceOf(UnrecoverableException.class)
        .hasMessageContaining("ValidationException: bad");
  }

  @Test
  void aStreamThatIsNotThereIsWaitedFor() throws Exception {
    start(KinesisStreamsOutput.TYPE, "stream_name s");
    answers.add(
        records ->
            new FakeHttpServer.Answer(
                400, "{\"__type\":\"ResourceNotFoundException\",\"message\":\"Stream s\"}"));
    assertThatThrownBy(() -> driver.write("t", Map.of("m", "a")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("a name or the region is wrong");
  }

  @Test
  void itIsADestination() throws Exception {
    FakeHttpServer.Answer taken =
        new FakeHttpServer.Answer(200, "{\"Records\":[{}],\"RequestResponses\":[{}]}");
    new DestinationContract(
            new BuiltinPlugins(),
            KinesisStreamsOutput.TYPE,
            (host, port) -> "stream_name s" + KEYS + "\nendpoint http://" + host + ":" + port,
            "s3cret",
            taken)
        .check(DENIED, BUSY, WRONG);
    new DestinationContract(
            new BuiltinPlugins(),
            KinesisFirehoseOutput.TYPE,
            (host, port) ->
                "delivery_stream_name s" + KEYS + "\nendpoint http://" + host + ":" + port,
            "s3cret",
            taken)
        .check(DENIED, BUSY, WRONG);
  }

  @Test
  void credentialsComeFromWhereTheConfigurationSays(@TempDir Path folder) throws Exception {
    Path shared =
        Files.writeString(
            folder.resolve("shared"),
            "[default]\naws_access_key_id = A1\naws_secret_access_key = x\n[other]\naws_access_key_id = A2\naws_secret_access_key = x\n");
    assertThat(signedWith("<shared_credentials>\npath " + shared + "\n</shared_credentials>"))
        .contains("Credential=A1/");
    assertThat(
            signedWith(
                "<shared_credentials>\npath "
                    + shared
                    + "\nprofile_name other\n</shared_credentials>"))
        .contains("Credential=A2/");
    assertThat(
            signedWith(
                "<process_credentials>\nprocess echo '{\"AccessKeyId\":\"A3\",\"SecretAccessKey\":\"x\",\"SessionToken\":\"tok\"}'\n</process_credentials>"))
        .contains("Credential=A3/")
        .contains("x-amz-security-token");
    assertThat(signedWith("aws_key_id A4\naws_sec_key x\naws_ses_token tok"))
        .contains("Credential=A4/")
        .contains("x-amz-security-token");
  }

  private String signedWith(String config) throws Exception {
    driver.start(
        KinesisStreamsOutput.TYPE,
        "stream_name s\nregion r\nssl_verify_peer false\nendpoint http://127.0.0.1:"
            + server.port()
            + "\n"
            + config);
    driver.write("t", Map.of("m", "a"));
    return server.requests().getLast().headers().get("authorization");
  }

  private static Credentials credentials(String config) {
    return Credentials.of(
        ConfigSpec.of(KinesisStreamsOutput.Config.class)
            .bind(TestPlugins.section("match", "stream_name s\n" + config), false)
            .access(),
        Map.of("AWS_ACCESS_KEY_ID", "env"));
  }

  @Test
  void rolesAreReadFromTheirSections() {
    Credentials role =
        credentials(
            "<assume_role_credentials>\nrole_arn arn:x\nrole_session_name me\npolicy {}\n"
                + "duration_seconds 900\nexternal_id ext\nsts_http_proxy http://p:1\n"
                + "sts_endpoint_url http://sts/\n</assume_role_credentials>");
    assertThat(role.role())
        .contains(
            new AwsRole(
                "arn:x",
                "me",
                Optional.of("{}"),
                Optional.of(Duration.ofMinutes(15)),
                Optional.of("ext"),
                Optional.of(URI.create("http://sts/")),
                Optional.empty()));
    assertThat(role.proxy()).contains("http://p:1");
    Credentials web =
        credentials(
            "<web_identity_credentials>\nrole_arn arn:y\nrole_session_name me\npolicy {}\n"
                + "duration_seconds 1h\nweb_identity_token_file /t\n</web_identity_credentials>");
    assertThat(web.role())
        .contains(
            new AwsRole(
                "arn:y",
                "me",
                Optional.of("{}"),
                Optional.of(Duration.ofHours(1)),
                Optional.empty(),
                Optional.empty(),
                Optional.of("/t")));
    assertThat(credentials("").environment()).containsEntry("AWS_ACCESS_KEY_ID", "env");
  }

  @Test
  void theInstanceGivesCredentials() throws Exception {
    try (FakeHttpServer metadata =
        new FakeHttpServer(
            request ->
                new FakeHttpServer.Answer(
                    200,
                    request.target().endsWith("/role")
                        ? "{\"AccessKeyId\":\"INST\",\"SecretAccessKey\":\"x\",\"Token\":\"t\"}"
                        : request.target().endsWith("token") ? "tok" : "role"))) {
      assertThat(
              signedWith(
                  "<instance_profile_credentials>\nip_address 127.0.0.1\nport "
                      + metadata.port()
                      + "\n</instance_profile_credentials>"))
          .contains("Credential=INST/");
    }
  }

  @Test
  void aRegionIsNeeded() {
    assertThatThrownBy(
            () ->
                driver.start(
                    KinesisStreamsOutput.TYPE, "stream_name s\naws_key_id a\naws_sec_key b"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("region is required");
  }
}
