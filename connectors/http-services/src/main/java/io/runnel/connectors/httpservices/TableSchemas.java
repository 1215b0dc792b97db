package io.runnel.connectors.httpservices;

import io.runnel.event.Json;
import io.runnel.plugin.PluginContext;
import io.runnel.plugins.client.HttpResponse;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Fields of tables: of the configuration, of files, of BigQuery. Safe for several threads. */
final class TableSchemas {
  private record Known(Map<String, TableField> fields, long sinceMillis) {}

  private final Map<String, TableField> configured;
  private final GoogleApi api;
  private final PluginContext context;
  private final long expireMillis;
  private final Map<String, Known> fetched = new HashMap<>();
  private final Map<String, Map<String, TableField>> files = new HashMap<>();

  TableSchemas(
      Map<String, TableField> configured, GoogleApi api, PluginContext context, long expireMillis) {
    this.configured = configured;
    this.api = api;
    this.context = context;
    this.expireMillis = expireMillis;
  }

  Map<String, TableField> configured() {
    return configured;
  }

  /** The fields in a file, read once. */
  synchronized Map<String, TableField> file(String path) throws IOException {
    Map<String, TableField> known = files.get(path);
    if (known == null) {
      try {
        known = TableField.read((List<?>) Json.parse(Files.readString(Path.of(path))));
      } catch (IllegalArgumentException | ClassCastException e) {
        throw new IOException("schema_path " + path + ": " + e.getMessage(), e);
      }
      files.put(path, known);
    }
    return known;
  }

  /** The fields of the table that is there; those of before where it cannot be asked. */
  synchronized Map<String, TableField> fetched(URI table) throws IOException {
    String name = table.getPath();
    Known known = fetched.get(name);
    long now = context.clock().millis();
    if (known == null || now - known.sinceMillis() > expireMillis) {
      try {
        known = new Known(fetch(table), now);
      } catch (IOException e) {
        if (known == null) {
          throw new IOException("failed to fetch schema from bigquery: " + e.getMessage(), e);
        }
        context.log().warn(name + " uses previous schema: " + e.getMessage());
        known = new Known(known.fields(), now);
      }
      fetched.put(name, known);
    }
    return known.fields();
  }

  private Map<String, TableField> fetch(URI table) throws IOException {
    HttpResponse answer = api.get(table);
    if (answer.status() == 404) {
      throw new IOException("tables.get API: " + GoogleApi.message(answer));
    }
    Map<?, ?> found = GoogleApi.accepted("tables.get API", answer);
    if (found.get("schema") instanceof Map<?, ?> schema
        && schema.get("fields") instanceof List<?> list) {
      try {
        return TableField.read(list);
      } catch (IllegalArgumentException e) {
        throw new IOException(e.getMessage(), e);
      }
    }
    return Map.of();
  }
}
