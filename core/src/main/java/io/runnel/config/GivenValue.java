package io.runnel.config;

/**
 * What a section says of a parameter. A class of its own because {@code scripts/check-parameters}
 * puts another in its place, one that hides a parameter to see whether a test notices.
 */
final class GivenValue {
  private GivenValue() {}

  /**
   * The value, marked as used; null where the section is silent.
   *
   * @param root the record of the outermost section
   * @param owner the record that declares the parameter
   */
  static ConfigValue find(
      Class<?> root, Class<?> owner, SpecItem.Parameter item, ConfigElement element) {
    if (item.argument()) {
      return element.argument().isEmpty()
          ? null
          : ConfigValue.of(element.argument(), element.place());
    }
    ConfigValue value = element.take(item.name()).orElse(null);
    for (String alias : item.aliases()) {
      ConfigValue other = element.take(alias).orElse(null);
      value = value == null ? other : value;
    }
    return value;
  }
}
