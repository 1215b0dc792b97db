package io.runnel.connectors.httpservices;

import io.runnel.event.MsgpackToJson;
import io.runnel.plugins.common.FieldText;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A field of a BigQuery table and how values become its own, as the gem converts them.
 *
 * @param fields of a record
 */
record TableField(String name, Type type, Mode mode, Map<String, TableField> fields) {
  enum Type {
    STRING,
    INTEGER,
    FLOAT,
    NUMERIC,
    BIGNUMERIC,
    BOOLEAN,
    TIMESTAMP,
    DATE,
    DATETIME,
    TIME,
    JSON,
    GEOGRAPHY,
    RECORD
  }

  enum Mode {
    NULLABLE,
    REQUIRED,
    REPEATED
  }

  private static final Pattern NAME = Pattern.compile("[_A-Za-z][_A-Za-z0-9]{0,127}");
  private static final Pattern INTEGER = Pattern.compile("-?\\d{1,18}");
  private static final Pattern FLOAT = Pattern.compile("-?\\d+\\.\\d+");
  private static final Pattern LEADING_NUMBER =
      Pattern.compile("\\s*([-+]?\\d+(?:\\.\\d+)?(?:[eE][-+]?\\d+)?).*", Pattern.DOTALL);
  private static final Set<Type> TEXTS =
      Set.of(Type.STRING, Type.GEOGRAPHY, Type.NUMERIC, Type.BIGNUMERIC);

  /**
   * Reads the fields of a table as BigQuery writes them.
   *
   * @throws IllegalArgumentException with the gem's words
   */
  static Map<String, TableField> read(List<?> list) {
    Map<String, TableField> fields = new LinkedHashMap<>();
    for (Object each : list) {
      if (!(each instanceof Map<?, ?> map) || map.get("type") == null) {
        throw new IllegalArgumentException("field must have type");
      }
      String name = String.valueOf(map.get("name"));
      if (!NAME.matcher(name).matches()) {
        throw new IllegalArgumentException("invalid bigquery field name: '" + name + "'");
      }
      Type type = type(map.get("type").toString());
      Object mode = map.get("mode");
      Map<String, TableField> inner = Map.of();
      if (type == Type.RECORD) {
        if (!(map.get("fields") instanceof List<?> innerList)) {
          throw new IllegalArgumentException("record field must have fields");
        }
        inner = read(innerList);
      }
      fields.put(
          name, new TableField(name, type, mode == null ? Mode.NULLABLE : mode(name, mode), inner));
    }
    return fields;
  }

  private static Type type(String text) {
    try {
      return Type.valueOf(text.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("Invalid field type: " + text, e);
    }
  }

  private static Mode mode(String name, Object text) {
    try {
      return Mode.valueOf(text.toString().toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("Unrecognized mode for " + name + ": " + text, e);
    }
  }

  /** A field as BigQuery wants it where a table is made. */
  Map<String, Object> description() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("name", name);
    map.put("type", type.name());
    map.put("mode", mode.name());
    if (type == Type.RECORD) {
      map.put("fields", descriptions(fields));
    }
    return map;
  }

  static List<Object> descriptions(Map<String, TableField> fields) {
    List<Object> list = new ArrayList<>();
    fields.values().forEach(field -> list.add(field.description()));
    return list;
  }

  /** A row: values of fields that the table has are converted, null is left out. */
  static Map<String, Object> row(Map<?, ?> record, Map<String, TableField> fields) {
    Map<String, Object> row = new LinkedHashMap<>();
    record.forEach(
        (key, value) -> {
          if (value != null) {
            TableField field = fields.get(key.toString());
            row.put(key.toString(), field == null ? value : field.of(value));
          }
        });
    return row;
  }

  private Object of(Object value) {
    if (mode == Mode.REPEATED && value instanceof List<?> list) {
      List<Object> values = new ArrayList<>();
      for (Object item : list) {
        if (item != null) {
          values.add(one(item));
        }
      }
      return values;
    }
    return one(value);
  }

  private Object one(Object value) {
    if (TEXTS.contains(type)) {
      return FieldText.of(value);
    }
    return switch (type) {
      case INTEGER -> integer(value);
      case FLOAT -> number(value).doubleValue();
      case BOOLEAN -> !Boolean.FALSE.equals(value);
      case TIMESTAMP -> timestamp(value);
      case JSON -> MsgpackToJson.text(value);
      case RECORD -> value instanceof Map<?, ?> map ? row(map, fields) : value;
      default -> value;
    };
  }

  private static Object integer(Object value) {
    return value instanceof Long ? value : (Object) number(value).toBigInteger().longValue();
  }

  /** Ruby's to_i and to_f: the number that a text begins with, else 0. */
  private static BigDecimal number(Object value) {
    var matcher = LEADING_NUMBER.matcher(FieldText.of(value));
    try {
      return matcher.matches() ? new BigDecimal(matcher.group(1)) : BigDecimal.ZERO;
    } catch (NumberFormatException e) {
      return BigDecimal.ZERO; // an exponent out of range
    }
  }

  private static Object timestamp(Object value) {
    if (value instanceof String text) {
      if (INTEGER.matcher(text).matches()) {
        return Long.valueOf(text);
      }
      if (FLOAT.matcher(text).matches()) {
        return Double.valueOf(text);
      }
    }
    return value;
  }
}
