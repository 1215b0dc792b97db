package io.runnel.ruby;

import io.runnel.event.EventTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Methods that every value has. */
final class ObjectMethods {
  static final List<String> NAMES =
      List.of(
          "to_s",
          "inspect",
          "nil?",
          "is_a?",
          "kind_of?",
          "instance_of?",
          "class",
          "respond_to?",
          "to_json",
          "freeze",
          "frozen?",
          "dup",
          "clone",
          "tap",
          "then",
          "yield_self",
          "hash",
          "object_id",
          "to_a",
          "to_i",
          "to_f",
          "to_sym",
          "to_h",
          "to_str",
          "equal?",
          "eql?",
          "itself",
          "send",
          "public_send",
          "instance_variable_get",
          "message",
          "name");

  private ObjectMethods() {}

  static Object call(Run run, Object self, String name, Object[] a, Block block) {
    return switch (name) {
      case "to_s" -> Values.text(self);
      case "inspect" -> Values.inspect(self);
      case "nil?" -> self == null;
      case "==", "eql?", "equal?" -> Values.equal(self, Methods.arg(a, 0));
      case "!=" -> !Values.equal(self, Methods.arg(a, 0));
      case "===" -> Methods.caseEqual(run, self, Methods.arg(a, 0));
      case "=~" -> self == null ? null : Methods.NONE;
      case "!" -> !Values.truthy(self);
      case "<=>" -> order(self, Methods.arg(a, 0));
      case "&" ->
          isTruth(self) ? Values.truthy(self) && Values.truthy(Methods.arg(a, 0)) : Methods.NONE;
      case "|" ->
          isTruth(self) ? Values.truthy(self) || Values.truthy(Methods.arg(a, 0)) : Methods.NONE;
      case "^" ->
          isTruth(self) ? Values.truthy(self) != Values.truthy(Methods.arg(a, 0)) : Methods.NONE;
      case "is_a?", "kind_of?" -> isA(self, Values.text(Methods.arg(a, 0)));
      case "instance_of?" -> Values.className(self).equals(Values.text(Methods.arg(a, 0)));
      case "class" ->
          self instanceof RubyError error
              ? new RubyConstant(error.type())
              : new RubyConstant(Values.className(self));
      case "respond_to?" -> respondsTo(self, Values.string(Methods.arg(a, 0)));
      case "to_json" -> JsonText.generate(self);
      case "freeze", "itself", "clone", "to_enum", "lazy" -> self;
      case "dup" -> copy(self);
      case "frozen?" -> !(self instanceof List<?> || self instanceof Map<?, ?>);
      case "tap" -> {
        Methods.invoke(run, block, self);
        yield self;
      }
      case "then", "yield_self" -> Methods.invoke(run, block, self);
      case "hash", "object_id" -> (long) (self == null ? 8 : self.hashCode());
      case "public_send" -> publicSend(run, self, a, block);
      default -> special(self, name);
    };
  }

  private static Object special(Object self, String name) {
    if (self == null) {
      return switch (name) {
        case "to_a" -> new ArrayList<>();
        case "to_i" -> 0L;
        case "to_f" -> 0.0;
        case "to_h" -> new LinkedHashMap<>();
        default -> Methods.NONE;
      };
    }
    if (self instanceof RubySymbol symbol) {
      return switch (name) {
        case "to_sym" -> symbol;
        case "length", "size" -> Values.length(symbol.name());
        case "upcase" -> new RubySymbol(symbol.name().toUpperCase(Locale.ROOT));
        case "downcase" -> new RubySymbol(symbol.name().toLowerCase(Locale.ROOT));
        case "name", "id2name" -> symbol.name();
        default -> Methods.NONE;
      };
    }
    if (self instanceof RubyError error) {
      return switch (name) {
        case "message", "full_message" -> error.message();
        case "backtrace" -> new ArrayList<>();
        default -> Methods.NONE;
      };
    }
    return self instanceof RubyConstant constant && name.equals("name")
        ? constant.name()
        : Methods.NONE;
  }

  private static boolean isTruth(Object self) {
    return self == null || self instanceof Boolean;
  }

  private static Object order(Object self, Object other) {
    Integer order = Values.order(self, other);
    return order == null ? null : (Object) (long) order;
  }

  private static Object publicSend(Run run, Object self, Object[] a, Block block) {
    String method = Values.string(Methods.arg(a, 0));
    Object[] rest = Arrays.copyOfRange(a, 1, a.length);
    return Methods.call(run, self, method, rest, block);
  }

  private static Object copy(Object self) {
    return switch (self) {
      case List<?> list -> new ArrayList<Object>(list);
      case Map<?, ?> map -> new LinkedHashMap<Object, Object>(map);
      case null, default -> self;
    };
  }

  private static boolean respondsTo(Object self, String method) {
    List<String> common =
        List.of("to_a", "to_i", "to_f", "to_sym", "to_h", "to_str", "message", "name");
    if (self == null) {
      return List.of("to_a", "to_i", "to_f", "to_h").contains(method)
          || NAMES.contains(method) && !common.contains(method);
    }
    return Methods.names(self).lastIndexOf(method) >= NAMES.size()
        || NAMES.contains(method) && !common.contains(method);
  }

  static boolean isA(Object self, String type) {
    String own = self instanceof RubyError error ? error.type() : Values.className(self);
    if (own.equals(type)) {
      return true;
    }
    return switch (type) {
      case "Object", "BasicObject", "Kernel" -> true;
      case "Numeric" -> self instanceof Number;
      case "Fixnum", "Bignum" -> Values.isInteger(self);
      case "Enumerable" -> self instanceof List<?> || self instanceof Map<?, ?>;
      case "Comparable" ->
          self instanceof Number || self instanceof String || self instanceof RubyTime;
      case "StandardError", "Exception" -> self instanceof RubyError;
      case "Time" -> self instanceof RubyTime || self instanceof EventTime;
      default -> false;
    };
  }
}
