package io.runnel.connectors.httpservices;

import io.runnel.event.RawBytes;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Replaces bytes that are no UTF-8 in decoded values.
 *
 * @param replacement what stands for them
 * @param active false leaves values as they are
 */
record Utf8Repair(String replacement, boolean active) {
  Object of(Object value) {
    if (!active) {
      return value;
    }
    return switch (value) {
      case null -> null;
      case RawBytes raw -> text(raw.bytes());
      case Map<?, ?> map -> {
        Map<Object, Object> copy = new LinkedHashMap<>();
        map.forEach((key, item) -> copy.put(of(key), of(item)));
        yield copy;
      }
      case List<?> list -> {
        List<Object> copy = new ArrayList<>(list.size());
        list.forEach(item -> copy.add(of(item)));
        yield copy;
      }
      default -> value;
    };
  }

  private String text(byte[] bytes) {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .decode(ByteBuffer.wrap(bytes))
          .toString();
    } catch (CharacterCodingException e) {
      return new String(bytes, StandardCharsets.UTF_8).replace("\uFFFD", replacement);
    }
  }
}
