package io.runnel.connectors.elasticsearch;

import io.runnel.config.ConfigElement;
import io.runnel.config.ConfigException;
import io.runnel.event.Json;
import io.runnel.plugin.Chunk;
import io.runnel.plugins.client.HttpResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Index lifecycles of Elasticsearch: policies, and the aliases that they roll over. */
final class Lifecycle {
  /** The policy where none is configured: a new index each 30 days or 50 GB. */
  static final Map<String, Object> USUAL_POLICY =
      Map.of(
          "policy",
          Map.of(
              "phases",
              Map.of(
                  "hot",
                  Map.of(
                      "actions",
                      Map.of("rollover", Map.of("max_size", "50GB", "max_age", "30d"))))));

  private final LifecycleConfig config;
  private final DocumentConfig documents;
  private final Map<String, Object> policies = new LinkedHashMap<>();

  Lifecycle(
      LifecycleConfig config, DocumentConfig documents, boolean template, ConfigElement element) {
    this.config = config;
    this.documents = documents;
    if (!config.ilmPolicy().isEmpty() && !config.ilmPolicies().isEmpty()) {
      throw new ConfigException(
          "You can't specify ilm_policy and ilm_policies at the same time",
          element.placeOf("ilm_policies"));
    }
    if (config.indexPrefix().isPresent()) {
      throw new ConfigException(
          "'index_prefix' parameter is already removed: This parameter shouldn't be used in 4.0.0"
              + " or later. Specify ILM target index with using `index_name' w/o `logstash_format'"
              + " or 'logstash_prefix' w/ `logstash_format' instead.",
          element.placeOf("index_prefix"));
    }
    if (template && config.enableIlm() && config.deflectorAlias().isPresent()) {
      throw new ConfigException(
          "deflector_alias is prohibited to use with enable_ilm at same time.",
          element.placeOf("deflector_alias"));
    }
    if (template && config.ilmPolicy().isEmpty() && config.ilmPolicyOverwrite()) {
      throw new ConfigException(
          "ilm_policy_overwrite requires a non empty ilm_policy.",
          element.placeOf("ilm_policy_overwrite"));
    }
    policies.putAll(config.ilmPolicies());
    if (!config.ilmPolicy().isEmpty()) {
      policies.put(config.ilmPolicyId(), config.ilmPolicy());
    }
  }

  boolean isEnabled() {
    return config.enableIlm();
  }

  List<String> texts() {
    List<String> texts = new ArrayList<>(List.of(config.ilmPolicyId()));
    config.deflectorAlias().ifPresent(texts::add);
    return texts;
  }

  String alias(Chunk chunk, Target first) {
    return config.deflectorAlias().map(chunk::expand).orElse(first.index());
  }

  String target(Names names, Target first) {
    boolean byDate = config.deflectorAlias().isEmpty() && documents.logstashFormat();
    return byDate ? first.alias() : names.index();
  }

  String policy(Chunk chunk) {
    return chunk.expand(config.ilmPolicyId());
  }

  /** Whether the cluster has index lifecycles at all. */
  void verify(Requests requests) throws IOException {
    HttpResponse answer = requests.get("/_xpack");
    String missing = "Index Lifecycle management is enabled in Fluentd, but not ";
    if (!answer.isSuccess()
        || !(Json.parse(answer.body()) instanceof Map<?, ?> root)
        || !(root.get("features") instanceof Map<?, ?> features)
        || !(features.get("ilm") instanceof Map<?, ?> ilm)) {
      throw new IOException(missing + "installed on your Elasticsearch");
    }
    if (!Boolean.TRUE.equals(ilm.get("available"))) {
      throw new IOException(missing + "available in your Elasticsearch");
    }
    if (!Boolean.TRUE.equals(ilm.get("enabled"))) {
      throw new IOException(missing + "enabled in your Elasticsearch");
    }
  }

  /** Makes the template one of the indices behind the alias. */
  @SuppressWarnings("unchecked") // JSON's keys are texts
  void inject(
      Map<String, Object> template,
      String alias,
      String target,
      String policy,
      TemplateConfig templates) {
    String separator = templates.indexSeparator();
    template.put("index_patterns", List.of(target + separator + "*"));
    Map<String, Object> holder = template;
    String order = "order";
    long base = 50;
    if (templates.useLegacyTemplate()) {
      template.remove("template");
    } else {
      Object inner = template.computeIfAbsent("template", key -> new LinkedHashMap<>());
      holder = (Map<String, Object>) inner;
      order = "priority";
      base = 100;
    }
    Object settings = holder.get("settings");
    Map<String, Object> all =
        settings instanceof Map<?, ?> map
            ? new LinkedHashMap<>((Map<String, Object>) map)
            : new LinkedHashMap<>();
    all.put("index.lifecycle.name", policy);
    all.put("index.lifecycle.rollover_alias", alias);
    holder.put("settings", all);
    long parts = target.chars().filter(c -> separator.indexOf(c) >= 0).count();
    long own = template.get(order) instanceof Number number ? number.longValue() : base;
    template.put(order, own + parts + 1);
  }

  /** Makes the first index behind the alias, and the policy. */
  void createAlias(
      Requests requests, Chunk chunk, String alias, String target, TemplateConfig templates)
      throws IOException {
    if (!config.rollsOver() && !config.enableIlm()) {
      return;
    }
    if (config.enableIlm()) {
      putPolicy(requests, policy(chunk));
    }
    if (!requests.exists("/_alias/" + DocumentWriter.escape(alias))) {
      String index = DocumentWriter.escape(first(chunk, target, templates));
      requests.create("/" + index, null);
      requests.put(
          "/" + index + "/_alias/" + DocumentWriter.escape(alias), Map.of("is_write_index", true));
    }
  }

  private String first(Chunk chunk, String target, TemplateConfig templates) {
    if (documents.logstashFormat()) {
      return "<" + target + "-000001>";
    }
    String name =
        (target + templates.indexSeparator() + chunk.expand(templates.applicationName()))
            .toLowerCase(Locale.ROOT);
    return templates.indexDatePattern().isEmpty()
        ? "<" + name + "-000001>"
        : "<" + name + "-{" + templates.indexDatePattern() + "}-000001>";
  }

  private void putPolicy(Requests requests, String id) throws IOException {
    String path = "/_ilm/policy/" + DocumentWriter.escape(id);
    Object own = policies.get(id);
    if (own != null && config.ilmPolicyOverwrite() || !requests.exists(path)) {
      requests.put(path, own == null ? USUAL_POLICY : own);
    }
  }
}
