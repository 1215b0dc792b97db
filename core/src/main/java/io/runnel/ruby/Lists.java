package io.runnel.ruby;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Lists as arguments and results. */
final class Lists {
  private Lists() {}

  static List<Object> copy(List<?> list) {
    return new ArrayList<>(list);
  }

  /** {@code Array(value)}: nil is empty, a hash its pairs, anything else alone. */
  static List<Object> of(Object value) {
    return switch (value) {
      case null -> new ArrayList<>();
      case List<?> list -> copy(list);
      case Map<?, ?> map -> pairs(map);
      case RubyRange range -> range.members();
      default -> {
        List<Object> one = new ArrayList<>();
        one.add(value);
        yield one;
      }
    };
  }

  static List<Object> pairs(Map<?, ?> map) {
    List<Object> list = new ArrayList<>(map.size());
    map.forEach(
        (k, v) -> {
          List<Object> pair = new ArrayList<>(2);
          pair.add(k);
          pair.add(v);
          list.add(pair);
        });
    return list;
  }

  /** The list that may be changed in place. */
  @SuppressWarnings("unchecked") // Values are of any class; records give mutable lists.
  static List<Object> changeable(List<?> list) {
    return (List<Object>) list;
  }

  @SuppressWarnings("unchecked") // Keys and values are of any class; records give mutable maps.
  static Map<Object, Object> changeable(Map<?, ?> map) {
    return (Map<Object, Object>) map;
  }
}
