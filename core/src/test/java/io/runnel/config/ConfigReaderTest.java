package io.runnel.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.runnel.ruby.RubyHost;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigReaderTest {
  @TempDir Path folder;
  private final Problems problems = new Problems();
  private final ConfigReader reader =
      new ConfigReader()
          .withEnvironment(Map.of("MY_NAME", "alice", "MY_OTHER", "prod"))
          .withWorkerId("0");

  private void write(String name, String text) throws Exception {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  private List<String> messages() {
    return problems.all().stream().map(Problems.Problem::message).toList();
  }

  private ConfigElement record(String text) {
    return reader
        .readText("<record>\n" + text + "\n</record>", "a.conf", folder, problems)
        .sections()
        .getFirst();
  }

  @Test
  void evaluatesEmbeddedCode() {
    ConfigElement record =
        record(
            """
            a "#{ENV['MY_NAME']}"
            b "pre-#{ENV["MY_NAME"]}-#{ENV['MY_OTHER']}-post"
            c "#{ENV['MY_UNSET'] || 'fallback'}"
            d '#{ENV["MY_NAME"]}'
            e #{ENV["MY_NAME"]}
            f ["#{ENV['MY_NAME']}", "x"]
            g "[#{ENV['MY_UNSET']}]"
            h "#{ENV.fetch('MY_UNSET', 'fetched')}"
            i "#{hostname}"
            j "#{Socket.gethostname}"
            k "#{worker_id.to_i + 1}"
            l "#{ENV['MY_UNSET'] || use_nil}"
            m "x#{ENV['MY_UNSET'] || use_default}"
            n {"n": #{24224 + worker_id.to_i}}
            o "${hostname == '#{hostname}'}"
            """);
    assertThat(messages()).isEmpty();
    assertThat(record.peek("a")).isEqualTo("alice");
    assertThat(record.peek("b")).isEqualTo("pre-alice-prod-post");
    assertThat(record.peek("c")).isEqualTo("fallback");
    assertThat(record.peek("d")).isEqualTo("#{ENV[\"MY_NAME\"]}");
    assertThat(record.peek("e")).isEqualTo("#{ENV[\"MY_NAME\"]}");
    assertThat(record.peek("f")).isEqualTo("[\"alice\",\"x\"]");
    assertThat(record.peek("g")).isEqualTo("[]");
    assertThat(record.peek("h")).isEqualTo("fetched");
    assertThat(record.peek("i")).isEqualTo(RubyHost.hostname());
    assertThat(record.peek("j")).isEqualTo(RubyHost.hostname());
    assertThat(record.peek("k")).isEqualTo("1");
    assertThat(record.peek("l")).isNull();
    assertThat(record.parameters().get("m").useDefault()).isTrue();
    assertThat(record.peek("n")).isEqualTo("{\"n\":24224}");
    assertThat(record.peek("o")).isEqualTo("${hostname == '" + RubyHost.hostname() + "'}");
    ConfigElement root =
        reader.readText("<match \"a.#{ENV['MY_OTHER']}.**\">\n</match>", "x", folder, problems);
    assertThat(root.sections().getFirst().argument()).isEqualTo("a.prod.**");
  }

  record Config(@Default("4") int limit, Optional<String> prefix, String path) {}

  @Test
  void nilAndDefaultReachTheParameters() {
    ConfigElement element =
        reader
            .readText(
                "<a>\nlimit \"#{use_default}\"\nprefix \"#{use_nil}\"\npath \"#{use_nil}\"\n</a>",
                "x",
                folder,
                problems)
            .sections()
            .getFirst();
    assertThatThrownBy(() -> ConfigSpec.of(Config.class).bind(element, false, problems))
        .hasMessage("'path' parameter is required but nil is specified");
    element.set("path", "p");
    assertThat(ConfigSpec.of(Config.class).bind(element, false))
        .isEqualTo(new Config(4, Optional.empty(), "p"));
  }

  @Test
  void placesFaultsOfEmbeddedCode() {
    record("a \"#{ENV['X'].foo}\"\nb \"#{def x}\"\nc \"#{hostnam}\"");
    assertThat(problems.all()).extracting(p -> p.place().line()).containsExactly(2, 3, 4);
    assertThat(messages().getFirst()).startsWith("undefined method `foo' for nil:NilClass");
  }

  @Test
  void includesFilesByPathAndGlob() throws Exception {
    write("conf.d/b.conf", "<source>\n@type b\n</source>\n");
    write("conf.d/a.conf", "<source>\n@type a\n@include ../common.conf\n</source>\n");
    write("conf.d/deep/x/c.conf", "<source>\n@type c\n</source>\n");
    write("common.conf", "port 1\n<parse>\n@include parse.inc\n</parse>\n");
    write("parse.inc", "@type json\n");
    write(
        "main.conf",
        """
        @include conf.d/*.conf
        @include "conf.d/**/c.conf"
        @include nothing-*.conf
        include common.conf
        <match **>
          @type null
        </match>
        """);
    ConfigElement root = reader.read(folder.resolve("main.conf"), problems);
    assertThat(messages()).containsExactly("'include' is deprecated. Use '@include' instead");
    assertThat(root.sections())
        .extracting(section -> section.name() + " " + section.peek("@type"))
        .containsExactly("source a", "source b", "source c", "parse json", "match null");
    assertThat(root.peek("port")).isEqualTo("1");
    assertThat(root.sections().getFirst().peek("port")).isEqualTo("1");
    assertThat(root.sections().getFirst().placeOf("port").file()).endsWith("common.conf");
  }

  @Test
  void aWildcardThatMatchesVeryMuchDoesNotFillTheMemory() throws Exception {
    String comment = "#".repeat(ConfigLoader.MAX_BYTES - 1) + "\n";
    for (String name : List.of("a", "b", "c", "d", "e")) {
      write("conf.d/" + name, comment);
    }
    write("main.conf", "@include conf.d/*\n");
    reader.read(folder.resolve("main.conf"), problems);
    assertThat(messages())
        .as("the main file and three of them fit")
        .hasSize(2)
        .allMatch(message -> message.contains("larger than 33554432 bytes together"));
  }

  @Test
  void refusesLoopsOfIncludes() throws Exception {
    write("a.conf", "@include b.conf\n");
    write("b.conf", "@include a.conf\n");
    reader.read(folder.resolve("a.conf"), problems);
    assertThat(messages()).singleElement().asString().startsWith("include error");
  }

  @Test
  void warnsOfMissingAndLeftOverFiles() throws Exception {
    write("conf.d/x.conf", "");
    write("conf.d/x.bak.conf", "");
    write("main.conf", "@include missing.conf\n@include conf.d/*.conf\n");
    reader.read(folder.resolve("main.conf"), problems);
    assertThat(problems.hasErrors()).isFalse();
    assertThat(messages().getFirst()).isEqualTo("include file not found: missing.conf");
    assertThat(messages().get(1)).contains("backup file").contains("x.bak.conf");
  }

  @Test
  void addsIncludeDirAndInlineConfig() throws Exception {
    write("inc/b.conf", "<source>\n@type b\n</source>\n");
    write("inc/sub/a.yaml", "config:\n  - source:\n      $type: a\n");
    write("main.conf", "@include inc/b.conf\n");
    ConfigElement root =
        reader
            .withIncludeDir(folder.resolve("inc").toString())
            .withInline("<match **>\\n@type null\\n</match>")
            .read(folder.resolve("main.conf"), problems);
    assertThat(messages()).isEmpty();
    assertThat(root.sections())
        .extracting(section -> section.peek("@type"))
        .containsExactly("b", "null", "a");
  }

  @Test
  void readsTheOldLineSyntax() {
    ConfigElement root =
        reader
            .withLanguage(ConfigReader.Language.V0)
            .readText(
                "<match a.**>\n  type \"file\"  # comment\n  path /x#y\n  bare\n</match>\n",
                "x",
                folder,
                problems);
    ConfigElement match = root.sections().getFirst();
    assertThat(match.argument()).isEqualTo("a.**");
    assertThat(match.peek("type")).isEqualTo("\"file\"");
    assertThat(match.peek("path")).isEqualTo("/x");
    assertThat(match.peek("bare")).isEmpty();
    assertThat(messages()).isEmpty();
  }

  @Test
  void decodesFiles() throws Exception {
    Files.write(folder.resolve("l.conf"), "a \u00fcn\n".getBytes(StandardCharsets.ISO_8859_1));
    ConfigElement root =
        reader.withEncoding(StandardCharsets.ISO_8859_1).read(folder.resolve("l.conf"), problems);
    assertThat(root.peek("a")).isEqualTo("\u00fcn");
    assertThat(messages()).isEmpty();
    reader.read(folder.resolve("l.conf"), problems);
    assertThat(messages()).containsExactly("invalid byte sequence in UTF-8");
  }

  @Test
  void namesAMissingFile() {
    assertThatThrownBy(() -> reader.read(folder.resolve("no.conf"), problems))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith("No such file or directory");
    assertThatThrownBy(() -> reader.read(folder, problems))
        .hasMessageStartingWith("Is a directory");
  }

  @Test
  void globsAsRubyDoes() {
    assertThat(Glob.matches("a*b?[0-9]", 0, "axxbc7", 0)).isTrue();
    assertThat(Glob.matches("a*b", 0, "axxbc", 0)).isFalse();
    assertThat(Glob.matches("[!a]*", 0, "bcd", 0)).isTrue();
    assertThat(Glob.matches("**", 0, "", 0)).isTrue();
  }
}
