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
import java.util.regex.Pattern;

/** The section {@code <labels>}: names, and values with placeholders or out of the record. */
final class MetricLabels {
  private static final Pattern NAME = Pattern.compile("[a-zA-Z_][a-zA-Z0-9_]*");

  private final Map<String, Label> labels = new LinkedHashMap<>();

  /** One label's value. */
  @FunctionalInterface
  private interface Label {
    String value(TagValues tag, Map<String, Object> record);
  }

  /**
   * @param sections later ones win
   * @throws ConfigException for a name that Prometheus does not take
   */
  MetricLabels(List<ConfigElement> sections, PluginContext context) {
    for (ConfigElement section : sections) {
      section
          .parameters()
          .forEach(
              (name, value) -> {
                if (!NAME.matcher(name).matches() || name.startsWith("__")) {
                  throw new ConfigException("wrong name of a label: " + name, value.place());
                }
                String text = value.text() == null ? "" : value.text();
                labels.put(name, label(text, context));
              });
    }
  }

  private static Label label(String text, PluginContext context) {
    if (text.startsWith("$.") || text.startsWith("$[")) {
      RecordAccessor field;
      try {
        field = RecordAccessor.of(text);
      } catch (IllegalArgumentException e) {
        throw new ConfigException(e.getMessage());
      }
      return (tag, record) -> FieldText.of(field.get(record));
    }
    String known =
        text.replace("${hostname}", context.system().hostname())
            .replace("${worker_id}", Integer.toString(context.workerId()));
    if (!known.contains("${")) {
      return (tag, record) -> known;
    }
    PlainTemplate template = new PlainTemplate(known, false, unknown -> {});
    return (tag, record) ->
        template.text(new TemplateEvent(tag, "", record, context.system().hostname(), null, false));
  }

  Map<String, String> of(TagValues tag, Map<String, Object> record) {
    Map<String, String> values = new LinkedHashMap<>();
    labels.forEach((name, label) -> values.put(name, label.value(tag, record)));
    return values;
  }

  /** The labels where there is no event. */
  Map<String, String> fixed() {
    return of(TagValues.of(""), Map.of());
  }
}
