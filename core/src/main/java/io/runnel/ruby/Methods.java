package io.runnel.ruby;

import io.runnel.event.EventTime;
import io.runnel.event.RawBytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Finds the method of a value. */
final class Methods {
  /** Stands for a method that a class does not have. */
  static final Object NONE = new Object();

  /** Methods with {@code !} that change a string or list in Ruby. */
  private static final Set<String> CHANGING =
      Set.of(
          "upcase!",
          "downcase!",
          "capitalize!",
          "strip!",
          "lstrip!",
          "rstrip!",
          "chomp!",
          "chop!",
          "gsub!",
          "sub!",
          "tr!",
          "delete!",
          "squeeze!",
          "reverse!",
          "compact!",
          "uniq!",
          "sort!",
          "flatten!",
          "map!",
          "select!",
          "reject!",
          "merge!",
          "encode!",
          "scrub!",
          "swapcase!",
          "slice!",
          "sort_by!",
          "transform_values!",
          "transform_keys!");

  private Methods() {}

  static boolean isChanging(String name) {
    return CHANGING.contains(name);
  }

  static Object arg(Object[] arguments, int index) {
    if (index >= arguments.length) {
      throw RubyException.argument(
          "wrong number of arguments (given "
              + arguments.length
              + ", expected "
              + (index + 1)
              + ")");
    }
    return arguments[index];
  }

  static Object arg(Object[] arguments, int index, Object otherwise) {
    return index < arguments.length ? arguments[index] : otherwise;
  }

  /** Calls a block that must be there. */
  static Object invoke(Run run, Block block, Object... values) {
    if (block == null) {
      throw new RubyException("LocalJumpError", "no block given (yield)");
    }
    return block.call(run, values);
  }

  static boolean test(Run run, Block block, Object... values) {
    return Values.truthy(invoke(run, block, values));
  }

  /** A method of the value's own class; without a switch over patterns (see Values). */
  private static Object own(Run run, Object self, String name, Object[] arguments, Block block) {
    if (self instanceof String s) {
      return StringMethods.call(run, s, name, arguments, block);
    }
    if (self instanceof Map<?, ?> map) {
      return HashMethods.call(run, map, name, arguments, block);
    }
    if (self instanceof List<?> list) {
      return ArrayMethods.call(run, list, name, arguments, block);
    }
    if (self instanceof Number number) {
      return Numbers.call(run, number, name, arguments, block);
    }
    if (self instanceof RubyConstant constant) {
      return Constants.call(run, constant.name(), name, arguments, block);
    }
    if (self instanceof RawBytes raw) {
      return StringMethods.call(run, raw.toString(), name, arguments, block);
    }
    return self == null ? NONE : special(run, self, name, arguments, block);
  }

  private static Object special(
      Run run, Object self, String name, Object[] arguments, Block block) {
    return switch (self) {
      case RubyTime time -> TimeMethods.call(time, name, arguments);
      case EventTime time -> TimeMethods.event(run, time, name, arguments);
      case RubyMatch match -> Patterns.ofMatch(run, match, name, arguments, block);
      case RubyRegexp regexp -> Patterns.ofRegexp(run, regexp, name, arguments);
      case RubyRange range -> ArrayMethods.ofRange(run, range, name, arguments, block);
      case RubyFile file -> Constants.ofFile(run, file, name, arguments, block);
      default -> NONE;
    };
  }

  static Object call(Run run, Object self, String name, Object[] arguments, Block block) {
    Object result = own(run, self, name, arguments, block);
    if (result == NONE) {
      result = ObjectMethods.call(run, self, name, arguments, block);
    }
    if (result == NONE) {
      throw new RubyException(
          "NoMethodError",
          "undefined method `"
              + name
              + "' for "
              + Values.described(self)
              + Nearest.suggestion(name, names(self)));
    }
    if (result instanceof String s) {
      Limits.characters(s.length());
    }
    return result;
  }

  /** Known methods of a value, for suggestions and {@code respond_to?}. */
  static List<String> names(Object self) {
    List<String> names = new ArrayList<>(ObjectMethods.NAMES);
    switch (self) {
      case String ignored -> names.addAll(StringMethods.NAMES);
      case RawBytes ignored -> names.addAll(StringMethods.NAMES);
      case Map<?, ?> ignored -> {
        names.addAll(HashMethods.NAMES);
        names.addAll(Enumerables.NAMES);
      }
      case List<?> ignored -> {
        names.addAll(ArrayMethods.NAMES);
        names.addAll(Enumerables.NAMES);
      }
      case Number ignored -> names.addAll(Numbers.NAMES);
      case RubyTime ignored -> names.addAll(TimeMethods.NAMES);
      case RubyMatch ignored -> names.addAll(Patterns.NAMES);
      case null, default -> {}
    }
    return names;
  }

  /** {@code self[index] = value}. */
  static void put(Object self, Object[] index, Object value) {
    switch (self) {
      case Map<?, ?> map -> Lists.changeable(map).put(HashMethods.key(map, arg(index, 0)), value);
      case List<?> list -> {
        int at = Values.small(arg(index, 0));
        at += at < 0 ? list.size() : 0;
        if (at < 0) {
          throw new RubyException("IndexError", "index " + at + " too small for array");
        }
        Limits.members(at);
        List<Object> changed = Lists.changeable(list);
        while (changed.size() <= at) {
          changed.add(null);
        }
        changed.set(at, value);
      }
      case null, default ->
          throw new RubyException(
              "NoMethodError", "undefined method `[]=' for " + Values.described(self));
    }
  }

  /** {@code pattern === value}. */
  static boolean caseEqual(Run run, Object pattern, Object value) {
    return switch (pattern) {
      case RubyRegexp regexp -> {
        RubyMatch match =
            Values.isText(value) || value instanceof RubySymbol
                ? regexp.match(Values.text(value))
                : null;
        run.lastMatch = match;
        yield match != null;
      }
      case RubyRange range -> Values.order(range.from(), value) != null && range.covers(value);
      case RubyConstant constant -> ObjectMethods.isA(value, constant.name());
      case null, default -> Values.equal(pattern, value);
    };
  }
}
