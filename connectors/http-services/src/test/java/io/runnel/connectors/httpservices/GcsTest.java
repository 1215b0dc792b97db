package io.runnel.connectors.httpservices;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.runnel.config.ConfigException;
import io.runnel.event.Json;
import io.runnel.plugin.UnrecoverableException;
import io.runnel.plugins.BuiltinPlugins;
import io.runnel.testkit.FakeHttpServer;
import io.runnel.testkit.MemoryChunk;
import io.runnel.testkit.OutputDriver;
import io.runnel.time.Zone;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GcsTest {
  private static final String SEPARATOR = "\r\n\r\n";

  @TempDir Path folder;

  private final OutputDriver driver = new OutputDriver(new BuiltinPlugins(), "tag", "time");
  private final Map<String, String> objects = new HashMap<>();
  private boolean bucket = true;
  private FakeGoogle google;
  private Path key;

  @BeforeEach
  void serve() throws Exception {
    google = new FakeGoogle(this::answer);
    key = google.keyFile(folder);
  }

  @AfterEach
  void close() {
    driver.close();
    google.close();
  }

  /** A bucket that keeps what its objects are. */
  private synchronized FakeHttpServer.Answer answer(FakeHttpServer.Request request) {
    if (request.target().startsWith("/storage/v1/b?")) {
      bucket = true;
      return new FakeHttpServer.Answer(200, "{}");
    }
    if (request.method().equals("GET")) {
      String name =
          request.target().substring("/storage/v1/b/logs/o/".length()).replace("%2F", "/");
      return objects.containsKey(name)
          ? new FakeHttpServer.Answer(200, objects.get(name))
          : new FakeHttpServer.Answer(404, "");
    }
    if (!bucket) {
      return new FakeHttpServer.Answer(404, "{\"error\":{\"message\":\"no such bucket\"}}");
    }
    String description = Json.write(description(request));
    String name = (String) description(request).get("name");
    if (request.target().contains("ifGenerationMatch=0") && objects.containsKey(name)) {
      return new FakeHttpServer.Answer(412, "");
    }
    objects.put(name, description);
    return new FakeHttpServer.Answer(200, "{}");
  }

  private static Map<?, ?> description(FakeHttpServer.Request request) {
    String text = new String(request.body(), StandardCharsets.ISO_8859_1);
    int from = text.indexOf(SEPARATOR) + SEPARATOR.length();
    return (Map<?, ?>) Json.parse(text.substring(from, text.indexOf("\r\n", from)));
  }

  private static byte[] content(FakeHttpServer.Request request) {
    String text = new String(request.body(), StandardCharsets.ISO_8859_1);
    int from = text.indexOf(SEPARATOR, text.indexOf(SEPARATOR) + 1) + SEPARATOR.length();
    return Arrays.copyOfRange(request.body(), from, text.lastIndexOf("\r\n--runnel-"));
  }

  private void start(String config) throws Exception {
    driver.start(
        GcsOutput.TYPE,
        "keyfile " + key + "\nbucket logs\nendpoint " + google.url() + "/\n" + config);
  }

  private MemoryChunk chunk() throws Exception {
    return driver.chunk("app", Map.of("a", 1)).withTag("app").withTimekey(1_500_000_000L, Zone.UTC);
  }

  @Test
  void aChunkIsAnObject() throws Exception {
    start(
        "path logs/${tag}/%Y/\nacl project_private\nstorage_class nearline\n"
            + "<object_metadata>\nkey k\nvalue v\n</object_metadata>\n"
            + "<format>\n@type json\n</format>\n<inject>\ntag_key tag\n</inject>");
    MemoryChunk chunk = chunk();
    driver.write(chunk);
    FakeHttpServer.Request request = google.requests().getFirst();
    assertThat(request.target())
        .isEqualTo(
            "/upload/storage/v1/b/logs/o?uploadType=multipart&ifGenerationMatch=0"
                + "&predefinedAcl=projectPrivate");
    assertThat(description(request))
        .isEqualTo(
            Map.of(
                "name", "logs/app/2017/20170714_0.gz",
                "contentType", "application/gzip",
                "storageClass", "NEARLINE",
                "metadata", Map.of("k", "v", "runnel-chunk-id", chunk.hexId())));
    try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(content(request)))) {
      assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8))
          .isEqualTo("{\"a\":1,\"tag\":\"app\"}\n");
    }
  }

  @Test
  void namesThatAreTakenGetTheNextIndexButAChunkIsWrittenOnce() throws Exception {
    start("store_as text\ntime_slice_format %Y\nclient_timeout 5\nclient_retries 3");
    MemoryChunk chunk = chunk();
    driver.write(chunk);
    driver.write(chunk);
    driver.write(chunk());
    assertThat(objects.keySet()).containsExactlyInAnyOrder("2017_0.txt", "2017_1.txt");
    assertThat(new String(content(google.requests().getFirst()), StandardCharsets.UTF_8))
        .isEqualTo("2017-07-14T02:40:00+00:00\tapp\t{\"a\":1}\n");
  }

  @Test
  void withoutAnIndexAnObjectIsKeptOrReplaced() throws Exception {
    String format =
        "store_as json\nobject_key_format %{hostname}/%{time_slice}.%{file_extension}\n";
    start(format);
    driver.write(chunk());
    assertThatThrownBy(() -> driver.write(chunk()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("already exists");
    start(format + "overwrite true");
    driver.write(chunk());
    assertThat(objects).hasSize(1);
    start("object_key_format %{hex_random}\nhex_random_length 8");
    driver.write(chunk());
    assertThat(objects.keySet()).anyMatch(name -> name.matches("[0-9a-f]{8}"));
  }

  @Test
  void textThatIsGivenOutWithoutCompression() throws Exception {
    start("transcoding true\nencryption_key 0123456789abcdef0123456789abcdef");
    driver.write(chunk());
    FakeHttpServer.Request request = google.requests().getFirst();
    assertThat(description(request).get("contentType")).isEqualTo("text/plain");
    assertThat(description(request).get("contentEncoding")).isEqualTo("gzip");
    assertThat(request.headers())
        .containsEntry("x-goog-encryption-algorithm", "AES256")
        .containsEntry("x-goog-encryption-key", "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=");
  }

  @Test
  void aBucketIsMade() throws Exception {
    bucket = false;
    start("");
    assertThatThrownBy(() -> driver.write(chunk()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("bucket `logs` does not exist");
    start("project p\nauto_create_bucket false");
    assertThatThrownBy(() -> driver.write(chunk())).hasMessageContaining("no such bucket");
    start("project p");
    driver.write(chunk());
    assertThat(google.requests().stream().map(FakeHttpServer.Request::target).toList())
        .contains("/storage/v1/b?project=p");
    assertThat(objects).hasSize(1);
  }

  @Test
  void whatTimeOrAnOperatorCanMendIsTriedAgain() throws Exception {
    start("");
    MemoryChunk chunk = chunk();
    google.answerOnce(403, "{\"error\":{\"message\":\"denied\"}}");
    assertThatThrownBy(() -> driver.write(chunk))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("403 denied (the credentials are wrong or may not do this)");
    google.answerOnce(503, "busy");
    assertThatThrownBy(() -> driver.write(chunk)).isInstanceOf(IOException.class);
    driver.write(chunk);
    google.answerOnce(400, "{\"error\":{\"message\":\"bad\"}}");
    assertThatThrownBy(() -> driver.write(chunk())).isInstanceOf(UnrecoverableException.class);
    assertThatThrownBy(() -> start("hex_random_length 33"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("hex_random_length parameter should be set to 32");
  }
}
