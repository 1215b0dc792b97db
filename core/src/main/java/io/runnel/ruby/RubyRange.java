package io.runnel.ruby;

import java.util.ArrayList;
import java.util.List;

/**
 * A range of integers.
 *
 * @param from null for none
 * @param to null for none
 * @param open whether {@code to} does not belong to it ({@code ...})
 */
record RubyRange(Object from, Object to, boolean open) {
  @Override
  public String toString() {
    return (from == null ? "" : Values.text(from))
        + (open ? "..." : "..")
        + (to == null ? "" : Values.text(to));
  }

  /** Start and length within something of a size; null where the start lies outside. */
  long[] within(long size) {
    long start = from == null ? 0 : Values.integer(from);
    long end = to == null ? -1 : Values.integer(to);
    start += start < 0 ? size : 0;
    end += end < 0 ? size : 0;
    if (open && to != null) {
      end--;
    }
    if (start < 0 || start > size) {
      return null;
    }
    return new long[] {start, Math.max(0, Math.min(end, size - 1) - start + 1)};
  }

  boolean covers(Object value) {
    if (value == null) {
      return false;
    }
    if (from != null && Values.compare(from, value) > 0) {
      return false;
    }
    int end = to == null ? -1 : Values.compare(value, to);
    return open ? end < 0 : end <= 0;
  }

  List<Object> members() {
    if (from instanceof String first && to instanceof String last) {
      return letters(first, last);
    }
    long first = Values.integer(from);
    long last = Values.integer(to) - (open ? 1 : 0);
    Limits.members(last - first + 1);
    List<Object> list = new ArrayList<>();
    for (long i = first; i <= last; i++) {
      list.add(i);
    }
    return list;
  }

  private List<Object> letters(String first, String last) {
    if (first.length() != 1 || last.length() != 1) {
      throw RubyException.type("can't iterate from " + Values.inspect(first));
    }
    List<Object> list = new ArrayList<>();
    for (int c = first.charAt(0); open ? c < last.charAt(0) : c <= last.charAt(0); c++) {
      list.add(String.valueOf((char) c));
    }
    return list;
  }
}
