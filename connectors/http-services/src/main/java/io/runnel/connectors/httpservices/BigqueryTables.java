package io.runnel.connectors.httpservices;

import io.runnel.event.Bytes;
import io.runnel.event.Json;
import io.runnel.plugin.Chunk;
import io.runnel.plugin.OutputContext;
import io.runnel.plugins.client.AwsSigner;
import io.runnel.plugins.client.HttpResponse;
import java.io.IOException;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;

/** Tables of BigQuery: their URLs, their fields, and how they are made. For several threads. */
final class BigqueryTables {
  /** The full name of a table. */
  record Table(String project, String dataset, String name) {
    /** Without a partition's decorator, {@code $20260131}. */
    String plainName() {
      return name.replaceFirst("\\$\\d+$", "");
    }

    @Override
    public String toString() {
      return project + ":" + dataset + "." + name;
    }
  }

  private static final int NOT_FOUND = 404;
  private static final int CONFLICT = 409;

  private final BigqueryConfig config;
  private final GoogleApi api;
  private final OutputContext context;
  private final URI endpoint;
  private final TableSchemas schemas;

  BigqueryTables(
      BigqueryConfig config,
      GoogleApi api,
      Map<String, TableField> configured,
      OutputContext context) {
    this.config = config;
    this.api = api;
    this.context = context;
    endpoint = Urls.parse(config.endpoint(), "endpoint", context);
    schemas = new TableSchemas(configured, api, context, config.schemaCacheExpire().toMillis());
  }

  URI uri(Table table, String operation) {
    return URI.create(list(table) + "/" + AwsSigner.escape(table.name()) + operation);
  }

  private String list(Table table) {
    return endpoint.toString().replaceFirst("/$", "")
        + "/projects/"
        + AwsSigner.escape(table.project())
        + "/datasets/"
        + AwsSigner.escape(table.dataset())
        + "/tables";
  }

  /**
   * The fields by which rows are converted.
   *
   * @param first the name of the first table, whose fields count where no other is named
   */
  Map<String, TableField> fields(Chunk chunk, Table table, String first) throws IOException {
    if (config.fetchSchema()) {
      String name = chunk.expand(config.fetchSchemaTable().orElse(first));
      Table asked = new Table(table.project(), table.dataset(), name);
      return schemas.fetched(uri(asked, ""));
    }
    return config.schemaPath().isPresent()
        ? schemas.file(chunk.expand(config.schemaPath().get()))
        : schemas.configured();
  }

  boolean isMissing(HttpResponse answer) {
    return answer.status() == NOT_FOUND && answer.body().contains("Not found: Table")
        || answer.status() == NOT_FOUND && answer.body().contains("Not Found: Table");
  }

  /** Makes a table; one that is there is as good. */
  void create(Table table, Map<String, TableField> fields) throws IOException {
    Map<String, Object> definition = new LinkedHashMap<>();
    definition.put(
        "tableReference",
        Map.of(
            "projectId", table.project(),
            "datasetId", table.dataset(),
            "tableId", table.plainName()));
    definition.put("schema", Map.of("fields", TableField.descriptions(fields)));
    config
        .timePartitioningType()
        .ifPresent(
            type -> {
              Map<String, Object> partitioning = new LinkedHashMap<>();
              partitioning.put("type", type.name());
              config.timePartitioningField().ifPresent(field -> partitioning.put("field", field));
              config
                  .timePartitioningExpiration()
                  .ifPresent(time -> partitioning.put("expirationMs", "" + time.toMillis()));
              definition.put("timePartitioning", partitioning);
            });
    if (config.requirePartitionFilter()) {
      definition.put("requirePartitionFilter", true);
    }
    if (!config.clusteringFields().isEmpty()) {
      definition.put("clustering", Map.of("fields", config.clusteringFields()));
    }
    Bytes body = new Bytes(512);
    body.utf8(Json.write(definition));
    HttpResponse answer = api.post(URI.create(list(table)), body);
    if (answer.status() != CONFLICT) {
      GoogleApi.accepted("tables.insert API " + table, answer);
      context.log().info("out_bigquery_insert: table " + table + " is made");
    }
  }
}
