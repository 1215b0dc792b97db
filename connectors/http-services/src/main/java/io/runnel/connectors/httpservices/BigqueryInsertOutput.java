package io.runnel.connectors.httpservices;

import io.runnel.config.ConfigException;
import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.config.Inline;
import io.runnel.config.PluginSection;
import io.runnel.event.Bytes;
import io.runnel.event.Json;
import io.runnel.event.MsgpackReader;
import io.runnel.event.MsgpackToJson;
import io.runnel.event.RecordAccessor;
import io.runnel.plugin.BufferDefaults;
import io.runnel.plugin.Chunk;
import io.runnel.plugin.Formatter;
import io.runnel.plugin.Output;
import io.runnel.plugin.OutputContext;
import io.runnel.plugin.PluginType;
import io.runnel.plugins.client.Batch;
import io.runnel.plugins.client.BatchDelivery;
import io.runnel.plugins.client.ChunkEvent;
import io.runnel.plugins.client.HttpClient;
import io.runnel.plugins.client.HttpClientOutput;
import io.runnel.plugins.client.HttpDestination;
import io.runnel.plugins.client.HttpResponse;
import io.runnel.plugins.common.FieldText;
import io.runnel.plugins.common.Injector;
import io.runnel.time.Strftime;
import java.io.IOException;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

/** Inserts events into a table of BigQuery, row by row (fluent-plugin-bigquery). */
final class BigqueryInsertOutput implements HttpClientOutput {
  static final PluginType<Config, OutputContext, Output> TYPE =
      PluginType.output("bigquery_insert", Config.class, BigqueryInsertOutput::output)
          .buffered(
              BufferDefaults.of(
                  List.of(),
                  "@type",
                  "memory",
                  "flush_mode",
                  "interval",
                  "flush_interval",
                  "1s",
                  "flush_thread_interval",
                  "0.05",
                  "flush_thread_burst_interval",
                  "0.05",
                  "chunk_limit_size",
                  "1m",
                  "total_limit_size",
                  "1g",
                  "chunk_limit_records",
                  "500"));

  /** The service's limits of one request. */
  private static final int MOST_ROWS = 50_000;

  private static final int MOST_BYTES = 9_000_000;

  /** Rows that only stood beside a bad one, and those that the service had no room for. */
  private static final Set<String> LATER =
      Set.of("stopped", "timeout", "backendError", "internalError", "rateLimitExceeded");

  private static final BatchDelivery.Retries AT_ONCE =
      new BatchDelivery.Retries(2, Duration.ofMillis(50), false, false);

  @Doc("Inserts events into a table of Google BigQuery (tabledata.insertAll).")
  record Config(
      @Inline BigqueryConfig common,
      @Doc("Only json is supported.") @Default("json") PluginSection format) {}

  /** Changes records before they become rows. */
  interface Change {
    /**
     * @param time of the event, packed
     */
    Map<String, Object> of(Map<String, Object> record, long time);
  }

  private final BigqueryConfig config;
  private final Change change;
  private final UnaryOperator<String> dated;
  private final OutputContext context;
  private final HttpDestination http;
  private final GoogleApi api;
  private final BigqueryTables tables;
  private final List<String> names;
  private final AtomicInteger turn = new AtomicInteger();
  private final Injector injector;
  private final RecordAccessor insertId;
  private final BatchDelivery<Boolean> delivery;

  /**
   * @param more fields besides those of the configuration
   * @param change what is done to a record first; it may change the record
   * @param dated puts the current time into a table's name where no time slice does
   */
  BigqueryInsertOutput(
      BigqueryConfig config,
      Map<String, TableField> more,
      Change change,
      UnaryOperator<String> dated,
      OutputContext context) {
    this.config = config;
    this.context = context;
    this.change = change;
    this.dated = context.buffer() != null && context.buffer().hasTime() ? name -> name : dated;
    checkAccess();
    if (config.table().isPresent() != config.tables().isEmpty()) {
      throw fault("'table' or 'tables' must be specified, and both are invalid");
    }
    names = config.table().map(List::of).orElse(config.tables());
    HttpDestination.Builder builder =
        HttpDestination.of(context).open(config.requestOpenTimeoutSec());
    config.requestTimeoutSec().ifPresent(builder::read);
    http = builder.build();
    api =
        new GoogleApi(
            http,
            new GoogleTokens(
                http,
                context,
                "https://www.googleapis.com/auth/bigquery",
                GoogleTokens.source(config.access())));
    Map<String, TableField> fields = new LinkedHashMap<>(schema());
    fields.putAll(more);
    tables = new BigqueryTables(config, api, fields, context);
    injector = Injector.of(config.inject(), context);
    insertId = config.insertIdField().map(RecordAccessor::of).orElse(null);
    delivery =
        new BatchDelivery<>(context, new BatchDelivery.Limits(MOST_ROWS, MOST_BYTES, 96), AT_ONCE);
  }

  private static Output output(Config section, OutputContext context) {
    if (!section.format.type().equals("json")) {
      throw new ConfigException(
          "`bigquery_insert` supports only json formatter.", context.element().place());
    }
    BigqueryConfig config = section.common;
    BigqueryInsertOutput output =
        new BigqueryInsertOutput(
            config, Map.of(), (record, time) -> record, UnaryOperator.identity(), context);
    context.validatePlaceholders(
        "bigquery_insert",
        "project=%s/dataset=%s/table=%s/fetch_schema_table=%s/template_suffix=%s"
            .formatted(
                config.project(),
                config.dataset(),
                String.join(",", output.names),
                config.fetchSchemaTable().orElse(""),
                config.templateSuffix().orElse("")));
    return output;
  }

  private ConfigException fault(String message) {
    return new ConfigException(message, context.element().place());
  }

  private void checkAccess() {
    GoogleAccess access = config.access();
    boolean keyFile = access.email().isPresent() && access.privateKeyPath().isPresent();
    if (access.authMethod() == GoogleAccess.Method.PRIVATE_KEY && !keyFile) {
      throw fault(
          "'email' and 'private_key_path' must be specified if auth_method == 'private_key'");
    }
    if (access.authMethod() == GoogleAccess.Method.JSON_KEY && access.jsonKey().isEmpty()) {
      throw fault("'json_key' must be specified if auth_method == 'json_key'");
    }
  }

  private Map<String, TableField> schema() {
    try {
      return config.schema().isPresent()
          ? TableField.read((List<?>) Json.parse(config.schema().get()))
          : Map.of();
    } catch (IllegalArgumentException | ClassCastException e) {
      throw new ConfigException(
          "schema: " + e.getMessage(), context.element().placeOf("schema"), e);
    }
  }

  @Override
  public Formatter chunkFormat() {
    return delivery.chunkFormat();
  }

  @Override
  public HttpClient http() {
    return http.client();
  }

  @Override
  public void write(Chunk chunk) throws IOException {
    String name = names.get(Math.floorMod(turn.getAndIncrement(), names.size()));
    BigqueryTables.Table table =
        new BigqueryTables.Table(
            chunk.expand(config.project()),
            chunk.expand(config.dataset()),
            dated.apply(chunk.expand(name)));
    Map<String, TableField> fields = tables.fields(chunk, table, names.getFirst());
    String suffix = config.templateSuffix().map(chunk::expand).orElse(null);
    String now =
        Strftime.format(
            "%Y-%m-%d %H:%M:%S.%6N",
            context.clock().millis() / 1_000,
            (int) (context.clock().millis() % 1_000) * 1_000_000,
            ZoneOffset.UTC);
    delivery.deliver(
        chunk,
        (event, out) -> encode(chunk, event, fields, now, out),
        batch -> send(batch, table, fields, suffix));
  }

  private Boolean encode(
      Chunk chunk, ChunkEvent event, Map<String, TableField> fields, String now, Bytes out) {
    Map<String, Object> row = TableField.row(change.of(record(event), event.time()), fields);
    if (row.isEmpty()) {
      return null;
    }
    config.addInsertTimestamp().ifPresent(field -> row.put(field, now));
    Object id = insertId == null ? chunk.hexId() + "-" + event.number() : insertId.get(row);
    out.ascii("{");
    if (id != null) {
      out.ascii("\"insertId\":");
      MsgpackToJson.writeString(FieldText.of(id), out);
      out.write(',');
    }
    out.ascii("\"json\":");
    MsgpackToJson.write(row, out);
    out.write('}');
    return true;
  }

  private Map<String, Object> record(ChunkEvent event) {
    if (injector.isEmpty()) {
      return event.record();
    }
    Bytes injected = new Bytes(event.length() + 64);
    injector.inject(
        event.tag(), event.time(), event.bytes(), event.offset(), event.length(), injected);
    return new MsgpackReader(injected.array(), 0, injected.length()).readRecord();
  }

  private void send(
      Batch<Boolean> batch,
      BigqueryTables.Table table,
      Map<String, TableField> fields,
      String suffix)
      throws IOException {
    String before =
        "{\"skipInvalidRows\":%s,\"ignoreUnknownValues\":%s,%s\"rows\":["
            .formatted(
                config.skipInvalidRows(),
                config.ignoreUnknownValues(),
                suffix == null ? "" : "\"templateSuffix\":" + Json.write(suffix) + ",");
    HttpResponse answer =
        api.post(tables.uri(table, "/insertAll"), batch.joined(before, ",", "]}"));
    if (tables.isMissing(answer) && config.autoCreateTable()) {
      tables.create(table, fields);
      throw new IOException(
          table + " is made; rows can be inserted when the service knows it everywhere");
    }
    if (answer.body().contains("is not writable in the region")) {
      throw new IOException("tabledata.insertAll API: " + GoogleApi.message(answer));
    }
    judge(batch, GoogleApi.accepted("tabledata.insertAll API " + table, answer));
  }

  /** Rows that are not named are taken; where bad ones are not skipped, all are named. */
  private static void judge(Batch<Boolean> batch, Map<?, ?> answer) {
    if (!(answer.get("insertErrors") instanceof List<?> errors)) {
      return;
    }
    for (Object each : errors) {
      if (each instanceof Map<?, ?> error
          && error.get("index") instanceof Number index
          && index.intValue() >= 0
          && index.intValue() < batch.count()) {
        Object first =
            error.get("errors") instanceof List<?> list && !list.isEmpty() ? list.getFirst() : null;
        Map<?, ?> cause = first instanceof Map<?, ?> map ? map : Map.of();
        String reason = String.valueOf(cause.get("reason"));
        String text =
            "insert error: "
                + reason
                + " "
                + FieldText.of(cause.get("location"))
                + " "
                + FieldText.of(cause.get("message"));
        if (LATER.contains(reason)) {
          batch.again(index.intValue(), text);
        } else {
          batch.refuse(index.intValue(), text);
        }
      }
    }
  }
}
