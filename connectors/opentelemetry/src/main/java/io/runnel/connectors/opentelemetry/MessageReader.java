package io.runnel.connectors.opentelemetry;

import io.runnel.connectors.opentelemetry.Schema.Field;
import io.runnel.connectors.opentelemetry.Schema.Kind;
import io.runnel.connectors.opentelemetry.Schema.Message;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads a message of Protocol Buffers into what its JSON holds: names in camel case, numbers of 64
 * bits as text, constants by name, ids in hexadecimal, other bytes in base 64. Fields with their
 * default value are left out, as are those that nobody knows. Used by one thread for one message.
 */
final class MessageReader {
  /** AnyValues hold each other; what real programs send is flat. */
  static final int MAX_DEPTH = 64;

  private static final int VARINT = 0;
  private static final int EIGHT_BYTES = 1;
  private static final int DELIMITED = 2;
  private static final int FOUR_BYTES = 5;
  private static final int MAX_VARINT_BITS = 63;

  private final byte[] data;
  private int at;

  private MessageReader(byte[] data, int offset) {
    this.data = data;
    this.at = offset;
  }

  /**
   * @throws IllegalArgumentException where the bytes are no such message
   */
  static Map<String, Object> read(Message type, byte[] data, int offset, int length) {
    return new MessageReader(data, offset).message(type, offset + length, 0);
  }

  private Map<String, Object> message(Message type, int end, int depth) {
    if (depth > MAX_DEPTH) {
      throw new IllegalArgumentException("nested deeper than " + MAX_DEPTH + " messages");
    }
    Map<String, Object> values = new LinkedHashMap<>();
    while (at < end) {
      long tag = varint(end);
      int wire = (int) tag & 7;
      Field field = type.byNumber((int) (tag >>> 3));
      if (field == null) {
        skip(wire, end);
      } else if (field.repeated()) {
        repeated(field, wire, end, depth, values);
      } else {
        put(field, wire, end, depth, values);
      }
    }
    return values;
  }

  private void put(Field field, int wire, int end, int depth, Map<String, Object> values) {
    Object value = value(field, wire, end, depth);
    if (field.presence() || !isDefault(value)) {
      values.put(field.name(), value);
    } else {
      values.remove(field.name());
    }
  }

  private static boolean isDefault(Object value) {
    return value.equals("")
        || value.equals("0")
        || value.equals(Boolean.FALSE)
        || value.equals(0L)
        || value.equals(0.0)
        || value.toString().endsWith("_UNSPECIFIED")
        || value.equals("STATUS_CODE_UNSET");
  }

  private void repeated(Field field, int wire, int end, int depth, Map<String, Object> values) {
    @SuppressWarnings("unchecked") // only this method puts something there
    List<Object> list =
        (List<Object>) values.computeIfAbsent(field.name(), name -> new ArrayList<>());
    boolean packed = wire == DELIMITED && wireOf(field.kind()) != DELIMITED;
    if (!packed) {
      list.add(value(field, wire, end, depth));
      return;
    }
    int stop = delimited(end);
    while (at < stop) {
      list.add(value(field, wireOf(field.kind()), stop, depth));
    }
  }

  private Object value(Field field, int wire, int end, int depth) {
    if (wire != wireOf(field.kind())) {
      throw new IllegalArgumentException(field.name() + " has the wire type " + wire);
    }
    return switch (field.kind()) {
      case STRING -> text(delimited(end));
      case BYTES -> Base64.getEncoder().encodeToString(bytes(delimited(end)));
      case ID -> HexFormat.of().formatHex(bytes(delimited(end)));
      case MESSAGE -> {
        int stop = delimited(end);
        yield message(field.message(), stop, depth + 1);
      }
      case BOOL -> varint(end) != 0;
      case INT32 -> (long) (int) varint(end);
      case UINT32 -> varint(end) & 0xffff_ffffL;
      case SINT32 -> {
        long zigzag = varint(end);
        yield (long) (int) (zigzag >>> 1 ^ -(zigzag & 1));
      }
      case INT64 -> Long.toString(varint(end));
      case UINT64 -> Long.toUnsignedString(varint(end));
      case FIXED32 -> fixed(4, end) & 0xffff_ffffL;
      case FIXED64 -> Long.toUnsignedString(fixed(8, end));
      case SFIXED64 -> Long.toString(fixed(8, end));
      case DOUBLE -> real(Double.longBitsToDouble(fixed(8, end)));
      case ENUM -> constant(field, (int) varint(end));
    };
  }

  /** A number that nobody knows a name for stays one. */
  private static Object constant(Field field, int number) {
    List<String> names = field.constants();
    if (number >= 0 && number < names.size()) {
      return names.get(number);
    }
    return (long) number;
  }

  private static Object real(double value) {
    if (Double.isFinite(value)) {
      return value;
    }
    return Double.isNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity";
  }

  static int wireOf(Kind kind) {
    return switch (kind) {
      case STRING, BYTES, ID, MESSAGE -> DELIMITED;
      case BOOL, INT32, UINT32, SINT32, INT64, UINT64, ENUM -> VARINT;
      case FIXED32 -> FOUR_BYTES;
      case FIXED64, SFIXED64, DOUBLE -> EIGHT_BYTES;
    };
  }

  /** Reads a length; returns where what it stands for ends. */
  private int delimited(int end) {
    long length = varint(end);
    if (length < 0 || length > end - at) {
      throw new IllegalArgumentException("a length of " + length + " at byte " + at);
    }
    return at + (int) length;
  }

  private String text(int stop) {
    String text = new String(data, at, stop - at, StandardCharsets.UTF_8);
    at = stop;
    return text;
  }

  private byte[] bytes(int stop) {
    byte[] bytes = java.util.Arrays.copyOfRange(data, at, stop);
    at = stop;
    return bytes;
  }

  private long varint(int end) {
    long value = 0;
    for (int shift = 0; shift <= MAX_VARINT_BITS; shift += 7) {
      if (at >= end) {
        throw new IllegalArgumentException("the message ends within a number");
      }
      byte b = data[at++];
      value |= (b & 0x7fL) << shift;
      if (b >= 0) {
        return value;
      }
    }
    throw new IllegalArgumentException("a number of more than 64 bits before byte " + at);
  }

  private long fixed(int size, int end) {
    if (end - at < size) {
      throw new IllegalArgumentException("the message ends within a number");
    }
    long value = 0;
    for (int i = 0; i < size; i++) {
      value |= (data[at++] & 0xffL) << 8 * i;
    }
    return value;
  }

  private void skip(int wire, int end) {
    switch (wire) {
      case VARINT -> varint(end);
      case EIGHT_BYTES -> fixed(8, end);
      case FOUR_BYTES -> fixed(4, end);
      case DELIMITED -> at = delimited(end);
      default -> throw new IllegalArgumentException("the wire type " + wire);
    }
  }
}
