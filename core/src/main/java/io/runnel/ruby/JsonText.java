package io.runnel.ruby;

import io.runnel.event.Json;
import io.runnel.event.MsgpackException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Ruby's JSON module. */
final class JsonText {
  private JsonText() {}

  static String generate(Object value) {
    Object plain = Values.plain(value);
    refuseNan(plain);
    try {
      return Json.write(plain);
    } catch (IllegalArgumentException | MsgpackException e) { // too large, or too deep
      throw new RubyException("JSON::GeneratorError", e.getMessage());
    }
  }

  private static void refuseNan(Object value) {
    switch (value) {
      case Double number when !Double.isFinite(number) ->
          throw new RubyException(
              "JSON::GeneratorError", RubyNumbers.text(number) + " not allowed in JSON");
      case Map<?, ?> map -> map.values().forEach(JsonText::refuseNan);
      case List<?> list -> list.forEach(JsonText::refuseNan);
      case null, default -> {}
    }
  }

  static Object parse(String text, Object options) {
    Limits.characters(text.length());
    Object value;
    try {
      value = JsonReader.parse(text);
    } catch (JsonReader.Malformed e) {
      String shown = text.length() > 80 ? text.substring(0, 80) + "…" : text;
      throw new RubyException("JSON::ParserError", e.getMessage() + " at '" + shown + "'");
    }
    boolean symbols =
        options instanceof Map<?, ?> map
            && Values.truthy(map.get(new RubySymbol("symbolize_names")));
    return symbols ? symbolized(value) : value;
  }

  private static Object symbolized(Object value) {
    return switch (value) {
      case Map<?, ?> map -> {
        Map<Object, Object> out = new LinkedHashMap<>();
        map.forEach((k, v) -> out.put(new RubySymbol(Values.text(k)), symbolized(v)));
        yield out;
      }
      case List<?> list -> {
        List<Object> out = Lists.copy(list);
        out.replaceAll(JsonText::symbolized);
        yield out;
      }
      case null, default -> value;
    };
  }
}
