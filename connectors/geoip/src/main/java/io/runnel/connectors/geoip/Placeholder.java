package io.runnel.connectors.geoip;

import io.runnel.event.RecordAccessor;
import java.util.Locale;
import java.util.Map;
import java.util.MissingResourceException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One {@code ${country.iso_code["host"]}}.
 *
 * @param lookup the field whose address is looked up, as it stands in {@code geoip_lookup_keys}
 * @param path into the data of a database; null for what these do not have
 * @param kind how what is there is turned into the value
 */
record Placeholder(String text, String lookup, RecordAccessor path, Kind kind) {
  private static final Pattern SYNTAX =
      Pattern.compile("\\$\\{(-?[^\\[\\]]+)\\[(?:\"([^\"{}]+)\"|'([^'{}]+)')]}");

  /** What is done with a value. */
  enum Kind {
    AS_IT_IS,
    /** 0.0 where a network has no place, as the gem does. */
    COORDINATE,
    /** The code of a country with three letters, from that with two. */
    THREE_LETTERS
  }

  /**
   * @throws IllegalArgumentException in the gem's words, where it is none or its name is unknown
   */
  static Placeholder parse(String text, Backend backend) {
    Matcher matcher = SYNTAX.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("Invalid placeholder attributes: " + text);
    }
    String name = matcher.group(1);
    if (!backend.knows(name)) {
      throw new IllegalArgumentException(
          backend.name().toLowerCase(Locale.ROOT)
              + ": unsupported key "
              + name
              + " (it has "
              + backend.names()
              + "; backend_library geoip2_c has paths such as city.names.en)");
    }
    String lookup = matcher.group(2) == null ? matcher.group(3) : matcher.group(2);
    String path = backend.path(name);
    return new Placeholder(text, lookup, path == null ? null : accessor(path), kind(name, backend));
  }

  private static Kind kind(String name, Backend backend) {
    if (backend == Backend.GEOIP && name.equals("country_code3")) {
      return Kind.THREE_LETTERS;
    }
    String last = name.substring(name.lastIndexOf('.') + 1);
    return last.equals("latitude") || last.equals("longitude") ? Kind.COORDINATE : Kind.AS_IT_IS;
  }

  private static RecordAccessor accessor(String path) {
    StringBuilder brackets = new StringBuilder("$");
    for (String step : path.split("\\.")) {
      boolean index = !step.isEmpty() && step.chars().allMatch(c -> c >= '0' && c <= '9');
      brackets.append(index ? "[" + step + "]" : "['" + step + "']");
    }
    return RecordAccessor.of(brackets.toString());
  }

  /**
   * @param data of the network that the address is in
   * @return null where it says nothing of this
   */
  Object value(Map<String, Object> data) {
    Object value = path == null ? null : path.get(data);
    return switch (kind) {
      case AS_IT_IS -> value;
      case COORDINATE -> value == null ? Double.valueOf(0) : value;
      case THREE_LETTERS -> value instanceof String code ? threeLetters(code) : null;
    };
  }

  private static String threeLetters(String code) {
    try {
      return Locale.of("", code).getISO3Country();
    } catch (MissingResourceException | IllegalArgumentException e) {
      return null;
    }
  }
}
