package io.runnel.plugins.contrib;

import io.runnel.config.ConfigException;
import io.runnel.event.EventTime;
import io.runnel.event.RubyInspect;
import io.runnel.plugin.ParseException;
import io.runnel.plugin.PluginContext;
import io.runnel.plugin.TagPattern;
import io.runnel.plugins.common.FieldText;
import io.runnel.time.FreeForm;
import io.runnel.time.TimeFormatter;
import io.runnel.time.Zone;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Adds the name of the index to records, as the filter viaq_data_model does. Immutable. */
final class ViaqIndexNames {
  private static final String DAY = ".%Y.%m.%d";

  private record Rule(ViaqConfig.IndexName config, TagPattern tags) {}

  private final ViaqConfig.Config config;
  private final PluginContext context;
  private final List<Rule> rules;

  ViaqIndexNames(ViaqConfig.Config config, PluginContext context) {
    this.config = config;
    this.context = context;
    for (ViaqConfig.IndexName one : config.elasticsearchIndexName()) {
      if (one.nameType() == ViaqConfig.NameType.STATIC && one.staticIndexName().isEmpty()) {
        throw new ConfigException(
            "'static' elasticsearch_index_name configurations must define 'static_index_name'",
            context.element().place());
      }
    }
    rules =
        config.elasticsearchIndexName().stream()
            .map(one -> new Rule(one, TagPattern.parse(one.tag(), context.element().place())))
            .toList();
  }

  /** What gives a tag its names; null where nothing does. */
  ViaqConfig.IndexName of(String tag) {
    for (Rule rule : rules) {
      if (rule.tags.matches(tag)) {
        return rule.config.enabled() ? rule.config : null;
      }
    }
    return null;
  }

  /**
   * Adds the name.
   *
   * @throws ParseException where the name ends with a day and the record has no time
   */
  void add(ViaqConfig.IndexName name, Map<String, Object> record) throws ParseException {
    String start =
        switch (name.nameType()) {
          case STATIC -> name.staticIndexName();
          case STRUCTURED -> structured(name, record);
          case AUDIT_FULL, AUDIT_PREFIX -> ".audit";
          case OPERATIONS_FULL, OPERATIONS_PREFIX -> ".operations";
          case PROJECT_FULL, PROJECT_PREFIX -> project(name, record);
        };
    if (name.nameType().isFull()) {
      record.put(config.elasticsearchIndexNameField(), start + day(record));
    } else {
      record.put(config.elasticsearchIndexPrefixField(), start);
    }
  }

  private String day(Map<String, Object> record) throws ParseException {
    Object time = record.get(config.destTimeName());
    long now = context.clock().millis() / 1000;
    FreeForm parsed = time instanceof String text ? FreeForm.parse(text, Zone.UTC, now) : null;
    if (parsed == null) {
      throw new ParseException("no time in " + config.destTimeName() + ": " + FieldText.of(time));
    }
    return TimeFormatter.of(DAY, parsed.zone()).format(EventTime.pack(parsed.seconds(), 0));
  }

  private String project(ViaqConfig.IndexName type, Map<String, Object> record) {
    Map<String, Object> kubernetes = ViaqRecord.map(record, "kubernetes");
    Object name = kubernetes == null ? null : kubernetes.get("namespace_name");
    Object id = kubernetes == null ? null : kubernetes.get("namespace_id");
    if (kubernetes == null) {
      complain(type, "kubernetes", record);
    } else {
      if (name == null) {
        complain(type, "kubernetes.namespace_name", record);
      }
      if (id == null) {
        complain(type, "kubernetes.namespace_id", record);
      }
    }
    if (name == null || id == null || name.equals(config.orphanedNamespaceName())) {
      return config.orphanedNamespaceName();
    }
    return "project." + FieldText.of(name) + "." + FieldText.of(id);
  }

  private void complain(ViaqConfig.IndexName type, String field, Map<String, Object> record) {
    context
        .log()
        .error(
            "record cannot use elasticsearch index name type "
                + type.nameType().name().toLowerCase(Locale.ROOT)
                + ": record is missing "
                + field
                + " field: "
                + RubyInspect.of(record));
  }

  private static String structured(ViaqConfig.IndexName name, Map<String, Object> record) {
    Object structured = record.get("structured");
    if (structured == null || structured instanceof Map<?, ?> map && map.isEmpty()) {
      return name.staticIndexName();
    }
    Object middle =
        name.structuredTypeAnnotationPrefix().map(p -> annotation(p, record)).orElse(null);
    if (middle == null && name.structuredTypeKey().isPresent()) {
      middle = ViaqRecord.dig(record, List.of(name.structuredTypeKey().get().split("\\.")));
    }
    if (middle == null) {
      middle = name.structuredTypeName().filter(text -> !text.isEmpty()).orElse(null);
    }
    return middle == null ? name.staticIndexName() : "app-" + FieldText.of(middle) + "-write";
  }

  private static Object annotation(String prefix, Map<String, Object> record) {
    Object container = ViaqRecord.dig(record, List.of("kubernetes", "container_name"));
    if (container == null || container.equals("")) {
      return null;
    }
    String folder = prefix.endsWith("/") ? prefix : prefix + "/";
    return ViaqRecord.dig(
        record, List.of("kubernetes", "annotations", folder + FieldText.of(container)));
  }
}
