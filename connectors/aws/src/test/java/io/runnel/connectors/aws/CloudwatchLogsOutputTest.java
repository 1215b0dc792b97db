package io.runnel.connectors.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.runnel.config.ConfigException;
import io.runnel.event.Event;
import io.runnel.event.EventTime;
import io.runnel.event.Json;
import io.runnel.log.Level;
import io.runnel.plugins.BuiltinPlugins;
import io.runnel.testkit.DestinationContract;
import io.runnel.testkit.EmittedError;
import io.runnel.testkit.FakeHttpServer;
import io.runnel.testkit.MemoryChunk;
import io.runnel.testkit.OutputDriver;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CloudwatchLogsOutputTest {
  private final OutputDriver driver = new OutputDriver(new BuiltinPlugins());
  private FakeLogs logs;

  @BeforeEach
  void serve() throws IOException {
    logs = new FakeLogs();
  }

  @AfterEach
  void close() {
    driver.close();
    logs.close();
  }

  private void start(String config) throws Exception {
    driver.start(CloudwatchLogsOutput.TYPE, logs.parameters() + config);
  }

  private static Event event(long millis, Object... fields) {
    Map<String, Object> record = new LinkedHashMap<>();
    for (int i = 0; i < fields.length; i += 2) {
      record.put((String) fields[i], fields[i + 1]);
    }
    return new Event(EventTime.ofMillis(millis), record);
  }

  @Test
  void eventsAreSortedByTime() throws Exception {
    logs.create("g", "s");
    start("log_group_name g\nlog_stream_name s\n<inject>\ntag_key tag\n</inject>");
    driver.write(driver.chunk("app", event(2_000, "a", 2, "empty", ""), event(1_000, "a", 1)));
    assertThat(logs.messages("g", "s"))
        .containsExactly("{\"a\":1,\"tag\":\"app\"}", "{\"a\":2,\"tag\":\"app\"}");
    assertThat(((Map<?, ?>) ((List<?>) logs.call(0).get("logEvents")).getFirst()).get("timestamp"))
        .isEqualTo(1_000L);
  }

  @Test
  void groupsAndStreamsComeFromTagsAndFieldsAndAreMade() throws Exception {
    start(
        "log_group_name_key g\nremove_log_group_name_key true\nuse_tag_as_stream true\n"
            + "auto_create_stream true\nlog_group_aws_tags_key tags\nremove_log_group_aws_tags_key true\n"
            + "retention_in_days_key days\nremove_retention_in_days_key true");
    driver.write(
        "app",
        Map.of("a", 1, "g", "one", "tags", Map.of("t", 5), "days", 7),
        Map.of("a", 2, "g", "two"));
    assertThat(logs.messages("one", "app")).containsExactly("{\"a\":1}");
    assertThat(logs.messages("two", "app")).containsExactly("{\"a\":2}");
    assertThat(logs.operations())
        .containsExactly(
            "PutLogEvents",
            "CreateLogGroup",
            "PutRetentionPolicy",
            "CreateLogStream",
            "PutLogEvents",
            "PutLogEvents",
            "CreateLogGroup",
            "CreateLogStream",
            "PutLogEvents");
    assertThat(logs.call(1)).isEqualTo(Map.of("logGroupName", "one", "tags", Map.of("t", "5")));
    assertThat(logs.call(2)).isEqualTo(Map.of("logGroupName", "one", "retentionInDays", 7L));
  }

  @Test
  void namesTagsAndDaysOfTheConfiguration() throws Exception {
    driver.context().buffer(OutputDriver.buffer("tag"));
    start(
        "use_tag_as_group true\nlog_stream_name_key s\nremove_log_stream_name_key true\n"
            + "auto_create_stream true\nlog_group_aws_tags {\"k\":\"${tag}\"}\nretention_in_days 3");
    driver.write("app", Map.of("s", "x", "a", 1), Map.of("a", 2));
    assertThat(logs.messages("app", "x")).containsExactly("{\"a\":1}");
    assertThat(logs.call(1)).isEqualTo(Map.of("logGroupName", "app", "tags", Map.of("k", "app")));
    assertThat(logs.call(2)).isEqualTo(Map.of("logGroupName", "app", "retentionInDays", 3L));
    assertThat(driver.context().emitter().errors())
        .singleElement()
        .satisfies(error -> assertThat(error.error()).hasMessageContaining("stream_name is nil"));
  }

  @Test
  void withoutAutoCreateEventsWaitForTheStream() throws Exception {
    start("log_group_name g\nlog_stream_name s");
    MemoryChunk chunk = driver.chunk("app", event(1, "a", 1));
    assertThatThrownBy(() -> driver.write(chunk))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("(a name or the region is wrong)");
    logs.create("g", "s");
    driver.write(chunk);
    assertThat(logs.messages("g", "s")).hasSize(1);
  }

  @Test
  void messages() throws Exception {
    logs.create("g", "s");
    start("log_group_name g\nlog_stream_name s\nmessage_keys a,b\nmax_message_length 5");
    driver.write("t", Map.of("a", "x", "b", 2), Map.of("a", "long text"), Map.of("c", 1));
    start("log_group_name g\nlog_stream_name s\n<format>\n@type ltsv\n</format>");
    driver.write("t", Map.of("a", "y"));
    assertThat(logs.messages("g", "s")).containsExactly("x 2", "long ", "a:y\n");
    assertThat(driver.context().log().texts(Level.WARN))
        .anyMatch(text -> text.contains("Within specified message_key(s): (a,b)"));
  }

  @Test
  void requestsKeepTheLimitsOfTheService() throws Exception {
    logs.create("g", "s");
    start("log_group_name g\nlog_stream_name s\nmax_events_per_batch 2\nmessage_keys m");
    long day = 24 * 60 * 60 * 1_000L;
    driver.write(
        driver.chunk(
            "t",
            event(0, "m", "1"),
            event(1, "m", "2"),
            event(2, "m", "3"),
            event(day + 2, "m", "4"),
            event(day + 3, "m", "x".repeat(600_000)),
            event(day + 4, "m", "y".repeat(600_000)),
            event(day + 5, "m", "z".repeat(1_048_576))));
    List<Integer> sizes = new ArrayList<>();
    for (int i = 0; i < logs.operations().size(); i++) {
      sizes.add(((List<?>) logs.call(i).get("logEvents")).size());
    }
    assertThat(sizes).containsExactly(2, 1, 2, 1);
    assertThat(driver.context().emitter().errors())
        .singleElement()
        .satisfies(
            error -> assertThat(error.error()).hasMessageContaining("1048602 bytes exceeds limit"));
  }

  @Test
  void whatTheServiceRejectsGoesToTheErrorStream() throws Exception {
    start("log_group_name g\nlog_stream_name s\nlog_rejected_request true");
    logs.answerOnce(
        200,
        Json.write(
            Map.of(
                "rejectedLogEventsInfo",
                Map.of(
                    "expiredLogEventEndIndex", 1,
                    "tooOldLogEventEndIndex", 2,
                    "tooNewLogEventStartIndex", 3))));
    driver.write(
        driver.chunk("t", event(4, "n", 4), event(1, "n", 1), event(2, "n", 2), event(3, "n", 3)));
    List<EmittedError> errors = driver.context().emitter().errors();
    assertThat(errors.stream().<Object>map(e -> e.record().get("n")).toList())
        .containsExactly(4L, 1L, 2L);
    assertThat(errors.get(1).error()).hasMessageContaining("older than the log group keeps");
    assertThat(driver.context().log().texts(Level.WARN))
        .anyMatch(text -> text.contains("Called PutLogEvents API: rejected"));
  }

  @Test
  void aChunkThatTheServiceHasIsTaken() throws Exception {
    start("log_group_name g\nlog_stream_name s");
    logs.answerOnce(400, "{\"__type\":\"DataAlreadyAcceptedException\"}");
    driver.write("t", Map.of("a", 1));
  }

  @Test
  void itIsADestination() throws Exception {
    new DestinationContract(
            new BuiltinPlugins(),
            CloudwatchLogsOutput.TYPE,
            (host, port) ->
                "log_group_name g\nlog_stream_name s\nregion r\naws_key_id a\naws_sec_key s3cret\n"
                    + "ssl_verify_peer false\nendpoint http://"
                    + host
                    + ":"
                    + port,
            "s3cret",
            new FakeHttpServer.Answer(200, "{}"))
        .check(
            FakeLogs.error("UnrecognizedClientException"),
            FakeLogs.error("ThrottlingException"),
            FakeLogs.error("InvalidParameterException"));
  }

  @Test
  void wrongConfigurations() {
    for (Map.Entry<String, String> each :
        Map.of(
                "log_stream_name s", "Set only one of log_group_name",
                "log_group_name g\nuse_tag_as_group true\nlog_stream_name s",
                    "Set only one of log_group_name",
                "log_group_name g", "Set only one of log_stream_name",
                "log_group_name g\nlog_stream_name s\nretention_in_days 1\nretention_in_days_key k",
                    "Set only one of retention_in_days",
                "log_group_name g\nlog_stream_name s\nlog_group_aws_tags {}\nlog_group_aws_tags_key k",
                    "Set only one of log_group_aws_tags")
            .entrySet()) {
      assertThatThrownBy(() -> start(each.getKey()))
          .as(each.getKey())
          .isInstanceOf(ConfigException.class)
          .hasMessageContaining(each.getValue());
    }
  }
}
