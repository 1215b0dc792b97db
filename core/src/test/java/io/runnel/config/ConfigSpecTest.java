package io.runnel.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.runnel.regexp.Regexp;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ConfigSpecTest {
  enum Mode {
    DEFAULT,
    THROW_EXCEPTION,
    @Name("TLSv1_2")
    TLS12
  }

  record Server(String host, @Default("24224") int port, Optional<String> name) {}

  record Security(String sharedKey) {}

  @Doc("An example.")
  record Config(
      @Doc("Where to.") String path,
      @Default("10") int count,
      @Default("8k") ByteSize limit,
      @Default("60") Duration interval,
      @Default("0.5") double ratio,
      @Default("false") @Alias("is_append") boolean append,
      @Default("default") Mode mode,
      List<String> keys,
      Map<String, Object> types,
      Optional<Regexp> pattern,
      Optional<Boolean> maybe,
      @Name("server") List<Server> servers,
      Optional<Security> security,
      @Default("json") PluginSection format,
      ConfigElement record) {}

  record Buffer(@Argument Optional<List<String>> chunkKeys) {}

  private static Config bind(String text) {
    return bind(text, false);
  }

  private static Config bind(String text, boolean strict) {
    return ConfigSpec.of(Config.class).bind(section(text), strict, new Problems());
  }

  private static ConfigElement section(String text) {
    return ConfigReader.parse("<match x>\n" + text + "\n</match>").sections().getFirst();
  }

  @Test
  void takesDefaults() {
    Config config = bind("path /x");
    assertThat(config.path()).isEqualTo("/x");
    assertThat(config.count()).isEqualTo(10);
    assertThat(config.limit().bytes()).isEqualTo(8192);
    assertThat(config.interval()).isEqualTo(Duration.ofMinutes(1));
    assertThat(config.ratio()).isEqualTo(0.5);
    assertThat(config.append()).isFalse();
    assertThat(config.mode()).isEqualTo(Mode.DEFAULT);
    assertThat(config.keys()).isEmpty();
    assertThat(config.types()).isEmpty();
    assertThat(config.pattern()).isEmpty();
    assertThat(config.servers()).isEmpty();
    assertThat(config.security()).isEmpty();
    assertThat(config.format().type()).isEqualTo("json");
    assertThat(config.format().present()).isFalse();
    assertThat(config.record().parameters()).isEmpty();
  }

  @Test
  void readsEachType() {
    Config config =
        bind(
            """
            path "/x"
            count 12abc
            limit 10kb
            interval 1h30m
            ratio 1.5x
            is_append
            mode TLSv1_2
            keys a , b,,c,
            types n:integer, f:time:%s
            pattern /^a\\/b/i
            maybe yes
            <server>
              host a
            </server>
            <server>
              host b
              port 1
              name "it"
            </server>
            <security>
              shared_key k
            </security>
            <format>
              type csv
            </format>
            <record>
              x y
            </record>
            """);
    assertThat(config.count()).isEqualTo(12);
    assertThat(config.limit().bytes()).isEqualTo(10240);
    assertThat(config.interval()).isEqualTo(Duration.ofMinutes(30));
    assertThat(config.ratio()).isEqualTo(1.5);
    assertThat(config.append()).isTrue();
    assertThat(config.mode()).isEqualTo(Mode.TLS12);
    assertThat(config.keys()).containsExactly("a", "b", "", "c");
    assertThat(config.types()).isEqualTo(Map.of("n", "integer", "f", "time:%s"));
    assertThat(config.pattern().orElseThrow().matches("A/b")).isTrue();
    assertThat(config.maybe()).contains(true);
    assertThat(config.servers())
        .containsExactly(
            new Server("a", 24224, Optional.empty()), new Server("b", 1, Optional.of("it")));
    assertThat(config.security()).contains(new Security("k"));
    assertThat(config.format().type()).isEqualTo("csv");
    assertThat(config.format().present()).isTrue();
    assertThat(config.record().peek("x")).isEqualTo("y");
  }

  @Test
  void readsSizesAndTimesAsFluentdDoes() {
    assertThat(bind("path x\nlimit 1.5m").limit().bytes()).isEqualTo(5 << 20);
    assertThat(bind("path x\nlimit abc5t").limit().bytes()).isEqualTo(5L << 40);
    assertThat(bind("path x\nlimit 77").limit().bytes()).isEqualTo(77);
    assertThat(bind("path x\ninterval 1.5h").interval()).isEqualTo(Duration.ofHours(5));
    assertThat(bind("path x\ninterval 500ms").interval()).isEqualTo(Duration.ofMinutes(500));
    assertThat(bind("path x\ninterval 1w").interval()).isEqualTo(Duration.ofSeconds(1));
    assertThat(bind("path x\ninterval 1D").interval()).isEqualTo(Duration.ofSeconds(1));
    assertThat(bind("path x\ninterval 0.25").interval()).isEqualTo(Duration.ofMillis(250));
  }

  @Test
  void namesMissingAndNilParameters() {
    assertThatThrownBy(() -> bind("count 1"))
        .isInstanceOf(ConfigException.class)
        .hasMessage("'path' parameter is required");
    assertThatThrownBy(() -> bind("path x\n<server>\nport 1\n</server>"))
        .hasMessage("'host' parameter is required, in section server");
    assertThatThrownBy(() -> bind("path x\nappend on"))
        .hasMessage("'append' parameter is required but nil is specified");
    assertThatThrownBy(() -> bind("path x\nmode sometimes"))
        .hasMessageStartingWith(
            "valid options are default,throw_exception,TLSv1_2 but got sometimes");
    assertThatThrownBy(
            () -> bind("path x\n<format>\n@type a\n</format>\n<format>\n@type b\n</format>"))
        .hasMessageContaining("section cannot be written twice or more");
    assertThatThrownBy(() -> bind("path x\nkeys {\"a\":1}"))
        .hasMessageContaining("array required but got");
    assertThatThrownBy(() -> bind("path x\npattern /abc"))
        .hasMessageContaining("invalid regexp: missing right slash");
  }

  @Test
  void isStrictOnDemand() {
    assertThat(bind("path x\ncount 0x10", true).count()).isEqualTo(16);
    assertThatThrownBy(() -> bind("path x\ncount eighty", true))
        .hasMessage("count: invalid value for Integer(): \"eighty\"");
    assertThatThrownBy(() -> bind("path x\nappend on", true))
        .hasMessage("append: invalid bool value: on");
  }

  @Test
  void collectsAllFaultsWithTheirPlaces() {
    Problems problems = new Problems();
    ConfigElement element = section("mode never\ncount 1\nlimit 9\nappend maybe");
    assertThatThrownBy(() -> ConfigSpec.of(Config.class).bind(element, true, problems))
        .isInstanceOf(ConfigException.class);
    assertThat(problems.all()).extracting(problem -> problem.place().line()).contains(1, 2, 5);
    assertThat(problems.errors()).isEqualTo(3);
  }

  @Test
  void marksWhatItUsed() {
    ConfigElement element =
        section("path x\nunknown 1\n<security>\nshared_key k\n</security>\n<other>\n</other>");
    ConfigSpec.of(Config.class).bind(element, false, new Problems());
    assertThat(element.isUsed("path")).isTrue();
    assertThat(element.isUsed("unknown")).isFalse();
    assertThat(element.section("security").orElseThrow().isSectionUsed()).isTrue();
    assertThat(element.section("other").orElseThrow().isSectionUsed()).isFalse();
  }

  @Test
  void readsTheArgument() {
    ConfigElement element =
        ConfigReader.parse("<buffer tag, time>\n</buffer>\n<buffer []>\n</buffer>");
    ConfigSpec<Buffer> spec = ConfigSpec.of(Buffer.class);
    assertThat(spec.bind(element.sections().getFirst(), false).chunkKeys())
        .contains(List.of("tag", "time"));
    assertThat(spec.bind(element.sections().get(1), false).chunkKeys()).contains(List.of());
  }

  @Test
  void describesItself() {
    SectionDescription description = ConfigSpec.of(Config.class).describe("match");
    assertThat(description.doc()).isEqualTo("An example.");
    ParameterDescription path = description.parameters().getFirst();
    assertThat(path.type()).isEqualTo("string");
    assertThat(path.required()).isTrue();
    assertThat(path.doc()).isEqualTo("Where to.");
    assertThat(description.parameters())
        .filteredOn(parameter -> parameter.name().equals("mode"))
        .singleElement()
        .satisfies(
            mode ->
                assertThat(mode.choices())
                    .containsExactly("default", "throw_exception", "TLSv1_2"));
    assertThat(description.sections().getFirst().parameters()).hasSize(3);
  }

  record Ports(int from, int to) {
    Ports {
      if (from > to) {
        throw new IllegalArgumentException("from is above to");
      }
    }
  }

  @Test
  void turnsRefusalOfTheRecordIntoAFault() {
    Problems problems = new Problems();
    ConfigElement element = section("from 2\nto 1");
    assertThatThrownBy(() -> ConfigSpec.of(Ports.class).bind(element, false, problems))
        .hasMessage("from is above to");
    assertThat(problems.all().getFirst().place().line()).isEqualTo(1);
  }
}
