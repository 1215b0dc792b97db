package io.runnel.config;

import io.runnel.regexp.Regexp;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** One component of a configuration record: a parameter or a section. */
sealed interface SpecItem {
  String name();

  /** The component's class. */
  Class<?> raw();

  /**
   * A parameter.
   *
   * @param kind class of its value: the component's, or the Optional's content
   * @param member class of the members of a list or map; else null
   * @param optional whether it is an Optional
   * @param required a list or map that must be given
   * @param defaultText null where there is none
   */
  record Parameter(
      String name,
      Class<?> raw,
      Class<?> kind,
      Class<?> member,
      boolean optional,
      boolean required,
      boolean argument,
      String defaultText,
      List<String> aliases,
      String obsolete)
      implements SpecItem {
    /** Whether the parameter may be left out though it has no default. */
    boolean hasEmpty() {
      return optional || !required && (kind == List.class || kind == Map.class);
    }

    Object empty() {
      return optional ? Optional.empty() : kind == List.class ? List.of() : Map.of();
    }

    Parameter withDefault(String text) {
      return new Parameter(
          name, raw, kind, member, optional, required, argument, text, aliases, obsolete);
    }

    Object wrap(Object value) {
      return optional ? Optional.ofNullable(value) : value;
    }

    /** The typed value of a text; null where the text stands for nothing (a malformed bool). */
    Object convert(String text, boolean strict, Place place) {
      return ValueParser.parse(this, text, strict, place);
    }
  }

  /**
   * A section.
   *
   * @param kind a record, {@link PluginSection} or {@link ConfigElement}
   * @param required a section that may be repeated, and must be there at least once
   * @param defaultType plugin taken where the section names none; null where there is none
   */
  record Section(
      String name,
      Class<?> raw,
      Class<?> kind,
      boolean optional,
      boolean multiple,
      boolean required,
      String defaultType,
      List<String> aliases)
      implements SpecItem {}

  /**
   * An {@link Inline} record: its items belong to the section around it.
   *
   * @param items its components, with the defaults that hold here
   */
  record Group(String name, Class<?> raw, List<SpecItem> items) implements SpecItem {}

  /** The components of a record, in order. */
  static List<SpecItem> of(Class<?> type) {
    return of(type, Map.of());
  }

  private static List<SpecItem> of(Class<?> type, Map<String, String> defaults) {
    if (!type.isRecord()) {
      throw new IllegalArgumentException("not a record: " + type.getName());
    }
    List<SpecItem> items = new ArrayList<>();
    Marks marks = Marks.of(type);
    for (RecordComponent component : type.getRecordComponents()) {
      items.add(of(component, marks, defaults));
    }
    return items;
  }

  private static SpecItem of(RecordComponent component, Marks marks, Map<String, String> defaults) {
    List<String> inline = marks.list(component.getName(), Inline.class);
    if (inline != null) {
      List<SpecItem> items = of(component.getType(), defaults(inline, defaults));
      return new Group(name(component, marks), component.getType(), items);
    }
    SpecItem item = of(component, marks);
    return item instanceof Parameter parameter && defaults.containsKey(parameter.name())
        ? parameter.withDefault(defaults.get(parameter.name()))
        : item;
  }

  /** The defaults that an {@link Inline} sets, those set further outside first. */
  private static Map<String, String> defaults(List<String> inline, Map<String, String> outer) {
    Map<String, String> all = new HashMap<>();
    for (String pair : inline) {
      int equals = pair.indexOf('=');
      all.put(pair.substring(0, equals), pair.substring(equals + 1));
    }
    all.putAll(outer);
    return all;
  }

  private static SpecItem of(RecordComponent component, Marks marks) {
    String own = component.getName();
    Class<?> raw = component.getType();
    Type generic = component.getGenericType();
    boolean optional = raw == Optional.class;
    if (optional) {
      generic = ((ParameterizedType) generic).getActualTypeArguments()[0];
    }
    Class<?> kind = classOf(generic);
    Class<?> member = null;
    if (generic instanceof ParameterizedType parameterized) {
      Type[] arguments = parameterized.getActualTypeArguments();
      member = classOf(arguments[arguments.length - 1]);
    }
    boolean multiple = kind == List.class && isSection(member);
    String name = name(component, marks);
    List<String> alias = marks.list(own, Alias.class);
    List<String> aliases = alias == null ? List.of() : alias;
    String defaultText = marks.text(own, Default.class);
    if (multiple || isSection(kind)) {
      return new Section(
          name,
          raw,
          multiple ? member : kind,
          optional,
          multiple,
          marks.has(own, Required.class),
          defaultText,
          aliases);
    }
    return new Parameter(
        name,
        raw,
        kind,
        member,
        optional,
        marks.has(own, Required.class),
        marks.has(own, Argument.class),
        defaultText,
        aliases,
        marks.text(own, Obsolete.class));
  }

  private static Class<?> classOf(Type type) {
    // No switch over patterns on the start path: each costs a class that is made at run time.
    if (type instanceof Class<?> plain) {
      return plain;
    }
    if (type instanceof ParameterizedType parameterized) {
      return (Class<?>) parameterized.getRawType();
    }
    throw new IllegalArgumentException("no type of a parameter: " + type);
  }

  private static boolean isSection(Class<?> kind) {
    return kind == ConfigElement.class
        || kind == PluginSection.class
        || kind.isRecord() && kind != ByteSize.class;
  }

  private static String name(RecordComponent component, Marks marks) {
    String given = marks.text(component.getName(), Name.class);
    return given == null ? snakeCase(component.getName()) : given;
  }

  /** {@code maxRetryWait} as {@code max_retry_wait}. */
  static String snakeCase(String camel) {
    StringBuilder out = new StringBuilder(camel.length() + 8);
    for (int i = 0; i < camel.length(); i++) {
      char c = camel.charAt(i);
      if (Character.isUpperCase(c)) {
        out.append('_').append(Character.toLowerCase(c));
      } else {
        out.append(c);
      }
    }
    return out.toString();
  }

  /** The names of an enum's constants in configurations, in order. */
  static List<String> constantNames(Class<?> type) {
    Marks marks = Marks.of(type);
    List<String> names = new ArrayList<>();
    for (Object constant : type.getEnumConstants()) {
      String name = ((Enum<?>) constant).name();
      String given = marks.text(name, Name.class);
      names.add(given == null ? name.toLowerCase(Locale.ROOT) : given);
    }
    return names;
  }

  /** Fluentd's name of the type of a value. */
  static String fluentdType(Class<?> kind) {
    if (kind == String.class) {
      return "string";
    }
    if (kind == int.class || kind == long.class || kind == Integer.class || kind == Long.class) {
      return "integer";
    }
    if (kind == double.class || kind == Double.class) {
      return "float";
    }
    if (kind == boolean.class || kind == Boolean.class) {
      return "bool";
    }
    if (kind == Duration.class) {
      return "time";
    }
    if (kind == ByteSize.class) {
      return "size";
    }
    if (kind == List.class) {
      return "array";
    }
    if (kind == Map.class) {
      return "hash";
    }
    if (kind == Regexp.class) {
      return "regexp";
    }
    if (kind.isEnum()) {
      return "enum";
    }
    throw new IllegalArgumentException("no type of a parameter: " + kind.getName());
  }

  /** Describes a record for reference pages. */
  static SectionDescription describe(String name, Class<?> type, Map<String, String> defaults) {
    List<ParameterDescription> parameters = new ArrayList<>();
    List<SectionDescription> sections = new ArrayList<>();
    describe(type, defaults, parameters, sections);
    String doc = Marks.of(type).ofClass(Doc.class);
    return new SectionDescription(
        name,
        List.of(),
        false,
        false,
        false,
        false,
        false,
        null,
        doc == null ? "" : doc,
        null,
        parameters,
        sections);
  }

  private static void describe(
      Class<?> type,
      Map<String, String> defaults,
      List<ParameterDescription> parameters,
      List<SectionDescription> sections) {
    Marks marks = Marks.of(type);
    for (RecordComponent component : type.getRecordComponents()) {
      String own = component.getName();
      switch (of(component, marks, defaults)) {
        case Parameter item -> parameters.add(describe(item, own, marks));
        case Section item -> sections.add(describe(item, own, marks));
        case Group item -> {
          Map<String, String> inner = defaults(marks.list(own, Inline.class), defaults);
          describe(item.raw(), inner, parameters, sections);
        }
      }
    }
  }

  private static ParameterDescription describe(Parameter item, String own, Marks marks) {
    List<String> choices = item.kind().isEnum() ? constantNames(item.kind()) : List.of();
    Object defaultValue =
        item.defaultText() == null ? null : item.convert(item.defaultText(), true, Place.NONE);
    return new ParameterDescription(
        item.name(),
        fluentdType(item.kind()),
        item.defaultText() == null && !item.hasEmpty(),
        item.defaultText(),
        defaultValue,
        choices,
        item.aliases(),
        marks.has(own, Secret.class),
        item.argument(),
        docOf(own, marks),
        marks.text(own, Since.class),
        item.obsolete());
  }

  private static SectionDescription describe(Section item, String own, Marks marks) {
    boolean plugin = item.kind() == PluginSection.class;
    boolean free = item.kind() == ConfigElement.class;
    SectionDescription inner = plugin || free ? null : describe(item.name(), item.kind(), Map.of());
    return new SectionDescription(
        item.name(),
        item.aliases(),
        !item.optional() && !item.multiple(),
        item.required(),
        item.multiple(),
        plugin,
        free,
        item.defaultType(),
        docOf(own, marks),
        marks.text(own, Since.class),
        inner == null ? List.of() : inner.parameters(),
        inner == null ? List.of() : inner.sections());
  }

  private static String docOf(String own, Marks marks) {
    String doc = marks.text(own, Doc.class);
    return doc == null ? "" : doc;
  }
}
