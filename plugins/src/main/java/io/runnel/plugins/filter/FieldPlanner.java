package io.runnel.plugins.filter;

import io.runnel.event.Json;
import io.runnel.log.Log;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;

/** Makes the plans of the values of {@code <record>}, without Ruby. */
class FieldPlanner {
  private final boolean autoTypecast;
  private final Log log;
  private final Set<String> warned = ConcurrentHashMap.newKeySet();

  FieldPlanner(boolean autoTypecast, Log log) {
    this.autoTypecast = autoTypecast;
    this.log = log;
  }

  /** The plan of a value as it stands in the configuration. */
  FieldValue parameter(String text) {
    if (text == null) {
      return FieldValue.Constant.of(null);
    }
    if (!text.startsWith("{") && !text.startsWith("[")) {
      return value(text);
    }
    Object parsed;
    try {
      parsed = Json.parse(text);
    } catch (RuntimeException e) {
      log.warn("failed to parse " + text + " as json. Assuming " + text + " is a string", e);
      return value(text);
    }
    return value(parsed);
  }

  private FieldValue value(Object value) {
    // no pattern switch: it would be compiled at each start (decision 0003)
    if (value instanceof String text) {
      return text(text, !autoTypecast);
    }
    if (value instanceof Map<?, ?> map) {
      List<FieldValue.Field> fields = new ArrayList<>();
      map.forEach((k, v) -> fields.add(new FieldValue.Field(key((String) k), value(v))));
      return new FieldValue.Fields(List.copyOf(fields));
    }
    if (value instanceof List<?> list) {
      List<FieldValue> items = new ArrayList<>();
      list.forEach(item -> items.add(value(item)));
      return new FieldValue.Items(List.copyOf(items));
    }
    return FieldValue.Constant.of(value);
  }

  /** The plan of a key, which is always text. */
  FieldValue key(String text) {
    return text(text, true);
  }

  /**
   * The plan of a text.
   *
   * @param asText whether the result is text in any case
   */
  FieldValue text(String text, boolean asText) {
    List<Placeholder> parts = new ArrayList<>();
    Matcher matcher = Placeholder.ANY.matcher(text);
    int end = 0;
    while (matcher.find()) {
      literal(text.substring(end, matcher.start()), parts);
      parts.add(Placeholder.of(matcher.group(), this::unknown));
      end = matcher.end();
    }
    literal(text.substring(end), parts);
    if (end == 0) {
      return FieldValue.Constant.of(text);
    }
    boolean alone = parts.size() == 1;
    return alone && !asText
        ? new FieldValue.Single(parts.getFirst())
        : new FieldValue.Text(List.copyOf(parts));
  }

  private static void literal(String text, List<Placeholder> parts) {
    if (!text.isEmpty()) {
      parts.add(new Placeholder.Literal(text.getBytes(StandardCharsets.UTF_8)));
    }
  }

  /** Warns once for each placeholder: a field that is often missing would fill the log. */
  private void unknown(String placeholder) {
    if (warned.add(placeholder)) {
      log.warn("unknown placeholder `" + placeholder + "` found");
    }
  }
}
