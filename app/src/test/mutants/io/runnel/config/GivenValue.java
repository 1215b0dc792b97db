package io.runnel.config;

import java.util.Set;

/**
 * Stands in the place of the class of that name while {@code scripts/check-parameters} runs: notes
 * which parameters a test sets to something else than their default, and hides the one that the
 * system property {@code runnel.mutant} names. A parameter that must be given gets another value.
 */
final class GivenValue {
  private GivenValue() {}

  static ConfigValue find(
      Class<?> root, Class<?> owner, SpecItem.Parameter item, ConfigElement element) {
    ConfigValue value = given(item, element);
    if (value == null
        || value.useDefault()
        || value.text() == null
        || value.text().equals(item.defaultText())) {
      return value;
    }
    String parameter = name(owner) + "." + item.name();
    String section = name(root) + ">" + name(owner);
    if (System.getProperties().get("runnel.parameters") instanceof Set<?> noted) {
      @SuppressWarnings("unchecked")
      Set<String> names = (Set<String>) noted;
      names.add(parameter);
      names.add(section);
    }
    String hidden = System.getProperty("runnel.mutant", "");
    return parameter.equals(hidden) || section.equals(hidden) ? hide(item, element, value) : value;
  }

  private static ConfigValue given(SpecItem.Parameter item, ConfigElement element) {
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

  private static ConfigValue hide(
      SpecItem.Parameter item, ConfigElement element, ConfigValue value) {
    if (item.defaultText() == null && !item.hasEmpty()) {
      boolean number = item.kind().isPrimitive() && item.kind() != boolean.class;
      ConfigValue other = ConfigValue.of(number ? "1" : value.text() + "x", value.place());
      if (!item.argument()) {
        element.set(item.name(), other); // some plugins read their section, too
      }
      return other;
    }
    element.remove(item.name());
    item.aliases().forEach(element::remove);
    return null;
  }

  /** Such as {@code UdpInput.Config}. */
  private static String name(Class<?> owner) {
    return owner.getName().substring(owner.getPackageName().length() + 1).replace('$', '.');
  }
}
