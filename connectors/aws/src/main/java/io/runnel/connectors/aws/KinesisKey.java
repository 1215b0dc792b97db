package io.runnel.connectors.aws;

import io.runnel.config.ConfigException;
import io.runnel.plugin.FormatException;
import io.runnel.plugin.OutputContext;
import io.runnel.plugins.common.FieldText;
import io.runnel.ruby.RubyException;
import io.runnel.ruby.RubyExpression;
import io.runnel.ruby.RubyHost;
import io.runnel.ruby.RubyScope;
import io.runnel.time.Zone;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A key of the old output kinesis: a field, an expression over it, or over the whole record. */
final class KinesisKey {
  private final String name;
  private final Optional<String> field;
  private final RubyExpression expression;
  private final RubyHost host;

  /**
   * @param name of the parameter, for messages; {@code _expr} is put behind it for the expression's
   * @param field whose value is the key, or what the expression is given
   * @param code Ruby, to which the value, or the record, is {@code record}
   */
  KinesisKey(String name, Optional<String> field, Optional<String> code, OutputContext context) {
    this.name = name;
    this.field = field;
    host = new RubyHost(System.getenv(), context.clock(), Zone.of(context.zone()));
    try {
      expression = code.map(RubyExpression::compile).orElse(null);
    } catch (RubyException e) {
      String parameter = name + "_expr";
      throw new ConfigException(
          parameter + ": " + e.getMessage(), context.element().placeOf(parameter), e);
    }
  }

  boolean isGiven() {
    return field.isPresent() || expression != null;
  }

  /** The key of a record; empty where the field is missing. */
  String of(Map<String, Object> record) throws FormatException {
    Object value = field.isPresent() ? record.get(field.get()) : record;
    if (expression != null) {
      try {
        value = expression.evaluate(new Scope(value, host));
      } catch (RubyException e) {
        throw new FormatException(name + "_expr failed: " + e.getMessage());
      }
    }
    return FieldText.of(value);
  }

  private record Scope(Object record, RubyHost host) implements RubyScope {
    @Override
    public Object get(String name) {
      return name.equals("record") ? record : UNKNOWN;
    }

    @Override
    public Collection<String> names() {
      return List.of("record");
    }
  }
}
