package io.runnel.connectors.geoip;

import io.runnel.event.Json;
import io.runnel.plugins.common.FieldText;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The value of one line of {@code <record>}, compiled once: a placeholder alone keeps the type of
 * what it stands for, text has text in its place, and what is written as a JSON map or array
 * becomes one, with typed values where a placeholder is a whole value.
 */
sealed interface RecordValue {
  /** Bare, or in single quotes, which the gem takes away within JSON. */
  Pattern PLACEHOLDER = Pattern.compile("'(\\$\\{[^}]+})'|(\\$\\{[^}]+})");

  /** What stands for placeholder n while JSON is read; noncharacters, which no text has. */
  Pattern MARK = Pattern.compile("\uFDD0(\\d{1,8})\uFDD1");

  /**
   * @param placeholders what the placeholders of this event stand for, by their numbers
   */
  Object of(Object[] placeholders);

  /**
   * @param number gives a placeholder its number
   * @throws IllegalArgumentException where a placeholder or the JSON is wrong
   */
  static RecordValue compile(String text, Function<String, Integer> number) {
    String unquoted = unquoted(text);
    boolean json =
        unquoted.length() > 2
            && (unquoted.startsWith("{") && unquoted.endsWith("}")
                || unquoted.startsWith("[") && unquoted.endsWith("]"));
    String marked = marked(unquoted, json, number);
    if (!json) {
      return ofText(marked);
    }
    try {
      return ofTree(Json.parse(marked));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "geoip: failed to parse '" + unquoted + "' as json.: " + e.getMessage(), e);
    }
  }

  private static String unquoted(String text) {
    int end = text.length() - 1;
    boolean quoted =
        end > 1
            && text.charAt(0) == text.charAt(end)
            && (text.charAt(0) == '"' || text.charAt(0) == '\'');
    return quoted ? text.substring(1, end) : text;
  }

  private static String marked(String text, boolean json, Function<String, Integer> number) {
    StringBuilder out = new StringBuilder();
    Matcher matcher = PLACEHOLDER.matcher(text);
    boolean inString = !json;
    int at = 0;
    while (matcher.find()) {
      String before = text.substring(at, matcher.start());
      inString = json ? inString ^ oddQuotes(before) : inString;
      boolean single = matcher.group(1) != null;
      int n = number.apply(single ? matcher.group(1) : matcher.group(2));
      String quote = inString ? single ? "'" : "" : "\"";
      out.append(before).append(quote).append('\uFDD0').append(n).append('\uFDD1').append(quote);
      at = matcher.end();
    }
    return out.append(text, at, text.length()).toString();
  }

  /** True where a text begins within a JSON string and ends outside, or the other way round. */
  private static boolean oddQuotes(String text) {
    boolean odd = false;
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) == '\\') {
        i++;
      } else if (text.charAt(i) == '"') {
        odd = !odd;
      }
    }
    return odd;
  }

  private static RecordValue ofText(String marked) {
    List<RecordValue> parts = new ArrayList<>();
    Matcher matcher = MARK.matcher(marked);
    int at = 0;
    while (matcher.find()) {
      if (matcher.start() > at) {
        parts.add(new Fixed(marked.substring(at, matcher.start())));
      }
      parts.add(new Whole(Integer.parseInt(matcher.group(1))));
      at = matcher.end();
    }
    if (at < marked.length() || parts.isEmpty()) {
      parts.add(new Fixed(marked.substring(at)));
    }
    return parts.size() == 1 ? parts.getFirst() : new Text(List.copyOf(parts));
  }

  private static RecordValue ofTree(Object tree) {
    return switch (tree) {
      case String text -> ofText(text);
      case List<?> list -> new Array(list.stream().map(RecordValue::ofTree).toList());
      case Map<?, ?> map -> {
        List<Pair> pairs = new ArrayList<>();
        map.forEach((key, value) -> pairs.add(new Pair(ofTree(key), ofTree(value))));
        yield new Table(List.copyOf(pairs));
      }
      case null, default -> new Fixed(tree);
    };
  }

  /** No placeholder. */
  record Fixed(Object value) implements RecordValue {
    @Override
    public Object of(Object[] placeholders) {
      return value;
    }
  }

  /** A placeholder and nothing else. */
  record Whole(int number) implements RecordValue {
    @Override
    public Object of(Object[] placeholders) {
      return placeholders[number];
    }
  }

  /** Text with placeholders in it; nil is empty. */
  record Text(List<RecordValue> parts) implements RecordValue {
    @Override
    public Object of(Object[] placeholders) {
      StringBuilder text = new StringBuilder();
      for (RecordValue part : parts) {
        text.append(FieldText.of(part.of(placeholders)));
      }
      return text.toString();
    }
  }

  /** A JSON array. */
  record Array(List<RecordValue> values) implements RecordValue {
    @Override
    public Object of(Object[] placeholders) {
      List<Object> list = new ArrayList<>(values.size());
      values.forEach(value -> list.add(value.of(placeholders)));
      return list;
    }
  }

  /** One pair of a JSON map. */
  record Pair(RecordValue key, RecordValue value) {}

  /** A JSON map. */
  record Table(List<Pair> pairs) implements RecordValue {
    @Override
    public Object of(Object[] placeholders) {
      Map<String, Object> map = new LinkedHashMap<>();
      for (Pair pair : pairs) {
        map.put(FieldText.of(pair.key.of(placeholders)), pair.value.of(placeholders));
      }
      return map;
    }
  }
}
