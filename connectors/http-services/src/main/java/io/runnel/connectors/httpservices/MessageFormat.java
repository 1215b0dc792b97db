package io.runnel.connectors.httpservices;

import io.runnel.plugins.common.FieldText;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * A text with {@code %s} for the values of fields and {@code %%} for a percent sign.
 *
 * @param parts one more than keys
 */
record MessageFormat(List<String> parts, List<String> keys) {
  static MessageFormat fixed(String text) {
    return new MessageFormat(List.of(text), List.of());
  }

  /**
   * @throws IllegalArgumentException where there are other specifiers, or fewer or more than keys
   */
  static MessageFormat of(String text, List<String> keys) {
    List<String> parts = new ArrayList<>();
    StringBuilder part = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      char next = i + 1 < text.length() ? text.charAt(i + 1) : 0;
      if (c != '%') {
        part.append(c);
        continue;
      }
      i++;
      if (next == '%') {
        part.append('%');
      } else if (next == 's') {
        parts.add(part.toString());
        part.setLength(0);
      } else {
        throw new IllegalArgumentException("%" + next);
      }
    }
    parts.add(part.toString());
    if (parts.size() != keys.size() + 1) {
      throw new IllegalArgumentException(parts.size() - 1 + " %s for " + keys.size() + " keys");
    }
    return new MessageFormat(List.copyOf(parts), List.copyOf(keys));
  }

  /**
   * @param missing is told the keys that the record does not have
   */
  String text(Map<String, Object> record, Consumer<String> missing) {
    StringBuilder text = new StringBuilder(parts.getFirst());
    for (int i = 0; i < keys.size(); i++) {
      if (!record.containsKey(keys.get(i))) {
        missing.accept(keys.get(i));
      }
      text.append(FieldText.of(record.get(keys.get(i)))).append(parts.get(i + 1));
    }
    return text.toString();
  }
}
