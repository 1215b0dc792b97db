package io.runnel.plugins.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.runnel.config.ConfigException;
import io.runnel.config.ConfigSpec;
import io.runnel.event.EventTime;
import io.runnel.log.Level;
import io.runnel.plugin.BufferedOutput;
import io.runnel.plugins.BuiltinPlugins;
import io.runnel.testkit.Await;
import io.runnel.testkit.Emitted;
import io.runnel.testkit.MemoryChunk;
import io.runnel.testkit.TestContext;
import io.runnel.testkit.TestPlugins;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExecFilterOutputTest {
  private static final String TABS =
      "<format>\n@type tsv\nkeys tag,n\n</format>\n<parse>\n@type tsv\nkeys tag,n\n"
          + "types n:integer\n</parse>\n<inject>\ntag_key tag\n</inject>\n"
          + "<extract>\ntag_key tag\n</extract>\n";

  @TempDir Path dir;
  private final TestContext context = new TestContext(new BuiltinPlugins());
  private BufferedOutput output;

  @AfterEach
  void stop() {
    if (output != null) {
      output.stop();
      output.close();
    }
    context.close();
  }

  private void open(String config) throws Exception {
    output = (BufferedOutput) TestPlugins.output(ExecFilterOutput.TYPE, config, context);
    output.start();
  }

  @SafeVarargs
  private void write(String tag, Map<String, Object>... records) throws Exception {
    output.write(
        MemoryChunk.of(
            tag, TestPlugins.stream(EventTime.pack(1700000000, 0), records), output.chunkFormat()));
  }

  @Test
  void emitsWhatTheCommandWrites() throws Exception {
    Files.writeString(
        dir.resolve("f.sh"),
        "i=0\nwhile read -r line; do i=$((i + 1)); echo \"$i got $line\"; done\n");
    open(
        "command sh "
            + dir
            + "/f.sh\ntag done.it\n<format>\n@type json\n</format>\n"
            + "<parse>\n@type regexp\nexpression /^(?<t>\\d+) (?<rest>.*)$/\n</parse>\n"
            + "<inject>\ntime_key t\n</inject>\n"
            + "<extract>\ntime_key t\ntime_type unixtime\n</extract>\n");
    write("app.o", Map.of("n", 1L), Map.of("n", 2L));
    assertThat(context.emitter().await(2))
        .containsExactly(
            Emitted.of("done.it", 1, Map.of("rest", "got {\"n\":1,\"t\":1700000000}")),
            Emitted.of("done.it", 2, Map.of("rest", "got {\"n\":2,\"t\":1700000000}")));
  }

  @Test
  void takesTheTagFromAColumn() throws Exception {
    open("command cat\nadd_prefix pre\nremove_prefix app\n" + TABS);
    write("app.o", Map.of("n", 4L));
    Emitted event = context.emitter().await(1).getFirst();
    assertThat(event.tag()).isEqualTo("pre.o");
    assertThat(event.record()).isEqualTo(Map.of("n", 4L));
    assertThat(event.seconds()).isGreaterThan(1_700_000_000);
  }

  @Test
  void understandsTheOldParameters() throws Exception {
    open(
        "command cat\nin_keys tag,time,n\nin_tag_key tag\nin_time_key time\n"
            + "in_time_format %Y-%m-%d %H:%M:%S %z\nout_keys tag,time,n\nout_tag_key tag\n"
            + "out_time_key time\nout_time_format %Y-%m-%d %H:%M:%S %z\n");
    write("app.o", Map.of("n", 4L));
    assertThat(context.emitter().await(1))
        .containsExactly(Emitted.of("app.o", 1700000000, Map.of("n", "4")));
  }

  @Test
  void startsADeadProcessAgain() throws Exception {
    open("command \"read line; echo $line\"\nchild_respawn inf\n" + TABS);
    write("a", Map.of("n", 1L));
    context.emitter().await(1);
    Await.await(() -> context.log().contains("respawning child process"));
    Await.await(
        () -> {
          try {
            write("a", Map.of("n", 2L));
            return true;
          } catch (Exception e) {
            return false; // no healthy child yet
          }
        });
    assertThat(context.emitter().await(2)).hasSizeGreaterThanOrEqualTo(2);
  }

  @Test
  void refusesAChunkWhereNoProcessIsLeft() throws Exception {
    open("command exit 1\n" + TABS);
    Await.await(() -> context.log().contains("child process exits"));
    assertThatThrownBy(() -> write("a", Map.of("n", 1L)))
        .hasMessage("no healthy child processes exist");
  }

  @Test
  void dealsChunksOutInTurn() throws Exception {
    open("command \"sed -u s/^/$$./\"\nnum_children 2\n" + TABS);
    write("a", Map.of("n", 1L));
    write("a", Map.of("n", 2L));
    List<String> tags = context.emitter().await(2).stream().map(Emitted::tag).toList();
    assertThat(tags.get(0)).isNotEqualTo(tags.get(1));
  }

  @Test
  void aStopWaitsForWhatIsInTheProcess() throws Exception {
    open("command \"sleep 1; cat\"\n" + TABS);
    write("a", Map.of("n", 1L));
    output.stop();
    assertThat(context.emitter().records()).containsExactly(Map.of("n", 1L));
  }

  @Test
  void needsATag() {
    assertThatThrownBy(() -> open("command cat\n<format>\nkeys a\n</format>\n"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("'tag' or");
    assertThatThrownBy(() -> open("command cat\nchild_respawn x\n" + TABS))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("child_respawn option argument invalid");
  }

  /** What the command gets for an event, with flat parameters of this kind. */
  private String given(String config) throws Exception {
    open("command cat\ntag x\nin_format json\nout_format none\n" + config);
    write("app.o", Map.of("n", 4L));
    return context.emitter().await(1).getFirst().record().get("message").toString();
  }

  @Test
  void flatTimesGoToTheCommandAndComeBack() throws Exception {
    assertThat(given("time_key t\ntime_format %d %H\ntimezone +09:00"))
        .isEqualTo("{\"n\":4,\"t\":\"15 07\"}");
  }

  @Test
  void aFlatTagKeyIsForBothSides() throws Exception {
    open("command cat\ntag_key g\nin_keys g,n\nout_keys g,n\n");
    write("app.o", Map.of("n", 4L));
    Emitted event = context.emitter().await(1).getFirst();
    assertThat(event.tag()).isEqualTo("app.o");
    assertThat(event.record()).isEqualTo(Map.of("n", "4"));
  }

  @Test
  void flatZonesBecomeThoseOfTheSections() {
    for (String zone : List.of("utc true", "localtime false", "timezone +03:00")) {
      var section =
          TestPlugins.section("match", "command cat\ntag x\ntime_key t\ntime_format %H\n" + zone);
      ExecFilterSettings settings =
          ExecFilterSettings.of(
              ConfigSpec.of(ExecFilterSettings.Config.class).bind(section, true), section);
      String[] pair = zone.split(" ");
      assertThat(settings.inject().orElseThrow().toString())
          .contains(pair[0] + "=")
          .contains(pair[1]);
      assertThat(settings.inject().orElseThrow().toString())
          .isNotEqualTo(plain().inject().orElseThrow().toString());
      assertThat(settings.extract().orElseThrow().toString())
          .isNotEqualTo(plain().extract().orElseThrow().toString());
    }
  }

  private static ExecFilterSettings plain() {
    var section = TestPlugins.section("match", "command cat\ntag x\ntime_key t\ntime_format %H");
    return ExecFilterSettings.of(
        ConfigSpec.of(ExecFilterSettings.Config.class).bind(section, true), section);
  }

  @Test
  void warningsAboutWhatDoesNotParseMayBeFew() throws Exception {
    open(
        "command cat\ntag x\nin_format json\nsuppress_error_log_interval 1h\n"
            + "<parse>\n@type regexp\nexpression /(?<n>good)/\n</parse>");
    write("app.o", Map.of("n", "a"), Map.of("n", "b"), Map.of("n", "good"));
    context.emitter().await(1);
    assertThat(context.log().texts(Level.WARN).stream().filter(line -> line.contains("{")))
        .hasSize(1);
  }
}
