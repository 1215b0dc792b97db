package io.runnel.ruby;

import io.runnel.regexp.Regexp;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a regular expression has found (MatchData); not a record since its arrays are its own. */
final class RubyMatch {
  private final Regexp regexp;
  private final byte[] text;
  private final int[] pairs;

  RubyMatch(Regexp regexp, byte[] text, int[] pairs) {
    this.regexp = regexp;
    this.text = text;
    this.pairs = pairs;
  }

  private String part(int from, int to) {
    return new String(text, from, to - from, StandardCharsets.UTF_8);
  }

  /** Text of a group; null where it took no part or there is none. */
  String group(int number) {
    int n = number < 0 ? number + pairs.length / 2 : number;
    if (n < 0 || 2 * n + 1 >= pairs.length || pairs[2 * n] < 0) {
      return null;
    }
    return part(pairs[2 * n], pairs[2 * n + 1]);
  }

  String group(String name) {
    int[] numbers = regexp.groups(name);
    if (numbers.length == 0) {
      throw new RubyException("IndexError", "undefined group name reference: " + name);
    }
    for (int i = numbers.length - 1; i >= 0; i--) {
      if (group(numbers[i]) != null) {
        return group(numbers[i]);
      }
    }
    return null;
  }

  List<Object> groups() {
    List<Object> list = new ArrayList<>();
    for (int i = 1; i < pairs.length / 2; i++) {
      list.add(group(i));
    }
    return list;
  }

  Map<Object, Object> named() {
    Map<Object, Object> map = new LinkedHashMap<>();
    regexp.names().forEach(name -> map.put(name, group(name)));
    return map;
  }

  List<String> names() {
    return regexp.names();
  }

  String before() {
    return part(0, pairs[0]);
  }

  String after() {
    return part(pairs[1], text.length);
  }

  int start() {
    return pairs[0];
  }

  int end() {
    return pairs[1];
  }

  /** Character offset of the start of a group. */
  long position(int number) {
    return Values.length(part(0, pairs[2 * number]));
  }

  @Override
  public String toString() {
    return group(0);
  }
}
