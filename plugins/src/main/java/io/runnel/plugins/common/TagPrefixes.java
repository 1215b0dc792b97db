package io.runnel.plugins.common;

/** The parameters {@code remove_prefix} and {@code add_prefix} of many outputs of old. */
public final class TagPrefixes {
  private TagPrefixes() {}

  /**
   * The tag without one prefix and with another, both whole parts of it.
   *
   * @param removed null where nothing is to be cut off; a tag without it stays as it is
   * @param added null where nothing is to be put in front
   */
  public static String changed(String tag, String removed, String added) {
    String result = tag;
    if (removed != null) {
      if (result.equals(removed)) {
        result = "";
      } else if (result.startsWith(removed + ".")) {
        result = result.substring(removed.length() + 1);
      }
    }
    if (added == null) {
      return result;
    }
    return result.isEmpty() ? added : added + "." + result;
  }
}
