package io.runnel.ruby;

import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;

/** Methods of strings. */
final class StringMethods {
  static final List<String> NAMES =
      List.of(
          "upcase",
          "downcase",
          "capitalize",
          "swapcase",
          "strip",
          "lstrip",
          "rstrip",
          "chomp",
          "chop",
          "gsub",
          "sub",
          "tr",
          "delete",
          "squeeze",
          "split",
          "to_i",
          "to_f",
          "to_sym",
          "length",
          "size",
          "empty?",
          "include?",
          "start_with?",
          "end_with?",
          "match",
          "match?",
          "scan",
          "index",
          "rindex",
          "slice",
          "reverse",
          "ljust",
          "rjust",
          "center",
          "each_char",
          "chars",
          "lines",
          "each_line",
          "bytes",
          "bytesize",
          "hex",
          "oct",
          "ord",
          "chr",
          "unpack1",
          "unpack",
          "encode",
          "force_encoding",
          "scrub",
          "unicode_normalize",
          "partition",
          "rpartition",
          "prepend",
          "concat",
          "insert",
          "delete_prefix",
          "delete_suffix",
          "count",
          "casecmp",
          "casecmp?",
          "succ",
          "next",
          "replace",
          "valid_encoding?",
          "to_str",
          "to_c",
          "upto",
          "tr_s",
          "format",
          "to_r",
          "b",
          "unpack",
          "crypt",
          "sum",
          "between?",
          "encoding",
          "ascii_only?",
          "codepoints",
          "each_byte",
          "intern",
          "to_time",
          "intern");

  private StringMethods() {}

  static Object call(Run run, String self, String name, Object[] a, Block block) {
    Object result = simple(self, name);
    if (result == Methods.NONE) {
      result = withArguments(run, self, name, a, block);
    }
    return result == Methods.NONE ? Patterns.ofString(run, self, name, a, block) : result;
  }

  private static Object simple(String self, String name) {
    return switch (name) {
      case "to_s", "to_str", "itself", "+@", "-@", "b", "dup" -> self;
      case "upcase" -> self.toUpperCase(Locale.ROOT);
      case "downcase" -> self.toLowerCase(Locale.ROOT);
      case "capitalize" -> Texts.capitalize(self);
      case "swapcase" -> Texts.swapcase(self);
      case "strip" -> Texts.strip(self, true, true);
      case "lstrip" -> Texts.strip(self, true, false);
      case "rstrip" -> Texts.strip(self, false, true);
      case "length", "size" -> Values.length(self);
      case "bytesize" -> (long) self.getBytes(StandardCharsets.UTF_8).length;
      case "empty?" -> self.isEmpty();
      case "reverse" -> new StringBuilder(self).reverse().toString();
      case "to_sym", "intern" -> new RubySymbol(self);
      case "to_f" -> RubyNumbers.leadingFloat(self);
      case "hex" -> Numbers.leading(self.replaceFirst("^0[xX]", ""), 16);
      case "oct" -> Numbers.leading(self, 8);
      case "ord" -> {
        if (self.isEmpty()) {
          throw RubyException.argument("empty string");
        }
        yield (long) self.codePointAt(0);
      }
      case "chr" -> Texts.part(self, 0, 1);
      case "chars" -> Texts.characters(self);
      case "bytes" -> bytes(self);
      case "codepoints" -> Lists.copy(self.codePoints().mapToObj(c -> (Object) (long) c).toList());
      case "succ", "next" -> Texts.successor(self);
      case "ascii_only?" -> self.chars().allMatch(c -> c < 128);
      case "valid_encoding?" -> self.indexOf('\ufffd') < 0;
      case "encoding" -> new RubyConstant("UTF-8");
      case "chop" ->
          self.endsWith("\r\n")
              ? self.substring(0, self.length() - 2)
              : Texts.part(self, 0, Math.max(0, Values.length(self) - 1));
      default -> Methods.NONE;
    };
  }

  private static List<Object> bytes(String self) {
    List<Object> list = new ArrayList<>();
    for (byte b : self.getBytes(StandardCharsets.UTF_8)) {
      list.add((long) (b & 0xff));
    }
    Limits.members(list.size());
    return list;
  }

  private static Object withArguments(Run run, String self, String name, Object[] a, Block block) {
    return switch (name) {
      case "+" -> plus(self, Methods.arg(a, 0));
      case "<<", "concat" -> append(self, a);
      case "*" -> Texts.repeat(self, Values.integer(Methods.arg(a, 0)));
      case "%" -> Format.format(self, Methods.arg(a, 0));
      case "<", ">", "<=", ">=" -> Numbers.compared(name, Values.compare(self, Methods.arg(a, 0)));
      case "between?" ->
          Values.compare(self, Methods.arg(a, 0)) >= 0
              && Values.compare(self, Methods.arg(a, 1)) <= 0;
      case "to_i" -> {
        long radix = Values.integer(Methods.arg(a, 0, 10L));
        yield radix == 10 ? RubyNumbers.leadingInteger(self) : Numbers.leading(self, radix);
      }
      case "chomp" -> Texts.chomp(self, Methods.arg(a, 0, null));
      case "tr", "tr_s" ->
          Texts.tr(self, Values.string(Methods.arg(a, 0)), Values.string(Methods.arg(a, 1)));
      case "delete" -> Texts.delete(self, set(a));
      case "squeeze" -> Texts.squeeze(self, a.length == 0 ? null : set(a));
      case "count" -> {
        BitSet set = set(a);
        yield self.codePoints().filter(set::get).count();
      }
      case "ljust" -> Texts.pad(self, a, -1);
      case "rjust" -> Texts.pad(self, a, 1);
      case "center" -> Texts.pad(self, a, 0);
      case "end_with?" -> any(a, self::endsWith);
      case "include?" -> self.contains(Values.string(Methods.arg(a, 0)));
      case "prepend" -> Values.string(Methods.arg(a, 0)) + self;
      case "replace" -> Values.string(Methods.arg(a, 0));
      case "insert" ->
          insert(self, Values.integer(Methods.arg(a, 0)), Values.string(Methods.arg(a, 1)));
      case "delete_prefix" -> {
        String prefix = Values.string(Methods.arg(a, 0));
        yield self.startsWith(prefix) ? self.substring(prefix.length()) : self;
      }
      case "delete_suffix" -> {
        String suffix = Values.string(Methods.arg(a, 0));
        yield self.endsWith(suffix) ? self.substring(0, self.length() - suffix.length()) : self;
      }
      case "casecmp" ->
          (long) Integer.signum(self.compareToIgnoreCase(Values.string(Methods.arg(a, 0))));
      case "casecmp?" -> self.equalsIgnoreCase(Values.string(Methods.arg(a, 0)));
      case "lines" -> Texts.lines(self);
      case "each_char" -> each(run, Texts.characters(self), self, block);
      case "each_line" -> each(run, Texts.lines(self), self, block);
      case "each_byte" -> each(run, bytes(self), self, block);
      case "encode", "force_encoding", "scrub" -> encoded(self, name, a);
      case "unicode_normalize" -> Normalizer.normalize(self, form(a));
      case "unpack1" -> {
        List<Object> all = Packing.unpack(self, Values.string(Methods.arg(a, 0)));
        yield all.isEmpty() ? null : all.getFirst();
      }
      case "unpack" -> Packing.unpack(self, Values.string(Methods.arg(a, 0)));
      default -> Methods.NONE;
    };
  }

  private static BitSet set(Object[] a) {
    Methods.arg(a, 0);
    return Texts.set(a);
  }

  private static String plus(String self, Object other) {
    if (!Values.isText(other)) {
      throw RubyException.type(
          "no implicit conversion of "
              + (other == null ? "nil" : Values.className(other))
              + " into String");
    }
    return self + Values.text(other);
  }

  private static String append(String self, Object[] a) {
    StringBuilder out = new StringBuilder(self);
    for (Object more : a) {
      if (Values.isInteger(more)) {
        out.appendCodePoint(Values.small(more) & 0xffff);
      } else {
        out.append(Values.string(more));
      }
      Limits.characters(out.length());
    }
    return out.toString();
  }

  private static boolean any(Object[] a, Predicate<String> test) {
    for (Object one : a) {
      if (test.test(Values.string(one))) {
        return true;
      }
    }
    return false;
  }

  private static String insert(String self, long at, String more) {
    long index = at < 0 ? at + Values.length(self) + 1 : at;
    String head = index < 0 ? null : Texts.part(self, 0, index);
    if (head == null || Values.length(head) < index) {
      throw new RubyException("IndexError", "index " + at + " out of string");
    }
    return head + more + self.substring(head.length());
  }

  private static Object each(Run run, List<Object> items, String self, Block block) {
    if (block == null) {
      return items;
    }
    items.forEach(item -> block.call(run, item));
    return self;
  }

  /** Texts are Unicode here already; what was no UTF-8 has become U+FFFD. */
  private static String encoded(String self, String name, Object[] a) {
    Object last = a.length == 0 ? null : a[a.length - 1];
    Object replacement =
        last instanceof Map<?, ?> options ? options.get(new RubySymbol("replace")) : null;
    if (name.equals("scrub") && Values.isText(last)) {
      replacement = last;
    }
    return replacement == null ? self : self.replace("\ufffd", Values.text(replacement));
  }

  private static Normalizer.Form form(Object[] a) {
    return switch (Values.text(Methods.arg(a, 0, "nfc"))) {
      case "nfd" -> Normalizer.Form.NFD;
      case "nfkc" -> Normalizer.Form.NFKC;
      case "nfkd" -> Normalizer.Form.NFKD;
      default -> Normalizer.Form.NFC;
    };
  }
}
