package io.runnel.ruby;

import io.runnel.event.RawBytes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Methods of hashes. */
final class HashMethods {
  static final List<String> NAMES =
      List.of(
          "dig",
          "fetch",
          "key?",
          "has_key?",
          "include?",
          "member?",
          "value?",
          "has_value?",
          "key",
          "keys",
          "values",
          "values_at",
          "fetch_values",
          "merge",
          "merge!",
          "update",
          "delete",
          "delete_if",
          "reject",
          "select",
          "filter",
          "keep_if",
          "transform_values",
          "transform_keys",
          "invert",
          "slice",
          "except",
          "compact",
          "length",
          "size",
          "empty?",
          "store",
          "each_pair",
          "each_key",
          "each_value",
          "to_json",
          "to_h",
          "sort_by",
          "group_by",
          "clear",
          "default",
          "any?",
          "map",
          "find",
          "count",
          "sum",
          "min_by",
          "max_by",
          "dup");

  private HashMethods() {}

  static Object call(Run run, Map<?, ?> self, String name, Object[] a, Block block) {
    Object result = reading(run, self, name, a, block);
    if (result == Methods.NONE) {
      result = transforming(run, self, name, a, block);
    }
    if (result == Methods.NONE) {
      result = changing(run, Lists.changeable(self), name, a, block);
    }
    if (result == Methods.NONE) {
      result = Enumerables.call(run, Lists.pairs(self), name, a, block);
      return result instanceof List<?> && name.startsWith("each") ? self : result;
    }
    return result;
  }

  /** A key as the hash has it: keys of records may be of any kind that msgpack knows. */
  static Object key(Map<?, ?> self, Object key) {
    if (key instanceof RawBytes raw && !self.containsKey(key)) {
      return raw.toString();
    }
    return key;
  }

  private static Object get(Map<?, ?> self, Object wanted) {
    Object key = key(self, wanted);
    Object value = self.get(key);
    return value == null && self instanceof DefaultHash hash && !self.containsKey(key)
        ? hash.missing()
        : value;
  }

  private static Object reading(Run run, Map<?, ?> self, String name, Object[] a, Block block) {
    return switch (name) {
      case "[]" -> get(self, Methods.arg(a, 0));
      case "dig" -> ArrayMethods.dig(run, get(self, Methods.arg(a, 0)), a);
      case "fetch" -> fetch(run, self, a, block);
      case "key?", "has_key?", "include?", "member?" ->
          self.containsKey(key(self, Methods.arg(a, 0)));
      case "value?", "has_value?" -> {
        Object wanted = Methods.arg(a, 0);
        yield self.values().stream().anyMatch(value -> Values.equal(value, wanted));
      }
      case "key" -> {
        Object wanted = Methods.arg(a, 0);
        for (Map.Entry<?, ?> entry : self.entrySet()) {
          if (Values.equal(entry.getValue(), wanted)) {
            yield entry.getKey();
          }
        }
        yield null;
      }
      case "keys" -> new ArrayList<Object>(self.keySet());
      case "values" -> new ArrayList<Object>(self.values());
      case "values_at", "fetch_values" -> {
        List<Object> out = new ArrayList<>();
        for (Object key : a) {
          out.add(
              name.equals("values_at")
                  ? get(self, key)
                  : fetch(run, self, new Object[] {key}, block));
        }
        yield out;
      }
      case "length", "size" -> (long) self.size();
      case "empty?" -> self.isEmpty();
      case "default" -> self instanceof DefaultHash hash ? hash.missing() : null;
      default -> Methods.NONE;
    };
  }

  private static Object fetch(Run run, Map<?, ?> self, Object[] a, Block block) {
    Object key = key(self, Methods.arg(a, 0));
    if (self.containsKey(key)) {
      return self.get(key);
    }
    if (block != null) {
      return block.call(run, key);
    }
    if (a.length > 1) {
      return a[1];
    }
    throw new RubyException("KeyError", "key not found: " + Values.inspect(key));
  }

  private static Object transforming(
      Run run, Map<?, ?> self, String name, Object[] a, Block block) {
    Map<Object, Object> out = new LinkedHashMap<>();
    switch (name) {
      case "to_h" -> {
        if (block != null) {
          return Methods.NONE;
        }
        out.putAll(self);
      }
      case "select", "filter", "reject" -> {
        boolean wanted = !name.equals("reject");
        self.forEach(
            (k, v) -> {
              if (Methods.test(run, block, k, v) == wanted) {
                out.put(k, v);
              }
            });
      }
      case "merge" -> {
        out.putAll(self);
        merge(run, out, a, block);
      }
      case "transform_values" -> self.forEach((k, v) -> out.put(k, Methods.invoke(run, block, v)));
      case "transform_keys" ->
          self.forEach(
              (k, v) -> {
                boolean mapped =
                    a.length > 0 && a[0] instanceof Map<?, ?> map && map.containsKey(k);
                Object key = mapped ? ((Map<?, ?>) a[0]).get(k) : k;
                out.put(a.length > 0 ? key : Methods.invoke(run, block, k), v);
              });
      case "invert" -> self.forEach((k, v) -> out.put(v, k));
      case "compact" ->
          self.forEach(
              (k, v) -> {
                if (v != null) {
                  out.put(k, v);
                }
              });
      case "slice" -> {
        for (Object key : a) {
          if (self.containsKey(key)) {
            out.put(key, self.get(key));
          }
        }
      }
      case "except" -> {
        out.putAll(self);
        for (Object key : a) {
          out.remove(key);
        }
      }
      default -> {
        return Methods.NONE;
      }
    }
    return out;
  }

  private static void merge(Run run, Map<Object, Object> into, Object[] a, Block block) {
    for (Object other : a) {
      if (!(other instanceof Map<?, ?> map)) {
        throw RubyException.type(
            "no implicit conversion of " + Values.className(other) + " into Hash");
      }
      map.forEach(
          (k, v) -> {
            boolean both = block != null && into.containsKey(k);
            into.put(k, both ? block.call(run, k, into.get(k), v) : v);
          });
      Limits.members(into.size());
    }
  }

  private static Object changing(
      Run run, Map<Object, Object> self, String name, Object[] a, Block block) {
    return switch (name) {
      case "delete" -> self.remove(key(self, Methods.arg(a, 0)));
      case "store" -> {
        self.put(Methods.arg(a, 0), Methods.arg(a, 1));
        yield a[1];
      }
      case "merge!", "update" -> {
        merge(run, self, a, block);
        yield self;
      }
      case "delete_if", "reject!" -> {
        self.entrySet().removeIf(e -> Methods.test(run, block, e.getKey(), e.getValue()));
        yield self;
      }
      case "keep_if", "select!", "filter!" -> {
        self.entrySet().removeIf(e -> !Methods.test(run, block, e.getKey(), e.getValue()));
        yield self;
      }
      case "clear" -> {
        self.clear();
        yield self;
      }
      case "compact!" -> {
        self.values().removeIf(value -> value == null);
        yield self;
      }
      case "each_key" -> {
        new ArrayList<>(self.keySet()).forEach(key -> Methods.invoke(run, block, key));
        yield self;
      }
      case "each_value" -> {
        new ArrayList<>(self.values()).forEach(value -> Methods.invoke(run, block, value));
        yield self;
      }
      default -> Methods.NONE;
    };
  }
}
