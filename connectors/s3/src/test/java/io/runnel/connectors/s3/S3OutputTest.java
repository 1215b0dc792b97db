package io.runnel.connectors.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.ZstdInputStream;
import io.runnel.config.ConfigException;
import io.runnel.log.Level;
import io.runnel.plugins.BuiltinPlugins;
import io.runnel.testkit.Await;
import io.runnel.testkit.FakeHttpServer.Request;
import io.runnel.testkit.MemoryChunk;
import io.runnel.testkit.TestContext;
import io.runnel.testkit.TestPlugins;
import io.runnel.time.Zone;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class S3OutputTest {
  private static final long NOON = 1_700_049_600L; // 2023-11-15T12:00:00Z
  private static final String SECRET = "sEcReTkEy0123456789";

  private final FakeS3 s3 = new FakeS3();
  private final TestContext context =
      new TestContext(new BuiltinPlugins()).buffer(Buffers.hourly(1, "+00:00"));
  private S3Output output;

  S3OutputTest() throws IOException {}

  @AfterEach
  void close() {
    if (output != null) {
      output.stop();
      output.close();
    }
    context.close();
    s3.close();
    assertThat(context.log().texts().toString()).doesNotContain(SECRET);
  }

  private S3Output make(String config) {
    output =
        (S3Output)
            TestPlugins.output(
                S3Output.TYPE,
                "aws_key_id K\naws_sec_key "
                    + SECRET
                    + "\ns3_bucket bkt\nforce_path_style true\ns3_endpoint "
                    + s3.url()
                    + "\n"
                    + config,
                context);
    return output;
  }

  private static MemoryChunk chunk(String text) {
    return MemoryChunk.ofContent(text.getBytes(StandardCharsets.UTF_8), 1)
        .withTag("app.web")
        .withTimekey(NOON, Zone.UTC);
  }

  private Request written(String config) throws Exception {
    make(config).start();
    output.write(chunk("content\n"));
    assertThat(s3.objects()).hasSize(1);
    return s3.objects().values().iterator().next();
  }

  private static MemoryChunk other(MemoryChunk chunk, String id) {
    return chunk.withId(HexFormat.of().parseHex(id));
  }

  @Test
  void keyHasPathTimeSliceAndIndex() throws Exception {
    make("path logs/${tag}/%Y/\nstore_as text").start();
    output.write(chunk("one"));
    output.write(other(chunk("two"), "ffa1b2c3d4e5f60718293a4b5c6d7e8f"));
    assertThat(s3.objects().keySet())
        .containsExactlyInAnyOrder(
            "logs/app.web/2023/2023111512_0.txt", "logs/app.web/2023/2023111512_1.txt");
    assertThat(s3.objects().get("logs/app.web/2023/2023111512_1.txt").text()).isEqualTo("two");
  }

  @Test
  void timeSliceIsInTheZoneOfTheBuffer() throws Exception {
    context.buffer(Buffers.hourly(1, "+09:00"));
    make("store_as text\ntime_slice_format %Y-%m-%d_%H").start();
    output.write(chunk("x"));
    assertThat(s3.objects()).containsOnlyKeys("2023-11-15_21_0.txt");
  }

  @Test
  void placeholdersOfTheFormat() throws Exception {
    make("path p/\nstore_as json\nhex_random_length 6\nindex_format %04x\n"
            + "s3_object_key_format %{path}%{hex_random}-%{index}-%{uuid_flush}-${chunk_id}"
            + "-%{unknown}.%{file_extension}")
        .start();
    output.write(chunk("x"));
    assertThat(s3.objects())
        .containsOnlyKeys(
            "p/f8e7d6-0000-60a1b2c3-d4e5-4607-9829-3a4b5c6d7e8f-"
                + "60a1b2c3d4e5f60718293a4b5c6d7e8f-.json");
  }

  @Test
  void hostnameIsPutInWithAWarning() throws Exception {
    make("store_as text\ns3_object_key_format %{hostname}.%{file_extension}").start();
    output.write(chunk("x"));
    assertThat(s3.objects()).containsOnlyKeys(context.system().hostname() + ".txt");
    assertThat(context.log().contains("%{hostname} will be removed in the future")).isTrue();
  }

  @Test
  void withoutCheckObjectTheKeyHasTheTimeOfDay() throws Exception {
    make("path logs\nstore_as text\ncheck_object false").start();
    output.write(chunk("x"));
    assertThat(s3.objects().keySet().iterator().next()).matches("logs/2023111512_\\d{6}\\.txt");
    assertThat(s3.requests()).noneMatch(r -> r.method().equals("HEAD") && r.target().length() > 5);
    assertThat(context.log().contains("Set 'check_object false'")).isTrue();
  }

  @Test
  void aTakenKeyWithoutIndexIsAFailureUnlessItMayBeOverwritten() throws Exception {
    make("store_as text\ns3_object_key_format same.%{file_extension}").start();
    output.write(chunk("one"));
    MemoryChunk next = other(chunk("two"), "ffa1b2c3d4e5f60718293a4b5c6d7e8f");
    assertThatThrownBy(() -> output.write(next))
        .hasMessage(
            "duplicated path is generated. use %{index} in s3_object_key_format: path = same.txt");
    output.close();
    make("store_as text\noverwrite true\ns3_object_key_format same.%{file_extension}").start();
    output.write(next);
    assertThat(s3.objects().get("same.txt").text()).isEqualTo("two");
    assertThat(context.log().contains("same.txt already exists, but will overwrite")).isTrue();
  }

  /** The client tries three times itself, then the chunk comes again. */
  @Test
  void aChunkWhoseAnswerWasLostIsNotWrittenTwice() throws Exception {
    make("store_as text").start();
    s3.loseAnswers(10);
    assertThatThrownBy(() -> output.write(chunk("one")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("can't put s3://bkt/2023111512_0.txt: InternalError");
    s3.loseAnswers(0);
    output.write(chunk("one"));
    assertThat(s3.objects()).containsOnlyKeys("2023111512_0.txt");
    assertThat(context.log().contains("was written already")).isTrue();
  }

  @Test
  void gzipIsTheDefault() throws Exception {
    Request request = written("");
    assertThat(request.headers()).containsEntry("content-type", "application/x-gzip");
    try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(request.body()))) {
      assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8)).isEqualTo("content\n");
    }
    assertThat(s3.objects().keySet().iterator().next()).endsWith(".gz");
  }

  @Test
  void whatTheBufferHasCompressedIsTakenAsItIs() throws Exception {
    make("").start();
    MemoryChunk zipped = chunk("content\n").gzipped();
    output.write(zipped);
    try (InputStream in = zipped.openRaw()) {
      assertThat(s3.objects().values().iterator().next().body()).isEqualTo(in.readAllBytes());
    }
  }

  @Test
  void zstdAtALevel() throws Exception {
    Request request = written("store_as zstd\n<compress>\nlevel 5\n</compress>");
    assertThat(request.headers()).containsEntry("content-type", "application/x-zst");
    try (InputStream in = new ZstdInputStream(new ByteArrayInputStream(request.body()))) {
      assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8)).isEqualTo("content\n");
    }
    assertThatThrownBy(() -> make("store_as zstd\n<compress>\nlevel 30\n</compress>"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("between 1 and 22");
  }

  @Test
  void gzipByTheProgram() throws Exception {
    Request request = written("store_as gzip_command\ncommand_parameter -9");
    assertThat(request.body()[8]).as("XFL of the best compression").isEqualTo((byte) 2);
    try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(request.body()))) {
      assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8)).isEqualTo("content\n");
    }
  }

  @Test
  void aProgramThatFailsIsFollowedByTheBuiltInOne() throws Exception {
    Request request = written("store_as gzip_command\ncommand_parameter --no-such-option");
    try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(request.body()))) {
      assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8)).isEqualTo("content\n");
    }
    assertThat(context.log().contains("failed to execute gzip command. Fallback to GzipWriter"))
        .isTrue();
  }

  @Test
  void anUnknownFormIsText() throws Exception {
    Request request = written("store_as nonsense");
    assertThat(request.text()).isEqualTo("content\n");
    assertThat(context.log().contains("'nonsense' not supported. Use 'text' instead")).isTrue();
  }

  @Test
  void parquetNeedsASchemaAndTheProgram() {
    assertThatThrownBy(() -> make("store_as parquet"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("needs schema_file");
    assertThatThrownBy(
            () ->
                make(
                    "store_as parquet\n<compress>\nschema_file x.avsc\n"
                        + "parquet_compression_codec lz4\n</compress>"))
        .hasMessageContaining("unsupported compression codec: lz4");
  }

  @Test
  void headersOfAnObject() throws Exception {
    Request request =
        written(
            "store_as text\nacl bucket-owner-full-control\nstorage_class STANDARD_IA\n"
                + "use_server_side_encryption aws:kms\nssekms_key_id kms-1\ntagging a=1&b=2\n"
                + "grant_read id=r\ngrant_full_control id=f\ngrant_read_acp id=ra\n"
                + "grant_write_acp id=wa\nchecksum_algorithm sha256\n"
                + "s3_metadata {\"tag\":\"${tag}\",\"n\":\"%{index}\"}");
    assertThat(request.headers())
        .containsEntry("x-amz-acl", "bucket-owner-full-control")
        .containsEntry("x-amz-storage-class", "STANDARD_IA")
        .containsEntry("x-amz-server-side-encryption", "aws:kms")
        .containsEntry("x-amz-server-side-encryption-aws-kms-key-id", "kms-1")
        .containsEntry("x-amz-tagging", "a=1&b=2")
        .containsEntry("x-amz-grant-read", "id=r")
        .containsEntry("x-amz-grant-full-control", "id=f")
        .containsEntry("x-amz-grant-read-acp", "id=ra")
        .containsEntry("x-amz-grant-write-acp", "id=wa")
        .containsEntry("x-amz-sdk-checksum-algorithm", "SHA256")
        .containsEntry("x-amz-meta-tag", "app.web")
        .containsEntry("x-amz-meta-n", "0")
        .containsEntry("x-amz-meta-runnel-chunk-id", "60a1b2c3d4e5f60718293a4b5c6d7e8f");
  }

  @Test
  void aKeyOfTheCustomerIsSentWithItsMd5AndOnlyOverTls() throws Exception {
    String key = "0123456789abcdef0123456789abcdef";
    assertThatThrownBy(
            () -> make("store_as text\nsse_customer_algorithm AES256\nsse_customer_key " + key))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("client-side provided keys can only be used over SSL")
        .hasMessageNotContaining(key);
    Request request =
        written(
            "store_as text\nsse_customer_algorithm AES256\nsse_customer_key_md5 "
                + Base64.getEncoder().encodeToString(new byte[16]));
    assertThat(request.headers())
        .containsEntry("x-amz-server-side-encryption-customer-algorithm", "AES256")
        .containsEntry("x-amz-server-side-encryption-customer-key-md5", "AAAAAAAAAAAAAAAAAAAAAA==");
  }

  @Test
  void reducedRedundancyIsAStorageClass() throws Exception {
    assertThat(written("store_as text\nreduced_redundancy true").headers())
        .containsEntry("x-amz-storage-class", "REDUCED_REDUNDANCY");
  }

  @Test
  void requestsToOtherStoresHaveNoChecksumUnlessAskedFor() throws Exception {
    assertThat(written("store_as text").headers()).doesNotContainKey("x-amz-trailer");
    output.close();
    s3.objects().clear();
    assertThat(written("store_as text\ncompute_checksums true").headers().toString())
        .contains("crc32");
  }

  @Test
  void aLargeObjectIsSentInParts() throws Exception {
    make("store_as text\nmultipart_threshold 17m\nacl private").start();
    output.write(
        MemoryChunk.ofContent(new byte[40 << 20], 1).withTimekey(NOON, Zone.UTC).withTag("t"));
    assertThat(s3.parts()).containsExactly(16 << 20, 16 << 20, 8 << 20);
    assertThat(s3.objects().get("2023111512_0.txt").headers())
        .containsEntry("x-amz-acl", "private");
  }

  @Test
  void theBucketIsMadeWhereThatIsWanted() throws Exception {
    s3.bucket(false);
    written("store_as text");
    assertThat(s3.hasBucket()).isTrue();
    assertThat(context.log().contains("Creating bucket bkt on " + s3.url())).isTrue();
  }

  @Test
  void aMissingBucketIsSaidAtTheStartAndTriedAgain() throws Exception {
    s3.bucket(false);
    make("store_as text\nauto_create_bucket false").start();
    String message = "The specified bucket does not exist: bucket = bkt";
    Await.await(Await.DEADLINE, () -> "no message", () -> context.log().contains(message));
    assertThat(context.log().texts(Level.ERROR)).hasSize(1);
    assertThatThrownBy(() -> output.write(chunk("x")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(message);
    s3.bucket(true);
    output.write(chunk("x"));
    assertThat(s3.objects()).hasSize(1);
  }

  @Test
  void wrongKeysAreSaidWithoutTheSecret() throws Exception {
    s3.refuse("InvalidAccessKeyId");
    make("store_as text").start();
    assertThatThrownBy(() -> output.write(chunk("x")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(
            "can't call S3 API. Please check your credentials or s3_region configuration. error ="
                + " InvalidAccessKeyId: InvalidAccessKeyId it is (check aws_key_id)")
        .hasMessageNotContaining(SECRET);
    s3.refuse(null);
    output.write(chunk("x"));
    assertThat(s3.objects()).hasSize(1);
  }

  @Test
  void checksCanBeSwitchedOff() throws Exception {
    s3.bucket(true);
    written("store_as text\ncheck_apikey_on_start false\ncheck_bucket false\ncheck_object false");
    assertThat(s3.requests()).hasSize(1);
  }

  @Test
  void anUnknownHostIsNamed() throws Exception {
    make("store_as text").close();
    output =
        (S3Output)
            TestPlugins.output(
                S3Output.TYPE,
                "aws_key_id K\naws_sec_key S\ns3_bucket bkt\nforce_path_style true\n"
                    + "s3_endpoint http://no-such-host.invalid",
                context);
    output.start();
    assertThatThrownBy(() -> output.write(chunk("x")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("unknown host no-such-host.invalid");
  }

  @Test
  void lifecycleRulesAreSet() throws Exception {
    written(
        "store_as text\n<bucket_lifecycle_rule>\nid r1\nprefix logs/\nexpiration_days 7\n"
            + "</bucket_lifecycle_rule>");
    Request set =
        s3.requests().stream()
            .filter(r -> r.method().equals("PUT") && r.target().contains("lifecycle"))
            .findFirst()
            .orElseThrow();
    assertThat(set.text()).contains("<ID>r1</ID>", "<Prefix>logs/</Prefix>", "<Days>7</Days>");
  }

  @Test
  void lateEventsAreWarnedOf() throws Exception {
    written("store_as text\nwarn_for_delay 1h");
    assertThat(
            context.log().contains("out_s3: delayed events were put to s3://bkt/2023111512_0.txt"))
        .isTrue();
  }

  @Test
  void aRequestIsSignedForTheRegion() throws Exception {
    assertThat(written("store_as text\ns3_region eu-west-3").headers().get("authorization"))
        .startsWith("AWS4-HMAC-SHA256 Credential=K/")
        .contains("/eu-west-3/s3/aws4_request");
  }

  @Test
  void configurationsThatTheGemRefuses() {
    for (Map.Entry<String, String> wrong :
        Map.of(
                "hex_random_length 17", "hex_random_length parameter must be less than or equal to",
                "index_format %5d", "index_format parameter should follow",
                "s3_object_key_format %{uuid}/x",
                    "%{uuid} placeholder in s3_object_key_format is removed!",
                "checksum_algorithm MD9", "checksum_algorithm must be")
            .entrySet()) {
      assertThatThrownBy(() -> make(wrong.getKey()))
          .isInstanceOf(ConfigException.class)
          .hasMessageContaining(wrong.getValue());
    }
    assertThatThrownBy(
            () ->
                TestPlugins.output(
                    S3Output.TYPE,
                    "s3_bucket bkt\ns3_endpoint s3-us-west-1.amazonaws.com",
                    context))
        .hasMessageContaining("s3_endpoint parameter is not supported for S3");
  }

  @Test
  void severalThreadsNeedKeysOfTheirOwn() {
    context.buffer(Buffers.hourly(2, "+00:00"));
    make("store_as text");
    assertThat(context.log().contains("No ${chunk_id}, %{uuid_flush} or %{hex_random}")).isTrue();
  }

  @Test
  void theOldSignatureIsSaidToBeGone() {
    make("signature_version s3");
    assertThat(context.log().contains("signature_version s3 is not supported, v4 is used"))
        .isTrue();
  }
}
