package io.runnel.instance;

import java.util.regex.Pattern;

/**
 * The name of an instance. It becomes part of file names, of a service's name and of a process's
 * name, so only letters, digits, {@code _}, {@code .} and {@code -} are allowed, the first being a
 * letter or digit.
 */
public record InstanceName(String text) {
  /** Long enough for any purpose; {@code runnel-NAME.service} stays a valid unit name. */
  private static final int LENGTH_LIMIT = 64;

  private static final Pattern VALID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]*");

  /**
   * @throws IllegalArgumentException where it is not a name
   */
  public InstanceName {
    if (text.length() > LENGTH_LIMIT || !VALID.matcher(text).matches()) {
      throw new IllegalArgumentException(
          "not a name of an instance: '"
              + text
              + "'. Letters, digits, '_', '.' and '-' are allowed, at most "
              + LENGTH_LIMIT
              + ", and the first is a letter or digit");
    }
    if (text.endsWith(".conf") || text.endsWith(".yaml") || text.endsWith(".yml")) {
      throw new IllegalArgumentException(
          "not a name of an instance: '"
              + text
              + "' looks like the name of its configuration file");
    }
  }

  /** The name under which services and tools know it. */
  public String service() {
    return "runnel-" + text;
  }

  @Override
  public String toString() {
    return text;
  }
}
