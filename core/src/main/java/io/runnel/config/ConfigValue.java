package io.runnel.config;

/**
 * The value of a parameter as it stands in the file, after quoting and embedded expressions.
 *
 * @param text the text; null where the expression gave nil ({@code use_nil})
 * @param useDefault true where the expression asked for the default ({@code use_default})
 * @param place where the value starts
 */
public record ConfigValue(String text, boolean useDefault, Place place) {
  public static ConfigValue of(String text, Place place) {
    return new ConfigValue(text, false, place);
  }
}
