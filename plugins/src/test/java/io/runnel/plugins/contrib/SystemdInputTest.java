package io.runnel.plugins.contrib;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.runnel.config.ConfigException;
import io.runnel.event.Event;
import io.runnel.event.EventStream;
import io.runnel.event.EventTime;
import io.runnel.log.Level;
import io.runnel.plugin.Filter;
import io.runnel.plugin.Input;
import io.runnel.plugins.BuiltinPlugins;
import io.runnel.testkit.Await;
import io.runnel.testkit.Emitted;
import io.runnel.testkit.TestContext;
import io.runnel.testkit.TestPlugins;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SystemdInputTest {
  private static final String EXPORT =
      """
      __CURSOR=s=1;i=a
      __REALTIME_TIMESTAMP=1700000000500000
      _HOSTNAME=box
      PRIORITY=6
      MESSAGE=hello=world

      __CURSOR=s=1;i=b
      __REALTIME_TIMESTAMP=1700000001000000
      MESSAGE
      \u0003\0\0\0\0\0\0\0a
      b
      _PID=1

      __CURSOR=s=1;i=c
      MESSAGE=not whole
      """;

  @TempDir Path folder;

  private final TestContext context = new TestContext(new BuiltinPlugins());

  @AfterEach
  void close() {
    context.close();
  }

  private Input input(String config) {
    return TestPlugins.input(SystemdInput.TYPE, "tag j\n" + config, context);
  }

  private String exported() throws Exception {
    return Files.writeString(folder.resolve("export"), EXPORT).toString();
  }

  @Test
  void theFilterRenamesFieldsOfEntries() throws Exception {
    try (TestContext context = new TestContext()) {
      Filter filter =
          TestPlugins.filter(
              SystemdEntryFilter.TYPE,
              "field_map {\"MESSAGE\": \"log\", \"_PID\": [\"process\", \"pid\"], \"_CMDLINE\": \"process\"}\n"
                  + "fields_strip_underscores true\nfields_lowercase true",
              context);
      Map<String, Object> entry = new LinkedHashMap<>();
      entry.put("MESSAGE", "hi");
      entry.put("_PID", "7");
      entry.put("_CMDLINE", "sh");
      entry.put("_UID", "0");
      EventStream out = filter.filter("t", EventStream.of(new Event(0, entry)));
      assertThat(out.events().iterator().next().record())
          .isEqualTo(Map.of("log", "hi", "process", "7 sh", "pid", "7", "uid", "0"));
    }
  }

  @Test
  void readsTheExportFormat() throws Exception {
    JournalReader reader =
        new JournalReader(new ByteArrayInputStream(EXPORT.getBytes(StandardCharsets.UTF_8)));
    assertThat(reader.next()).containsEntry("MESSAGE", "hello=world").hasSize(5);
    assertThat(reader.next()).containsEntry("MESSAGE", "a\nb").containsEntry("_PID", "1");
    assertThat(reader.next()).isNull();
  }

  @Test
  void aFileOfEntries() throws Exception {
    Input input = input("path " + exported());
    input.start();
    List<Emitted> events = context.emitter().await(2);
    assertThat(events)
        .containsExactly(
            new Emitted(
                "j",
                EventTime.pack(1_700_000_000L, 500_000_000),
                Map.of("_HOSTNAME", "box", "PRIORITY", "6", "MESSAGE", "hello=world")),
            new Emitted(
                "j", EventTime.pack(1_700_000_001L, 0), Map.of("MESSAGE", "a\nb", "_PID", "1")));
    input.stop();
  }

  @Test
  void namesOfFields() throws Exception {
    Input input =
        input(
            "path "
                + exported()
                + "\n<entry>\nfields_strip_underscores true\nfields_lowercase true\n"
                + "field_map {\"MESSAGE\": [\"log\", \"both\"], \"PRIORITY\": \"both\"}\n</entry>");
    input.start();
    assertThat(context.emitter().await(2).getFirst().record())
        .containsOnly(
            Map.entry("hostname", "box"),
            Map.entry("both", "6 hello=world"),
            Map.entry("log", "hello=world"));
    input.stop();
  }

  @Test
  void strictMapOfFields() throws Exception {
    Input input =
        input(
            "path "
                + exported()
                + "\n<entry>\nfield_map {\"_PID\": \"pid\"}\nfield_map_strict true\n</entry>");
    input.start();
    assertThat(context.emitter().await(2).getLast().record()).isEqualTo(Map.of("pid", "1"));
    input.stop();
  }

  @Test
  void goesOnBehindTheStoredCursor() throws Exception {
    String config =
        "path "
            + exported()
            + "\n<storage>\n@type local\npersistent true\npath "
            + folder.resolve("cursor.json")
            + "\n</storage>";
    Input first = input(config);
    first.start();
    context.emitter().await(2);
    first.stop();
    first.close();
    context.emitter().clear();
    Files.writeString(folder.resolve("export"), EXPORT + "\n__CURSOR=s=1;i=d\nMESSAGE=later\n\n");
    Input second = input(config);
    second.start();
    List<Emitted> events = context.emitter().await(2);
    assertThat(events.stream().map(e -> e.record().get("MESSAGE")))
        .containsExactly("not whole", "later");
    second.stop();
    second.close();
  }

  @Test
  void runsJournalctlAgainBehindTheCursor() throws Exception {
    exported();
    Path script = folder.resolve("journalctl");
    Files.writeString(
        script, "#!/bin/sh\necho \"$@\" >> " + folder + "/calls\ncat " + folder + "/export\n");
    assertThat(script.toFile().setExecutable(true)).isTrue();
    Input input =
        input(
            "path "
                + folder
                + "\nread_from_head true\njournalctl "
                + script
                + "\nmatches [{\"_SYSTEMD_UNIT\":\"a.service\",\"PRIORITY\":[0,1]},{\"_PID\":1}]");
    input.start();
    Path calls = folder.resolve("calls");
    Await.await(
        () -> {
          try {
            return Files.exists(calls) && Files.readAllLines(calls).size() >= 2;
          } catch (java.io.IOException e) {
            return false;
          }
        });
    input.stop();
    String base = "--no-pager -q -o export -f -D " + folder + " --no-tail ";
    String filters = "_SYSTEMD_UNIT=a.service PRIORITY=0 PRIORITY=1 + _PID=1";
    assertThat(Files.readAllLines(calls).subList(0, 2))
        .containsExactly(base + filters, base + "--after-cursor=s=1;i=b " + filters);
  }

  @Test
  void olderNamesOfParametersWork() throws Exception {
    Path old = Files.writeString(folder.resolve("old.pos"), "s=1;i=a\n");
    Input input = input("path " + exported() + "\nstrip_underscores true\npos_file " + old);
    input.start();
    assertThat(context.emitter().await(1).getFirst().record())
        .isEqualTo(Map.of("MESSAGE", "a\nb", "PID", "1")); // what stands behind that cursor
    input.stop();
    input.close();
    assertThatThrownBy(() -> input("filters [1]")).isInstanceOf(ConfigException.class);
  }

  @Test
  void doesNothingWithoutJournalctl() throws Exception {
    Input input = input("journalctl " + folder.resolve("nothing"));
    input.start();
    input.stop();
    assertThat(context.log().texts(Level.ERROR))
        .singleElement()
        .asString()
        .contains("is not there");
  }

  @Test
  void wrongMatches() {
    for (String matches : List.of("{}", "[1]", "nope", "[{\"-D\":\"x\"}]")) {
      assertThatThrownBy(() -> input("matches " + matches))
          .as(matches)
          .isInstanceOf(ConfigException.class);
    }
  }
}
