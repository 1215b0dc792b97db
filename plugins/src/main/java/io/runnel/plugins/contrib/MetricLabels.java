package io.runnel.plugins.contrib;

import io.runnel.config.ConfigElement;
import io.runnel.config.ConfigException;
import io.runnel.event.RecordAccessor;
import io.runnel.plugin.PluginContext;
import io.runnel.plugins.common.FieldText;
import io.runnel.plugins.filter.TagValues;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** The section {@code <labels>}: names, and values with placeholders or out of the record. */
final class MetricLabels {
  private static final Pattern NAME = Pattern.compile("[a-zA-Z_][a-zA-Z0-9_]*");

  private final Map<String, Label> labels = new LinkedHashMap<>();

  /** How a value is found. */
  @FunctionalInterface
  private interface Value {
    String of(TagValues tag, Map<String, Object> record);
  }

  /**
   * @param text as written
   * @param dynamic whether the value depends on events
   */
  private record Label(String text, boolean dynamic, Value value) {}

  /**
   * The labels of a metric. Where several workers run, their number is one of the common labels.
   *
   * @param common those of all metrics of a plugin
   * @param own those of one metric, which win
   * @throws ConfigException for a name that Prometheus does not take
   */
  static MetricLabels of(
      List<ConfigElement> common, List<ConfigElement> own, PluginContext context) {
    MetricLabels all = new MetricLabels();
    common.forEach(section -> all.add(section, context));
    if (context.workers() > 1) {
      String worker = Integer.toString(context.workerId());
      all.labels.put("worker_id", new Label(worker, false, (tag, record) -> worker));
    }
    own.forEach(section -> all.add(section, context));
    return all;
  }

  private void add(ConfigElement section, PluginContext context) {
    section
        .parameters()
        .forEach(
            (name, value) -> {
              if (!NAME.matcher(name).matches() || name.startsWith("__")) {
                throw new ConfigException("wrong name of a label: " + name, value.place());
              }
              labels.put(name, label(value.text() == null ? "" : value.text(), context));
            });
  }

  private static Label label(String text, PluginContext context) {
    if (text.startsWith("$.") || text.startsWith("$[")) {
      RecordAccessor field;
      try {
        field = RecordAccessor.of(text);
      } catch (IllegalArgumentException e) {
        throw new ConfigException(e.getMessage());
      }
      return new Label(text, true, (tag, record) -> FieldText.of(field.get(record)));
    }
    String known =
        text.replace("${hostname}", context.system().hostname())
            .replace("${worker_id}", Integer.toString(context.workerId()));
    if (!known.contains("${")) {
      return new Label(text, false, (tag, record) -> known);
    }
    LabelTemplate template = new LabelTemplate(known, context.log());
    return new Label(text, true, template::text);
  }

  /** True where the label's value depends on events. */
  boolean isDynamic(String name) {
    return labels.get(name).dynamic;
  }

  Set<String> names() {
    return labels.keySet();
  }

  Map<String, String> of(TagValues tag, Map<String, Object> record) {
    Map<String, String> values = new LinkedHashMap<>();
    labels.forEach((name, label) -> values.put(name, label.value.of(tag, record)));
    return values;
  }

  /** The labels where there is no event; those that depend on one are empty. */
  Map<String, String> fixed() {
    Map<String, String> values = new LinkedHashMap<>();
    labels.forEach(
        (name, label) ->
            values.put(name, label.dynamic ? "" : label.value.of(TagValues.of(""), Map.of())));
    return values;
  }
}
