package io.runnel.connectors.elasticsearch;

import io.runnel.config.ConfigException;
import io.runnel.config.Place;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/** The rules for names of data streams and what belongs to them. */
final class StreamNames {
  private static final List<String> STARTS = List.of("-", "_", "+", ".");
  private static final List<String> CHARACTERS =
      List.of("\\", "/", "*", "?", "\"", "<", ">", "|", " ", ",", "#", ":");
  private static final int MAX_BYTES = 255;

  private StreamNames() {}

  /**
   * @throws ConfigException with the gem's words
   */
  static void check(String parameter, String value, Place place) {
    if (value.equals(".") || value.equals("..")) {
      throw fault(parameter, "must not be . or ..", value, place);
    }
    if (STARTS.stream().anyMatch(value::startsWith)) {
      throw fault(parameter, "must not start with " + String.join(",", STARTS), value, place);
    }
    if (CHARACTERS.stream().anyMatch(value::contains)) {
      throw fault(
          parameter,
          "must not contain invalid characters " + String.join(",", CHARACTERS),
          value,
          place);
    }
    if (!value.toLowerCase(Locale.ROOT).equals(value)) {
      throw fault(parameter, "must be lowercase only", value, place);
    }
    if (value.getBytes(StandardCharsets.UTF_8).length > MAX_BYTES) {
      throw fault(parameter, "must not be longer than 255 bytes", value, place);
    }
  }

  private static ConfigException fault(String parameter, String what, String value, Place place) {
    return new ConfigException("'" + parameter + "' " + what + ": <" + value + ">", place);
  }
}
