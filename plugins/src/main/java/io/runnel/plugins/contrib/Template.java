package io.runnel.plugins.contrib;

import io.runnel.config.ConfigException;
import io.runnel.config.Place;
import io.runnel.event.Json;
import io.runnel.plugins.common.FieldText;
import io.runnel.plugins.filter.RubyFault;
import io.runnel.ruby.RubyException;
import io.runnel.ruby.RubyExpression;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A value with placeholders, compiled once. Safe for use by several threads at once. */
interface Template {
  /** The value for an event: of any type that a record may hold. */
  Object value(TemplateEvent event);

  /** The value as text. */
  default String text(TemplateEvent event) {
    return FieldText.of(value(event));
  }

  /** How the text between braces is read. */
  @FunctionalInterface
  interface Compiler {
    Template compile(String text);
  }

  /** A value without placeholders. */
  record Constant(Object constant) implements Template {
    @Override
    public Object value(TemplateEvent event) {
      return constant;
    }
  }

  /**
   * A text whose {@code ${…}} are Ruby. A text that is one placeholder is the expression itself.
   *
   * @param keepType whether a value that is one placeholder keeps its type
   * @throws ConfigException where the code cannot be compiled
   */
  static Template ruby(String text, boolean keepType, Place place) {
    List<Template> parts = new ArrayList<>();
    int end = 0;
    try {
      for (int at = text.indexOf("${"); at >= 0; at = text.indexOf("${", end)) {
        if (at > end) {
          parts.add(new Constant(text.substring(end, at)));
        }
        RubyExpression expression = RubyExpression.compileEmbedded(text, at + 2);
        parts.add(new Ruby(expression));
        end = expression.end();
      }
    } catch (RubyException e) {
      throw new ConfigException(
          "Pass invalid parameter: " + text + " : error = " + e.getMessage(), place, e);
    }
    if (end < text.length() || parts.isEmpty()) {
      parts.add(new Constant(text.substring(end)));
    }
    boolean typed = parts.size() == 1 && (keepType || parts.getFirst() instanceof Constant);
    return typed ? parts.getFirst() : new Text(List.copyOf(parts));
  }

  /** An expression. */
  record Ruby(RubyExpression expression) implements Template {
    @Override
    public Object value(TemplateEvent event) {
      try {
        return expression.evaluate(event);
      } catch (RubyException e) {
        throw failure(e);
      }
    }

    @Override
    public String text(TemplateEvent event) {
      try {
        return expression.evaluateText(event);
      } catch (RubyException e) {
        throw failure(e);
      }
    }

    private RubyFault failure(RubyException e) {
      return new RubyFault(
          "RuntimeError",
          "failed to expand `" + expression.source() + "` : error = " + e.getMessage(),
          e);
    }
  }

  /** Placeholders inside text. */
  record Text(List<Template> parts) implements Template {
    @Override
    public String value(TemplateEvent event) {
      StringBuilder out = new StringBuilder();
      parts.forEach(part -> out.append(part.text(event)));
      return out.toString();
    }
  }

  /** A map whose keys and values are templates. */
  record Fields(List<Map.Entry<Template, Template>> fields) implements Template {
    @Override
    public Map<String, Object> value(TemplateEvent event) {
      Map<String, Object> map = new LinkedHashMap<>();
      fields.forEach(field -> map.put(field.getKey().text(event), field.getValue().value(event)));
      return map;
    }
  }

  /** A list of templates. */
  record Items(List<Template> items) implements Template {
    @Override
    public List<Object> value(TemplateEvent event) {
      List<Object> list = new ArrayList<>();
      items.forEach(item -> list.add(item.value(event)));
      return list;
    }
  }

  /** A value that may be JSON: the texts inside are compiled. */
  static Template structured(String text, Compiler compiler) {
    if (text.startsWith("{") || text.startsWith("[")) {
      try {
        return structured(Json.parse(text), compiler);
      } catch (IllegalArgumentException e) {
        return compiler.compile(text);
      }
    }
    return compiler.compile(text);
  }

  private static Template structured(Object value, Compiler compiler) {
    return switch (value) {
      case String text -> compiler.compile(text);
      case Map<?, ?> map -> {
        List<Map.Entry<Template, Template>> fields = new ArrayList<>();
        map.forEach(
            (k, v) -> fields.add(Map.entry(compiler.compile((String) k), structured(v, compiler))));
        yield new Fields(List.copyOf(fields));
      }
      case List<?> list -> new Items(list.stream().map(v -> structured(v, compiler)).toList());
      case null, default -> new Constant(value);
    };
  }
}
