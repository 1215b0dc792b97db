package io.runnel.plugins.contrib;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.runnel.config.ConfigException;
import io.runnel.plugin.Filter;
import io.runnel.testkit.FakeHttpServer;
import io.runnel.testkit.ManualClock;
import io.runnel.testkit.TestContext;
import io.runnel.testkit.TestPlugins;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class EcsMetadataFilterTest {
  private static final String ID = "0123456789abcdef".repeat(4);
  private static final String TAG =
      "docker.var.lib.docker.containers." + ID + "." + ID + "-json.log";
  private static final String TASKS =
      "{\"Tasks\":[{\"Arn\":\"arn:task/7\",\"DesiredStatus\":\"RUNNING\",\"KnownStatus\":\"PENDING\","
          + "\"Family\":\"shop\",\"Version\":\"3\",\"Containers\":[{\"DockerId\":\""
          + ID
          + "\",\"DockerName\":\"ecs-shop-3\",\"Name\":\"web\"},{\"DockerId\":\"other\"}]}]}";

  private final ManualClock clock = ManualClock.standard();
  private final TestContext context = new TestContext().clock(clock);
  private volatile int status = 200;
  private volatile String tasks = TASKS;
  private FakeHttpServer server;

  @BeforeEach
  void serve() throws IOException {
    server =
        new FakeHttpServer(
            request ->
                new FakeHttpServer.Answer(
                    status,
                    request.target().equals("/v1/metadata")
                        ? "{\"Cluster\":\"prod\",\"ContainerInstanceArn\":\"arn:ci\",\"Version\":\"1.9\"}"
                        : tasks));
  }

  @AfterEach
  void close() {
    context.close();
    server.close();
  }

  private Filter filter(String config) throws Exception {
    Filter filter =
        TestPlugins.filter(
            EcsMetadataFilter.TYPE,
            config + "\nagent_url http://127.0.0.1:" + server.port() + "/v1/",
            context);
    filter.start();
    return filter;
  }

  private static Map<String, Object> filtered(Filter filter, String tag, Map<String, ?> record)
      throws Exception {
    return filter.filter(tag, TestPlugins.stream(5, record)).events().getFirst().record();
  }

  private Map<String, Object> filtered(String config, Map<String, ?> record) throws Exception {
    Filter filter = filter(config);
    try {
      return filtered(filter, TAG, record);
    } finally {
      filter.stop();
      filter.close();
    }
  }

  @Test
  void addsWhatTheAgentKnows() throws Exception {
    assertThat(filtered("", Map.of("a", 1L)))
        .isEqualTo(
            Map.of(
                "a",
                1L,
                "ecs",
                Map.of(
                    "docker_name",
                    "ecs-shop-3",
                    "family",
                    "shop",
                    "cluster",
                    "prod",
                    "name",
                    "web")));
    assertThat(filtered("fields_key ''\nfields known_status,desired_status", Map.of("a", 1L)))
        .isEqualTo(Map.of("a", 1L, "known_status", "PENDING", "desired_status", "RUNNING"));
    assertThat(
            filtered(
                    "fields_key e\nfields task_arn,version,container_instance_arn,container_instance_version,docker_id",
                    Map.of())
                .get("e"))
        .isEqualTo(
            Map.of(
                "task_arn",
                "arn:task/7",
                "version",
                "3",
                "container_instance_arn",
                "arn:ci",
                "container_instance_version",
                "1.9",
                "docker_id",
                ID));
  }

  @Test
  void fieldsOfTheLogAreMerged() throws Exception {
    Map<String, String> record = Map.of("log", "{\"a\":1,\"b\":2}", "b", "own");
    assertThat(filtered("fields name", record))
        .isEqualTo(Map.of("a", 1L, "b", "own", "ecs", Map.of("name", "web")));
    assertThat(filtered("fields name\nmerge_json_log false", record))
        .containsEntry("log", "{\"a\":1,\"b\":2}");
    assertThat(filtered("", Map.of("log", "{broken}"))).containsEntry("log", "{broken}");
    assertThat(filtered("", Map.of("log", "text"))).containsEntry("log", "text");
  }

  @Test
  void otherTagsAndUnknownContainersStayAsTheyAre() throws Exception {
    Filter filter = filter("");
    assertThat(filtered(filter, "app", Map.of("a", 1L))).isEqualTo(Map.of("a", 1L));
    assertThat(server.requests()).isEmpty();
    tasks = "{\"Tasks\":[]}";
    assertThat(filtered(filter, TAG, Map.of("log", "{}"))).isEqualTo(Map.of("log", "{}"));
    assertThat(filtered(filter, TAG, Map.of("a", 1L))).isEqualTo(Map.of("a", 1L));
    assertThat(server.requests()).hasSize(2);
    filter.close();
    Filter own = filter("tag_regexp ^id\\.(?<docker_id>.+)$\nfields name");
    tasks = TASKS;
    assertThat(filtered(own, "id." + ID, Map.of())).containsKey("ecs");
    own.close();
  }

  @Test
  void whatIsKnownIsAskedForAgainAfterAWhile() throws Exception {
    Filter filter = filter("cache_ttl 60");
    filtered(filter, TAG, Map.of());
    clock.advance(Duration.ofSeconds(59));
    filtered(filter, TAG, Map.of());
    assertThat(server.requests()).hasSize(2);
    clock.advance(Duration.ofSeconds(2));
    filtered(filter, TAG, Map.of());
    assertThat(server.requests()).hasSize(4);
    filter.close();
  }

  @Test
  void soManyContainersAreRemembered() throws Exception {
    Filter filter = filter("cache_size 1\ntag_regexp (?<docker_id>.*)");
    for (String id : List.of(ID, "other", ID)) {
      filtered(filter, id, Map.of());
    }
    assertThat(server.requests()).hasSize(6);
    filter.close();
  }

  @Test
  void anAgentThatFailsIsLeftAloneForAWhile() throws Exception {
    Filter filter = filter("");
    status = 500;
    assertThat(filtered(filter, TAG, Map.of("a", 1L))).isEqualTo(Map.of("a", 1L));
    filtered(filter, TAG, Map.of("a", 1L));
    assertThat(server.requests()).hasSize(1);
    assertThat(context.log().texts())
        .anyMatch(text -> text.startsWith("error: the ECS agent cannot be asked"));
    status = 200;
    clock.advance(Duration.ofSeconds(11));
    assertThat(filtered(filter, TAG, Map.of("a", 1L))).containsKey("ecs");
    filter.close();
  }

  @Test
  void wrongFieldsAndExpressionsAreRefused() {
    assertThatThrownBy(() -> filter("fields name,odd"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("Invalid field: 'odd'");
    assertThatThrownBy(() -> filter("tag_regexp ^x"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("tag_regexp has no group docker_id");
  }
}
