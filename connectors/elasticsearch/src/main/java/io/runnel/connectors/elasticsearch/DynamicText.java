package io.runnel.connectors.elasticsearch;

import io.runnel.config.ConfigException;
import io.runnel.config.Place;
import io.runnel.ruby.RubyException;
import io.runnel.ruby.RubyExpression;
import io.runnel.ruby.RubyHost;
import io.runnel.ruby.RubyScope;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** A parameter whose {@code ${…}} are Ruby. Safe for use by several threads at once. */
final class DynamicText {
  /**
   * An event as the expressions see it.
   *
   * @param time in seconds
   * @param record null where there is none
   */
  record Scope(String tag, List<String> parts, Long time, Map<String, Object> record, RubyHost host)
      implements RubyScope {
    @Override
    public Object get(String name) {
      return switch (name) {
        case "tag" -> tag;
        case "tag_parts" -> parts;
        case "time" -> time;
        case "record" -> record;
        default -> UNKNOWN;
      };
    }

    @Override
    public Collection<String> names() {
      return List.of("tag", "tag_parts", "time", "record");
    }
  }

  /** Either is null. */
  private record Part(String text, RubyExpression code) {}

  private final List<Part> parts = new ArrayList<>();

  DynamicText(String text, Place place) {
    int end = 0;
    try {
      for (int at = text.indexOf("${"); at >= 0; at = text.indexOf("${", end)) {
        literal(text.substring(end, at));
        RubyExpression code = RubyExpression.compileEmbedded(text, at + 2);
        parts.add(new Part(null, code));
        end = code.end();
      }
    } catch (RubyException e) {
      throw new ConfigException("cannot read '" + text + "': " + e.getMessage(), place, e);
    }
    literal(text.substring(end));
  }

  private void literal(String text) {
    if (!text.isEmpty()) {
      parts.add(new Part(text, null));
    }
  }

  boolean isConstant() {
    return parts.stream().allMatch(part -> part.code == null);
  }

  /**
   * @throws RubyException where an expression fails for this event
   */
  String expand(RubyScope scope) {
    if (parts.size() == 1 && parts.getFirst().code == null) {
      return parts.getFirst().text;
    }
    StringBuilder out = new StringBuilder();
    for (Part part : parts) {
      out.append(part.code == null ? part.text : part.code.evaluateText(scope));
    }
    return out.toString();
  }
}
