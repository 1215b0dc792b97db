package io.runnel.plugins.contrib;

import io.runnel.config.ConfigElement;
import io.runnel.config.ConfigException;
import io.runnel.config.Doc;
import io.runnel.event.EventBuilder;
import io.runnel.event.EventCursor;
import io.runnel.event.EventStream;
import io.runnel.event.EventTime;
import io.runnel.event.RecordAccessor;
import io.runnel.plugin.PluginContext;
import io.runnel.plugins.common.FieldText;
import io.runnel.plugins.filter.TagValues;
import io.runnel.regexp.Regexp;
import io.runnel.ruby.RubyException;
import io.runnel.ruby.RubyExpression;
import io.runnel.ruby.RubyHost;
import io.runnel.time.Zone;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * What the filter and the output record_modifier share: fields, what is removed or kept,
 * replacements and encoding, in this order. Safe for use by several threads at once.
 */
final class RecordModifier {
  @Doc("What record_modifier does to a record.")
  record Config(
      @Doc("Encoding of the texts: utf-8, or from:to.") Optional<String> charEncoding,
      @Doc("Fields that are removed, with commas between them.") Optional<String> removeKeys,
      @Doc("The only fields that are kept, with commas between them.")
          Optional<String> whitelistKeys,
      @Doc("An expression that gives @names values, such as @host = Socket.gethostname.")
          Optional<String> prepareValue,
      @Doc("Replaces what matches in a field.") List<Replace> replace,
      @Doc("The new fields; ${…} is Ruby.") List<ConfigElement> record) {}

  @Doc("Replaces what matches in a field.")
  record Replace(
      @Doc("The field.") String key,
      @Doc("What is replaced.") Regexp expression,
      @Doc("What stands there instead; \\1 is a group.") String replace) {}

  private static final Set<String> OWN =
      Set.of(
          "char_encoding",
          "remove_keys",
          "whitelist_keys",
          "prepare_value",
          "tag",
          "include_tag_key",
          "tag_key",
          "include_time_key",
          "time_key",
          "time_format",
          "time_as_epoch",
          "localtime",
          "utc",
          "timezone");

  private final PluginContext context;
  private final RubyHost host;
  private final Encoding encoding;
  private final UnaryOperator<String> prepared;
  private final Map<String, Template> fields = new LinkedHashMap<>();
  private final List<Replace> replacements;
  private final List<RecordAccessor> removed;
  private final Set<String> kept;

  RecordModifier(Config config, PluginContext context) {
    this.context = context;
    host = new RubyHost(System.getenv(), context.clock(), Zone.of(context.zone()));
    encoding = config.charEncoding.map(Encoding::of).orElse(null);
    prepared = config.prepareValue.map(this::prepared).orElse(UnaryOperator.identity());
    FlatFields.of(context.element(), OWN)
        .forEach(
            (key, text) ->
                fields.put(
                    key, Template.ruby(prepared.apply(text), true, context.element().place())));
    replacements = config.replace;
    removed =
        config.removeKeys.map(Csv::split).orElse(List.of()).stream().map(this::accessor).toList();
    kept = config.whitelistKeys.map(this::kept).orElse(null);
    if (kept != null && !removed.isEmpty()) {
      throw new ConfigException(
          "remove_keys and whitelist_keys are exclusive with each other.",
          context.element().placeOf("whitelist_keys"));
    }
  }

  private RecordAccessor accessor(String key) {
    try {
      return RecordAccessor.of(key);
    } catch (IllegalArgumentException e) {
      throw new ConfigException(e.getMessage(), context.element().placeOf("remove_keys"), e);
    }
  }

  /** The new fields are always kept. */
  private Set<String> kept(String names) {
    Set<String> all = new LinkedHashSet<>(Csv.split(names));
    all.addAll(fields.keySet());
    return all;
  }

  /**
   * Evaluates {@code @name = expression}, several separated by semicolons or lines, once; where a
   * text uses {@code @name} it gets the value.
   */
  private UnaryOperator<String> prepared(String code) {
    Map<String, String> values = new LinkedHashMap<>();
    for (String statement : code.split("[;\n]")) {
      String[] sides = statement.strip().split("\\s*=\\s*", 2);
      if (sides.length == 2 && sides[0].matches("@[a-z_][A-Za-z0-9_]*")) {
        try {
          Object value =
              RubyExpression.compile(sides[1])
                  .evaluate(event(TagValues.of(""), EventTime.pack(0, 0), Map.of()));
          values.put(sides[0], io.runnel.event.Json.write(FieldText.of(value)));
        } catch (RubyException e) {
          throw wrong(statement, e);
        }
      } else if (!statement.isBlank() && !statement.strip().startsWith("require")) {
        throw wrong(statement, null);
      }
    }
    return text -> {
      String result = text;
      for (Map.Entry<String, String> value : values.entrySet()) {
        result =
            result.replaceAll(
                value.getKey() + "\\b", java.util.regex.Matcher.quoteReplacement(value.getValue()));
      }
      return result;
    };
  }

  private ConfigException wrong(String statement, Throwable cause) {
    return new ConfigException(
        "prepare_value: only assignments such as @name = expression are possible, not: "
            + statement.strip(),
        context.element().placeOf("prepare_value"),
        cause);
  }

  private TemplateEvent event(TagValues tag, long time, Map<String, Object> record) {
    return new TemplateEvent(
        tag, EventTime.unpack(time), record, context.system().hostname(), host, false);
  }

  /** The text of a template, such as that of a tag, for an event. */
  String text(Template template, String tag, long time, Map<String, Object> record) {
    return template.text(event(TagValues.of(tag), time, record));
  }

  /** The template of a text, in which the names of prepare_value have their values. */
  Template template(String text) {
    return Template.ruby(prepared.apply(text), false, context.element().place());
  }

  /** The events with their records changed; one that cannot be goes to the error stream. */
  EventStream modify(String tag, EventStream stream) {
    TagValues values = TagValues.of(tag);
    EventBuilder out = new EventBuilder();
    for (EventCursor cursor = stream.cursor(); cursor.next(); ) {
      try {
        out.add(cursor.time(), modify(values, cursor.time(), cursor.record()));
      } catch (RuntimeException e) {
        out.rollback();
        context.emitter().emitError(tag, cursor.time(), cursor.record(), e);
      }
    }
    return out.take();
  }

  private Map<String, Object> modify(TagValues tag, long time, Map<String, Object> original) {
    TemplateEvent event = event(tag, time, original);
    fields.forEach((key, template) -> original.put(key, template.value(event)));
    removed.forEach(key -> key.delete(original));
    Map<String, Object> record = kept == null ? original : onlyKept(original);
    for (Replace rule : replacements) {
      if (record.get(rule.key) instanceof String text) {
        record.put(rule.key, replaced(rule, text));
      }
    }
    return encoding == null ? record : encoding.record(record);
  }

  private Map<String, Object> onlyKept(Map<String, Object> record) {
    Map<String, Object> result = new LinkedHashMap<>();
    for (String key : kept) {
      if (record.containsKey(key)) {
        result.put(key, record.get(key));
      }
    }
    return result;
  }

  /** Ruby's gsub with {@code \1} to {@code \9} and {@code \0} for groups. */
  private static String replaced(Replace rule, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    io.runnel.event.Bytes out = new io.runnel.event.Bytes(bytes.length + 16);
    int from = 0;
    while (from <= bytes.length) {
      int[] places = rule.expression.search(bytes, 0, bytes.length, from);
      if (places == null) {
        break;
      }
      out.write(bytes, from, places[0] - from);
      append(rule.replace, bytes, places, out);
      from = places[1];
      if (places[0] == places[1]) {
        if (from < bytes.length) {
          out.write(bytes[from]);
        }
        from++;
      }
    }
    if (from < bytes.length) {
      out.write(bytes, from, bytes.length - from);
    }
    return out.toString();
  }

  private static void append(
      String replacement, byte[] text, int[] places, io.runnel.event.Bytes out) {
    for (int i = 0; i < replacement.length(); i++) {
      char c = replacement.charAt(i);
      int digit = c == '\\' && i + 1 < replacement.length() ? replacement.charAt(i + 1) - '0' : -1;
      if (digit >= 0 && digit <= 9) {
        i++;
        if (2 * digit + 1 < places.length && places[2 * digit] >= 0) {
          out.write(text, places[2 * digit], places[2 * digit + 1] - places[2 * digit]);
        }
      } else {
        int end = Character.isHighSurrogate(c) ? Math.min(i + 2, replacement.length()) : i + 1;
        out.utf8(replacement.substring(i, end));
        i = end - 1;
      }
    }
  }
}
