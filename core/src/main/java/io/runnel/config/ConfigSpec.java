package io.runnel.config;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads a section into a record: the only place with reflection. The record's components are the
 * parameters and sections:
 *
 * <table>
 * <caption>component types</caption>
 * <tr><td>String, int, long, double, boolean</td><td>Fluentd's string, integer, float, bool</td></tr>
 * <tr><td>{@link java.time.Duration}</td><td>time</td></tr>
 * <tr><td>{@link ByteSize}</td><td>size</td></tr>
 * <tr><td>an enum</td><td>enum; constants in lower case, {@code _} stays; {@link Name} where that
 * is not the name</td></tr>
 * <tr><td>{@code List<String>} (also of Integer, Long, Double)</td><td>array</td></tr>
 * <tr><td>{@code Map<String, Object>}, {@code Map<String, String>}</td><td>hash</td></tr>
 * <tr><td>{@link io.runnel.regexp.Regexp}</td><td>regexp</td></tr>
 * <tr><td>{@code Optional<T>} of any of these</td><td>the same with nil as default</td></tr>
 * <tr><td>a record with {@link Inline}</td><td>parameters of the same section</td></tr>
 * <tr><td>a record, {@code Optional<record>}</td><td>a section, an optional one</td></tr>
 * <tr><td>{@code List<record>}</td><td>a section that may be repeated</td></tr>
 * <tr><td>{@link PluginSection}, {@code List<PluginSection>}</td><td>a section that configures another plugin</td></tr>
 * <tr><td>{@link ConfigElement}</td><td>the section itself, whatever it holds ({@code <record>});
 * an empty one where the file has none</td></tr>
 * </table>
 *
 * <p>What was read is marked as used. The record's compact constructor may refuse the values with a
 * {@link ConfigException} or an {@link IllegalArgumentException}: that becomes a fault at the
 * section's place.
 *
 * @param <C> the record
 */
public final class ConfigSpec<C> {
  private final Class<C> type;
  private List<SpecItem> items;

  private ConfigSpec(Class<C> type) {
    this.type = type;
  }

  public static <C> ConfigSpec<C> of(Class<C> type) {
    return new ConfigSpec<>(type);
  }

  public Class<C> type() {
    return type;
  }

  private List<SpecItem> items() {
    if (items == null) {
      items = SpecItem.of(type);
    }
    return items;
  }

  /** What the record holds, for reference pages; the name is that of the record's section. */
  public SectionDescription describe(String name) {
    return SpecItem.describe(name, type, Map.of());
  }

  /**
   * The same with other defaults of parameters.
   *
   * @param defaults name to default, in the syntax of the configuration
   */
  public SectionDescription describe(String name, Map<String, String> defaults) {
    return SpecItem.describe(name, type, defaults);
  }

  /**
   * Binds a section. Every fault is added to {@code problems}.
   *
   * @param strict {@code strict_config_value}: malformed numbers and booleans are faults
   * @throws ConfigException where the record could not be made; its faults are in {@code problems}
   */
  public C bind(ConfigElement element, boolean strict, Problems problems) {
    for (String key : new String[] {"@type", "@id", "@label", "@log_level"}) {
      element.markUsed(key);
    }
    int before = problems.all().size();
    Object bound = new Binder(type, strict, problems).bind(type, items(), element, "");
    if (bound == null) {
      throw failure(problems, before, element);
    }
    return type.cast(bound);
  }

  /** Binds a section, where only the first fault matters. */
  public C bind(ConfigElement element, boolean strict) {
    return bind(element, strict, new Problems());
  }

  private static ConfigException failure(Problems problems, int before, ConfigElement element) {
    return problems.all().stream()
        .skip(before)
        .filter(Problems.Problem::fatal)
        .findFirst()
        .map(problem -> new ConfigException(problem.message(), problem.place()))
        .orElseGet(() -> new ConfigException("not bound: " + element, element.place()));
  }

  /**
   * One run of binding.
   *
   * @param root the record of the outermost section
   */
  private record Binder(Class<?> root, boolean strict, Problems problems) {
    /**
     * @param stack {@code ", in section a > b"}; empty at the top
     * @return null where there was a fault
     */
    Object bind(Class<?> type, List<SpecItem> items, ConfigElement element, String stack) {
      element.markSectionUsed();
      Object[] values = new Object[items.size()];
      Class<?>[] types = new Class<?>[items.size()];
      boolean good = true;
      for (int i = 0; i < values.length; i++) {
        SpecItem item = items.get(i);
        types[i] = item.raw();
        int errors = problems.errors();
        try {
          values[i] = value(type, item, element, stack);
        } catch (ConfigException e) {
          problems.error(e);
        }
        good &= problems.errors() == errors;
      }
      return good ? create(type, types, values, element, stack) : null;
    }

    /** Without a switch over patterns, which would cost a class made at run time. */
    private Object value(Class<?> type, SpecItem item, ConfigElement element, String stack) {
      if (item instanceof SpecItem.Parameter parameter) {
        return parameter(
            parameter, GivenValue.find(root, type, parameter, element), element, stack);
      }
      if (item instanceof SpecItem.Section section) {
        return section(section, element, stack);
      }
      SpecItem.Group group = (SpecItem.Group) item;
      return bind(group.raw(), group.items(), element, stack);
    }

    private Object create(
        Class<?> type, Class<?>[] types, Object[] values, ConfigElement element, String stack) {
      try {
        Constructor<?> constructor = type.getDeclaredConstructor(types);
        constructor.setAccessible(true);
        return constructor.newInstance(values);
      } catch (InvocationTargetException e) {
        switch (e.getCause()) {
          case ConfigException cause when cause.place().line() > 0 -> problems.error(cause);
          case ConfigException cause ->
              problems.error(cause.getMessage() + stack, element.place(), null);
          case IllegalArgumentException cause ->
              problems.error(cause.getMessage() + stack, element.place(), null);
          default -> throw new IllegalStateException("constructor of " + type, e.getCause());
        }
        return null;
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException("not a usable record: " + type, e);
      }
    }

    private Object parameter(
        SpecItem.Parameter item, ConfigValue value, ConfigElement element, String stack) {
      Place place = value == null ? element.place() : value.place();
      if (value == null || value.useDefault()) {
        if (item.defaultText() != null) {
          return item.wrap(item.convert(item.defaultText(), true, place));
        }
        if (item.hasEmpty()) {
          return item.empty();
        }
        String message =
            value == null
                ? "'" + item.name() + "' parameter is required"
                : "'" + item.name() + "' doesn't have default value";
        throw new ConfigException(message + stack, place);
      }
      if (item.obsolete() != null) {
        problems.warn(
            "'" + item.name() + "' parameter is deprecated: " + item.obsolete(), place, null);
      }
      Object converted = value.text() == null ? null : item.convert(value.text(), strict, place);
      if (converted == null) {
        if (item.hasEmpty() && item.defaultText() == null) {
          return item.empty();
        }
        throw new ConfigException(
            "'" + item.name() + "' parameter is required but nil is specified" + stack, place);
      }
      return item.wrap(converted);
    }

    private Object section(SpecItem.Section item, ConfigElement element, String stack) {
      List<ConfigElement> found = new ArrayList<>();
      for (ConfigElement child : element.sections()) {
        if (child.name().equals(item.name()) || item.aliases().contains(child.name())) {
          found.add(child);
        }
      }
      if (item.required() && found.isEmpty()) {
        throw new ConfigException(
            "'<" + item.name() + ">' sections are required" + stack, element.place());
      }
      if (item.multiple()) {
        List<Object> all = new ArrayList<>();
        found.forEach(child -> all.add(one(item, child, true, stack)));
        return all.contains(null) ? null : List.copyOf(all);
      }
      if (found.size() > 1) {
        throw new ConfigException(
            "'<" + item.name() + ">' section cannot be written twice or more" + stack,
            found.get(1).place());
      }
      if (item.optional()) {
        return found.isEmpty()
            ? Optional.empty()
            : Optional.ofNullable(one(item, found.getFirst(), true, stack));
      }
      return found.isEmpty()
          ? absent(item, element, stack)
          : one(item, found.getFirst(), true, stack);
    }

    /** The value of a section that is not there: made of defaults alone. */
    private Object absent(SpecItem.Section item, ConfigElement element, String stack) {
      ConfigElement empty = new ConfigElement(item.name(), "", element.place());
      Problems own = new Problems();
      Object value = new Binder(root, strict, own).one(item, empty, false, stack);
      if (own.hasErrors()) {
        throw new ConfigException(
            "'<" + item.name() + ">' sections are required" + stack, element.place());
      }
      return value;
    }

    private Object one(SpecItem.Section item, ConfigElement child, boolean present, String stack) {
      if (item.kind() == PluginSection.class) {
        String type = child.type();
        if (type == null) {
          child.markUsed("type");
          type = child.peek("type");
        }
        return new PluginSection(child, type == null ? item.defaultType() : type, present);
      }
      if (item.kind() == ConfigElement.class) {
        child.markAllUsed();
        return child;
      }
      String below = stack.isEmpty() ? ", in section " : stack + " > ";
      return bind(item.kind(), SpecItem.of(item.kind()), child, below + item.name());
    }
  }
}
