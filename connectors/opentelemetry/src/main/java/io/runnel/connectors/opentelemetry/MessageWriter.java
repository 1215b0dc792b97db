package io.runnel.connectors.opentelemetry;

import io.runnel.connectors.opentelemetry.Schema.Field;
import io.runnel.connectors.opentelemetry.Schema.Message;
import io.runnel.event.Bytes;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * Writes a message of Protocol Buffers of what its JSON holds. It is as tolerant as the protocol
 * asks for: names in camel or snake case, numbers as text, constants by name or number. Ids are in
 * hexadecimal; those in base 64, which Fluentd's plugin writes, are told by their length.
 */
final class MessageWriter {
  private static final int TRACE_ID_BASE64 = 24;
  private static final int SPAN_ID_BASE64 = 12;

  private MessageWriter() {}

  /**
   * @throws IllegalArgumentException where the values are no such message
   */
  static void write(Message type, Map<?, ?> values, Bytes out) {
    write(type, values, out, 0);
  }

  private static void write(Message type, Map<?, ?> values, Bytes out, int depth) {
    if (depth > MessageReader.MAX_DEPTH) {
      throw new IllegalArgumentException(
          "nested deeper than " + MessageReader.MAX_DEPTH + " messages");
    }
    for (Map.Entry<?, ?> entry : values.entrySet()) {
      Field field = type.byName(String.valueOf(entry.getKey()));
      if (field == null || entry.getValue() == null) {
        continue; // of a newer version, or nothing
      }
      try {
        field(field, entry.getValue(), out, depth);
      } catch (NumberFormatException | ClassCastException e) {
        throw new IllegalArgumentException(
            type.name() + "." + field.name() + ": " + entry.getValue() + " does not fit", e);
      }
    }
  }

  private static void field(Field field, Object value, Bytes out, int depth) {
    if (!field.repeated()) {
      single(field, value, out, depth);
      return;
    }
    List<?> list = (List<?>) value;
    if (MessageReader.wireOf(field.kind()) == 2) {
      list.forEach(each -> single(field, each, out, depth));
      return;
    }
    Bytes packed = new Bytes(list.size() * 8 + 8);
    list.forEach(each -> number(field, each, packed));
    delimited(field, packed, out);
  }

  private static void single(Field field, Object value, Bytes out, int depth) {
    switch (field.kind()) {
      case MESSAGE -> {
        Bytes inner = new Bytes(128);
        write(field.message(), (Map<?, ?>) value, inner, depth + 1);
        delimited(field, inner, out);
      }
      case STRING -> delimited(field, ((String) value).getBytes(StandardCharsets.UTF_8), out);
      case BYTES -> delimited(field, base64((String) value), out);
      case ID -> delimited(field, id((String) value), out);
      default -> {
        tag(field.number(), MessageReader.wireOf(field.kind()), out);
        number(field, value, out);
      }
    }
  }

  private static void number(Field field, Object value, Bytes out) {
    switch (field.kind()) {
      case BOOL -> varint((Boolean) value ? 1 : 0, out);
      case INT32, INT64 -> varint(integer(value), out);
      case UINT32 -> varint(integer(value) & 0xffff_ffffL, out);
      case UINT64 -> varint(unsigned(value), out);
      case SINT32 -> {
        long number = integer(value);
        varint((number << 1 ^ number >> 31) & 0xffff_ffffL, out);
      }
      case FIXED32 -> fixed(integer(value), 4, out);
      case FIXED64 -> fixed(unsigned(value), 8, out);
      case SFIXED64 -> fixed(integer(value), 8, out);
      case DOUBLE -> fixed(Double.doubleToRawLongBits(real(value)), 8, out);
      case ENUM -> varint(constant(field, value), out);
      case STRING, BYTES, ID, MESSAGE -> throw new IllegalStateException("no number: " + field);
    }
  }

  private static long integer(Object value) {
    if (value instanceof Long number) {
      return number;
    }
    try {
      return new BigDecimal(value.toString()).longValueExact();
    } catch (ArithmeticException e) {
      throw new NumberFormatException(e.getMessage());
    }
  }

  private static long unsigned(Object value) {
    if (value instanceof Long number) {
      return number;
    }
    return value instanceof String text
        ? Long.parseUnsignedLong(text)
        : Long.parseUnsignedLong(new BigDecimal(value.toString()).toBigInteger().toString());
  }

  private static double real(Object value) {
    return value instanceof Number number
        ? number.doubleValue()
        : Double.parseDouble((String) value);
  }

  private static long constant(Field field, Object value) {
    if (value instanceof String name && !name.isEmpty() && !Character.isDigit(name.charAt(0))) {
      int index = field.constants().indexOf(name);
      if (index < 0) {
        throw new NumberFormatException(name);
      }
      return index;
    }
    return integer(value);
  }

  private static byte[] id(String text) {
    boolean base64 =
        text.endsWith("=") && text.length() == TRACE_ID_BASE64
            || text.endsWith("=") && text.length() == SPAN_ID_BASE64;
    return base64 ? base64(text) : HexFormat.of().parseHex(text);
  }

  private static byte[] base64(String text) {
    return Base64.getDecoder().decode(text.replace('-', '+').replace('_', '/'));
  }

  private static void delimited(Field field, Bytes content, Bytes out) {
    tag(field.number(), 2, out);
    varint(content.length(), out);
    out.write(content.array(), 0, content.length());
  }

  private static void delimited(Field field, byte[] content, Bytes out) {
    tag(field.number(), 2, out);
    varint(content.length, out);
    out.write(content);
  }

  private static void tag(int number, int wire, Bytes out) {
    varint((long) number << 3 | wire, out);
  }

  private static void varint(long value, Bytes out) {
    long left = value;
    while ((left & ~0x7fL) != 0) {
      out.write((int) (left & 0x7f | 0x80));
      left >>>= 7;
    }
    out.write((int) left);
  }

  private static void fixed(long value, int size, Bytes out) {
    for (int i = 0; i < size; i++) {
      out.write((int) (value >>> 8 * i) & 0xff);
    }
  }
}
