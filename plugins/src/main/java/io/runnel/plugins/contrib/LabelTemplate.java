package io.runnel.plugins.contrib;

import io.runnel.log.Log;
import io.runnel.plugins.common.FieldText;
import io.runnel.plugins.filter.TagValues;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A label's value with placeholders: {@code ${tag}}, {@code ${tag_parts[n]}}, {@code
 * ${tag_prefix[n]}}, {@code ${tag_suffix[n]}}, a field {@code ${k}}, one of its items {@code
 * ${k[n]}} or its fields {@code ${k["f"]}}. What stands for nothing stays as it is written.
 */
final class LabelTemplate {
  private static final Pattern PLACEHOLDER =
      Pattern.compile("\\$\\{([^\\[}]+)(?:\\[(?:(-?\\d{1,9})|\"([^\\]]*)\"|[^\\]]*)])?}");

  private final String text;
  private final Log log;

  LabelTemplate(String text, Log log) {
    this.text = text;
    this.log = log;
  }

  String text(TagValues tag, Map<String, Object> record) {
    Matcher matcher = PLACEHOLDER.matcher(text);
    StringBuilder out = new StringBuilder();
    while (matcher.find()) {
      Object value = value(matcher, tag, record);
      if (value == null) {
        log.warn("unknown placeholder `" + matcher.group() + "` found");
      }
      matcher.appendReplacement(
          out, Matcher.quoteReplacement(value == null ? matcher.group() : FieldText.of(value)));
    }
    return matcher.appendTail(out).toString();
  }

  /** Null for what stands for nothing. */
  private static Object value(Matcher found, TagValues tag, Map<String, Object> record) {
    String name = found.group(1);
    List<?> parts = parts(name, tag);
    boolean bare = found.end(1) + 1 == found.end();
    if (bare) {
      return name.equals("tag") ? tag.tag() : parts == null ? scalar(record.get(name)) : null;
    }
    Object field = parts == null ? record.get(name) : parts;
    if (found.group(2) != null && field instanceof List<?> list) {
      int index = Integer.parseInt(found.group(2));
      boolean prefixed = name.equals("tag_prefix") || name.equals("tag_suffix");
      int at = index < 0 && !prefixed ? list.size() + index : index;
      return at >= 0 && at < list.size() ? list.get(at) : null;
    }
    return found.group(3) != null && field instanceof Map<?, ?> map
        ? map.get(found.group(3))
        : null;
  }

  private static Object scalar(Object value) {
    return value instanceof Map || value instanceof List ? null : value;
  }

  private static List<String> parts(String name, TagValues tag) {
    return switch (name) {
      case "tag_parts" -> tag.parts();
      case "tag_prefix" -> tag.prefixes();
      case "tag_suffix" -> tag.suffixes();
      default -> null;
    };
  }
}
