package io.runnel.plugins.filter;

import io.runnel.config.ConfigException;
import io.runnel.event.MsgpackWriter;
import io.runnel.plugin.PluginContext;
import io.runnel.ruby.RubyException;
import io.runnel.ruby.RubyExpression;
import io.runnel.ruby.RubyHost;
import io.runnel.ruby.RubyScope;
import io.runnel.ruby.RubyTime;
import io.runnel.time.Zone;
import java.util.Collection;
import java.util.List;

/**
 * Makes the plans of values that are Ruby ({@code enable_ruby true}). A value that is one {@code
 * ${…}} is the expression itself, any other is a Ruby string in which each {@code ${} begins an
 * expression.
 */
final class RubyPlanner extends FieldPlanner {
  private static final List<String> NAMES =
      List.of("tag", "tag_parts", "tag_prefix", "tag_suffix", "time", "record", "hostname");

  private final PluginContext context;
  private final RubyHost host;
  private final Zone zone;

  RubyPlanner(boolean autoTypecast, PluginContext context) {
    super(autoTypecast, context.log());
    this.context = context;
    this.zone = Zone.of(context.zone());
    this.host = new RubyHost(System.getenv(), context.clock(), zone);
  }

  @Override
  FieldValue text(String text, boolean asText) {
    int first = text.indexOf("${");
    if (text.chars().noneMatch(c -> "\\#$[]".indexOf(c) >= 0)) {
      return FieldValue.Constant.of(text);
    }
    boolean alone = first == 0 && text.endsWith("}") && text.indexOf("${", 2) < 0;
    String source =
        alone && !asText
            ? text.substring(2, text.length() - 1)
            : "%Q[" + text.replace("${", "#{") + "]";
    try {
      return new Expression(this, RubyExpression.compile(source));
    } catch (RubyException e) {
      throw new ConfigException(
          "failed to expand `" + source + "` : error = " + e.getMessage(),
          context.element().place(),
          e);
    }
  }

  /** An expression as the value of a field. */
  private record Expression(RubyPlanner planner, RubyExpression expression) implements FieldValue {
    @Override
    public void write(TransformEvent event, MsgpackWriter out) {
      Object value;
      try {
        value = expression.evaluate(new Scope(event, planner));
      } catch (RubyException e) {
        throw new RubyFault(
            "RuntimeError",
            "failed to expand `" + expression.source() + "` : error = " + e.getMessage(),
            e);
      }
      out.value(value);
    }
  }

  /** What an expression sees of an event. */
  private record Scope(TransformEvent event, RubyPlanner planner) implements RubyScope {
    @Override
    public Object get(String name) {
      return switch (name) {
        case "record" -> event.record();
        case "tag" -> event.tag().tag();
        case "tag_parts" -> event.tag().parts();
        case "tag_prefix" -> event.tag().prefixes();
        case "tag_suffix" -> event.tag().suffixes();
        case "time" -> RubyTime.of(event.time(), planner.zone);
        case "hostname" -> event.hostname();
        default -> UNKNOWN;
      };
    }

    @Override
    public Collection<String> names() {
      return NAMES;
    }

    @Override
    public RubyHost host() {
      return planner.host;
    }
  }
}
