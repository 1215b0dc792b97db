package io.runnel.plugins.common;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.runnel.config.ByteSize;
import io.runnel.config.ConfigException;
import io.runnel.config.ConfigSpec;
import io.runnel.event.Bytes;
import io.runnel.event.Event;
import io.runnel.event.EventStream;
import io.runnel.event.EventTime;
import io.runnel.event.MsgpackToJson;
import io.runnel.log.Level;
import io.runnel.plugin.BufferConfig;
import io.runnel.plugin.FormatException;
import io.runnel.plugin.Formatter;
import io.runnel.testkit.TestContext;
import io.runnel.testkit.TestPlugins;
import io.runnel.time.TimeParseException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class InjectorTest {
  private static final long TIME = EventTime.pack(1_700_000_000L, 250_000_789);

  private final TestContext context = new TestContext().worker(2, 4);

  private Injector injector(String config) {
    InjectConfig bound =
        ConfigSpec.of(InjectConfig.class).bind(TestPlugins.section("inject", config), true);
    return Injector.of(Optional.of(bound), context);
  }

  private String inject(String config, Map<String, Object> record) {
    EventStream stream = EventStream.of(new Event(TIME, record));
    Event result = injector(config).inject("app.f", stream).events().getFirst();
    assertThat(result.time()).isEqualTo(TIME);
    return MsgpackToJson.text(result.record());
  }

  @Test
  void fieldsComeBehindTheRecordInFixedOrder() {
    assertThat(
            inject(
                "time_key at\ntime_type string\ntime_format %Y-%m-%dT%H:%M:%S%z\ntimezone +0900\n"
                    + "tag_key tag\nhostname_key host\nworker_id_key worker\nhostname fixed-host",
                Map.of("a", 1L)))
        .isEqualTo(
            "{\"a\":1,\"host\":\"fixed-host\",\"worker\":2,\"tag\":\"app.f\","
                + "\"at\":\"2023-11-15T07:13:20+0900\"}");
    assertThat(inject("hostname_key h", Map.of())).isEqualTo("{\"h\":\"test-host\"}");
  }

  @Test
  void fieldsOfTheRecordAreReplacedInPlace() {
    Map<String, Object> record = new LinkedHashMap<>();
    record.put("tag", Map.of("own", List.of(1L)));
    record.put("b", 2L);
    assertThat(inject("tag_key tag\nworker_id_key w", record))
        .isEqualTo("{\"tag\":\"app.f\",\"b\":2,\"w\":2}");
  }

  @Test
  void timeTypes() {
    assertThat(inject("time_key t", Map.of())).isEqualTo("{\"t\":1700000000.25}");
    assertThat(inject("time_key t\ntime_type unixtime", Map.of())).isEqualTo("{\"t\":1700000000}");
    assertThat(inject("time_key t\ntime_type unixtime_millis", Map.of()))
        .isEqualTo("{\"t\":1700000000250}");
    assertThat(inject("time_key t\ntime_type unixtime_micros", Map.of()))
        .isEqualTo("{\"t\":1700000000250000}");
    assertThat(inject("time_key t\ntime_type unixtime_nanos", Map.of()))
        .isEqualTo("{\"t\":1700000000250000789}");
    assertThat(inject("time_key t\ntime_type string\nutc true", Map.of()))
        .isEqualTo("{\"t\":\"2023-11-14T22:13:20Z\"}");
  }

  @Test
  void manyFieldsWidenTheHeader() {
    Map<String, Object> record = new LinkedHashMap<>();
    for (int i = 0; i < 15; i++) {
      record.put("k" + i, i);
    }
    assertThat(inject("tag_key t", record)).endsWith("\"k14\":14,\"t\":\"app.f\"}");
  }

  @Test
  void withoutSectionNothingChanges() {
    Injector none = Injector.of(Optional.empty(), context);
    EventStream stream = EventStream.of(new Event(TIME, Map.of("a", 1L)));
    assertThat(none.isEmpty()).isTrue();
    assertThat(none.inject("t", stream)).isSameAs(stream);
  }

  @Test
  void formattersGetTheInjectedRecord() throws FormatException {
    Formatter plain =
        new Formatter() {
          @Override
          public void format(String tag, long time, byte[] record, int at, int length, Bytes out) {
            MsgpackToJson.write(record, at, length, out);
          }

          @Override
          public String type() {
            return "plain";
          }
        };
    Formatter wrapped = injector("tag_key tag").wrap(plain);
    assertThat(TestPlugins.format(wrapped, "x.y", TIME, Map.of("a", 1L)))
        .isEqualTo("{\"a\":1,\"tag\":\"x.y\"}");
    assertThat(wrapped.type()).isEqualTo("plain");
    assertThat(Injector.of(Optional.empty(), context).wrap(plain)).isSameAs(plain);
  }

  @Test
  void hostnameIsNoChunkKey() {
    context.buffer(
        new BufferConfig(
            "memory",
            List.of("host"),
            Optional.empty(),
            Duration.ZERO,
            false,
            "+00:00",
            "text",
            1,
            Duration.ZERO,
            Optional.empty(),
            new ByteSize(1)));
    assertThatThrownBy(() -> injector("hostname_key host"))
        .isInstanceOf(ConfigException.class)
        .hasMessage(
            "the key specified by 'hostname_key' in <inject> cannot be used in buffering chunk"
                + " key.");
  }

  @Test
  void formatWithoutKeyIsWarnedAbout() {
    injector("time_format %F");
    assertThat(context.log().texts(Level.WARN))
        .containsExactly("'time_format' specified without 'time_key', will be ignored");
  }

  @Test
  void extractorTakesTagAndTime() throws TimeParseException {
    Extractor extractor = extractor("tag_key t\ntime_key at\nkeep_time_key true");
    Map<String, Object> record = new LinkedHashMap<>(Map.of("t", "x.y", "at", 1_700_000_000.25));
    assertThat(extractor.tag(record)).isEqualTo("x.y");
    assertThat(extractor.time(record)).isEqualTo(EventTime.pack(1_700_000_000L, 250_000_000));
    assertThat(record).containsOnlyKeys("at");
    assertThat(extractor.tag(record)).isNull();
    assertThat(extractor("time_key x").time(record)).isEqualTo(EventTime.NONE);
    assertThat(Extractor.of(Optional.empty(), context).isEmpty()).isTrue();
  }

  @Test
  void extractedTimesHaveTheZoneOfTheSection() throws TimeParseException {
    String config = "time_key at\ntime_type string\ntime_format %Y-%m-%d %H:%M:%S\ntag_key t\n";
    Extractor extractor = extractor(config + "timezone +01:00\nkeep_tag_key true");
    Map<String, Object> record = new LinkedHashMap<>(Map.of("at", "2023-11-14 23:13:20", "t", "x"));
    assertThat(extractor.time(record)).isEqualTo(EventTime.pack(1_700_000_000L, 0));
    assertThat(extractor.tag(record)).isEqualTo("x");
    assertThat(record).containsOnlyKeys("t");
  }

  @Test
  void extractedTextsFollowTheFormat() throws TimeParseException {
    Extractor extractor =
        extractor("time_key at\ntime_type string\ntime_format %Y-%m-%d %H:%M:%S\nutc true");
    Map<String, Object> record = new LinkedHashMap<>(Map.of("at", "2023-11-14 22:13:20"));
    assertThat(extractor.time(record)).isEqualTo(EventTime.pack(1_700_000_000L, 0));
    assertThat(record).isEmpty();
    record.put("at", "bad");
    assertThatThrownBy(() -> extractor.time(record)).isInstanceOf(TimeParseException.class);
  }

  private Extractor extractor(String config) {
    ExtractConfig bound =
        ConfigSpec.of(ExtractConfig.class).bind(TestPlugins.section("extract", config), true);
    return Extractor.of(Optional.of(bound), context);
  }

  @Test
  void localtimeFalseMeansUtc() {
    String time = "time_key t\ntime_type string\n";
    assertThat(inject(time + "localtime false", Map.of()))
        .isEqualTo("{\"t\":\"2023-11-14T22:13:20Z\"}");
    assertThat(inject(time, Map.of())).doesNotContain("Z");
  }
}
