package io.runnel.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ConfigChecksTest {
  record Config(int port, String bind) {}

  private static List<String> root(String text) {
    Problems problems = new Problems();
    ConfigChecks.root(ConfigReader.parse(text), 0, problems);
    return problems.all().stream().map(Problems.Problem::message).toList();
  }

  @Test
  void acceptsWhatFluentdAccepts() {
    assertThat(
            root(
                """
                <system>
                  workers 2
                </system>
                <worker 0>
                  <source>
                    @type http
                    @id a
                  </source>
                </worker>
                <worker 1>
                  <source>
                    type http
                    @id a
                    @label @X
                  </source>
                </worker>
                <worker 0-1>
                  <match app.**>
                    @type null
                  </match>
                </worker>
                <label @X>
                  <match **>
                    @type relabel
                    @label @ROOT
                  </match>
                </label>
                """))
        .isEmpty();
  }

  @Test
  void refusesAPosFileThatTwoTailsShare() {
    String tail = "<source>\n@type tail\n@id %s\npos_file %s\n</source>\n";
    assertThat(root(tail.formatted("a", "/v/x.pos") + tail.formatted("b", "/v/./x.pos")))
        .containsExactly(
            "Other 'in_tail' plugin already use same pos_file path: plugin_id = a,"
                + " pos_file path = /v/./x.pos");
    assertThat(root(tail.formatted("a", "/v/x.pos") + tail.formatted("b", "/v/y.pos"))).isEmpty();
  }

  @Test
  void findsFaultsAtTheTop() {
    assertThat(root("a 1\n<sorce>\n</sorce>"))
        .containsExactly(
            "parameter 'a' in <ROOT> is not used.", "section <sorce> is not used in <ROOT>");
    assertThat(
            root("<match a>\n@type null\n@id x\n</match>\n<match b>\n@type null\n@id x\n</match>"))
        .containsExactly("Duplicated plugin id `x`. Check whole configuration and fix it.");
    assertThat(root("<match a>\n</match>"))
        .containsExactly("Missing '@type' parameter on <match> directive");
    assertThat(
            root(
                "<label @A>\n"
                    + "<match>\n"
                    + "@type null\n"
                    + "</match>\n"
                    + "</label>\n"
                    + "<label @A>\n"
                    + "<match>\n"
                    + "@type null\n"
                    + "</match>\n"
                    + "</label>"))
        .containsExactly("Section <label @A> appears twice");
    assertThat(root("<label @A>\n</label>"))
        .containsExactly("Missing <match> sections in <label @A> section");
    assertThat(root("<source>\n@type x\n@label @NOWHERE\n</source>"))
        .containsExactly("@NOWHERE label not found");
    assertThat(root("<system>\n</system>\n<system>\n</system>"))
        .containsExactly("<system> is duplicated. <system> should be only one");
    assertThat(root("<worker 2>\n</worker>"))
        .containsExactly(
            "worker id 2 specified by <worker> directive is not allowed. Available worker id is"
                + " between 0 and 0");
    assertThat(root("<system>\nworkers 4\n</system>\n<worker 3-1>\n</worker>").getFirst())
        .startsWith("greater first_worker_id<3>");
    assertThat(root("<worker 0>\n<system>\n</system>\n</worker>"))
        .containsExactly("<worker> section cannot have <system> directive");
    assertThat(
            root("<system>\nworkers 4\n</system>\n<worker 0-1>\n</worker>\n<worker 1-2>\n</worker>")
                .getFirst())
        .contains("collisions is detected");
  }

  @Test
  void reportsWhatNobodyUsed() {
    ConfigElement element =
        ConfigReader.parse(
                "<source>\n@type http\nport 1\nbnid x\nbind y\n<server>\n</server>\n</source>")
            .sections()
            .getFirst();
    ConfigSpec<Config> spec = ConfigSpec.of(Config.class);
    Problems problems = new Problems();
    spec.bind(element, false, problems);
    ConfigChecks.unused(element, spec.describe("source"), problems);
    assertThat(problems.all())
        .extracting(Problems.Problem::message)
        .containsExactly(
            "parameter 'bnid' in <source> is not used.",
            "section <server> is not used in <source> of http plugin");
    assertThat(problems.all().getFirst().hint()).isEqualTo("did you mean 'bind'?");
    assertThat(problems.hasErrors()).isFalse();
  }

  @Test
  void suggestsNearNames() {
    List<String> names = List.of("port", "bind", "flush_interval", "tag");
    assertThat(Suggestions.nearest("prot", names)).isEqualTo("port");
    assertThat(Suggestions.nearest("flushInterval", names)).isEqualTo("flush_interval");
    assertThat(Suggestions.nearest("something", names)).isNull();
  }
}
