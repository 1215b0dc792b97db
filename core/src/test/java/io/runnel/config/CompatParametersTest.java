package io.runnel.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class CompatParametersTest {
  private final Problems problems = new Problems();

  private ConfigElement convert(String text, String chunkKey, LegacyParameters... groups) {
    ConfigElement element =
        ConfigReader.parse("<match x>\n" + text + "\n</match>").sections().getFirst();
    Set<LegacyParameters> set = EnumSet.noneOf(LegacyParameters.class);
    set.addAll(Set.of(groups));
    return CompatParameters.convert(element, set, chunkKey, problems);
  }

  private static Map<String, String> texts(ConfigElement element, String section) {
    return element.section(section).orElseThrow().parameters().entrySet().stream()
        .collect(Collectors.toMap(Map.Entry::getKey, entry -> entry.getValue().text()));
  }

  @Test
  void renamesTypeIdAndLogLevel() {
    ConfigElement element =
        convert("type file\nid a\nlog_level warn\n<buffer>\ntype memory\n</buffer>", "");
    assertThat(element.type()).isEqualTo("file");
    assertThat(element.id()).isEqualTo("a");
    assertThat(element.peek("@log_level")).isEqualTo("warn");
    assertThat(element.section("buffer").orElseThrow().type()).isEqualTo("memory");
    assertThat(problems.all())
        .extracting(Problems.Problem::message)
        .contains("'type' is deprecated parameter name. use '@type' instead.");
  }

  @Test
  void makesABufferOfFlatParameters() {
    ConfigElement element =
        convert(
            """
            buffer_type memory
            buffer_chunk_limit 1m
            buffer_queue_limit 16
            buffer_queue_full_action exception
            flush_interval 1s
            num_threads 1
            retry_wait 1s
            disable_retry_limit
            time_slice_format %Y%m%d%H
            time_slice_wait 0s
            utc
            """,
            "time", LegacyParameters.BUFFER);
    assertThat(element.section("buffer").orElseThrow().argument()).isEqualTo("time");
    assertThat(texts(element, "buffer"))
        .containsEntry("@type", "memory")
        .containsEntry("chunk_limit_size", "1m")
        .containsEntry("queue_limit_length", "16")
        .containsEntry("overflow_action", "throw_exception")
        .containsEntry("flush_interval", "1s")
        .containsEntry("flush_mode", "interval")
        .containsEntry("flush_thread_count", "1")
        .containsEntry("retry_forever", "")
        .containsEntry("timekey", "3600")
        .containsEntry("timekey_wait", "0s")
        .containsEntry("timekey_use_utc", "true")
        .doesNotContainKey("retry_wait");
    assertThat(element.isUsed("buffer_type")).isTrue();
    assertThat(element.isUsed("retry_wait")).isFalse();
    assertThat(element.section("buffer").orElseThrow().placeOf("path").line()).isEqualTo(1);
    assertThat(element.section("buffer").orElseThrow().placeOf("chunk_limit_size").line())
        .isEqualTo(3);
  }

  @Test
  void theOtherFlatParametersOfABuffer() {
    ConfigElement element =
        convert(
            """
            try_flush_interval 2
            queued_chunk_flush_interval 3
            retry_limit 4
            max_retry_wait 5s
            buffer_queue_full_action drop_oldest_chunk
            flush_at_shutdown false
            """,
            "tag",
            LegacyParameters.BUFFER);
    assertThat(element.section("buffer").orElseThrow().argument()).isEqualTo("tag");
    assertThat(texts(element, "buffer"))
        .containsEntry("flush_thread_interval", "2")
        .containsEntry("flush_thread_burst_interval", "3")
        .containsEntry("retry_max_times", "4")
        .containsEntry("retry_max_interval", "5s")
        .containsEntry("overflow_action", "drop_oldest_chunk")
        .containsEntry("flush_at_shutdown", "false");
  }

  @Test
  void defaultChunkKeyTimeMeansADay() {
    ConfigElement element = convert("flush_interval 5s", "time", LegacyParameters.BUFFER);
    assertThat(texts(element, "buffer")).containsEntry("timekey", "86400");
    assertThat(convert("path x", "time", LegacyParameters.BUFFER).section("buffer")).isEmpty();
  }

  @Test
  void sectionsOfTheFileWin() {
    ConfigElement element =
        convert("buffer_type file\n<buffer>\n@type memory\n</buffer>", "", LegacyParameters.BUFFER);
    assertThat(texts(element, "buffer")).isEqualTo(Map.of("@type", "memory"));
    assertThat(element.isUsed("buffer_type")).isFalse();
  }

  @Test
  void refusesTooLongSlices() {
    convert("time_slice_format %Y%m", "time", LegacyParameters.BUFFER);
    assertThat(problems.all())
        .extracting(Problems.Problem::message)
        .contains("time_slice_format only with %Y or %m is too long");
  }

  @Test
  void makesAParserOfFlatParameters() {
    ConfigElement element =
        convert(
            "format /^(?<a>.*)$/\ntypes a:integer,b:time:%s\ntime_key t\nutc\ntimezone +09:00",
            "", LegacyParameters.PARSE);
    assertThat(texts(element, "parse"))
        .isEqualTo(
            Map.of(
                "@type", "regexp",
                "expression", "/^(?<a>.*)$/",
                "types", "{\"a\":\"integer\",\"b\":\"time:%s\"}",
                "time_key", "t",
                "localtime", "false"));
    assertThat(
            texts(
                convert("format multiline\nformat1 /a/\nformat2 /b/", "", LegacyParameters.PARSE),
                "parse"))
        .isEqualTo(Map.of("@type", "multiline", "format1", "/a/", "format2", "/b/"));
  }

  @Test
  void makesFormatAndInject() {
    ConfigElement element =
        convert(
            """
            format json
            include_tag_key true
            include_time_key
            time_format %s
            localtime
            """,
            "", LegacyParameters.FORMAT, LegacyParameters.INJECT);
    assertThat(texts(element, "format")).isEqualTo(Map.of("@type", "json", "localtime", "true"));
    assertThat(texts(element, "inject"))
        .isEqualTo(
            Map.of(
                "tag_key", "tag",
                "time_key", "time",
                "time_type", "string",
                "time_format", "%s",
                "localtime", "true"));
  }

  @Test
  void makesExtract() {
    assertThat(texts(convert("tag_key k\ntime_as_epoch", "", LegacyParameters.EXTRACT), "extract"))
        .isEqualTo(Map.of("tag_key", "k", "time_key", "time", "time_type", "unixtime"));
    assertThat(texts(convert("format /a/", "", LegacyParameters.EXTRACT), "extract"))
        .isEqualTo(Map.of("time_key", "time", "time_type", "string"));
    assertThat(convert("format json", "", LegacyParameters.EXTRACT).section("extract")).isEmpty();
  }

  @Test
  void parsersOfOthersKeepTheirParameters() {
    ConfigElement element =
        convert(
            "format grok\ngrok_pattern %{INT:n}\n<grok>\npattern x\n</grok>",
            "", LegacyParameters.PARSE);
    ConfigElement parse = element.section("parse").orElseThrow();
    assertThat(parse.peek("grok_pattern")).isEqualTo("%{INT:n}");
    assertThat(parse.section("grok").orElseThrow().peek("pattern")).isEqualTo("x");
  }
}
