package io.runnel.ruby;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/** Methods of lists. */
final class ArrayMethods {
  static final List<String> NAMES =
      List.of(
          "length",
          "size",
          "empty?",
          "join",
          "first",
          "last",
          "push",
          "append",
          "pop",
          "shift",
          "unshift",
          "prepend",
          "concat",
          "insert",
          "delete",
          "delete_at",
          "delete_if",
          "keep_if",
          "compact",
          "flatten",
          "reverse",
          "rotate",
          "slice",
          "dig",
          "fetch",
          "at",
          "values_at",
          "index",
          "rindex",
          "uniq",
          "sample",
          "shuffle",
          "transpose",
          "product",
          "combination",
          "pack",
          "each_index",
          "fill",
          "clear",
          "assoc",
          "union",
          "difference",
          "intersection",
          "intersect?",
          "none?",
          "sum",
          "to_json",
          "replace");

  private ArrayMethods() {}

  static Object call(Run run, List<?> self, String name, Object[] a, Block block) {
    Object result = reading(run, self, name, a);
    if (result == Methods.NONE) {
      result = changing(run, self, name, a, block);
    }
    if (result == Methods.NONE) {
      result = Enumerables.call(run, Lists.changeable(self), name, a, block);
    }
    return result;
  }

  private static Object reading(Run run, List<?> self, String name, Object[] a) {
    return switch (name) {
      case "[]", "slice" -> slice(self, a);
      case "at" -> at(self, Values.integer(Methods.arg(a, 0)));
      case "dig" -> dig(run, at(self, Values.integer(Methods.arg(a, 0))), a);
      case "fetch" -> fetch(self, a);
      case "values_at" -> {
        List<Object> out = new ArrayList<>();
        for (Object index : a) {
          out.add(at(self, Values.integer(index)));
        }
        yield out;
      }
      case "length", "size" -> (long) self.size();
      case "empty?" -> self.isEmpty();
      case "last" -> {
        if (a.length == 0) {
          yield self.isEmpty() ? null : self.getLast();
        }
        int count = Enumerables.count(a, self);
        yield Lists.copy(self.subList(self.size() - count, self.size()));
      }
      case "join" -> {
        Object with = Methods.arg(a, 0, null);
        yield join(self, with == null ? "" : Values.string(with), 0);
      }
      case "reverse" -> Lists.copy(self.reversed());
      case "rotate" -> {
        List<Object> out = Lists.copy(self);
        Collections.rotate(out, -Values.small(Methods.arg(a, 0, 1L)));
        yield out;
      }
      case "compact" -> {
        List<Object> out = Lists.copy(self);
        out.removeIf(item -> item == null);
        yield out;
      }
      case "flatten" -> {
        List<Object> out = new ArrayList<>();
        Object depth = Methods.arg(a, 0, null);
        flatten(self, out, depth == null ? JsonReader.MAX_DEPTH : Values.integer(depth));
        yield out;
      }
      case "+", "concat" -> {
        List<Object> out = Lists.copy(self);
        for (Object more : a) {
          out.addAll(list(more));
        }
        Limits.members(out.size());
        yield out;
      }
      case "-", "difference" -> without(self, list(Methods.arg(a, 0)), false);
      case "&", "intersection" -> without(self, list(Methods.arg(a, 0)), true);
      case "|", "union" -> {
        List<Object> out = Lists.copy(self);
        out.addAll(list(Methods.arg(a, 0)));
        yield Enumerables.call(run, out, "uniq", new Object[0], null);
      }
      case "intersect?" -> !without(self, list(Methods.arg(a, 0)), true).isEmpty();
      case "*" -> times(self, Methods.arg(a, 0));
      case "<=>" -> {
        Integer order = Values.order(self, Methods.arg(a, 0));
        yield order == null ? null : (Object) (long) order;
      }
      case "pack" -> Packing.pack(self, Values.string(Methods.arg(a, 0)));
      case "transpose" -> transpose(self);
      case "assoc" ->
          self.stream()
              .filter(
                  item ->
                      item instanceof List<?> pair
                          && !pair.isEmpty()
                          && Values.equal(pair.getFirst(), Methods.arg(a, 0)))
              .findFirst()
              .orElse(null);
      default -> Methods.NONE;
    };
  }

  private static Object at(List<?> self, long index) {
    long i = index < 0 ? index + self.size() : index;
    return i < 0 || i >= self.size() ? null : self.get((int) i);
  }

  static Object dig(Run run, Object value, Object[] a) {
    if (a.length <= 1 || value == null) {
      return value;
    }
    Object[] rest = Arrays.copyOfRange(a, 1, a.length);
    if (!(value instanceof Map<?, ?>) && !(value instanceof List<?>)) {
      throw RubyException.type(Values.className(value) + " does not have #dig method");
    }
    return Methods.call(run, value, "dig", rest, null);
  }

  private static Object slice(List<?> self, Object[] a) {
    Object index = Methods.arg(a, 0);
    if (index instanceof RubyRange range) {
      long[] part = range.within(self.size());
      return part == null
          ? null
          : Lists.copy(self.subList((int) part[0], (int) (part[0] + part[1])));
    }
    long at = Values.integer(index);
    if (a.length == 1) {
      return at(self, at);
    }
    long start = at < 0 ? at + self.size() : at;
    long length = Values.integer(a[1]);
    if (start < 0 || start > self.size() || length < 0) {
      return null;
    }
    long end = Math.min(self.size(), start + Math.min(length, self.size()));
    return Lists.copy(self.subList((int) start, (int) end));
  }

  private static Object fetch(List<?> self, Object[] a) {
    long index = Values.integer(Methods.arg(a, 0));
    long at = index < 0 ? index + self.size() : index;
    if (at >= 0 && at < self.size()) {
      return self.get((int) at);
    }
    if (a.length > 1) {
      return a[1];
    }
    throw new RubyException(
        "IndexError",
        "index " + index + " outside of array bounds: " + -self.size() + "..." + self.size());
  }

  private static String join(List<?> list, String with, int depth) {
    if (depth > JsonReader.MAX_DEPTH) {
      throw RubyException.argument("recursive array join");
    }
    StringBuilder out = new StringBuilder();
    boolean first = true;
    for (Object item : list) {
      out.append(first ? "" : with);
      out.append(item instanceof List<?> inner ? join(inner, with, depth + 1) : Values.text(item));
      Limits.characters(out.length());
      first = false;
    }
    return out.toString();
  }

  private static void flatten(List<?> list, List<Object> out, long depth) {
    for (Object item : list) {
      if (item instanceof List<?> inner && depth > 0) {
        flatten(inner, out, depth - 1);
      } else {
        out.add(item);
      }
    }
    Limits.members(out.size());
  }

  private static List<?> list(Object value) {
    if (value instanceof List<?> list) {
      return list;
    }
    throw RubyException.type(
        "no implicit conversion of " + Values.className(value) + " into Array");
  }

  private static List<Object> without(List<?> self, List<?> others, boolean common) {
    List<Object> out = new ArrayList<>();
    for (Object item : self) {
      boolean found = others.stream().anyMatch(other -> Values.equal(item, other));
      boolean again = common && out.stream().anyMatch(other -> Values.equal(item, other));
      if (found == common && !again) {
        out.add(item);
      }
    }
    return out;
  }

  private static Object times(List<?> self, Object by) {
    if (Values.isText(by)) {
      return join(self, Values.text(by), 0);
    }
    long count = Values.integer(by);
    if (count < 0) {
      throw RubyException.argument("argument must be non-negative");
    }
    Limits.members(self.isEmpty() ? 0 : Math.min(count, Integer.MAX_VALUE) * self.size());
    List<Object> out = new ArrayList<>();
    for (long i = 0; i < count && !self.isEmpty(); i++) {
      out.addAll(self);
    }
    return out;
  }

  private static List<Object> transpose(List<?> self) {
    List<Object> out = new ArrayList<>();
    int width = self.isEmpty() ? 0 : list(self.getFirst()).size();
    for (int i = 0; i < width; i++) {
      List<Object> row = new ArrayList<>();
      for (Object item : self) {
        row.add(at(list(item), i));
      }
      out.add(row);
    }
    return out;
  }

  private static Object changing(Run run, List<?> self, String name, Object[] a, Block block) {
    List<Object> list = Lists.changeable(self);
    return switch (name) {
      case "<<", "push", "append" -> {
        list.addAll(Arrays.asList(a));
        Limits.members(list.size());
        yield list;
      }
      case "unshift", "prepend" -> {
        list.addAll(0, Arrays.asList(a));
        Limits.members(list.size());
        yield list;
      }
      case "pop" -> list.isEmpty() ? null : list.removeLast();
      case "shift" -> list.isEmpty() ? null : list.removeFirst();
      case "insert" -> {
        long at = Values.integer(Methods.arg(a, 0));
        long index = at < 0 ? at + list.size() + 1 : at;
        if (index < 0 || index > list.size()) {
          throw new RubyException("IndexError", "index " + at + " outside of array");
        }
        list.addAll((int) index, Arrays.asList(a).subList(1, a.length));
        yield list;
      }
      case "delete" -> {
        Object gone = Methods.arg(a, 0);
        yield list.removeIf(item -> Values.equal(item, gone)) ? gone : null;
      }
      case "delete_at" -> {
        long index = Values.integer(Methods.arg(a, 0));
        long at = index < 0 ? index + list.size() : index;
        yield at < 0 || at >= list.size() ? null : list.remove((int) at);
      }
      case "delete_if" -> {
        list.removeIf(item -> Methods.test(run, block, item));
        yield list;
      }
      case "keep_if" -> {
        list.removeIf(item -> !Methods.test(run, block, item));
        yield list;
      }
      case "clear" -> {
        list.clear();
        yield list;
      }
      default -> Methods.NONE;
    };
  }

  static Object ofRange(Run run, RubyRange self, String name, Object[] a, Block block) {
    return switch (name) {
      case "include?", "member?", "cover?", "===" -> self.covers(Methods.arg(a, 0));
      case "begin" -> self.from();
      case "end" -> self.to();
      case "to_s", "inspect", "is_a?", "kind_of?", "class", "nil?", "==", "respond_to?" ->
          Methods.NONE;
      default -> call(run, self.members(), name, a, block);
    };
  }
}
