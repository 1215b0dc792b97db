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
   * @param defaultType plugin taken where the section names none; null where there is none
   */
  record Section(
      String name,
      Class<?> raw,
      Class<?> kind,
      boolean optional,
      boolean multiple,
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
    for (RecordComponent component : type.getRecordComponents()) {
      items.add(of(component, defaults));
    }
    return items;
  }

  private static SpecItem of(RecordComponent component, Map<String, String> defaults) {
    Inline inline = component.getAnnotation(Inline.class);
    if (inline != null) {
      List<SpecItem> items = of(component.getType(), defaults(inline, defaults));
      return new Group(name(component), component.getType(), items);
    }
    SpecItem item = of(component);
    return item instanceof Parameter parameter && defaults.containsKey(parameter.name())
        ? parameter.withDefault(defaults.get(parameter.name()))
        : item;
  }

  /** The defaults that an {@link Inline} sets, those set further outside first. */
  private static Map<String, String> defaults(Inline inline, Map<String, String> outer) {
    Map<String, String> all = new HashMap<>();
    for (String pair : inline.value()) {
      int equals = pair.indexOf('=');
      all.put(pair.substring(0, equals), pair.substring(equals + 1));
    }
    all.putAll(outer);
    return all;
  }

  private static SpecItem of(RecordComponent component) {
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
    String name = name(component);
    Alias alias = component.getAnnotation(Alias.class);
    List<String> aliases = alias == null ? List.of() : List.of(alias.value());
    Default byDefault = component.getAnnotation(Default.class);
    String defaultText = byDefault == null ? null : byDefault.value();
    if (multiple || isSection(kind)) {
      return new Section(
          name, raw, multiple ? member : kind, optional, multiple, defaultText, aliases);
    }
    Obsolete obsolete = component.getAnnotation(Obsolete.class);
    return new Parameter(
        name,
        raw,
        kind,
        member,
        optional,
        component.isAnnotationPresent(Required.class),
        component.isAnnotationPresent(Argument.class),
        defaultText,
        aliases,
        obsolete == null ? null : obsolete.value());
  }

  private static Class<?> classOf(Type type) {
    return switch (type) {
      case Class<?> plain -> plain;
      case ParameterizedType parameterized -> (Class<?>) parameterized.getRawType();
      default -> throw new IllegalArgumentException("no type of a parameter: " + type);
    };
  }

  private static boolean isSection(Class<?> kind) {
    return kind == ConfigElement.class
        || kind == PluginSection.class
        || kind.isRecord() && kind != ByteSize.class;
  }

  private static String name(RecordComponent component) {
    Name given = component.getAnnotation(Name.class);
    return given == null ? snakeCase(component.getName()) : given.value();
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

  /** The name of an enum's constant in configurations. */
  static String constantName(Enum<?> constant) {
    try {
      Name given = constant.getDeclaringClass().getField(constant.name()).getAnnotation(Name.class);
      return given == null ? constant.name().toLowerCase(Locale.ROOT) : given.value();
    } catch (NoSuchFieldException e) {
      throw new IllegalStateException(e);
    }
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
  static SectionDescription describe(String name, Class<?> type) {
    List<ParameterDescription> parameters = new ArrayList<>();
    List<SectionDescription> sections = new ArrayList<>();
    describe(type, Map.of(), parameters, sections);
    Doc doc = type.getAnnotation(Doc.class);
    return new SectionDescription(
        name,
        List.of(),
        false,
        false,
        false,
        false,
        null,
        doc == null ? "" : doc.value(),
        null,
        parameters,
        sections);
  }

  private static void describe(
      Class<?> type,
      Map<String, String> defaults,
      List<ParameterDescription> parameters,
      List<SectionDescription> sections) {
    for (RecordComponent component : type.getRecordComponents()) {
      switch (of(component, defaults)) {
        case Parameter item -> parameters.add(describe(item, component));
        case Section item -> sections.add(describe(item, component));
        case Group item -> {
          Map<String, String> inner = defaults(component.getAnnotation(Inline.class), defaults);
          describe(item.raw(), inner, parameters, sections);
        }
      }
    }
  }

  private static ParameterDescription describe(Parameter item, RecordComponent component) {
    List<String> choices = new ArrayList<>();
    if (item.kind().isEnum()) {
      for (Object constant : item.kind().getEnumConstants()) {
        choices.add(constantName((Enum<?>) constant));
      }
    }
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
        component.isAnnotationPresent(Secret.class),
        item.argument(),
        docOf(component),
        sinceOf(component),
        item.obsolete());
  }

  private static SectionDescription describe(Section item, RecordComponent component) {
    boolean plugin = item.kind() == PluginSection.class;
    boolean free = item.kind() == ConfigElement.class;
    SectionDescription inner = plugin || free ? null : describe(item.name(), item.kind());
    return new SectionDescription(
        item.name(),
        item.aliases(),
        !item.optional() && !item.multiple(),
        item.multiple(),
        plugin,
        free,
        item.defaultType(),
        docOf(component),
        sinceOf(component),
        inner == null ? List.of() : inner.parameters(),
        inner == null ? List.of() : inner.sections());
  }

  private static String docOf(RecordComponent component) {
    Doc doc = component.getAnnotation(Doc.class);
    return doc == null ? "" : doc.value();
  }

  private static String sinceOf(RecordComponent component) {
    Since since = component.getAnnotation(Since.class);
    return since == null ? null : since.value();
  }
}
