package io.runnel.ruby;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;

/** The directives of {@code unpack} and {@code pack} that occur: {@code H* C* U* a* A* m m0}. */
final class Packing {
  private Packing() {}

  static List<Object> unpack(String text, String directive) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    List<Object> out = new ArrayList<>();
    switch (directive) {
      case "H*" -> out.add(HexFormat.of().formatHex(bytes));
      case "C*", "C" -> {
        for (byte b : bytes) {
          out.add((long) (b & 0xff));
        }
      }
      case "U*", "U" -> text.codePoints().forEach(c -> out.add((long) c));
      case "a*", "A*" -> out.add(directive.equals("A*") ? text.stripTrailing() : text);
      case "m", "m0" -> out.add(decode(text));
      case "N", "N*" -> {
        for (int i = 0; i + 4 <= bytes.length; i += 4) {
          long value = 0;
          for (int k = 0; k < 4; k++) {
            value = value << 8 | bytes[i + k] & 0xff;
          }
          out.add(value);
        }
      }
      default -> throw unsupported("unpack", directive);
    }
    return out;
  }

  static String pack(List<?> list, String directive) {
    Object first = list.isEmpty() ? "" : list.getFirst();
    return switch (directive) {
      case "H*" -> {
        try {
          yield new String(HexFormat.of().parseHex(Values.string(first)), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
          throw RubyException.argument("no hexadecimal digits: " + Values.inspect(first));
        }
      }
      case "C*", "c*" -> {
        byte[] bytes = new byte[list.size()];
        for (int i = 0; i < bytes.length; i++) {
          bytes[i] = (byte) Values.integer(list.get(i));
        }
        yield new String(bytes, StandardCharsets.UTF_8);
      }
      case "U*" -> {
        StringBuilder out = new StringBuilder();
        for (Object code : list) {
          int c = Values.small(code);
          if (!Character.isValidCodePoint(c)) {
            throw new RubyException("RangeError", "pack(U): value out of range");
          }
          out.appendCodePoint(c);
        }
        yield out.toString();
      }
      case "m0" -> encode(Values.string(first));
      case "m" -> encode64(Values.string(first));
      default -> throw unsupported("pack", directive);
    };
  }

  static String encode(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  /** With line ends, as {@code Base64.encode64}. */
  static String encode64(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    String lines = Base64.getMimeEncoder(60, new byte[] {'\n'}).encodeToString(bytes);
    return lines.isEmpty() ? "" : lines + "\n";
  }

  static String decode(String text) {
    try {
      return new String(Base64.getMimeDecoder().decode(text), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw RubyException.argument("invalid base64");
    }
  }

  private static RubyException unsupported(String method, String directive) {
    return new RubyException(
        "NotImplementedError", method + "(\"" + directive + "\") is not supported");
  }
}
