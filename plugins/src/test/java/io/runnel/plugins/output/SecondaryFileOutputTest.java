package io.runnel.plugins.output;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.runnel.config.ConfigException;
import io.runnel.plugin.BufferConfig;
import io.runnel.testkit.MemoryChunk;
import io.runnel.testkit.TestContext;
import io.runnel.testkit.TestPlugins;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecondaryFileOutputTest {
  @TempDir Path dir;

  private SecondaryFileOutput output(BufferConfig primary, String config) {
    TestContext context = new TestContext().secondary(true).buffer(primary);
    return (SecondaryFileOutput)
        TestPlugins.output(SecondaryFileOutput.TYPE, "directory " + dir + "/x\n" + config, context);
  }

  private static MemoryChunk chunk(String text) {
    return MemoryChunk.ofContent(text.getBytes(UTF_8), 1).withTag("app.o");
  }

  @Test
  void chunksAreKeptInNumberedFiles() throws Exception {
    SecondaryFileOutput output = output(Buffers.keys(), "");
    output.write(chunk("a"));
    output.write(chunk("b").gzipped());
    assertThat(dir.resolve("x/dump.bin.0")).hasContent("a");
    assertThat(dir.resolve("x/dump.bin.1")).hasContent("b");
  }

  @Test
  void orInOneFile() throws Exception {
    SecondaryFileOutput output =
        output(Buffers.keys("tag"), "basename ${tag[1]}\nappend true\ncompress gzip");
    output.write(chunk("a"));
    output.write(chunk("b"));
    try (var in = new GZIPInputStream(Files.newInputStream(dir.resolve("x/o.gz")))) {
      assertThat(new String(in.readAllBytes(), UTF_8)).isEqualTo("ab");
    }
  }

  @Test
  void wrongConfigurationsAreRefused() {
    assertRefused(() -> output(Buffers.keys(), "basename a/b"), "basename should not include `/`");
    String start = "out_secondary_file: basename or directory has an incompatible placeholder";
    assertRefused(() -> output(Buffers.keys(), "basename a.%Y"), start + ", remove time formats");
    assertRefused(() -> output(Buffers.keys("time"), "basename ${tag}"), start + " ${tag}");
    assertRefused(() -> output(Buffers.keys("tag"), "basename ${user}"), start + " ${user}");
    assertRefused(
        () ->
            TestPlugins.output(
                SecondaryFileOutput.TYPE,
                "directory " + dir,
                new TestContext().buffer(Buffers.keys())),
        "This plugin can only be used in the <secondary> section");
  }

  private static void assertRefused(Runnable making, String message) {
    assertThatThrownBy(making::run)
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith(message);
  }
}
