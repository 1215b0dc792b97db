package io.runnel.plugins.forward;

import io.runnel.event.RawBytes;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** What both sides of the forward protocol's authentication read, write and compare. */
public final class HandshakeText {
  private HandshakeText() {}

  /** SHA-512 over the parts, in hexadecimal digits. */
  public static String digest(byte[]... parts) {
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-512");
      for (byte[] part : parts) {
        sha.update(part);
      }
      return HexFormat.of().formatHex(sha.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this Java has no SHA-512", e);
    }
  }

  /** Compares in constant time. */
  static boolean same(String expected, Object given) {
    return MessageDigest.isEqual(utf8(expected), bytes(given));
  }

  static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** The bytes of a text or of binary data; none for anything else. */
  static byte[] bytes(Object value) {
    return value instanceof RawBytes raw ? raw.bytes() : utf8(text(value));
  }

  /** The text; empty for what is none. */
  static String text(Object value) {
    return switch (value) {
      case String text -> text;
      case RawBytes raw -> raw.toString();
      case null, default -> "";
    };
  }
}
