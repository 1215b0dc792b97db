package io.runnel.plugins.contrib;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.runnel.config.ConfigException;
import io.runnel.event.Event;
import io.runnel.event.EventTime;
import io.runnel.event.Json;
import io.runnel.plugin.Filter;
import io.runnel.plugin.PluginContext;
import io.runnel.plugin.PluginType;
import io.runnel.testkit.ManualClock;
import io.runnel.testkit.TestContext;
import io.runnel.testkit.TestPlugins;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ViaqDataModelFilterTest {
  private static final String NOW = "2024-03-01T10:00:00.250000+00:00";
  private static final long TIME =
      EventTime.pack(Instant.parse("2024-02-29T12:34:56Z").getEpochSecond(), 123_456_000);
  private static final String TIME_TEXT = "2024-02-29T12:34:56.123456+00:00";

  @TempDir Path folder;

  private final Map<String, String> environment = new HashMap<>();
  private final TestContext context =
      new TestContext()
          .clock(ManualClock.at(Instant.parse("2024-03-01T10:00:00.250Z").toEpochMilli()))
          .zone(ZoneId.of("Europe/Berlin"));

  private Filter filter(String config) {
    PluginType<ViaqConfig.Config, PluginContext, Filter> type =
        PluginType.filter(
            "viaq_data_model",
            ViaqConfig.Config.class,
            (bound, own) ->
                new ViaqDataModelFilter(bound, own, environment, folder.resolve("hostname")));
    return TestPlugins.filter(type, config, context);
  }

  @SuppressWarnings("unchecked")
  private List<Event> events(String config, String tag, String record) throws Exception {
    Map<String, Object> map = (Map<String, Object>) Json.parse(record);
    return filter(config).filter(tag, TestPlugins.stream(TIME, map)).events();
  }

  /** The record that comes out, without pipeline_metadata. */
  private String out(String config, String tag, String record) throws Exception {
    Map<String, Object> result = events(config, tag, record).getFirst().record();
    result.remove("pipeline_metadata");
    return Json.write(result);
  }

  private static String formatter(String type, String more) {
    return "<formatter>\ntype " + type + "\ntag app.** other.*\n" + more + "\n</formatter>";
  }

  private static String indexName(String type, String more) {
    return "<elasticsearch_index_name>\ntag app.**\nname_type "
        + type
        + "\n"
        + more
        + "\n</elasticsearch_index_name>";
  }

  @Test
  void eachRecordSaysWhichCollectorTookItAndWhen() throws Exception {
    environment.put("IPADDR4", "10.1.2.3");
    environment.put("IPADDR6", "fd00::1");
    environment.put("FLUENTD_VERSION", "1.0");
    assertThat(Json.write(events("pipeline_type normalizer", "t", "{}").getFirst().record()))
        .isEqualTo(
            "{\"pipeline_metadata\":{\"normalizer\":{\"ipaddr4\":\"10.1.2.3\",\"ipaddr6\":\"fd00::1\","
                + "\"inputname\":\"fluent-plugin-systemd\",\"name\":\"fluentd\",\"received_at\":\""
                + NOW
                + "\",\"version\":\"1.0 unknown data version\"}}}");
    Map<String, Object> more =
        events("", "t", "{\"pipeline_metadata\":{\"x\":1,\"collector\":{\"y\":2}}}")
            .getFirst()
            .record();
    assertThat(Json.write(more))
        .startsWith(
            "{\"pipeline_metadata\":{\"x\":1,\"collector\":{\"y\":2,\"ipaddr4\":\"10.1.2.3\"");
  }

  @Test
  void emptyFieldsAreRemovedFromTheInsideOut() throws Exception {
    String record =
        "{\"message\":\"\",\"a\":\"\",\"b\":null,\"c\":{},\"d\":{\"e\":[{},\"\"]},\"f\":{\"g\":\"\",\"h\":0},\"i\":[null,false]}";
    assertThat(out("", "t", record)).isEqualTo("{\"message\":\"\",\"f\":{\"h\":0},\"i\":[false]}");
    assertThat(out("keep_empty_fields a,d", "t", record))
        .isEqualTo("{\"a\":\"\",\"d\":{\"e\":[{},\"\"]},\"f\":{\"h\":0},\"i\":[false]}");
    assertThat(out("enable_prune_empty_fields false", "t", "{\"a\":\"\"}"))
        .isEqualTo("{\"a\":\"\"}");
  }

  @Test
  void theTimeGetsAnotherName() throws Exception {
    assertThat(out("", "t", "{\"time\":\"x\",\"@timestamp\":\"y\"}"))
        .isEqualTo("{\"@timestamp\":\"x\"}");
    assertThat(out("rename_time_if_missing true", "t", "{\"time\":\"x\",\"@timestamp\":\"y\"}"))
        .isEqualTo("{\"@timestamp\":\"y\"}");
    assertThat(out("rename_time false", "t", "{\"time\":\"x\"}")).isEqualTo("{\"time\":\"x\"}");
    assertThat(out("src_time_name a\ndest_time_name b", "t", "{\"a\":\"x\"}"))
        .isEqualTo("{\"b\":\"x\"}");
  }

  @Test
  void fieldsThatAreNotOfTheModelAreMovedOrChanged() throws Exception {
    String keep = "default_keep_fields k,time,pipeline_metadata\nextra_keep_fields e\n";
    String record = "{\"k\":1,\"e\":2,\"a.b\":{\"c\":[3]},\"d\":\"x\"}";
    assertThat(out(keep + "use_undefined true", "t", record))
        .isEqualTo("{\"k\":1,\"e\":2,\"undefined\":{\"a.b\":{\"c\":[3]},\"d\":\"x\"}}");
    assertThat(out(keep + "use_undefined true\nundefined_name u", "t", "{\"d\":1}"))
        .isEqualTo("{\"u\":{\"d\":1}}");
    assertThat(out(keep + "undefined_to_string true", "t", record))
        .isEqualTo("{\"k\":1,\"e\":2,\"a.b\":\"{\\\"c\\\":[3]}\",\"d\":\"x\"}");
    assertThat(out(keep + "undefined_dot_replace_char _", "t", record))
        .isEqualTo("{\"k\":1,\"e\":2,\"d\":\"x\",\"a_b\":{\"c\":[3]}}");
    assertThat(out(keep + "undefined_max_num_fields 2", "t", record)).isEqualTo(record);
    assertThat(out(keep + "undefined_max_num_fields 1", "t", record))
        .isEqualTo(
            "{\"k\":1,\"e\":2,\"undefined\":\"{\\\"a.b\\\":{\\\"c\\\":[3]},\\\"d\\\":\\\"x\\\"}\"}");
  }

  @Test
  void fieldsThatAreNeededMustBelongToTheModel() {
    assertThatThrownBy(() -> filter("use_undefined true"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(
            "Field [time] must be listed in default_keep_fields or extra_keep_fields");
    assertThatThrownBy(() -> filter("use_undefined true\ndefault_keep_fields undefined,time"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("Do not put [undefined] in default_keep_fields or extra_keep_fields");
  }

  @Test
  void entriesOfTheJournal() throws Exception {
    String record =
        "{\"MESSAGE\":\"m\",\"PRIORITY\":\"3\",\"_PID\":\"7\",\"CODE_LINE\":\"9\",\"_KERNEL_DEVICE\":\"d\","
            + "\"_HOSTNAME\":\"localhost\",\"__REALTIME_TIMESTAMP\":\"1709210096123456\","
            + "\"CONTAINER_NAME\":\"c\",\"log\":\"l\"}";
    String remove =
        "remove_keys MESSAGE,PRIORITY,_PID,CODE_LINE,_KERNEL_DEVICE,_HOSTNAME,__REALTIME_TIMESTAMP,CONTAINER_NAME";
    assertThat(out(formatter("sys_journal", remove), "app.x", record))
        .isEqualTo(
            "{\"log\":\"l\",\"systemd\":{\"t\":{\"PID\":\"7\"},\"u\":{\"CODE_LINE\":\"9\"},\"k\":{\"KERNEL_DEVICE\":\"d\"}},"
                + "\"level\":\"err\",\"message\":\"m\",\"hostname\":\"localhost\",\"docker\":{\"container_name\":\"c\"},"
                + "\"@timestamp\":\""
                + TIME_TEXT
                + "\"}");
    environment.put("NODE_NAME", "node1");
    assertThat(out(formatter("sys_journal", remove), "other.x", record))
        .contains("\"hostname\":\"node1\"");
    assertThat(out(formatter("k8s_journal", remove), "app.x", "{\"log\":\"l\"}"))
        .isEqualTo(
            "{\"log\":\"l\",\"level\":\"unknown\",\"message\":\"l\",\"hostname\":\"node1\",\"@timestamp\":\""
                + TIME_TEXT
                + "\"}");
    assertThat(out(formatter("sys_journal", remove), "elsewhere", "{\"log\":\"l\"}"))
        .isEqualTo("{\"log\":\"l\"}");
    assertThat(out(formatter("sys_journal", "enabled false"), "app.x", "{\"log\":\"l\"}"))
        .isEqualTo("{\"log\":\"l\"}");
  }

  @Test
  void linesOfVarLogThatWouldBeInTheFutureAreOfTheYearBefore() throws Exception {
    String config = formatter("sys_var_log", "remove_keys host,pid,ident");
    String record = "{\"host\":\"h\",\"pid\":\"1\",\"ident\":\"i\",\"message\":\"m\"}";
    assertThat(out(config, "app.x", record))
        .isEqualTo(
            "{\"message\":\"m\",\"systemd\":{\"t\":{\"PID\":\"1\"},\"u\":{\"SYSLOG_IDENTIFIER\":\"i\"}},"
                + "\"hostname\":\"h\",\"@timestamp\":\""
                + TIME_TEXT
                + "\"}");
    long future = EventTime.pack(Instant.parse("2024-12-24T20:00:00Z").getEpochSecond(), 0);
    Map<String, Object> old =
        filter(config)
            .filter("app.x", TestPlugins.stream(future, Map.of("message", "m")))
            .events()
            .getFirst()
            .record();
    assertThat(old.get("@timestamp")).isEqualTo("2023-12-24T20:00:00.000000+00:00");
  }

  @Test
  void theFileWithTheHostsNameGoesBeforeTheEnvironment() throws Exception {
    Files.writeString(folder.resolve("hostname"), "box.example \nsecond line\n");
    environment.put("NODE_NAME", "node1");
    assertThat(out(formatter("sys_var_log", ""), "app.x", "{\"host\":\"localhost\"}"))
        .contains("\"hostname\":\"box.example\"");
  }

  @Test
  void linesOfContainers() throws Exception {
    String config = formatter("k8s_json_file", "remove_keys log,stream");
    assertThat(
            out(
                config,
                "app.x",
                "{\"log\":\"l\",\"stream\":\"stdout\",\"time\":\"2024-02-29T13:34:56.5+01:00\",\"level\":\"WARN\","
                    + "\"kubernetes\":{\"host\":\"n\"}}"))
        .isEqualTo(
            "{\"level\":\"warning\",\"kubernetes\":{\"host\":\"n\"},\"message\":\"l\",\"hostname\":\"n\","
                + "\"@timestamp\":\"2024-02-29T12:34:56.500000+00:00\"}");
    assertThat(events(config, "app.x", "{\"log\":\"l\",\"time\":\"no time\"}")).isEmpty();
    assertThat(context.emitter().errors()).hasSize(1);
    assertThat(context.emitter().errors().getFirst().error())
        .hasMessage("no time information in no time");
  }

  @Test
  void levelsComeFromTheFieldTheMessageOrAnExpression() throws Exception {
    String config =
        formatter("k8s_json_file", "")
            + "\n<level>\nname warn\nmatch Warning|^W[0-9]+\n</level>"
            + "\n<level>\nname error\nmatch Error|\"level\":\"error\"\n</level>";
    assertThat(level(config, "{\"level\":\"Panic\",\"message\":\"Error\"}")).isEqualTo("emerg");
    assertThat(level(config, "{\"level\":\"odd\"}")).isEqualTo("odd");
    assertThat(level(config, "{\"level\":5}")).isEqualTo("5");
    assertThat(level(config, "{\"message\":\"an Error\"}")).isEqualTo("error");
    assertThat(level(config, "{\"message\":\"W0101 x\"}")).isEqualTo("warn");
    assertThat(level(config, "{\"message\":\"x\"}")).isEqualTo("unknown");
    assertThat(level(config, "{\"message\":\"{\\\"level\\\":\\\"fine\\\"}\"}")).isEqualTo("fine");
    assertThat(level(config, "{\"message\":{\"level\":\"fine\"}}")).isEqualTo("fine");
    String bad = config + "\n<level>\nname x\nmatch [\n</level>";
    assertThatThrownBy(() -> filter(bad)).isInstanceOf(ConfigException.class);
  }

  private Object level(String config, String record) throws Exception {
    return events(config, "app.x", record).getFirst().record().get("level");
  }

  @Test
  void atMostTenLevelsAreTried() throws Exception {
    StringBuilder config = new StringBuilder(formatter("k8s_json_file", ""));
    for (int i = 0; i <= 10; i++) {
      config
          .append("\n<level>\nname n")
          .append(i)
          .append("\nmatch w")
          .append(i)
          .append("!\n</level>");
    }
    assertThat(level(config.toString(), "{\"message\":\"w9!\"}")).isEqualTo("n9");
    assertThat(level(config.toString(), "{\"message\":\"w10!\"}")).isEqualTo("unknown");
    assertThat(context.log().texts())
        .contains("info: Levels supports a maximum of 10 matches. Ignoring: n10");
  }

  @Test
  void eventsOfKubernetesAreTakenApart() throws Exception {
    String record =
        "{\"log\":\"raw\",\"verb\":\"ADDED\",\"event\":{\"message\":\"m\",\"metadata\":{\"uid\":\"u\","
            + "\"creationTimestamp\":\"2024-02-29T00:00:00Z\"}}}";
    Map<String, Object> result =
        events(formatter("k8s_json_file", "remove_keys log"), "app.x", record).getFirst().record();
    assertThat(
            ViaqRecord.dig(
                result, List.of("pipeline_metadata", "collector", "original_raw_message")))
        .isEqualTo("raw");
    result.remove("pipeline_metadata");
    assertThat(Json.write(result))
        .isEqualTo(
            "{\"message\":\"m\",\"level\":\"unknown\","
                + "\"kubernetes\":{\"event\":{\"metadata\":{\"uid\":\"u\"},\"verb\":\"ADDED\"}},"
                + "\"@timestamp\":\"2024-02-29T00:00:00Z\"}");
    for (String off :
        List.of(
            formatter("k8s_json_file", "process_kubernetes_events false"),
            "process_kubernetes_events false\n" + formatter("k8s_json_file", ""))) {
      assertThat(events(off, "app.x", record).getFirst().record())
          .containsKey("event")
          .containsEntry("message", "raw");
    }
  }

  @Test
  void recordsGetTheNameOfTheirIndex() throws Exception {
    String time = "{\"@timestamp\":\"2024-02-29T23:00:00-05:00\",";
    String kube = "\"kubernetes\":{\"namespace_name\":\"n\",\"namespace_id\":\"i\"}}";
    assertThat(index(indexName("operations_full", ""), time + "\"a\":1}"))
        .isEqualTo("viaq_index_name=.operations.2024.02.29");
    assertThat(index(indexName("audit_full", ""), time + "\"a\":1}"))
        .isEqualTo("viaq_index_name=.audit.2024.02.29");
    assertThat(index(indexName("project_full", ""), time + kube))
        .isEqualTo("viaq_index_name=project.n.i.2024.02.29");
    assertThat(index(indexName("project_prefix", ""), "{" + kube))
        .isEqualTo("viaq_index_prefix=project.n.i");
    assertThat(index(indexName("operations_prefix", ""), "{}"))
        .isEqualTo("viaq_index_prefix=.operations");
    assertThat(index(indexName("audit_prefix", ""), "{}")).isEqualTo("viaq_index_prefix=.audit");
    assertThat(index(indexName("static", "static_index_name app-write"), "{}"))
        .isEqualTo("viaq_index_prefix=app-write");
    String fields = "elasticsearch_index_name_field x\nelasticsearch_index_prefix_field y\n";
    assertThat(fields(fields + indexName("audit_full", ""), time + "\"a\":1}")).containsKey("x");
    assertThat(fields(fields + indexName("audit_prefix", ""), "{}")).containsKey("y");
    assertThat(index(indexName("audit_prefix", "enabled false"), "{}")).isEqualTo("none");
    assertThat(index(indexName("audit_prefix", "").replace("tag app.**", "tag b.** a"), "{}"))
        .isEqualTo("none");
  }

  private Map<String, Object> fields(String config, String record) throws Exception {
    return events(config, "app.x", record).getFirst().record();
  }

  private String index(String config, String record) throws Exception {
    for (Map.Entry<String, Object> field : fields(config, record).entrySet()) {
      if (field.getKey().startsWith("viaq_index")) {
        return field.toString();
      }
    }
    return "none";
  }

  @Test
  void aRecordWithoutProjectGoesToTheOrphans() throws Exception {
    assertThat(index(indexName("project_prefix", ""), "{\"a\":1}"))
        .isEqualTo("viaq_index_prefix=.orphaned");
    assertThat(context.log().texts())
        .anyMatch(
            text ->
                text.startsWith(
                    "error: record cannot use elasticsearch index name type project_prefix: record is"
                        + " missing kubernetes field: {\"a\"=>1"));
    assertThat(
            index(
                "orphaned_namespace_name lost\n" + indexName("project_prefix", ""),
                "{\"kubernetes\":{\"namespace_name\":\"n\"}}"))
        .isEqualTo("viaq_index_prefix=lost");
  }

  @Test
  void aNameWithADayNeedsATime() throws Exception {
    assertThat(events(indexName("audit_full", ""), "app.x", "{\"a\":1}")).isEmpty();
    assertThat(context.emitter().errors().getFirst().error())
        .hasMessageContaining("no time in @timestamp");
    assertThat(context.emitter().errors().getFirst().record()).isEqualTo(Map.of("a", 1L));
    assertThatThrownBy(() -> filter(indexName("static", "")))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("must define 'static_index_name'");
  }

  @Test
  void structuredRecordsHaveIndicesOfTheirOwn() throws Exception {
    String kube =
        "\"kubernetes\":{\"container_name\":\"c\",\"annotations\":{\"p.io/c\":\"note\"},\"labels\":{\"app\":\"shop\"}}}";
    String record = "{\"structured\":{\"a\":1}," + kube;
    String all =
        "static_index_name s\nstructured_type_name fix\nstructured_type_key kubernetes.labels.app\n";
    assertThat(
            index(indexName("structured", all + "structured_type_annotation_prefix p.io/"), record))
        .isEqualTo("viaq_index_prefix=app-note-write");
    assertThat(index(indexName("structured", all), record))
        .isEqualTo("viaq_index_prefix=app-shop-write");
    assertThat(index(indexName("structured", all), "{\"structured\":{\"a\":1}}"))
        .isEqualTo("viaq_index_prefix=app-fix-write");
    assertThat(index(indexName("structured", "static_index_name s"), record))
        .isEqualTo("viaq_index_prefix=s");
    assertThat(index(indexName("structured", all), "{" + kube)).isEqualTo("viaq_index_prefix=s");
  }

  @Test
  void labelsMayBecomeTextsAndBeTakenAway() throws Exception {
    String record = "{\"kubernetes\":{\"labels\":{\"a\":\"1\",\"b\":\"2\"}}}";
    assertThat(out("enable_flatten_labels true", "t", record))
        .isEqualTo(
            "{\"kubernetes\":{\"labels\":{\"a\":\"1\",\"b\":\"2\"},\"flat_labels\":[\"a=1\",\"b=2\"]}}");
    assertThat(out("enable_prune_labels true\nprune_labels_exclusions b,c", "t", record))
        .isEqualTo("{\"kubernetes\":{\"labels\":{\"b\":\"2\"}}}");
    assertThat(out("enable_flatten_labels true\nenable_prune_labels true", "t", record))
        .isEqualTo("{\"kubernetes\":{\"flat_labels\":[\"a=1\",\"b=2\"]}}");
  }

  @Test
  void recordsMayBeNumbered() throws Exception {
    environment.put("OPENSHIFT_CLUSTER_ID", "c");
    Filter filter = filter("enable_openshift_model true");
    List<Event> events = filter.filter("t", TestPlugins.stream(TIME, Map.of(), Map.of())).events();
    assertThat(events)
        .extracting(event -> event.record().get("openshift"))
        .containsExactly(
            Map.of("sequence", 1L, "cluster_id", "c"), Map.of("sequence", 2L, "cluster_id", "c"));
  }

  @Test
  void patternsOfTagsSayWhichRecordsAreMeant() throws Exception {
    assertThat(out(formatter("k8s_json_file", ""), "elsewhere", "{\"a\":1}"))
        .isEqualTo("{\"a\":1}");
    assertThat(out(formatter("k8s_json_file", ""), "other.y", "{\"a\":1}")).contains("level");
    assertThat(out(indexName("audit_prefix", ""), "elsewhere", "{\"a\":1}")).isEqualTo("{\"a\":1}");
    assertThat(out(indexName("audit_prefix", ""), "app", "{\"a\":1}"))
        .isEqualTo("{\"a\":1,\"viaq_index_prefix\":\".audit\"}");
  }

  @Test
  void theMachinesOwnEnvironmentIsRead() throws Exception {
    Filter filter = TestPlugins.filter(ViaqDataModelFilter.TYPE, "", context);
    Map<String, Object> record =
        filter.filter("t", TestPlugins.stream(TIME, Map.of())).events().getFirst().record();
    assertThat(record).containsOnlyKeys("pipeline_metadata");
  }
}
