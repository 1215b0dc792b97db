package io.runnel.connectors.webhdfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.ZstdInputStream;
import io.runnel.config.ConfigException;
import io.runnel.plugins.BuiltinPlugins;
import io.runnel.testkit.ConnectorContract;
import io.runnel.testkit.MemoryChunk;
import io.runnel.testkit.OutputDriver;
import io.runnel.testkit.TestCertificates;
import io.runnel.testkit.TestContext;
import io.runnel.testkit.TestPlugins;
import io.runnel.testkit.TlsProxy;
import io.runnel.time.Zone;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WebhdfsOutputTest {
  private static final String JSON = "\n<format>\n@type json\n</format>";

  private FakeHdfs hdfs;

  @BeforeEach
  void serve() throws IOException {
    hdfs = new FakeHdfs();
  }

  @AfterEach
  void close() {
    hdfs.close();
  }

  private OutputDriver driver(String config) throws Exception {
    return new OutputDriver(new BuiltinPlugins(), "tag", "time")
        .start(WebhdfsOutput.TYPE, "host 127.0.0.1\nport " + hdfs.name.port() + "\n" + config);
  }

  private static MemoryChunk at(MemoryChunk chunk) {
    return chunk.withTimekey(1_500_000_000L, Zone.UTC);
  }

  private String text(String path) {
    return new String(hdfs.files.get(path), StandardCharsets.UTF_8);
  }

  @Test
  void indexSaysWhatTheCatalogueHas() {
    ConnectorContract.check("webhdfs", new WebhdfsPlugins());
  }

  @Test
  void chunksAreAppendedToTheFileOfTheirSlice() throws Exception {
    try (OutputDriver driver = driver("path /logs/%Y/${tag} x.log\nusername me")) {
      driver.write(at(driver.chunk("app", Map.of("n", 1))));
      driver.write(at(driver.chunk("app", Map.of("n", 2))));
      assertThat(text("/logs/2017/app%20x.log"))
          .isEqualTo(
              "2017-07-14T02:40:00Z\tapp\t{\"n\":1}\n2017-07-14T02:40:00Z\tapp\t{\"n\":2}\n");
      assertThat(hdfs.name.requests())
          .allMatch(request -> request.target().contains("user.name=me"));
      assertThat(hdfs.data.requests()).extracting(r -> r.method()).containsExactly("PUT", "POST");
    }
  }

  @Test
  void tlsIsUsedAndTheNameNodesAuthorityChecked(@TempDir Path folder) throws Exception {
    TestCertificates certificates =
        TestCertificates.in(Files.createDirectories(folder.resolve("own")), "127.0.0.1");
    TestCertificates others =
        TestCertificates.in(Files.createDirectories(folder.resolve("others")), "127.0.0.1");
    try (TlsProxy proxy = new TlsProxy(certificates.context(), hdfs.name.port());
        OutputDriver driver = new OutputDriver(new BuiltinPlugins(), "tag", "time")) {
      String config =
          "host 127.0.0.1\nport "
              + proxy.port()
              + "\npath /sealed\nssl true\nssl_verify_mode peer\nssl_ca_file ";
      driver.start(WebhdfsOutput.TYPE, config + others.authority() + JSON);
      MemoryChunk chunk = at(driver.chunk("app", Map.of("n", 1)));
      assertThatThrownBy(() -> driver.write(chunk))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("127.0.0.1:" + proxy.port())
          .hasStackTraceContaining("certification path");
      assertThat(hdfs.files).isEmpty();
      driver.start(WebhdfsOutput.TYPE, config + certificates.authority() + JSON);
      driver.write(chunk);
      assertThat(text("/sealed")).contains("{\"n\":1}");
    }
  }

  @Test
  void anAppendWhoseAnswerGotLostIsNotRepeated() throws Exception {
    try (OutputDriver driver = driver("path /a" + JSON)) {
      driver.write(at(driver.chunk("app", Map.of("n", 1))));
      MemoryChunk chunk = at(driver.chunk("app", Map.of("n", 2)));
      hdfs.loseNextAnswer = true;
      assertThatThrownBy(() -> driver.write(chunk))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("cannot append to /a at 127.0.0.1:");
      driver.write(chunk);
      assertThat(text("/a")).isEqualTo("{\"n\":1}\n{\"n\":2}\n");
      assertThat(driver.context().log().contains("was written already")).isTrue();
    }
  }

  @Test
  void norIsItByTheNextRunWhereTheBufferIsAFile(@TempDir Path folder) throws Exception {
    MemoryChunk chunk;
    try (OutputDriver driver = driver("path /a" + JSON)) {
      driver.write(at(driver.chunk("app", Map.of("n", 1))));
      chunk = at(driver.chunk("app", Map.of("n", 2))).withNote(folder.resolve("note"));
      hdfs.loseNextAnswer = true;
      MemoryChunk lost = chunk;
      assertThatThrownBy(() -> driver.write(lost)).isInstanceOf(IOException.class);
    }
    byte[] note = Files.readAllBytes(folder.resolve("note"));
    try (OutputDriver driver = driver("path /a" + JSON)) {
      assertThat(driver.resume(chunk)).isFalse();
      driver.write(chunk);
      assertThat(text("/a")).isEqualTo("{\"n\":1}\n{\"n\":2}\n");
      assertThat(driver.context().log().contains("was written already")).isTrue();
    }
    note[12] ^= 1; // a damaged note is none
    Files.write(folder.resolve("note"), note);
    try (OutputDriver driver = driver("path /a" + JSON)) {
      assertThat(driver.resume(chunk)).isFalse();
      driver.write(chunk);
      assertThat(text("/a")).isEqualTo("{\"n\":1}\n{\"n\":2}\n{\"n\":2}\n");
    }
  }

  /** The file has grown by as many bytes as the failed append had, but they are another chunk's. */
  @Test
  void anotherAppendOfTheSameLengthIsNotMistakenForIt(@TempDir Path folder) throws Exception {
    try (OutputDriver driver = driver("path /a" + JSON)) {
      driver.write(at(driver.chunk("app", Map.of("n", 1))));
      byte[] before = hdfs.files.get("/a");
      MemoryChunk failed = at(driver.chunk("app", Map.of("n", 2))).withNote(folder.resolve("note"));
      hdfs.loseNextAnswer = true;
      assertThatThrownBy(() -> driver.write(failed)).isInstanceOf(IOException.class);
      hdfs.files.put("/a", before); // it has not come after all
      driver.write(at(driver.chunk("app", Map.of("n", 3))));
      assertThat(folder.resolve("note")).doesNotExist();
      driver.write(failed);
      assertThat(text("/a")).isEqualTo("{\"n\":1}\n{\"n\":3}\n{\"n\":2}\n");
    }
  }

  @Test
  void withoutAppendEachChunkIsAFileThatCanBeWrittenAgain() throws Exception {
    try (OutputDriver driver = driver("path /c/${chunk_id}\nappend false\ncompress gzip" + JSON)) {
      MemoryChunk chunk = at(driver.chunk("app", Map.of("n", 1)));
      driver.write(chunk);
      driver.write(chunk);
      byte[] file = hdfs.files.get("/c/" + chunk.hexId() + ".gz");
      assertThat(new GZIPInputStream(new ByteArrayInputStream(file)).readAllBytes())
          .asString()
          .isEqualTo("{\"n\":1}\n");
      driver.start(
          WebhdfsOutput.TYPE,
          "namenode 127.0.0.1:"
              + hdfs.name.port()
              + "\npath /z-%{uuid}\nextension .z\ncompress zstd\nend_with_newline false"
              + JSON);
      driver.write(chunk);
      String path =
          hdfs.files.keySet().stream().filter(p -> p.endsWith(".z")).findFirst().orElseThrow();
      assertThat(new ZstdInputStream(new ByteArrayInputStream(hdfs.files.get(path))).readAllBytes())
          .asString()
          .isEqualTo("{\"n\":1}\n");
    }
  }

  @Test
  void aGatewayTakesTheBytesItself() throws Exception {
    try (OutputDriver driver = driver("path /g\nhttpfs true" + JSON)) {
      driver.write(at(driver.chunk("app", Map.of("n", 1))));
      driver.write(at(driver.chunk("app", Map.of("n", 2))));
      assertThat(text("/g")).isEqualTo("{\"n\":1}\n{\"n\":2}\n");
      assertThat(hdfs.data.requests()).isEmpty();
    }
  }

  @Test
  void theStandbyTakesOver() throws Exception {
    try (FakeHdfs other = new FakeHdfs();
        OutputDriver driver =
            driver(
                "path /s\nfailures_before_use_standby 2\nstandby_namenode 127.0.0.1:"
                    + other.name.port()
                    + JSON)) {
      hdfs.standby = true;
      driver.write(at(driver.chunk("app", Map.of("n", 1))));
      assertThat(other.files).containsKey("/s");
      hdfs.standby = false;
      other.name.close();
      MemoryChunk chunk = at(driver.chunk("app", Map.of("n", 2)));
      assertThatThrownBy(() -> driver.write(chunk)).isInstanceOf(IOException.class);
      driver.write(chunk);
      assertThat(text("/s")).isEqualTo("{\"n\":2}\n");
      assertThat(driver.context().log().contains("Namenode failovered")).isTrue();
    }
  }

  @Test
  void whatTheOperatorCanMendIsSaidAndTriedAgain() throws Exception {
    try (OutputDriver driver = driver("path /p\nusername you" + JSON)) {
      hdfs.user = "me";
      MemoryChunk chunk = at(driver.chunk("app", Map.of("n", 1)));
      assertThatThrownBy(() -> driver.write(chunk))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("403 AccessControlException: Permission denied")
          .hasMessageContaining("(check username");
      hdfs.user = "you";
      driver.write(chunk);
      assertThat(text("/p")).isEqualTo("{\"n\":1}\n");
      driver.start(WebhdfsOutput.TYPE, "host nowhere.invalid\npath /p" + JSON);
      assertThatThrownBy(() -> driver.write(chunk))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("nowhere.invalid");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "path /a|WebHDFS host or namenode missing",
        "path a;host h|Path on hdfs MUST starts with '/', but 'a'",
        "path /a;host h;append false|path must contain ${chunk_id}",
        "path /a;namenode h|Invalid config value about namenode: 'h'",
        "path /a;host h;standby_namenode x:y|Invalid config value about standby_namenode",
        "path /a;host h;standby_namenode x:1;httpfs true|both of standby_namenode and httpfs",
        "path /a;host h;kerberos true|kerberos is not supported",
        "path /a;host h;compress snappy|valid options are text,gzip,zstd but got snappy",
        "path /a;host h;output_data_type attr:a|output_data_type is not supported",
      })
  void isRefused(String config, String message) {
    try (TestContext context =
        new TestContext(new BuiltinPlugins()).buffer(OutputDriver.buffer("time"))) {
      assertThatThrownBy(
              () -> TestPlugins.output(WebhdfsOutput.TYPE, config.replace(";", "\n"), context))
          .isInstanceOf(ConfigException.class)
          .hasMessageContaining(message);
    }
  }

  @Test
  void theSliceIsWhatThePathAsksFor() {
    Map.of("/a/%Y", "86400", "/a/%H", "3600", "/a/%H%M", "60", "/%S", "1")
        .forEach(
            (path, timekey) ->
                assertThat(
                        WebhdfsOutput.TYPE
                            .buffer()
                            .apply(TestPlugins.section("match", "path " + path))
                            .parameters())
                    .containsEntry("timekey", timekey));
  }
}
