package io.runnel.plugins.filter;

import io.runnel.config.ConfigValue;
import io.runnel.event.Bytes;
import io.runnel.event.EventCursor;
import io.runnel.event.MsgpackReader;
import io.runnel.event.RecordAccessor;
import io.runnel.plugin.PluginContext;
import io.runnel.plugins.common.FieldText;
import io.runnel.regexp.Regexp;
import io.runnel.regexp.Regexps;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The conditions of a grep filter in their four groups. Not changed once the filter runs. */
final class GrepConditions {
  /** The old parameters {@code regexp1} to {@code regexp20}. */
  private static final int LEGACY_MAX = 20;

  private static final byte[] EMPTY = {};

  private record Test(RecordAccessor field, Regexp pattern) {
    boolean matches(EventCursor cursor, MsgpackReader reader, Bytes scratch) {
      reader.reset(cursor.bytes(), cursor.recordOffset(), cursor.recordLength());
      if (field.find(reader) < 0) {
        if (!field.isPlainKey()) {
          checkPath(cursor.record());
        }
        return pattern.matches(EMPTY, 0, 0);
      }
      if (reader.peekString()) {
        int length = reader.readStringHeader();
        return pattern.matches(reader.buffer(), reader.position(), length);
      }
      scratch.clear();
      FieldText.write(reader, scratch);
      return pattern.matches(scratch.array(), 0, scratch.length());
    }

    private void checkPath(Map<String, Object> record) {
      Object value = record;
      for (Object step : field.path()) {
        switch (value) {
          case null -> {
            return;
          }
          case Map<?, ?> map -> value = step instanceof String ? map.get(step) : null;
          case List<?> list when step instanceof Integer n -> {
            int index = n < 0 ? n + list.size() : n;
            value = index >= 0 && index < list.size() ? list.get(index) : null;
          }
          case List<?> list ->
              throw new RubyFault("TypeError", "no implicit conversion of String into Integer");
          default ->
              throw new RubyFault("TypeError", rubyClass(value) + " does not have #dig method");
        }
      }
    }

    private static String rubyClass(Object value) {
      return switch (value) {
        case String s -> "String";
        case Double d -> "Float";
        case Boolean b -> b ? "TrueClass" : "FalseClass";
        case Number n -> "Integer";
        default -> "String";
      };
    }
  }

  private final List<Test> regexpAnd = new ArrayList<>();
  private final List<Test> regexpOr = new ArrayList<>();
  private final List<Test> excludeAnd = new ArrayList<>();
  private final List<Test> excludeOr = new ArrayList<>();

  /**
   * @param fault what an error about a key that is there already begins with
   * @throws IllegalArgumentException where the key is there already or is no accessor
   */
  void regexpAnd(String fault, String key, Regexp pattern) {
    add(regexpAnd, fault, key, pattern);
  }

  void regexpOr(String fault, String key, Regexp pattern) {
    add(regexpOr, fault, key, pattern);
  }

  void excludeAnd(String fault, String key, Regexp pattern) {
    add(excludeAnd, fault, key, pattern);
  }

  void excludeOr(String fault, String key, Regexp pattern) {
    add(excludeOr, fault, key, pattern);
  }

  private static void add(List<Test> tests, String fault, String key, Regexp pattern) {
    if (tests.stream().anyMatch(test -> test.field.source().equals(key))) {
      throw new IllegalArgumentException(fault + key);
    }
    tests.add(new Test(RecordAccessor.of(key), pattern));
  }

  /** Reads {@code regexp1 KEY PATTERN} and the like. */
  void addLegacy(PluginContext context) {
    for (int i = 1; i <= LEGACY_MAX; i++) {
      legacy(context, "regexp", i, regexpAnd);
      legacy(context, "exclude", i, excludeOr);
    }
  }

  private static void legacy(PluginContext context, String name, int number, List<Test> tests) {
    String parameter = name + number;
    String text = context.element().take(parameter).map(ConfigValue::text).orElse(null);
    if (text == null) {
      return;
    }
    context
        .log()
        .warn("'" + parameter + "' parameter is deprecated: Use <" + name + "> section instead");
    int space = text.indexOf(' ');
    String pattern = space < 0 ? "" : text.substring(space + 1);
    if (pattern.isEmpty()) {
      throw new IllegalArgumentException(parameter + " does not contain 2 parameters");
    }
    String key = text.substring(0, space);
    add(tests, parameter + " contains a duplicated key, ", key, Regexps.parseParam(pattern));
  }

  /**
   * @param reader moved to the record's fields
   * @param scratch for the text of fields that are no strings
   * @throws RubyFault where a path leads through a scalar
   */
  boolean keeps(EventCursor cursor, MsgpackReader reader, Bytes scratch) {
    for (Test test : regexpAnd) {
      if (!test.matches(cursor, reader, scratch)) {
        return false;
      }
    }
    if (!regexpOr.isEmpty() && !any(regexpOr, cursor, reader, scratch)) {
      return false;
    }
    if (!excludeAnd.isEmpty()) {
      boolean all = true;
      for (int i = 0; i < excludeAnd.size() && all; i++) {
        all = excludeAnd.get(i).matches(cursor, reader, scratch);
      }
      if (all) {
        return false;
      }
    }
    return !any(excludeOr, cursor, reader, scratch);
  }

  private static boolean any(
      List<Test> tests, EventCursor cursor, MsgpackReader reader, Bytes scratch) {
    for (Test test : tests) {
      if (test.matches(cursor, reader, scratch)) {
        return true;
      }
    }
    return false;
  }
}
