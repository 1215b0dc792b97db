package io.runnel.plugins.contrib;

import io.runnel.plugins.common.FieldText;
import io.runnel.plugins.filter.TagValues;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A text whose placeholders are names only ({@code enable_ruby false}): {@code ${tag}}, {@code
 * ${tag_parts[n]}}, {@code ${record["k"]}} and, where the record has such a field, {@code ${k}}.
 */
final class PlainTemplate implements Template {
  private static final Pattern PLACEHOLDER = Pattern.compile("\\$\\{([^}]+)}");
  private static final Pattern INDEXED =
      Pattern.compile("(tag_parts|tags|tag_prefix|tag_suffix)\\[(-?\\d{1,4})]");
  private static final Pattern FIELD = Pattern.compile("record\\[[\"']?(.+?)[\"']?]");

  /**
   * A part of the text.
   *
   * @param text literal text, or what stands between the braces
   */
  private record Part(boolean literal, String text) {}

  private final List<Part> parts = new ArrayList<>();
  private final boolean keepType;
  private final Consumer<String> unknown;

  /**
   * @param keepType whether a value that is one placeholder keeps its type
   * @param unknown is told of placeholders that stand for nothing
   */
  PlainTemplate(String text, boolean keepType, Consumer<String> unknown) {
    this.keepType = keepType;
    this.unknown = unknown;
    Matcher matcher = PLACEHOLDER.matcher(text);
    int end = 0;
    while (matcher.find()) {
      literal(text.substring(end, matcher.start()));
      parts.add(new Part(false, matcher.group(1)));
      end = matcher.end();
    }
    literal(text.substring(end));
  }

  private void literal(String text) {
    if (!text.isEmpty()) {
      parts.add(new Part(true, text));
    }
  }

  @Override
  public Object value(TemplateEvent event) {
    if (parts.size() == 1 && !parts.getFirst().literal()) {
      Object value = resolve(parts.getFirst().text(), event);
      return keepType ? value : FieldText.of(value);
    }
    StringBuilder out = new StringBuilder();
    for (Part part : parts) {
      out.append(part.literal() ? part.text() : FieldText.of(resolve(part.text(), event)));
    }
    return out.toString();
  }

  private Object resolve(String name, TemplateEvent event) {
    switch (name) {
      case "tag":
        return event.tag().tag();
      case "hostname":
        return event.hostname();
      case "time":
        return event.time().toString();
      default:
        break;
    }
    Matcher indexed = INDEXED.matcher(name);
    Object value = null;
    if (indexed.matches()) {
      List<String> list =
          switch (indexed.group(1)) {
            case "tag_prefix" -> event.tag().prefixes();
            case "tag_suffix" -> event.tag().suffixes();
            default -> event.tag().parts();
          };
      value = TagValues.at(list, Integer.parseInt(indexed.group(2)));
    } else {
      Matcher field = FIELD.matcher(name);
      value = event.record().get(field.matches() ? field.group(1) : name);
    }
    if (value == null) {
      unknown.accept("${" + name + "}");
    }
    return value;
  }
}
