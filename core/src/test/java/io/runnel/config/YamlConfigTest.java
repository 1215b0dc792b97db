package io.runnel.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class YamlConfigTest {
  private final Problems problems = new Problems();

  private ConfigElement read(String text) {
    return new ConfigReader()
        .withEnvironment(Map.of("MY_NAME", "alice"))
        .withLanguage(ConfigReader.Language.YAML)
        .readText(text, "fluent.yaml", Path.of(""), problems);
  }

  @Test
  void readsSectionsTagsAndValues() {
    ConfigElement root =
        read(
            """
            system:
              log_level: info
            config:
              - source:
                  $type: http
                  $id: in_http
                  port: 24224
                  $label: '@MAIN'
              - label:
                  $name: '@MAIN'
                  config:
                    - filter:
                        $tag: ['app.**', 'b.*']
                        $type: record_transformer
                        keep_keys: [a, 1, true]
                        record:
                          env: !fluent/s "x-#{ENV['MY_NAME']}"
                          plain: "#{ENV['MY_NAME']}"
                          rest: '5'
                          obj: !fluent/json {"n": 5, "l": [1.5, null]}
                          nil: !fluent/s "#{use_nil}"
                          default: !fluent/s "#{use_default}"
                    - match:
                        $tag: 'app.{a,b.*}'
                        $type: copy
                        store:
                          - $type: file
                            buffer:
                              $arg: [time, tag]
                              timekey: 1d
                          - "@type": stdout
            """);
    assertThat(problems.all()).isEmpty();
    assertThat(root.section("system").orElseThrow().peek("log_level")).isEqualTo("info");
    ConfigElement source = root.section("source").orElseThrow();
    assertThat(source.peek("@type")).isEqualTo("http");
    assertThat(source.peek("@id")).isEqualTo("in_http");
    assertThat(source.peek("@label")).isEqualTo("@MAIN");
    assertThat(source.peek("port")).isEqualTo("24224");
    assertThat(source.placeOf("port")).isEqualTo(new Place("fluent.yaml", 7, 13));
    ConfigElement label = root.section("label").orElseThrow();
    assertThat(label.argument()).isEqualTo("@MAIN");
    ConfigElement filter = label.section("filter").orElseThrow();
    assertThat(filter.argument()).isEqualTo("app.** b.*");
    assertThat(filter.peek("keep_keys")).isEqualTo("[\"a\",1,true]");
    ConfigElement record = filter.section("record").orElseThrow();
    assertThat(record.peek("env")).isEqualTo("x-alice");
    assertThat(record.peek("plain")).isEqualTo("#{ENV['MY_NAME']}");
    assertThat(record.peek("obj")).isEqualTo("{\"n\":5,\"l\":[1.5,null]}");
    assertThat(record.peek("nil")).isNull();
    assertThat(record.parameters().get("default").useDefault()).isTrue();
    ConfigElement match = label.section("match").orElseThrow();
    assertThat(match.sections("store")).hasSize(2);
    assertThat(match.sections("store").getFirst().section("buffer").orElseThrow().argument())
        .isEqualTo("time,tag");
    assertThat(match.sections("store").get(1).peek("@type")).isEqualTo("stdout");
  }

  @Test
  void mergesAnchors() {
    ConfigElement root =
        read(
            """
            config:
              - source: &base
                  $type: http
                  port: 1
              - source:
                  <<: *base
                  port: 2
            """);
    assertThat(root.sections().get(1).peek("@type")).isEqualTo("http");
    assertThat(root.sections().get(1).peek("port")).isEqualTo("2");
  }

  @Test
  void includesFiles(@TempDir Path folder) throws Exception {
    Files.writeString(folder.resolve("main.yaml"), "config:\n  - !include more-*.yml\n");
    Files.writeString(folder.resolve("more-a.yml"), "- source:\n    $type: a\n");
    Files.writeString(
        folder.resolve("more-b.yml"),
        "- match:\n    $tag: x\n    $type: b\n    parse: !include p.yaml\n");
    Files.writeString(folder.resolve("p.yaml"), "$type: json\n");
    ConfigElement root = new ConfigReader().read(folder.resolve("main.yaml"), problems);
    assertThat(problems.all()).isEmpty();
    assertThat(root.sections()).extracting(ConfigElement::name).containsExactly("source", "match");
    assertThat(root.sections().get(1).section("parse").orElseThrow().peek("@type"))
        .isEqualTo("json");
  }

  @Test
  void placesFaults() {
    read("config:\n  - source:\n      $type: http\n     port: 1\n");
    assertThat(problems.hasErrors()).isTrue();
    assertThat(problems.all().getFirst().place().line()).isEqualTo(4);
  }

  @Test
  void refusesEndlessAliases() {
    read("config: &a\n  - *a\n");
    assertThat(problems.hasErrors()).isTrue();
    StringBuilder bomb = new StringBuilder("a0: &a0 [x, x]\n");
    for (int i = 1; i < 40; i++) {
      bomb.append("a%d: &a%d [*a%d, *a%d]\n".formatted(i, i, i - 1, i - 1));
    }
    Problems second = new Problems();
    new ConfigReader()
        .withLanguage(ConfigReader.Language.YAML)
        .readText(bomb + "config:\n  - source:\n      x: *a39\n", "b.yaml", Path.of(""), second);
    assertThat(second.hasErrors()).isTrue();
  }
}
