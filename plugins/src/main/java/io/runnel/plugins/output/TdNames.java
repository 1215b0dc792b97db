package io.runnel.plugins.output;

import io.runnel.config.ConfigException;
import java.io.IOException;
import java.util.Locale;

/** Names of databases and tables of Treasure Data. */
final class TdNames {
  private static final int MIN = 3;
  private static final int MAX = 255;

  private TdNames() {}

  /**
   * Makes a legal name out of any text.
   *
   * @throws IOException where it is empty: that cannot be mended, but another tag can follow
   */
  static String normalize(String name) throws IOException {
    if (name == null || name.isEmpty()) {
      throw new IOException("Empty name is not allowed");
    }
    String text = name;
    if (text.length() < MIN) {
      text = text + "_".repeat(MIN - text.length());
    }
    if (text.length() > MAX) {
      text = text.substring(0, MAX - 2) + "__";
    }
    return text.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9_]", "_");
  }

  /**
   * @param what {@code database} or {@code table}
   */
  static void validate(String what, String name) {
    String label = what.substring(0, 1).toUpperCase(Locale.ROOT) + what.substring(1);
    String reason = null;
    if (name.length() < MIN || name.length() > MAX) {
      reason =
          label
              + " name must be between 3 and 255 characters long. Got "
              + name.length()
              + (name.length() == 1 ? " character." : " characters.");
    } else if (!name.matches("[a-z0-9_]+")) {
      reason = label + " name must only consist of lower-case alpha-numeric characters and '_'.";
    }
    if (reason != null) {
      throw new ConfigException("Invalid " + what + " name \"" + name + "\": " + reason);
    }
  }
}
