package io.runnel.manager;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClashesTest {
  @TempDir Path root;

  private Configs configs;

  @BeforeEach
  void prepare() {
    configs = new Configs(root);
  }

  private List<Finding> between(String one, String two) throws Exception {
    return Clashes.between(List.of(configs.add("a", one), configs.add("b", two)));
  }

  @ParameterizedTest(name = "{0} and {1}: {2}")
  @CsvSource({
    "0.0.0.0, 0.0.0.0, true",
    "0.0.0.0, 127.0.0.1, true",
    "127.0.0.1, 127.0.0.2, false",
    "127.0.0.1, 127.0.0.1, true",
    "::, 0.0.0.0, true",
    "::, 127.0.0.1, true",
    "::1, 127.0.0.1, false",
    "::1, ::, true",
    "::1, 0.0.0.0, false",
    "localhost, 127.0.0.1, true",
    "localhost, 127.0.0.2, false",
  })
  void addressesOfOnePort(String one, String two, boolean clash) throws Exception {
    String config = "<source>\n@type http\nport 9880\nbind %s\n</source>\n";
    assertThat(between(config.formatted(one), config.formatted(two)).isEmpty()).isEqualTo(!clash);
  }

  @ParameterizedTest(name = "{0} and {1}: {2}")
  @CsvSource({
    "@type forward, @type forward, true",
    "@type forward, @type http, false",
    "@type forward|port 5140, @type syslog, true",
    "@type http|port 5140, @type syslog, false",
    "@type http|port 5140, @type syslog|protocol_type tcp, true",
    "@type udp|port 700, @type tcp|port 700, false",
    "type monitor_agent, @type http|port 24220, true",
    "type debug_agent, type debug_agent, true",
    "@type prometheus, @type http|port 24231, true",
    "@type http|port 0, @type http|port 0, false",
    "@type opentelemetry|<http>|</http>, @type http|port 4318, true",
    "@type opentelemetry|<http>|port 700|</http>, @type tcp|port 700, true",
    "@type some_listener|port 700, @type tcp|port 700, true",
    "@type kafka|host h|port 9092, @type tcp|port 9092, false",
  })
  void portsAndDefaultsOfPlugins(String one, String two, boolean clash) throws Exception {
    List<Finding> found = between(source(one), source(two));
    assertThat(found.isEmpty()).as("%s", found).isEqualTo(!clash);
  }

  private static String source(String parameters) {
    return "<source>\n" + parameters.replace('|', '\n') + "\n</source>\n";
  }

  @Test
  void bothSidesAreNamedByFileAndLine() throws Exception {
    List<Finding> found =
        between(
            "# one\n<source>\n  @type http\n  port 9880\n</source>\n",
            "<source>\n  type http\n</source>\n");
    assertThat(found).hasSize(1);
    List<Finding.Side> sides = found.getFirst().sides();
    assertThat(sides.get(0).place().toString()).isEqualTo(root.resolve("etc/runnel/a.conf:4") + "");
    assertThat(sides.get(1).place().toString()).isEqualTo(root.resolve("etc/runnel/b.conf:1") + "");
    assertThat(sides).extracting(Finding.Side::owner).containsExactly("a", "b");
  }

  @Test
  void workersTakeOnePortEach() throws Exception {
    String workers = "<system>\nworkers 3\n</system>\n<source>\n@type monitor_agent\n</source>\n";
    String other = "<source>\n@type http\nport 24222\n</source>\n";
    assertThat(between(workers, other)).hasSize(1);
    assertThat(between(workers.replace("3", "2"), other)).isEmpty();
  }

  @ParameterizedTest(name = "{0} and {1}: {2}")
  @CsvSource({
    "/b/x, /b/x, is used twice",
    "/b/x, /b/x/, is used twice",
    "/b/x, /b/../b/x, is used twice",
    "/b/x/buffer.*.log, /b/x, is used twice",
    "/b/x, /b/x/y, lies inside",
    "/b/x/y, /b/x, lies inside",
    "/b/x, /b/xy, ''",
    "/b/one.*.buf, /b/two.*.buf, ''",
    "/b/one.*.buf, /b/one.*.buf, is used twice",
  })
  void bufferDirectories(String one, String two, String words) throws Exception {
    String v1 = "<match a>\n@type forward\n<buffer>\n@type file\npath %s\n</buffer>\n</match>\n";
    String old = "<match a>\ntype forward\nbuffer_type file\nbuffer_path %s\n</match>\n";
    List<Finding> found = between(v1.formatted(one), old.formatted(two));
    if (words.isEmpty()) {
      assertThat(found).isEmpty();
    } else {
      assertThat(found).hasSize(1).first().extracting(Finding::message).asString().contains(words);
    }
  }

  @Test
  void memoryBufferAndLeftOverPathAreNoClash() throws Exception {
    String memory =
        "<match a>\n@type null\n<buffer>\n@type memory\npath /b/x\n</buffer>\n</match>\n";
    String old = "<match a>\ntype forward\nbuffer_path /b/x\n</match>\n";
    assertThat(between(memory, memory)).isEmpty();
    assertThat(between(old, old)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "<source>|@type tail|path /l|tag t|pos_file /p/x.pos|</source>",
    "<source>|type unix|path /p/s.sock|</source>",
    "<source>|@type sql|state_file /p/sql.state|</source>",
    "<source>|@type mongo_tail|id_store_file /p/last_id|</source>",
    "<source>|@type unix|</source>",
    "<source>|@type sample|<storage>|path /p/st.json|</storage>|</source>",
    "<match a>|@type file|path /p/out|</match>",
    "<match a>|@type copy|<store>|@type file|path /p/out|</store>|</match>",
    "<label @X>|<match a>|@type file|path /p/out|</match>|</label>",
    "<match a>|@type null|<secondary>|@type secondary_file|directory /p/d|</secondary>|</match>",
    "<system>|root_dir /p/root|</system>",
    "<system>|<log>|path /p/the.log|</log>|</system>",
    "<system>|rpc_endpoint 127.0.0.1:24444|</system>",
  })
  void whatOnlyOneMayHave(String config) throws Exception {
    String text = config.replace('|', '\n') + "\n";
    assertThat(between(text, text)).isNotEmpty().allMatch(Finding::fatal);
    assertThat(between(text, "")).isEmpty();
  }

  @Test
  void oneFileUnderTwoNamesIsFoundThroughLinks() throws Exception {
    Path real = Files.createDirectories(root.resolve("real"));
    Files.createSymbolicLink(root.resolve("link"), real);
    String tail = "<source>\n@type tail\npath /l\ntag t\npos_file %s/x.pos\n</source>\n";
    assertThat(between(tail.formatted(real), tail.formatted(root.resolve("link")))).hasSize(1);
    Path deep = Files.createDirectories(real.resolve("deep"));
    Path up = Files.createSymbolicLink(root.resolve("up"), deep).resolve("..");
    assertThat(between(tail.formatted(real), tail.formatted(up))).hasSize(1);
    assertThat(between(tail.formatted(root), tail.formatted(up))).isEmpty();
  }

  @Test
  void tailingOneFileIsAFaultOnlyWhereItGoesToOnePlace() throws Exception {
    String config =
        """
        <source>
          @type tail
          path %s
          tag t
        </source>
        <match **>
          @type forward
          <server>
            host %s
          </server>
        </match>
        """;
    String all = config.formatted("/var/log/*.log", "h1");
    assertThat(between(all, config.formatted("/var/log/x.log", "h1")))
        .singleElement()
        .extracting(Finding::kind)
        .isEqualTo("tail");
    assertThat(between(all, config.formatted("/var/log/x.log", "h2"))).isEmpty();
    assertThat(between(all, config.formatted("/var/log/sub/x.log", "h1"))).isEmpty();
  }

  @Test
  void defaultsFileThatSharesALogIsFound() throws Exception {
    configs.add("a", "");
    configs.add("b", "");
    Path defaults = Files.createDirectories(root.resolve("etc/default"));
    for (String name : List.of("a", "b")) {
      Files.writeString(
          defaults.resolve("runnel-" + name), "# c\nDAEMON_ARGS=\"--log /var/log/same.log -q\"\n");
    }
    List<Finding> found = Clashes.between(configs.source().instances());
    assertThat(found).hasSize(1);
    assertThat(found.getFirst().sides().getFirst().place().toString())
        .isEqualTo(defaults.resolve("runnel-a") + ":2");
  }

  @Test
  void samePortTwiceInOneConfigurationIsFound() throws Exception {
    InstanceConfig config =
        configs.add("a", source("@type http|port 99") + source("@type tcp|port 99"));
    assertThat(Clashes.between(List.of(config))).hasSize(1);
  }
}
