package io.runnel.ruby;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Methods that lists, hashes (as lists of pairs) and ranges share. */
final class Enumerables {
  static final List<String> NAMES =
      List.of(
          "each",
          "map",
          "collect",
          "flat_map",
          "select",
          "filter",
          "reject",
          "find",
          "detect",
          "find_index",
          "each_with_object",
          "each_with_index",
          "inject",
          "reduce",
          "any?",
          "all?",
          "none?",
          "one?",
          "count",
          "sum",
          "min",
          "max",
          "min_by",
          "max_by",
          "sort",
          "sort_by",
          "group_by",
          "partition",
          "zip",
          "to_h",
          "to_a",
          "entries",
          "first",
          "take",
          "drop",
          "take_while",
          "drop_while",
          "include?",
          "member?",
          "each_slice",
          "each_cons",
          "uniq",
          "tally",
          "filter_map",
          "reverse_each",
          "with_index",
          "each_entry",
          "minmax",
          "to_set",
          "chunk_while",
          "each_index",
          "find_all",
          "with_object",
          "cycle");

  private Enumerables() {}

  static Object call(Run run, List<Object> items, String name, Object[] a, Block block) {
    Object result = transforming(run, items, name, a, block);
    if (result == Methods.NONE) {
      result = searching(run, items, name, a, block);
    }
    return result == Methods.NONE ? folding(run, items, name, a, block) : result;
  }

  private static Object transforming(
      Run run, List<Object> items, String name, Object[] a, Block block) {
    switch (name) {
      case "map", "collect", "flat_map", "collect_concat", "filter_map" -> {
        if (block == null) {
          return items;
        }
        List<Object> out = new ArrayList<>(items.size());
        for (Object item : items) {
          Object value = block.call(run, item);
          if (name.equals("filter_map") && !Values.truthy(value)) {
            continue;
          }
          if (value instanceof List<?> list
              && (name.equals("flat_map") || name.equals("collect_concat"))) {
            out.addAll(list);
          } else {
            out.add(value);
          }
        }
        Limits.members(out.size());
        return out;
      }
      case "select", "filter", "find_all", "reject" -> {
        List<Object> out = new ArrayList<>();
        boolean wanted = !name.equals("reject");
        for (Object item : items) {
          if (Methods.test(run, block, item) == wanted) {
            out.add(item);
          }
        }
        return out;
      }
      case "partition" -> {
        List<Object> in = new ArrayList<>();
        List<Object> rest = new ArrayList<>();
        items.forEach(item -> (Methods.test(run, block, item) ? in : rest).add(item));
        return new ArrayList<Object>(List.of(in, rest));
      }
      case "group_by" -> {
        Map<Object, Object> groups = new LinkedHashMap<>();
        for (Object item : items) {
          Object key = Methods.invoke(run, block, item);
          Lists.changeable((List<?>) groups.computeIfAbsent(key, ignored -> new ArrayList<>()))
              .add(item);
        }
        return groups;
      }
      case "sort", "sort_by" -> {
        return sorted(run, items, name, block);
      }
      case "uniq" -> {
        Map<Object, Object> seen = new LinkedHashMap<>();
        items.forEach(item -> seen.putIfAbsent(block == null ? item : block.call(run, item), item));
        return new ArrayList<>(seen.values());
      }
      case "to_a", "entries", "to_set", "force" -> {
        return Lists.copy(items);
      }
      case "to_h" -> {
        Map<Object, Object> map = new LinkedHashMap<>();
        for (Object item : items) {
          Object pair = block == null ? item : block.call(run, item);
          if (!(pair instanceof List<?> list) || list.size() != 2) {
            throw RubyException.type(
                "wrong element type " + Values.className(pair) + " (expected array)");
          }
          map.put(list.get(0), list.get(1));
        }
        return map;
      }
      case "zip" -> {
        return zip(items, a);
      }
      case "tally" -> {
        Map<Object, Object> counts = new LinkedHashMap<>();
        items.forEach(item -> counts.merge(item, 1L, (x, y) -> (Long) x + 1));
        return counts;
      }
      case "each_slice", "each_cons" -> {
        return pieces(
            run, items, name.equals("each_slice"), Values.integer(Methods.arg(a, 0)), block);
      }
      default -> {
        return Methods.NONE;
      }
    }
  }

  private static List<Object> sorted(Run run, List<Object> items, String name, Block block) {
    List<Object> out = Lists.copy(items);
    try {
      if (name.equals("sort_by")) {
        Map<Integer, Object> keys = new LinkedHashMap<>();
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < out.size(); i++) {
          keys.put(i, Methods.invoke(run, block, out.get(i)));
          order.add(i);
        }
        order.sort((x, y) -> Values.compare(keys.get(x), keys.get(y)));
        List<Object> sorted = new ArrayList<>();
        order.forEach(i -> sorted.add(out.get(i)));
        return sorted;
      }
      out.sort(comparator(run, block));
      return out;
    } catch (IllegalArgumentException e) {
      // Thrown where a block gives no consistent order.
      throw RubyException.argument("comparison failed");
    }
  }

  private static Comparator<Object> comparator(Run run, Block block) {
    if (block == null) {
      return Values::compare;
    }
    return (x, y) -> (int) Math.clamp(Values.integer(block.call(run, x, y)), -1, 1);
  }

  private static List<Object> zip(List<Object> items, Object[] a) {
    List<Object> out = new ArrayList<>();
    for (int i = 0; i < items.size(); i++) {
      List<Object> row = new ArrayList<>();
      row.add(items.get(i));
      for (Object other : a) {
        List<Object> list = Lists.of(other);
        row.add(i < list.size() ? list.get(i) : null);
      }
      out.add(row);
    }
    return out;
  }

  private static Object pieces(
      Run run, List<Object> items, boolean slices, long size, Block block) {
    if (size < 1) {
      throw RubyException.argument("invalid slice size");
    }
    List<Object> out = new ArrayList<>();
    int step = slices ? (int) Math.min(size, Integer.MAX_VALUE) : 1;
    for (int i = 0; i < items.size() && (slices || i + size <= items.size()); i += step) {
      out.add(Lists.copy(items.subList(i, (int) Math.min(items.size(), i + size))));
      if (items.size() - i <= step) {
        break;
      }
    }
    if (block == null) {
      return out;
    }
    out.forEach(piece -> block.call(run, piece));
    return items;
  }

  private static Object searching(
      Run run, List<Object> items, String name, Object[] a, Block block) {
    switch (name) {
      case "find", "detect" -> {
        for (Object item : items) {
          if (Methods.test(run, block, item)) {
            return item;
          }
        }
        return null;
      }
      case "find_index", "index" -> {
        for (int i = 0; i < items.size(); i++) {
          boolean hit =
              a.length > 0
                  ? Values.equal(items.get(i), a[0])
                  : Methods.test(run, block, items.get(i));
          if (hit) {
            return (long) i;
          }
        }
        return null;
      }
      case "any?", "all?", "none?", "one?" -> {
        long hits = items.stream().filter(item -> matches(run, item, a, block)).count();
        return switch (name) {
          case "any?" -> hits > 0;
          case "all?" -> hits == items.size();
          case "none?" -> hits == 0;
          default -> hits == 1;
        };
      }
      case "count" -> {
        return a.length == 0 && block == null
            ? (Object) (long) items.size()
            : items.stream()
                .filter(
                    item ->
                        a.length > 0 ? Values.equal(item, a[0]) : Methods.test(run, block, item))
                .count();
      }
      case "include?", "member?" -> {
        Object wanted = Methods.arg(a, 0);
        return items.stream().anyMatch(item -> Values.equal(item, wanted));
      }
      case "first", "take" -> {
        if (a.length == 0) {
          return items.isEmpty() ? null : items.getFirst();
        }
        return Lists.copy(items.subList(0, count(a, items)));
      }
      case "drop" -> {
        return Lists.copy(items.subList(count(a, items), items.size()));
      }
      case "take_while", "drop_while" -> {
        int i = 0;
        while (i < items.size() && Methods.test(run, block, items.get(i))) {
          i++;
        }
        return Lists.copy(
            name.equals("take_while") ? items.subList(0, i) : items.subList(i, items.size()));
      }
      case "min", "max", "min_by", "max_by", "minmax" -> {
        return extreme(run, items, name, a, block);
      }
      default -> {
        return Methods.NONE;
      }
    }
  }

  static int count(Object[] a, List<?> items) {
    long count = Values.integer(Methods.arg(a, 0));
    if (count < 0) {
      throw RubyException.argument("negative array size (or size too big)");
    }
    return (int) Math.min(count, items.size());
  }

  private static boolean matches(Run run, Object item, Object[] a, Block block) {
    if (a.length > 0) {
      return Methods.caseEqual(run, a[0], item);
    }
    return block == null ? Values.truthy(item) : Values.truthy(block.call(run, item));
  }

  private static Object extreme(Run run, List<Object> items, String name, Object[] a, Block block) {
    boolean by = name.endsWith("_by");
    List<Object> sorted = sorted(run, items, by ? "sort_by" : "sort", block);
    if (name.equals("minmax")) {
      List<Object> both = new ArrayList<>();
      both.add(sorted.isEmpty() ? null : sorted.getFirst());
      both.add(sorted.isEmpty() ? null : sorted.getLast());
      return both;
    }
    boolean least = name.startsWith("min");
    if (a.length > 0) {
      List<Object> ordered = least ? sorted : sorted.reversed();
      return Lists.copy(ordered.subList(0, count(a, ordered)));
    }
    return sorted.isEmpty() ? null : least ? sorted.getFirst() : sorted.getLast();
  }

  private static Object folding(Run run, List<Object> items, String name, Object[] a, Block block) {
    switch (name) {
      case "each", "each_entry", "each_pair", "reverse_each" -> {
        if (block != null) {
          List<Object> order = name.equals("reverse_each") ? items.reversed() : items;
          // A copy, since the block may change the list.
          Lists.copy(order).forEach(item -> block.call(run, item));
        }
        return items;
      }
      case "each_with_index", "with_index", "each_index" -> {
        return indexed(run, items, name, a, block);
      }
      case "each_with_object", "with_object" -> {
        Object memo = Methods.arg(a, 0);
        items.forEach(item -> Methods.invoke(run, block, item, memo));
        return memo;
      }
      case "inject", "reduce" -> {
        return inject(run, items, a, block);
      }
      case "sum" -> {
        Object sum = Methods.arg(a, 0, 0L);
        for (Object item : items) {
          run.step();
          Object value = block == null ? item : block.call(run, item);
          sum = Methods.call(run, sum, "+", new Object[] {value}, null);
        }
        return sum;
      }
      default -> {
        return Methods.NONE;
      }
    }
  }

  private static Object indexed(Run run, List<Object> items, String name, Object[] a, Block block) {
    long index = Values.integer(Methods.arg(a, 0, 0L));
    List<Object> out = new ArrayList<>();
    for (Object item : Lists.copy(items)) {
      if (block == null) {
        List<Object> pair = new ArrayList<>();
        pair.add(item);
        pair.add(index);
        out.add(pair);
      } else {
        boolean alone = name.equals("each_index");
        out.add(alone ? block.call(run, index) : block.call(run, item, index));
      }
      index++;
    }
    // "map.with_index" wants the results, "each_with_index" the members.
    return block == null || name.equals("with_index") ? out : items;
  }

  private static Object inject(Run run, List<Object> items, Object[] a, Block block) {
    boolean named = block == null && a.length > 0;
    String operator = named ? Values.string(a[a.length - 1]) : null;
    int initial = a.length - (named ? 1 : 0);
    boolean empty = initial == 0;
    Object memo = empty ? null : a[0];
    for (Object item : items) {
      run.step();
      if (empty) {
        memo = item;
        empty = false;
      } else if (named) {
        memo = Methods.call(run, memo, operator, new Object[] {item}, null);
      } else {
        memo = Methods.invoke(run, block, memo, item);
      }
    }
    return memo;
  }
}
