package io.runnel.ruby;

import io.runnel.event.RawBytes;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Methods of strings that search, and those of patterns and matches. */
final class Patterns {
  static final List<String> NAMES =
      List.of(
          "captures",
          "named_captures",
          "names",
          "pre_match",
          "post_match",
          "begin",
          "end",
          "to_a",
          "values_at",
          "source",
          "match",
          "match?");

  private Patterns() {}

  /** A text with the places where a pattern is found one after the other. */
  private static final class Search {
    final RubyRegexp pattern;
    final byte[] bytes;
    private int from;

    Search(String text, Object pattern) {
      this.pattern = pattern(pattern);
      this.bytes = text.getBytes(StandardCharsets.UTF_8);
    }

    /** Next match; null where there is none any more. */
    RubyMatch next(Run run) {
      if (from > bytes.length) {
        return null;
      }
      run.step();
      int[] pairs = pattern.regexp().search(bytes, 0, bytes.length, from);
      if (pairs == null) {
        return null;
      }
      from = pairs[1] > pairs[0] ? pairs[1] : after(pairs[1]);
      return new RubyMatch(pattern.regexp(), bytes, pairs);
    }

    /** Offset behind the character at an offset. */
    private int after(int at) {
      int next = at + 1;
      while (next < bytes.length && (bytes[next] & 0xc0) == 0x80) {
        next++;
      }
      return next;
    }

    String part(int start, int end) {
      return new String(bytes, start, end - start, StandardCharsets.UTF_8);
    }
  }

  static RubyRegexp pattern(Object value) {
    return switch (value) {
      case RubyRegexp regexp -> regexp;
      case String s -> RubyRegexp.literal(s);
      case RawBytes raw -> RubyRegexp.literal(raw.toString());
      case null, default ->
          throw RubyException.type(
              "wrong argument type " + Values.className(value) + " (expected Regexp)");
    };
  }

  /** Strings given to match are patterns, unlike those given to gsub. */
  private static RubyRegexp matcher(Object value) {
    return Values.isText(value) ? RubyRegexp.compile(Values.text(value), "") : pattern(value);
  }

  static Object ofString(Run run, String self, String name, Object[] a, Block block) {
    return switch (name) {
      case "gsub", "sub" -> replace(run, self, a, block, name.equals("gsub"));
      case "=~" -> {
        Object other = Methods.arg(a, 0);
        yield other == null ? null : position(run, pattern(other), self);
      }
      case "match" -> found(run, matcher(Methods.arg(a, 0)), self, block);
      case "match?" -> matcher(Methods.arg(a, 0)).regexp().matches(self);
      case "scan" -> scan(run, self, Methods.arg(a, 0), block);
      case "split" -> split(run, self, a);
      case "start_with?" -> startsWith(run, self, a);
      case "[]", "slice" -> slice(run, self, a);
      case "index" -> index(run, self, Methods.arg(a, 0), Values.integer(Methods.arg(a, 1, 0L)));
      case "rindex" -> {
        int at = self.lastIndexOf(Values.string(Methods.arg(a, 0)));
        yield at < 0 ? null : (Object) Values.length(self.substring(0, at));
      }
      case "partition" -> partition(run, self, Methods.arg(a, 0));
      case "rpartition" -> {
        String with = Values.string(Methods.arg(a, 0));
        int at = self.lastIndexOf(with);
        yield at < 0
            ? list("", "", self)
            : list(self.substring(0, at), with, self.substring(at + with.length()));
      }
      default -> Methods.NONE;
    };
  }

  private static List<Object> list(Object... values) {
    return new ArrayList<>(Arrays.asList(values));
  }

  private static Object position(Run run, RubyRegexp regexp, String text) {
    RubyMatch match = regexp.match(text);
    run.lastMatch = match;
    return match == null ? null : match.position(0);
  }

  private static Object found(Run run, RubyRegexp regexp, String text, Block block) {
    RubyMatch match = regexp.match(text);
    run.lastMatch = match;
    return match != null && block != null ? block.call(run, match) : match;
  }

  private static String replace(Run run, String self, Object[] a, Block block, boolean all) {
    Object with = a.length > 1 ? a[1] : null;
    if (a.length < 2 && block == null) {
      throw RubyException.argument(
          "wrong number of arguments (given " + a.length + ", expected 1..2)");
    }
    Object what = Methods.arg(a, 0);
    boolean plain = Values.isText(what) && Values.isText(with) && !Values.text(with).contains("\\");
    if (plain && all && !Values.text(what).isEmpty()) {
      String replacement = Values.text(with);
      String target = Values.text(what);
      Limits.characters(
          self.length() + (long) self.length() / target.length() * replacement.length());
      return self.replace(target, replacement);
    }
    Search search = new Search(self, what);
    StringBuilder out = new StringBuilder();
    int last = 0;
    for (RubyMatch match = search.next(run); match != null; match = search.next(run)) {
      run.lastMatch = match;
      out.append(search.part(last, match.start()));
      out.append(replacement(run, match, with, a.length > 1 ? null : block));
      Limits.characters(out.length());
      last = match.end();
      if (!all) {
        break;
      }
    }
    return out.append(search.part(last, search.bytes.length)).toString();
  }

  private static String replacement(Run run, RubyMatch match, Object with, Block block) {
    if (block != null) {
      return Values.text(block.call(run, match.group(0)));
    }
    if (with instanceof Map<?, ?> map) {
      return Values.text(map.get(match.group(0)));
    }
    return expand(Values.string(with), match);
  }

  /** {@code \1}, {@code \0}, {@code \&}, {@code \k<name>} and {@code \\} in a replacement. */
  private static String expand(String with, RubyMatch match) {
    if (with.indexOf('\\') < 0) {
      return with;
    }
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < with.length(); i++) {
      char c = with.charAt(i);
      char next = c == '\\' && i + 1 < with.length() ? with.charAt(i + 1) : 0;
      if (next == 0) {
        out.append(c);
        continue;
      }
      i++;
      if (Scanner.isDigit(next)) {
        out.append(Values.text(match.group(next - '0')));
      } else if (next == '&') {
        out.append(match.group(0));
      } else if (next == '`') {
        out.append(match.before());
      } else if (next == '\'') {
        out.append(match.after());
      } else if (next == 'k' && with.indexOf('>', i) > 0 && with.startsWith("<", i + 1)) {
        int end = with.indexOf('>', i);
        out.append(Values.text(match.group(with.substring(i + 2, end))));
        i = end;
      } else {
        out.append(next == '\\' ? "\\" : "\\" + next);
      }
    }
    return out.toString();
  }

  private static Object scan(Run run, String self, Object what, Block block) {
    Search search = new Search(self, what);
    List<Object> found = new ArrayList<>();
    for (RubyMatch match = search.next(run); match != null; match = search.next(run)) {
      List<Object> groups = match.groups();
      found.add(groups.isEmpty() ? match.group(0) : groups);
      Limits.members(found.size());
      if (block != null) {
        run.lastMatch = match;
        block.call(run, found.getLast());
      }
    }
    return block == null ? found : self;
  }

  private static List<Object> split(Run run, String self, Object[] a) {
    Object by = Methods.arg(a, 0, null);
    long limit = Values.integer(Methods.arg(a, 1, 0L));
    List<Object> out = new ArrayList<>();
    if (by == null || Values.isText(by) && Values.text(by).equals(" ")) {
      words(self, limit, out);
    } else if (Values.isText(by) && !Values.text(by).isEmpty()) {
      String with = Values.text(by);
      int from = 0;
      for (int at = self.indexOf(with);
          at >= 0 && (limit <= 0 || out.size() < limit - 1);
          at = self.indexOf(with, from)) {
        out.add(self.substring(from, at));
        from = at + with.length();
      }
      out.add(self.substring(from));
    } else {
      byPattern(run, self, by, limit, out);
    }
    if (limit == 0) {
      while (!out.isEmpty() && "".equals(out.getLast())) {
        out.removeLast();
      }
    }
    Limits.members(out.size());
    return out;
  }

  private static void words(String self, long limit, List<Object> out) {
    int at = 0;
    while (true) {
      while (at < self.length() && Texts.isBlank(self.charAt(at))) {
        at++;
      }
      if (at == self.length()) {
        if (limit < 0) {
          out.add("");
        }
        return;
      }
      if (limit > 0 && out.size() == limit - 1) {
        out.add(self.substring(at));
        return;
      }
      int from = at;
      while (at < self.length() && !Texts.isBlank(self.charAt(at))) {
        at++;
      }
      out.add(self.substring(from, at));
    }
  }

  private static void byPattern(Run run, String self, Object by, long limit, List<Object> out) {
    if (self.isEmpty()) {
      return;
    }
    Search search = new Search(self, by);
    int last = 0;
    for (RubyMatch match = search.next(run);
        match != null && (limit <= 0 || out.size() < limit - 1);
        match = search.next(run)) {
      boolean empty = match.start() == match.end();
      if (empty && (match.start() == last || match.start() >= search.bytes.length)) {
        continue;
      }
      out.add(search.part(last, match.start()));
      out.addAll(match.groups());
      last = match.end();
    }
    out.add(search.part(last, search.bytes.length));
  }

  private static boolean startsWith(Run run, String self, Object[] a) {
    for (Object one : a) {
      if (one instanceof RubyRegexp regexp) {
        RubyMatch match = regexp.match(self);
        run.lastMatch = match;
        if (match != null && match.start() == 0) {
          return true;
        }
      } else if (self.startsWith(Values.string(one))) {
        return true;
      }
    }
    return false;
  }

  private static Object slice(Run run, String self, Object[] a) {
    Object index = Methods.arg(a, 0);
    switch (index) {
      case RubyRegexp regexp -> {
        RubyMatch match = regexp.match(self);
        run.lastMatch = match;
        return match == null ? null : group(match, Methods.arg(a, 1, 0L));
      }
      case RubyRange range -> {
        long[] part = range.within(Values.length(self));
        return part == null ? null : Texts.part(self, part[0], part[1]);
      }
      case String s -> {
        return self.contains(s) ? s : null;
      }
      case null, default -> {
        long at = Values.integer(index);
        if (a.length > 1) {
          return Texts.part(self, at, Values.integer(a[1]));
        }
        String one = Texts.part(self, at, 1);
        return one == null || one.isEmpty() ? null : one;
      }
    }
  }

  private static Object group(RubyMatch match, Object key) {
    return Values.isText(key) || key instanceof RubySymbol
        ? match.group(Values.text(key))
        : match.group(Values.small(key));
  }

  private static Object index(Run run, String self, Object what, long from) {
    String tail = Texts.part(self, from, Long.MAX_VALUE);
    if (tail == null) {
      return null;
    }
    long skipped = Values.length(self) - Values.length(tail);
    if (what instanceof RubyRegexp regexp) {
      Object at = position(run, regexp, tail);
      return at == null ? null : (Object) ((Long) at + skipped);
    }
    int at = tail.indexOf(Values.string(what));
    return at < 0 ? null : (Object) (Values.length(tail.substring(0, at)) + skipped);
  }

  private static Object partition(Run run, String self, Object what) {
    RubyMatch match = new Search(self, what).next(run);
    return match == null ? list(self, "", "") : list(match.before(), match.group(0), match.after());
  }

  static Object ofRegexp(Run run, RubyRegexp self, String name, Object[] a) {
    return switch (name) {
      case "=~" -> {
        Object text = Methods.arg(a, 0);
        yield text == null ? null : position(run, self, Values.string(text));
      }
      case "match" -> {
        Object text = Methods.arg(a, 0);
        run.lastMatch = text == null ? null : self.match(Values.string(text));
        yield run.lastMatch;
      }
      case "match?" -> {
        Object text = Methods.arg(a, 0);
        yield text != null && self.regexp().matches(Values.string(text));
      }
      case "source" -> self.regexp().source();
      case "to_s" -> "(?" + self.flags() + "-mix:" + self.regexp().source() + ")";
      case "names" -> Lists.copy(self.regexp().names());
      default -> Methods.NONE;
    };
  }

  static Object ofMatch(Run run, RubyMatch self, String name, Object[] a, Block block) {
    return switch (name) {
      case "[]" -> {
        Object key = Methods.arg(a, 0);
        if (key instanceof RubyRange || a.length > 1) {
          List<Object> all = list(self.group(0));
          all.addAll(self.groups());
          yield ArrayMethods.call(run, all, "[]", a, block);
        }
        yield group(self, key);
      }
      case "captures" -> self.groups();
      case "to_a" -> {
        List<Object> all = list(self.group(0));
        all.addAll(self.groups());
        yield all;
      }
      case "named_captures", "to_h" -> self.named();
      case "names" -> Lists.copy(self.names());
      case "pre_match" -> self.before();
      case "post_match" -> self.after();
      case "begin" -> self.position(0);
      case "end" -> self.position(0) + Values.length(self.group(0));
      case "size", "length" -> self.groups().size() + 1L;
      case "values_at" -> {
        List<Object> out = new ArrayList<>();
        for (Object key : a) {
          out.add(group(self, key));
        }
        yield out;
      }
      default -> Methods.NONE;
    };
  }
}
