package io.runnel.event;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A JSON reader made to be seen through: the oracle of {@link JsonToMsgpackTest}. */
final class PlainJson {
  private static final Pattern NUMBER =
      Pattern.compile("-?(?:0|[1-9][0-9]*)((?:\\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)");

  private final String text;
  private int at;

  PlainJson(String text) {
    this.text = text;
  }

  Object parse() {
    Object value = value();
    space();
    check(at == text.length());
    return value;
  }

  private void check(boolean condition) {
    if (!condition) {
      throw new IllegalArgumentException("at " + at);
    }
  }

  private void space() {
    while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
  }

  private boolean take(String token) {
    space();
    boolean there = text.startsWith(token, at);
    at += there ? token.length() : 0;
    return there;
  }

  private Object value() {
    if (take("null")) {
      return null;
    } else if (take("true")) {
      return true;
    } else if (take("false")) {
      return false;
    } else if (take("\"")) {
      return string();
    } else if (take("[")) {
      return list();
    } else if (take("{")) {
      return map();
    }
    Matcher number = NUMBER.matcher(text).region(at, text.length());
    check(number.lookingAt());
    at = number.end();
    check(at == text.length() || !Character.isDigit(text.charAt(at)));
    check(Double.isFinite(Double.parseDouble(number.group())));
    return number.group(1).isEmpty()
        ? (Object) Long.parseLong(number.group())
        : (Object) Double.parseDouble(number.group());
  }

  private List<Object> list() {
    List<Object> list = new ArrayList<>();
    if (take("]")) {
      return list;
    }
    do {
      list.add(value());
    } while (take(","));
    check(take("]"));
    return list;
  }

  private Map<String, Object> map() {
    Map<String, Object> map = new LinkedHashMap<>();
    if (take("}")) {
      return map;
    }
    do {
      check(take("\""));
      String key = string();
      check(take(":"));
      map.put(key, value());
    } while (take(","));
    check(take("}"));
    return map;
  }

  private String string() {
    StringBuilder out = new StringBuilder();
    while (true) {
      check(at < text.length());
      char c = text.charAt(at++);
      if (c == '"') {
        StringBuilder clean = new StringBuilder();
        out.codePoints()
            .map(code -> code >= 0xd800 && code < 0xe000 ? 0xfffd : code)
            .forEach(clean::appendCodePoint);
        return clean.toString();
      }
      if (c != '\\') {
        out.append(c);
        continue;
      }
      check(at < text.length());
      char escape = text.charAt(at++);
      int known = "nrtbf".indexOf(escape);
      if (escape == 'u') {
        check(at + 4 <= text.length());
        String hex = text.substring(at, at + 4);
        check(hex.matches("[0-9a-fA-F]{4}"));
        out.append((char) Integer.parseInt(hex, 16));
        at += 4;
      } else {
        out.append(known < 0 ? escape : "\n\r\t\b\f".charAt(known));
      }
    }
  }
}
