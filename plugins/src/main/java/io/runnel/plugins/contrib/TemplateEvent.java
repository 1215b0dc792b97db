package io.runnel.plugins.contrib;

import io.runnel.plugins.filter.TagValues;
import io.runnel.ruby.RubyHost;
import io.runnel.ruby.RubyScope;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * An event as the expressions of a template see it.
 *
 * @param time the value of the name {@code time}: a number or a time
 * @param record the record itself: an expression that changes it changes the event
 * @param fields whether fields of the record can be named like variables
 */
record TemplateEvent(
    TagValues tag,
    Object time,
    Map<String, Object> record,
    String hostname,
    RubyHost host,
    boolean fields)
    implements RubyScope {
  private static final List<String> NAMES =
      List.of("tag", "tag_parts", "tag_prefix", "tag_suffix", "time", "record", "hostname");

  @Override
  public Object get(String name) {
    return switch (name) {
      case "record" -> record;
      case "tag" -> tag.tag();
      case "tag_parts", "tags" -> tag.parts();
      case "tag_prefix" -> tag.prefixes();
      case "tag_suffix" -> tag.suffixes();
      case "time" -> time;
      case "hostname" -> hostname;
      default -> fields ? record.get(name) : UNKNOWN;
    };
  }

  @Override
  public Collection<String> names() {
    return NAMES;
  }
}
