package io.runnel.plugins.filter;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * A tag and what placeholders make of it.
 *
 * @param parts the words between the dots
 * @param prefixes {@code a}, {@code a.b}, {@code a.b.c}
 * @param suffixes {@code a.b.c}, {@code b.c}, {@code c}
 */
public record TagValues(
    String tag, List<String> parts, List<String> prefixes, List<String> suffixes) {
  public static TagValues of(String tag) {
    List<String> parts = tag.isEmpty() ? List.of() : List.of(tag.split("\\."));
    List<String> prefixes = new ArrayList<>();
    List<String> suffixes = new ArrayList<>();
    for (int i = 0; i < parts.size(); i++) {
      prefixes.add(String.join(".", parts.subList(0, i + 1)));
      suffixes.add(String.join(".", parts.subList(i, parts.size())));
    }
    return new TagValues(
        tag, parts, Collections.unmodifiableList(prefixes), Collections.unmodifiableList(suffixes));
  }

  /** The item at an index, negative ones from the end; null where there is none. */
  public static String at(List<String> list, int index) {
    int fromFront = index < 0 ? index + list.size() : index;
    return fromFront >= 0 && fromFront < list.size() ? list.get(fromFront) : null;
  }
}
