package io.runnel.connectors.elasticsearch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.runnel.config.ByteSize;
import io.runnel.config.ConfigException;
import io.runnel.event.Event;
import io.runnel.event.EventTime;
import io.runnel.event.Json;
import io.runnel.plugin.BufferConfig;
import io.runnel.plugin.BufferedOutput;
import io.runnel.plugin.Output;
import io.runnel.plugin.OutputContext;
import io.runnel.plugin.PluginType;
import io.runnel.plugin.UnrecoverableException;
import io.runnel.testkit.EmittedError;
import io.runnel.testkit.FakeHttpServer;
import io.runnel.testkit.MemoryChunk;
import io.runnel.testkit.ServerProcess;
import io.runnel.testkit.TestContext;
import io.runnel.testkit.TestPlugins;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The requests of the outputs and what they make of the answers, against a server that is none. */
class BulkTest {
  private static final long TIME = EventTime.pack(1_500_000_000L, 123_456_789);
  private static final String CLEAN = "{\"errors\":false,\"items\":[]}";

  private final TestContext context = new TestContext().buffer(buffer("tag")).zone(ZoneOffset.UTC);
  private final Deque<FakeHttpServer.Answer> answers = new ArrayDeque<>();
  private String version = "8.11.0";
  private FakeHttpServer server;
  private BufferedOutput output;

  private static BufferConfig buffer(String... keys) {
    return new BufferConfig(
        "memory",
        List.of(keys),
        List.of(keys).contains("time") ? Optional.of(Duration.ofDays(1)) : Optional.empty(),
        Duration.ofMinutes(10),
        true,
        "+00:00",
        "text",
        1,
        Duration.ofMinutes(1),
        Optional.empty(),
        new ByteSize(8 << 20));
  }

  @AfterEach
  void close() {
    if (output != null) {
      output.stop();
      output.close();
    }
    if (server != null) {
      server.close();
    }
    context.close();
  }

  private FakeHttpServer.Answer answer(FakeHttpServer.Request request) {
    if (request.method().equals("GET") && request.target().equals("/")) {
      return new FakeHttpServer.Answer(200, "{\"version\":{\"number\":\"" + version + "\"}}");
    }
    synchronized (answers) {
      return answers.isEmpty() ? new FakeHttpServer.Answer(200, CLEAN) : answers.poll();
    }
  }

  private BufferedOutput start(PluginType<?, OutputContext, Output> type, String config)
      throws Exception {
    server = new FakeHttpServer(this::answer);
    output =
        (BufferedOutput)
            TestPlugins.output(
                type, "host 127.0.0.1\nport " + server.port() + "\n" + config, context);
    output.start();
    return output;
  }

  private BufferedOutput elasticsearch(String config) throws Exception {
    return start(ElasticsearchOutput.TYPE, config);
  }

  private static MemoryChunk chunk(Map<?, ?>... records) {
    List<Event> events = new ArrayList<>();
    for (Map<?, ?> record : records) {
      Map<String, Object> copy = new LinkedHashMap<>();
      record.forEach((key, value) -> copy.put(key.toString(), value));
      events.add(new Event(TIME, copy));
    }
    return MemoryChunk.of("app.web", events.toArray(Event[]::new));
  }

  private List<FakeHttpServer.Request> bulks() {
    return server.requests().stream().filter(r -> r.target().contains("_bulk")).toList();
  }

  private List<Object> lines(int request) {
    return bulks().get(request).text().lines().map(line -> Json.parse(line)).toList();
  }

  private static Map<String, Object> item(String action, int status, String type) {
    Map<String, Object> inner = new LinkedHashMap<>();
    inner.put("status", status);
    if (type != null) {
      inner.put("error", Map.of("type", type, "reason", "because"));
    }
    return Map.of(action, inner);
  }

  private void answerWith(Map<?, ?>... items) {
    String body = Json.write(Map.of("errors", true, "items", List.of(items)));
    answers.add(new FakeHttpServer.Answer(200, body));
  }

  @Test
  void writesAnActionAndADocumentForEachEvent() throws Exception {
    elasticsearch("").write(chunk(Map.of("a", 1), Map.of("b", "x\ny")));
    assertThat(bulks().getFirst().target()).startsWith("/_bulk?filter_path=errors");
    assertThat(bulks().getFirst().headers()).containsEntry("content-type", "application/json");
    assertThat(lines(0))
        .containsExactly(
            Map.of("index", Map.of("_index", "fluentd")),
            Map.of("a", 1L),
            Map.of("index", Map.of("_index", "fluentd")),
            Map.of("b", "x\ny"));
  }

  @Test
  void theVersionDecidesOnTheTypeAndTheContentType() throws Exception {
    version = "7.10.2";
    elasticsearch("").write(chunk(Map.of("a", 1)));
    assertThat(lines(0).getFirst())
        .isEqualTo(Map.of("index", Map.of("_index", "fluentd", "_type", "_doc")));
    close();
    version = "6.8.0";
    elasticsearch("type_name access\nrouting_key a").write(chunk(Map.of("a", 1)));
    assertThat(lines(0).getFirst())
        .isEqualTo(Map.of("index", Map.of("_index", "fluentd", "_type", "access", "_routing", 1L)));
    close();
    version = "9.0.1";
    elasticsearch("").write(chunk(Map.of("a", 1)));
    assertThat(bulks().getFirst().headers().get("content-type"))
        .isEqualTo("application/vnd.elasticsearch+x-ndjson; compatible-with=9");
    close();
    elasticsearch("verify_es_version_at_startup false\ntarget_type_key t")
        .write(chunk(Map.of("t", "own", "a", 1)));
    assertThat(lines(0))
        .containsExactly(
            Map.of("index", Map.of("_index", "fluentd", "_type", "own")), Map.of("a", 1L));
  }

  @Test
  void logstashFormatNamesTheIndexByTheTimeAndAddsTheTimestamp() throws Exception {
    elasticsearch(
            "logstash_format true\nlogstash_prefix App-${tag[1]}\ninclude_tag_key true\ntag_key t")
        .write(chunk(Map.of("a", 1), Map.of(), Map.of("@timestamp", "2020-02-03T23:00:00Z")));
    assertThat(lines(0))
        .containsExactly(
            Map.of("index", Map.of("_index", "app-web-2017.07.14")),
            Map.of("a", 1L, "@timestamp", "2017-07-14T02:40:00.123456789+00:00", "t", "app.web"),
            Map.of("index", Map.of("_index", "app-web-2017.07.14")),
            Map.of("@timestamp", "2017-07-14T02:40:00.123456789+00:00", "t", "app.web"),
            Map.of("index", Map.of("_index", "app-web-2020.02.03")),
            Map.of("@timestamp", "2020-02-03T23:00:00Z", "t", "app.web"));
  }

  @Test
  void theTimeComesFromAFieldAndOneThatCannotBeReadIsReported() throws Exception {
    elasticsearch("logstash_format true\ntime_key at\ntime_key_format %d.%m.%Y\ntime_precision 3")
        .write(chunk(Map.of("at", "05.06.2019"), Map.of("at", "soon")));
    assertThat(lines(0))
        .containsExactly(
            Map.of("index", Map.of("_index", "logstash-2019.06.05")),
            Map.of("at", "05.06.2019", "@timestamp", "2019-06-05T00:00:00.000+00:00"),
            Map.of("index", Map.of("_index", "logstash-2017.07.14")),
            Map.of("at", "soon", "@timestamp", "2017-07-14T02:40:00.123+00:00"));
    EmittedError error = context.emitter().errors().getFirst();
    assertThat(error.tag()).isEqualTo("Fluent::ElasticsearchOutput::TimeParser.error");
    assertThat(error.record()).containsEntry("value", "soon").containsEntry("tag", "app.web");
  }

  @Test
  void fieldsAreFlattenedTakenOutAndNameTheIndex() throws Exception {
    elasticsearch(
            """
            flatten_hashes true
            flatten_hashes_separator .
            target_index_key to
            remove_keys x, y
            id_key id
            parent_key p
            routing_key r
            pipeline geo
            <metadata>
              include_chunk_id true
            </metadata>
            """)
        .write(
            chunk(
                Map.of(
                    "to",
                    "Other",
                    "x",
                    1,
                    "y",
                    2,
                    "id",
                    "i",
                    "p",
                    "q",
                    "r",
                    "s",
                    "deep",
                    Map.of("er", Map.of("est", 3)))));
    assertThat(lines(0))
        .containsExactly(
            Map.of(
                "index",
                Map.of(
                    "_index",
                    "other",
                    "pipeline",
                    "geo",
                    "_id",
                    "i",
                    "_parent",
                    "q",
                    "routing",
                    "s")),
            Map.of(
                "deep.er.est",
                3L,
                "id",
                "i",
                "p",
                "q",
                "r",
                "s",
                "chunk_id",
                "60a1b2c3d4e5f60718293a4b5c6d7e8f"));
  }

  @Test
  void theIndexCanStandInTheUrl() throws Exception {
    elasticsearch("include_index_in_url true\ntarget_index_key i")
        .write(chunk(Map.of("i", "a b", "n", 1), Map.of("n", 2), Map.of("i", "a b", "n", 3)));
    assertThat(bulks()).hasSize(2);
    assertThat(bulks().getFirst().target()).startsWith("/a%20b/_bulk?");
    assertThat(lines(0))
        .containsExactly(
            Map.of("index", Map.of()), Map.of("n", 1L), Map.of("index", Map.of()), Map.of("n", 3L));
    assertThat(bulks().getLast().target()).startsWith("/fluentd/_bulk?");
  }

  @Test
  void updatesAndUpsertsWrapTheDocument() throws Exception {
    elasticsearch(
            "write_operation upsert\nid_key id\nremove_keys_on_update a\nremove_keys_on_update_key keep")
        .write(
            chunk(Map.of("id", 1, "a", 1, "b", 2), Map.of("id", 2, "keep", List.of("b"), "b", 3)));
    assertThat(lines(0))
        .containsExactly(
            Map.of("update", Map.of("_index", "fluentd", "_id", 1L)),
            Map.of("doc", Map.of("id", 1L, "b", 2L), "upsert", Map.of("id", 1L, "a", 1L, "b", 2L)),
            Map.of("update", Map.of("_index", "fluentd", "_id", 2L)),
            Map.of("doc", Map.of("id", 2L), "upsert", Map.of("id", 2L, "b", 3L)));
    close();
    elasticsearch("write_operation update\nid_key $.m.id\nsuppress_doc_wrap true")
        .write(chunk(Map.of("m", Map.of("id", "x"))));
    assertThat(lines(0).getLast()).isEqualTo(Map.of("m", Map.of("id", "x")));
  }

  @Test
  void aRecordWithoutItsIdIsDroppedOrReported() throws Exception {
    elasticsearch("write_operation create\nid_key id\nemit_error_for_missing_id true")
        .write(chunk(Map.of("a", 1), Map.of("id", "x")));
    assertThat(lines(0)).hasSize(2);
    assertThat(context.emitter().errors().getFirst().error())
        .hasMessage("Missing '_id' field. Write operation is create");
  }

  @Test
  void whatTheServerRefusesIsReportedAndTheRestTriedAgainAlone() throws Exception {
    elasticsearch("log_es_400_reason true");
    answerWith(
        item("index", 201, null),
        item("index", 400, "mapper_parsing_exception"),
        item("index", 429, "es_rejected_execution_exception"),
        item("index", 503, "unavailable_shards_exception"));
    MemoryChunk chunk = chunk(Map.of("n", 0), Map.of("n", 1), Map.of("n", 2), Map.of("n", 3));
    assertThatThrownBy(() -> output.write(chunk))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("could not push logs to Elasticsearch cluster (http://127.0.0.1:")
        .hasMessageContaining("2 of 4 documents were not taken")
        .hasMessageContaining("429 es_rejected_execution_exception: because");
    EmittedError error = context.emitter().errors().getFirst();
    assertThat(error.record()).isEqualTo(Map.of("n", 1L));
    assertThat(error.error())
        .hasMessage(
            "400 - Rejected by Elasticsearch [error type]: mapper_parsing_exception [reason]:"
                + " 'because'");
    output.write(chunk);
    assertThat(lines(1))
        .filteredOn(line -> ((Map<?, ?>) line).containsKey("n"))
        .containsExactly(Map.of("n", 2L), Map.of("n", 3L));
    assertThat(context.emitter().errors()).hasSize(1);
  }

  @Test
  void aDuplicateOfACreateIsFine() throws Exception {
    elasticsearch("write_operation create\nid_key id");
    answerWith(item("create", 409, "version_conflict_engine_exception"));
    output.write(chunk(Map.of("id", "x")));
    assertThat(context.emitter().errors()).isEmpty();
  }

  @Test
  void withARetryTagWhatIsLeftIsEmitted() throws Exception {
    elasticsearch("retry_tag again");
    answerWith(
        item("index", 503, "unavailable_shards_exception"),
        item("index", 429, "es_rejected_execution_exception"));
    MemoryChunk chunk = chunk(Map.of("n", 0), Map.of("n", 1));
    assertThatThrownBy(() -> output.write(chunk)).hasMessageContaining("1 of 2 documents");
    assertThat(context.emitter().events()).hasSize(1);
    assertThat(context.emitter().events().getFirst().tag()).isEqualTo("again");
    output.write(chunk);
    assertThat(lines(1).getLast()).isEqualTo(Map.of("n", 1L));
  }

  @Test
  void aRequestThatIsTooLargeIsHalved() throws Exception {
    elasticsearch("");
    answers.add(new FakeHttpServer.Answer(413, "too large"));
    output.write(chunk(Map.of("n", 0), Map.of("n", 1), Map.of("n", 2)));
    assertThat(bulks()).hasSize(3);
    assertThat(lines(1)).hasSize(2);
    assertThat(lines(2)).hasSize(4);
  }

  @Test
  void aThresholdCutsTheChunkIntoRequests() throws Exception {
    elasticsearch("bulk_message_request_threshold 30");
    output.write(chunk(Map.of("n", 0), Map.of("n", 1), Map.of("n", 2)));
    assertThat(bulks()).hasSize(3);
  }

  @Test
  void aWrongPasswordIsSaidAndTriedAgain() throws Exception {
    server =
        new FakeHttpServer(request -> new FakeHttpServer.Answer(401, "{\"error\":\"security\"}"));
    output =
        (BufferedOutput)
            TestPlugins.output(
                ElasticsearchOutput.TYPE,
                "hosts http://%{joe@x}:%{s3cret}@127.0.0.1:" + server.port(),
                context);
    assertThatThrownBy(() -> output.write(chunk(Map.of("n", 0))))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("(http://127.0.0.1:" + server.port() + ")")
        .hasMessageContaining("401")
        .hasMessageContaining("(wrong user, password or api_key)")
        .hasMessageNotContaining("s3cret");
    assertThat(server.requests().getFirst().headers().get("authorization"))
        .isEqualTo("Basic " + base64("joe@x:s3cret"));
  }

  private static String base64(String text) {
    return java.util.Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void aFullQueueAndAnUnknownHostAreSaidAndTriedAgain() throws Exception {
    elasticsearch("");
    answers.add(new FakeHttpServer.Answer(429, "busy"));
    assertThatThrownBy(() -> output.write(chunk(Map.of("n", 0))))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("429")
        .hasMessageContaining("(the cluster's queue is full)");
    BufferedOutput unknown =
        (BufferedOutput)
            TestPlugins.output(ElasticsearchOutput.TYPE, "host no-such-host.invalid", context);
    assertThatThrownBy(() -> unknown.write(chunk(Map.of("n", 0))))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("cannot resolve host name: no-such-host.invalid");
    unknown.close();
  }

  @Test
  void anotherHostIsTriedWhereOneIsDown() throws Exception {
    server = new FakeHttpServer(this::answer);
    output =
        (BufferedOutput)
            TestPlugins.output(
                ElasticsearchOutput.TYPE,
                "hosts 127.0.0.1:" + ServerProcess.freePort() + ",127.0.0.1:" + server.port(),
                context);
    for (int i = 0; i < 4; i++) {
      output.write(chunk(Map.of("n", i)));
    }
    assertThat(bulks()).hasSize(4);
  }

  @Test
  void headersKeysAndCompressionAreSent() throws Exception {
    elasticsearch(
            "api_key id:secret\ncustom_headers {\"X-Team\": \"a\"}\ncompression_level best_speed")
        .write(chunk(Map.of("n", 0)));
    FakeHttpServer.Request request = bulks().getFirst();
    assertThat(request.headers())
        .containsEntry("authorization", "ApiKey " + base64("id:secret"))
        .containsEntry("x-team", "a")
        .containsEntry("content-encoding", "gzip");
    String text =
        new String(
            new GZIPInputStream(new ByteArrayInputStream(request.body())).readAllBytes(),
            StandardCharsets.UTF_8);
    assertThat(text).isEqualTo("{\"index\":{\"_index\":\"fluentd\"}}\n{\"n\":0}\n");
  }

  @Test
  void ignoredErrorsEndTheChunk() throws Exception {
    elasticsearch(
        "ignore_exceptions Elasticsearch::Transport::Transport::Errors::ServiceUnavailable");
    answers.add(new FakeHttpServer.Answer(503, "down"));
    assertThatThrownBy(() -> output.write(chunk(Map.of("n", 0))))
        .isInstanceOf(UnrecoverableException.class);
    close();
    elasticsearch("ignore_exceptions Faraday::ServiceUnavailable\nexception_backup false");
    answers.add(new FakeHttpServer.Answer(503, "down"));
    output.write(chunk(Map.of("n", 0)));
  }

  @Test
  void nodesAreAskedForWhereThatIsWanted() throws Exception {
    FakeHttpServer node = FakeHttpServer.answering(200, CLEAN);
    try {
      elasticsearch("reload_connections true\nreload_after 2\nverify_es_version_at_startup false");
      answers.add(new FakeHttpServer.Answer(200, CLEAN));
      answers.add(
          new FakeHttpServer.Answer(
              200,
              "{\"nodes\":{\"x\":{\"http\":{\"publish_address\":\"127.0.0.1:"
                  + node.port()
                  + "\"}}}}"));
      output.write(chunk(Map.of("n", 0)));
      output.write(chunk(Map.of("n", 1)));
      assertThat(node.requests()).hasSize(1);
    } finally {
      node.close();
    }
  }

  @Test
  void requestsToAmazonAreSigned() throws Exception {
    server = new FakeHttpServer(this::answer);
    output =
        (BufferedOutput)
            TestPlugins.output(
                OpenSearchOutput.TYPE,
                "<endpoint>\nurl http://127.0.0.1:"
                    + server.port()
                    + "/\nregion eu-west-1\naccess_key_id AK\nsecret_access_key s3cret\n</endpoint>",
                context);
    output.write(chunk(Map.of("n", 0)));
    assertThat(bulks().getFirst().headers().get("authorization"))
        .startsWith("AWS4-HMAC-SHA256 Credential=AK/")
        .contains("/eu-west-1/es/aws4_request")
        .contains("SignedHeaders=content-type;host;x-amz-content-sha256;x-amz-date");
  }

  @Test
  void eachEndpointHasItsOwnSignature() throws Exception {
    server = new FakeHttpServer(this::answer);
    FakeHttpServer other = new FakeHttpServer(this::answer);
    try {
      String section =
          "<endpoint>\nurl http://127.0.0.1:%d\nregion %s\naccess_key_id %s\n"
              + "secret_access_key s3cret\n</endpoint>\n";
      output =
          (BufferedOutput)
              TestPlugins.output(
                  AwsEndpoints.TYPE,
                  section.formatted(server.port(), "eu-west-1", "ONE")
                      + section.formatted(other.port(), "us-east-1", "TWO"),
                  context);
      for (int i = 0; i < 4; i++) {
        output.write(chunk(Map.of("n", i)));
      }
      assertThat(server.requests())
          .isNotEmpty()
          .allMatch(
              request ->
                  request
                      .headers()
                      .get("authorization")
                      .matches("AWS4-HMAC-SHA256 Credential=ONE/\\d+/eu-west-1/es/.*"));
      assertThat(other.requests())
          .isNotEmpty()
          .allMatch(
              request ->
                  request
                      .headers()
                      .get("authorization")
                      .matches("AWS4-HMAC-SHA256 Credential=TWO/\\d+/us-east-1/es/.*"));
    } finally {
      other.close();
    }
  }

  @Test
  void anEndpointIsRequired() {
    assertThatThrownBy(() -> TestPlugins.output(AwsEndpoints.TYPE, "", context))
        .hasMessageContaining("`endpoint` require.");
  }

  @Test
  void namesAreComputedForEachRecord() throws Exception {
    start(
            ElasticsearchDynamicOutput.TYPE,
            """
            host ${tag_parts[0] == 'app' ? '127.0.0.1' : 'x'}
            index_name ${record['team']}-${tag_parts[1]}
            id_key ${record['by']}
            write_operation ${record['op'] || 'index'}
            remove_keys team,by,op
            """)
        .write(
            chunk(
                Map.of("team", "A", "by", "n", "n", 1),
                Map.of("team", "b", "by", "m", "m", 2, "op", "create"),
                Map.of("by", "n", "n", 3, "op", "nonsense")));
    assertThat(lines(0))
        .containsExactly(
            Map.of("index", Map.of("_index", "a-web", "_id", 1L)),
            Map.of("n", 1L),
            Map.of("create", Map.of("_index", "b-web", "_id", 2L)),
            Map.of("m", 2L));
    assertThat(context.emitter().errors().getFirst().error())
        .hasMessageContaining("write_operation must be");
  }

  @Test
  void wrongConfigurationsAreRefusedWithTheGemsWords() {
    refused("user joe", "`password` must be present if `user` is present");
    refused("cloud_id a:b", "`cloud_auth` must be present if `cloud_id` is present");
    refused(
        "ssl_min_version TLSv1_2", "When you set 'ssl_min_version', must set 'ssl_max_version'");
    refused("max_retry_get_es_version -1", "'max_retry_get_es_version' must be greater than");
    refused("max_retry_putting_template -1", "'max_retry_putting_template' must be greater");
    refused("write_operation delete", "write_operation must be");
    refused("template_name a\ntemplate_file /nowhere", "valid template file (checked '/nowhere')");
    refused("index_prefix x", "'index_prefix' parameter is already removed");
    context.buffer(buffer());
    refused("", "'tag' or '_index' in chunk_keys is required.");
  }

  private void refused(String config, String message) {
    assertThatThrownBy(() -> TestPlugins.output(ElasticsearchOutput.TYPE, config, context))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(message);
  }
}
