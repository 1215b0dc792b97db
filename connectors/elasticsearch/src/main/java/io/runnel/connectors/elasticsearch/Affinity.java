package io.runnel.connectors.elasticsearch;

import io.runnel.event.Json;
import io.runnel.plugin.Chunk;
import io.runnel.plugins.client.HttpResponse;
import java.io.IOException;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Finds the indices that documents to be updated are in ({@code target_index_affinity}). */
final class Affinity {
  private Affinity() {}

  /** Indices by id; the oldest where a document is in several. */
  static Map<String, String> find(
      BulkOutput output, Hosts hosts, Chunk chunk, Plan plan, Names names, Fields fields)
      throws IOException {
    if (!plan.operation().updates()
        || fields.id() == null
        || !output.documents().logstashFormat()) {
      return Map.of();
    }
    Set<String> ids = new LinkedHashSet<>();
    BulkOutput.eachEvent(
        chunk,
        (number, event) -> {
          Object id = fields.id().get(event.record());
          if (id != null) {
            ids.add(id.toString());
          }
        });
    Map<String, Object> query =
        Map.of(
            "query", Map.of("ids", Map.of("values", List.copyOf(ids))),
            "_source", false,
            "size", Math.min(10_000, Math.max(1, ids.size() * 2)),
            "sort", List.of(Map.of("_index", Map.of("order", "desc"))));
    String pattern = names.logstashPrefix() + output.documents().logstashPrefixSeparator() + "*";
    HttpResponse answer =
        output
            .cluster()
            .json(hosts, "POST", "/" + DocumentWriter.escape(pattern) + "/_search", query);
    if (!answer.isSuccess()) {
      throw output.failure(hosts, answer);
    }
    Map<String, String> found = new HashMap<>();
    if (Json.parse(answer.body()) instanceof Map<?, ?> root
        && root.get("hits") instanceof Map<?, ?> hits
        && hits.get("hits") instanceof List<?> list) {
      for (Object each : list) {
        if (each instanceof Map<?, ?> hit) {
          found.put(String.valueOf(hit.get("_id")), String.valueOf(hit.get("_index")));
        }
      }
    }
    return found;
  }
}
