package io.runnel.plugins.contrib;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.runnel.config.ConfigException;
import io.runnel.plugin.Input;
import io.runnel.testkit.Await;
import io.runnel.testkit.ManualClock;
import io.runnel.testkit.TestContext;
import io.runnel.testkit.TestPlugins;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With a program in dstat's place: it notes its arguments and writes what dstat writes. */
class DstatInputTest {
  private static final Map<String, Object> FIGURES =
      Map.of(
          "total_cpu_usage", Map.of("usr", "1.5", "sys", "0.5"),
          "dsk/sda", Map.of("read", "0.0"));

  @TempDir Path folder;

  private final ManualClock clock = ManualClock.standard();
  private final TestContext context = new TestContext().clock(clock);

  @AfterEach
  void close() {
    context.close();
  }

  private Path program(String end) throws IOException {
    Path program = folder.resolve("my-dstat");
    Files.writeString(
        program,
        "#!/bin/sh\necho \"$@\" >> "
            + folder.resolve("arguments")
            + "\nfor a; do [ \"$last\" = --output ] && out=$a; last=$a; done\n"
            + "cat > \"$out\" <<'EOF'\n\n\n\"Host:\",\"h\",,\"User:\",\"root\"\n"
            + "\"Cmdline:\",\"dstat\",,\"Date:\",\"today\"\n\n"
            + "\"total cpu usage\",,\"dsk/sda\"\n\"usr\",\"sys\",\"read\"\n1.5,0.5,0.0\nEOF\n"
            + end
            + "\n");
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    return program;
  }

  private Input input(Path program, String config) {
    return TestPlugins.input(
        DstatInput.TYPE,
        "tag d\ntmp_file " + folder.resolve("fifo") + "\ndstat_path " + program + "\n" + config,
        context);
  }

  private List<String> arguments() throws IOException {
    return Files.readAllLines(folder.resolve("arguments"));
  }

  @Test
  void eachLineIsAnEvent() throws Exception {
    Input input = input(program("exec sleep 100"), "hostname_command echo box");
    input.start();
    Await.await(() -> !context.emitter().events().isEmpty());
    input.stop();
    input.close();
    assertThat(context.emitter().records())
        .containsExactly(Map.of("hostname", "box", "dstat", FIGURES));
    assertThat(context.emitter().events().getFirst().tag()).isEqualTo("d");
    assertThat(arguments())
        .containsExactly("-fcdnm --nocolor --output " + folder.resolve("fifo") + " 1");
    assertThat(folder.resolve("fifo")).doesNotExist();
  }

  @Test
  void optionsArePassedAndASilentOneIsStartedAgain() throws Exception {
    Input input = input(program("exec sleep 100"), "option -cd\ndelay 2");
    input.start();
    try {
      Await.await(() -> context.emitter().events().size() == 1);
      Await.await(
          () -> {
            clock.advance(Duration.ofSeconds(1)); // the watch looks each second
            return context.emitter().events().size() >= 2;
          });
    } finally {
      input.stop();
      input.close();
    }
    assertThat(arguments().getFirst())
        .isEqualTo("-cd --nocolor --output " + folder.resolve("fifo") + " 2");
    assertThat(context.emitter().records().get(1))
        .isEqualTo(Map.of("hostname", "test-host", "dstat", FIGURES));
    assertThat(context.log().texts())
        .anyMatch(text -> text.contains("Process dstat is stopped or silent"));
  }

  @Test
  void aProgramThatIsNotThereDoesNotEndTheStart() throws Exception {
    Input input = input(folder.resolve("none"), "");
    input.start();
    input.stop();
    input.close();
    assertThat(context.emitter().events()).isEmpty();
  }

  @Test
  void aFileInThePipesPlaceIsRefused() throws Exception {
    Files.writeString(folder.resolve("fifo"), "x");
    assertThatThrownBy(() -> input(folder.resolve("none"), ""))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("is no named pipe");
  }

  @Test
  void headsOfFilesAreLeftOut() {
    DstatTable table = new DstatTable();
    for (String line :
        List.of(
            "\"Dstat 0.7.4 CSV output\"",
            "\"Author:\",\"someone\"",
            "\"memory usage\",,\"a,b\"",
            "used,free,x")) {
      assertThat(table.line(line)).isNull();
    }
    assertThat(table.line("1,2,3,4"))
        .isEqualTo(
            Map.of("memory_usage", Map.of("used", "1", "free", "2"), "a,b", Map.of("x", "3")));
    assertThat(table.line("1")).isEqualTo(Map.of("memory_usage", Map.of("used", "1")));
  }
}
