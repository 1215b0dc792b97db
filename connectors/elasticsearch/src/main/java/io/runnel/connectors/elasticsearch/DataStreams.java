package io.runnel.connectors.elasticsearch;

import io.runnel.plugin.Chunk;
import java.io.IOException;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Sees to it that a data stream, its template and (Elasticsearch) its policy are there. Safe for
 * use by several threads at once.
 */
final class DataStreams implements Setup {
  private static final int MAX_KNOWN = 10_000;

  /**
   * The names that belong to a stream.
   *
   * @param policy empty where there are no policies
   */
  record Parts(String stream, String template, Optional<String> policy) {}

  /**
   * What is made.
   *
   * @param policy the content of the policy: JSON text, or what is written as JSON
   * @param overwritesPolicy replaces one that is there
   * @param wildcard whether the template is for names that begin like the stream's too
   * @param createsStream makes the stream itself; otherwise the first document does
   */
  record Wanted(Object policy, boolean overwritesPolicy, boolean wildcard, boolean createsStream) {}

  private final BulkOutput output;
  private final Wanted wanted;
  private final Templates templates;
  private final java.util.function.Function<Chunk, Parts> parts;
  private final Set<String> known = new HashSet<>();

  /**
   * @param templates puts the template of a file, where one is configured
   */
  DataStreams(
      BulkOutput output,
      Wanted wanted,
      Templates templates,
      java.util.function.Function<Chunk, Parts> parts) {
    this.output = output;
    this.wanted = wanted;
    this.templates = templates;
    this.parts = parts;
  }

  @Override
  public void prepare(Hosts hosts, Chunk chunk, Names names, Target first) throws IOException {
    Parts of = parts.apply(chunk);
    String key = hosts + "\n" + of.stream();
    synchronized (known) {
      if (known.contains(key)) {
        return;
      }
    }
    Requests requests = new Requests(output, hosts);
    String stream = "/_data_stream/" + DocumentWriter.escape(of.stream());
    boolean there = requests.exists(stream);
    if (!there || wanted.overwritesPolicy()) {
      make(requests, of, there, hosts, chunk, names, first);
      if (!there && wanted.createsStream()) {
        requests.create(stream, null);
      }
    }
    synchronized (known) {
      if (known.size() >= MAX_KNOWN) {
        known.clear();
      }
      known.add(key);
    }
  }

  private void make(
      Requests requests,
      Parts of,
      boolean there,
      Hosts hosts,
      Chunk chunk,
      Names names,
      Target first)
      throws IOException {
    if (of.policy().isPresent()) {
      String path = "/_ilm/policy/" + DocumentWriter.escape(of.policy().get());
      if (wanted.overwritesPolicy() || !requests.exists(path)) {
        requests.put(path, wanted.policy());
      }
    }
    if (there) {
      return;
    }
    output
        .context()
        .log()
        .info("Specified data stream does not exist. Will be created: <" + of.stream() + ">");
    if (templates.hasTemplate()) {
      templates.prepare(hosts, chunk, names, first);
      return;
    }
    String path = "/_index_template/" + DocumentWriter.escape(of.template());
    if (!requests.exists(path)) {
      requests.put(path, template(of));
    }
  }

  private Map<String, Object> template(Parts of) {
    Map<String, Object> template = new LinkedHashMap<>();
    template.put("index_patterns", List.of(of.stream() + (wanted.wildcard() ? "*" : "")));
    template.put("data_stream", Map.of());
    of.policy()
        .ifPresent(
            policy ->
                template.put(
                    "template", Map.of("settings", Map.of("index.lifecycle.name", policy))));
    return template;
  }
}
