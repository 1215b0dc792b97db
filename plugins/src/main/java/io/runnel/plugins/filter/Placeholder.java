package io.runnel.plugins.filter;

import io.runnel.event.Bytes;
import io.runnel.event.MsgpackReader;
import io.runnel.event.MsgpackWriter;
import io.runnel.event.RecordAccessor;
import io.runnel.plugins.common.FieldText;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A part of a value of {@code <record>} where no Ruby is allowed. */
sealed interface Placeholder {
  /** Writes the value with its type. */
  void write(TransformEvent event, MsgpackWriter out);

  /** Appends the value as text. */
  void append(TransformEvent event, Bytes out);

  /** What looks like a placeholder; {@code __UPPER_CASE__} is a form of old versions. */
  Pattern ANY = Pattern.compile("\\$\\{[^}]+}|__[A-Z_]+__");

  Pattern INDEXED = Pattern.compile("(tag_parts|tag_prefix|tag_suffix)\\[(0|-?[1-9]\\d{0,3})]");

  /**
   * @param whole with its braces
   * @param unknown is told of what does not stand for anything
   */
  static Placeholder of(String whole, Consumer<String> unknown) {
    String inside = whole.startsWith("${") ? whole.substring(2, whole.length() - 1) : "";
    switch (inside) {
      case "tag":
        return new Value(whole, event -> event.tag().tag(), unknown);
      case "time":
        return new Value(whole, TransformEvent::timeText, unknown);
      case "hostname":
        return new Value(whole, TransformEvent::hostname, unknown);
      default:
        break;
    }
    Matcher indexed = INDEXED.matcher(inside);
    if (indexed.matches()) {
      int index = Integer.parseInt(indexed.group(2));
      Function<TagValues, List<String>> list =
          switch (indexed.group(1)) {
            case "tag_parts" -> TagValues::parts;
            case "tag_prefix" -> TagValues::prefixes;
            default -> TagValues::suffixes;
          };
      return new Value(whole, event -> TagValues.at(list.apply(event.tag()), index), unknown);
    }
    if (inside.startsWith("record[\"") && inside.endsWith("\"]") && inside.length() >= 10) {
      String key = inside.substring(8, inside.length() - 2);
      return new RecordField(whole, RecordAccessor.ofKey(key), unknown);
    }
    return new Value(whole, event -> null, unknown);
  }

  /** Text between placeholders. */
  record Literal(byte[] text) implements Placeholder {
    @Override
    public void write(TransformEvent event, MsgpackWriter out) {
      out.string(text, 0, text.length);
    }

    @Override
    public void append(TransformEvent event, Bytes out) {
      out.write(text);
    }
  }

  /** A text of the event; nil where there is none. */
  record Value(String whole, Function<TransformEvent, String> source, Consumer<String> unknown)
      implements Placeholder {
    @Override
    public void write(TransformEvent event, MsgpackWriter out) {
      String value = source.apply(event);
      if (value == null) {
        unknown.accept(whole);
        out.nil();
      } else {
        out.string(value);
      }
    }

    @Override
    public void append(TransformEvent event, Bytes out) {
      String value = source.apply(event);
      if (value == null) {
        unknown.accept(whole);
      } else {
        out.utf8(value);
      }
    }
  }

  /** A field of the record. */
  record RecordField(String whole, RecordAccessor field, Consumer<String> unknown)
      implements Placeholder {
    @Override
    public void write(TransformEvent event, MsgpackWriter out) {
      MsgpackReader reader = event.reader();
      if (field.find(reader) < 0) {
        unknown.accept(whole);
        out.nil();
      } else {
        FieldValue.copy(reader, out);
      }
    }

    @Override
    public void append(TransformEvent event, Bytes out) {
      MsgpackReader reader = event.reader();
      if (field.find(reader) < 0) {
        unknown.accept(whole);
      } else {
        FieldText.write(reader, out);
      }
    }
  }
}
