package io.runnel.plugins.filter;

import io.runnel.event.Bytes;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/** Replaces what is no UTF-8, as Ruby's {@code scrub("?")} does. */
final class Scrub {
  private Scrub() {}

  static void invalid(Bytes text) {
    boolean ascii = true;
    for (int i = 0; i < text.length() && ascii; i++) {
      ascii = text.array()[i] >= 0;
    }
    if (ascii) {
      return;
    }
    try {
      CharBuffer decoded =
          StandardCharsets.UTF_8
              .newDecoder()
              .onMalformedInput(CodingErrorAction.REPLACE)
              .onUnmappableCharacter(CodingErrorAction.REPLACE)
              .replaceWith("?")
              .decode(ByteBuffer.wrap(text.array(), 0, text.length()));
      text.clear();
      text.utf8(decoded.toString());
    } catch (CharacterCodingException e) {
      throw new IllegalStateException("a decoder that replaces does not fail", e);
    }
  }
}
