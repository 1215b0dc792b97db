package io.runnel.connectors.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.runnel.config.ConfigException;
import io.runnel.config.ConfigSpec;
import io.runnel.event.EventTime;
import io.runnel.plugin.Input;
import io.runnel.plugins.BuiltinPlugins;
import io.runnel.plugins.client.AwsRole;
import io.runnel.testkit.Await;
import io.runnel.testkit.Emitted;
import io.runnel.testkit.TestContext;
import io.runnel.testkit.TestPlugins;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CloudwatchLogsInputTest {
  @TempDir Path folder;

  private TestContext context = new TestContext(new BuiltinPlugins()).zone(ZoneOffset.UTC);
  private FakeLogs logs;
  private Input input;

  @BeforeEach
  void serve() throws IOException {
    logs = new FakeLogs();
    logs.create("g", "s");
  }

  @AfterEach
  void close() throws Exception {
    stop();
    logs.close();
    context.close();
  }

  private void stop() throws Exception {
    if (input != null) {
      input.stop();
      input.close();
      input = null;
    }
  }

  private void start(String config) throws Exception {
    input =
        TestPlugins.input(
            CloudwatchLogsInput.TYPE,
            logs.parameters() + "tag t\nlog_group_name g\n" + config,
            context);
    input.start();
  }

  private static Map<String, Object> record(Emitted event) {
    return event.record();
  }

  @Test
  void readsAllPagesAsJson() throws Exception {
    for (int i = 0; i < 5; i++) {
      logs.put("g", "s", 1_000 + i, "{\"n\":" + i + "}");
    }
    logs.put("g", "s", 2_000, "no json");
    start(
        "log_stream_name s\nadd_log_group_name true\nlog_group_name_key grp\ninclude_metadata true");
    List<Emitted> events = context.emitter().await(5);
    assertThat(record(events.get(4)))
        .isEqualTo(
            Map.of(
                "n",
                4L,
                "grp",
                "g",
                "metadata",
                Map.of("log_group_name", "g", "log_stream_name", "s")));
    assertThat(events.get(4).time()).isEqualTo(EventTime.ofMillis(1_004));
    assertThat(events.get(4).tag()).isEqualTo("t");
    assertThat(context.emitter().awaitErrors(1).getFirst().record())
        .isEqualTo(Map.of("message", "no json"));
    assertThat(context.emitter().commits()).isPositive();
  }

  @Test
  void looksAgainForWhatIsNew() throws Exception {
    logs.put("g", "s", 1_000, "one");
    start("log_stream_name s\nfetch_interval 0.01\n<parse>\n@type none\n</parse>");
    context.emitter().await(1);
    logs.put("g", "s", 2_000, "two");
    assertThat(record(context.emitter().await(2).get(1))).isEqualTo(Map.of("message", "two"));
  }

  @Test
  void goesOnWhereItStopped() throws Exception {
    logs.put("g", "s", 1_000, "{\"n\":1}");
    String state = "log_stream_name s\nstate_file " + folder.resolve("state");
    start(state);
    context.emitter().await(1);
    stop();
    context.close();
    logs.put("g", "s", 2_000, "{\"n\":2}");
    context = new TestContext(new BuiltinPlugins()).zone(ZoneOffset.UTC);
    start(state);
    assertThat(context.emitter().await(1).getFirst().record()).isEqualTo(Map.of("n", 2L));
  }

  @Test
  void timesOfTheParserOrOfTheService() throws Exception {
    logs.put("g", "s", 5_000, "1970-01-01T00:00:01Z m");
    String parse =
        "<parse>\n@type regexp\nexpression /^(?<time>\\S+) (?<m>.*)$/\ntime_format %iso8601\n</parse>";
    start("log_stream_name s\n" + parse);
    assertThat(context.emitter().await(1).getFirst().time()).isEqualTo(EventTime.ofMillis(1_000));
    stop();
    context.emitter().clear();
    start("log_stream_name s\nuse_aws_timestamp true\n" + parse);
    assertThat(context.emitter().await(1).getFirst().time()).isEqualTo(EventTime.ofMillis(5_000));
  }

  @Test
  void severalGroupsAndStreams() throws Exception {
    logs.create("g2", "s1");
    logs.create("other", "s1");
    logs.put("g", "s", 1, "{\"n\":1}");
    logs.put("g2", "s1", 1, "{\"n\":2}");
    logs.put("other", "s1", 1, "{\"n\":3}");
    start(
        "use_log_group_name_prefix true\nlog_stream_name s\nuse_log_stream_name_prefix true\n"
            + "<storage>\n@type local\npersistent false\n</storage>");
    assertThat(context.emitter().await(2).stream().<Object>map(e -> e.record().get("n")).toList())
        .containsExactly(1L, 2L);
  }

  @Test
  void streamsOfTheDay() throws Exception {
    String today = DateTimeFormatter.ofPattern("yyyy/MM/dd").format(LocalDate.now(ZoneOffset.UTC));
    logs.create("g", today + "/x");
    logs.create("g", "2001/01/01/x");
    logs.put("g", today + "/x", 1, "{\"n\":1}");
    logs.put("g", "2001/01/01/x", 1, "{\"n\":2}");
    start("use_todays_log_stream true");
    assertThat(context.emitter().await(1).getFirst().record()).isEqualTo(Map.of("n", 1L));
  }

  @Test
  void aRangeOfTimes() throws Exception {
    start(
        "log_stream_name s\nstart_time 1970-01-01 00:00:01\nend_time 1970-01-01 00:01:00\n"
            + "time_range_format %Y-%m-%d %H:%M:%S");
    Await.await(() -> logs.operations().contains("GetLogEvents"));
    assertThat(logs.call(0).get("startTime")).isEqualTo(1_000L);
    assertThat(logs.call(0).get("endTime")).isEqualTo(60_000L);
    assertThat(logs.call(0).get("startFromHead")).isEqualTo(true);
    assertThatThrownBy(
            () ->
                start(
                    "log_stream_name s\nstart_time 1970-01-02 00:00:00\nend_time 1970-01-01 00:00:00"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("should be greater than start_time");
    assertThatThrownBy(() -> start("")).isInstanceOf(ConfigException.class);
  }

  @Test
  void anErrorIsSaidAndTriedAgain() throws Exception {
    logs.put("g", "s", 1, "{\"n\":1}");
    logs.answerOnce(400, "{\"__type\":\"UnrecognizedClientException\",\"message\":\"m\"}");
    start("log_stream_name s\nfetch_interval 0.01");
    context.emitter().await(1);
    assertThat(context.log().contains("(the credentials are wrong or may not do this)")).isTrue();
    assertThat(context.log().contains("s3cret")).isFalse();
    stop();
    logs.answerOnce(400, "{\"__type\":\"ThrottlingException\",\"message\":\"m\"}");
    start("log_stream_name s\nthrottling_retry_seconds 0");
    context.emitter().await(2);
    assertThat(context.log().contains("ThrottlingException GetLogEvents. Waiting 0 seconds"))
        .isTrue();
  }

  private static Credentials credentials(String config) {
    return ConfigSpec.of(CloudwatchLogsInput.Config.class)
        .bind(
            TestPlugins.section(
                "source", "tag t\nlog_group_name g\nregion r\nhttp_proxy http://p:1\n" + config),
            false)
        .access()
        .credentials(Map.of("AWS_ACCESS_KEY_ID", "env"));
  }

  @Test
  void credentialsComeFromWhereTheConfigurationSays() {
    Credentials sts =
        credentials(
            "aws_use_sts true\naws_sts_role_arn arn:x\naws_sts_session_name me\n"
                + "aws_sts_external_id ext\naws_sts_policy {}\naws_sts_duration_seconds 900\n"
                + "aws_sts_endpoint_url http://sts/");
    assertThat(sts.role())
        .contains(
            new AwsRole(
                "arn:x",
                "me",
                Optional.of("{}"),
                Optional.of(Duration.ofMinutes(15)),
                Optional.of("ext"),
                Optional.of(URI.create("http://sts/")),
                Optional.empty()));
    assertThat(
            credentials(
                    "<web_identity_credentials>\nrole_arn arn:y\nrole_session_name me\n"
                        + "web_identity_token_file /t\n</web_identity_credentials>")
                .role())
        .hasValueSatisfying(role -> assertThat(role.tokenFile()).contains("/t"));
    assertThat(credentials("aws_ecs_authentication true").environment())
        .doesNotContainKey("AWS_ACCESS_KEY_ID");
    assertThat(credentials("aws_key_id a\naws_sec_key b").environment())
        .containsEntry("AWS_ACCESS_KEY_ID", "a");
  }
}
