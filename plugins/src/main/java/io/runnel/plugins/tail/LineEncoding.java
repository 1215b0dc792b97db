package io.runnel.plugins.tail;

import io.runnel.config.ConfigException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * {@code from_encoding} and {@code encoding}: lines are split in the encoding of the file and
 * passed on as UTF-8, which is what a record holds in the end. Bytes that are no text become the
 * replacement character. Safe for use by several threads.
 */
public final class LineEncoding {
  /** Ruby's names that Java does not know. */
  private static final Map<String, String> RUBY_NAMES =
      Map.ofEntries(
          Map.entry("CP932", "windows-31j"),
          Map.entry("CSWINDOWS31J", "windows-31j"),
          Map.entry("SJIS", "windows-31j"),
          Map.entry("PCK", "windows-31j"),
          Map.entry("EUCJP", "EUC-JP"),
          Map.entry("EUCKR", "EUC-KR"),
          Map.entry("CP51932", "EUC-JP"),
          Map.entry("CP65001", "UTF-8"),
          Map.entry("UTF8-MAC", "UTF-8"),
          Map.entry("UTF-8-MAC", "UTF-8"),
          Map.entry("UTF-8-HFS", "UTF-8"),
          Map.entry("CP1252", "windows-1252"),
          Map.entry("MACROMAN", "x-MacRoman"));

  private final Charset from;
  private final Charset through;
  private final Newlines newlines;

  private LineEncoding(Charset from, Charset through) {
    this.from = from;
    this.through = through;
    String name = from == null ? "" : from.name();
    int width = name.startsWith("UTF-16") ? 2 : name.startsWith("UTF-32") ? 4 : 1;
    this.newlines = width == 1 ? Newlines.BYTES : new Newlines(width, name.endsWith("LE"));
  }

  /**
   * @throws ConfigException with Fluentd's words where a name is unknown, or from_encoding alone
   */
  public static LineEncoding of(Optional<String> from, Optional<String> to) {
    if (from.isPresent() && to.isEmpty()) {
      throw new ConfigException(
          "tail: 'from_encoding' parameter must be specified with 'encoding' parameter.");
    }
    Charset target = to.map(LineEncoding::charset).orElse(null);
    Charset source = from.map(LineEncoding::charset).orElse(target);
    if (source == null || isPlain(source) && (from.isEmpty() || target == null)) {
      return new LineEncoding(null, null);
    }
    return new LineEncoding(source, target == null || isUnicode(target) ? null : target);
  }

  /** Null for Ruby's name of plain bytes. */
  private static Charset charset(String name) {
    String upper = name.toUpperCase(Locale.ROOT);
    if (upper.equals("ASCII-8BIT") || upper.equals("BINARY")) {
      return null;
    }
    try {
      return Charset.forName(RUBY_NAMES.getOrDefault(upper, name));
    } catch (IllegalArgumentException e) {
      throw new ConfigException("unknown encoding name - " + name);
    }
  }

  private static boolean isPlain(Charset charset) {
    return charset.equals(StandardCharsets.UTF_8) || charset.equals(StandardCharsets.US_ASCII);
  }

  private static boolean isUnicode(Charset charset) {
    return charset.name().startsWith("UTF-");
  }

  Newlines newlines() {
    return newlines;
  }

  /** False where the bytes are passed on as they are. */
  public boolean converts() {
    return from != null;
  }

  /** A line of the file as UTF-8. */
  public byte[] convert(byte[] line, int offset, int length) {
    CharsetDecoder decoder =
        from.newDecoder()
            .onMalformedInput(CodingErrorAction.REPLACE)
            .onUnmappableCharacter(CodingErrorAction.REPLACE);
    CharBuffer text;
    try {
      text = decoder.decode(ByteBuffer.wrap(line, offset, length));
    } catch (CharacterCodingException e) {
      throw new IllegalStateException("a decoder that replaces has refused", e);
    }
    if (through == null) {
      return text.toString().getBytes(StandardCharsets.UTF_8);
    }
    // what the target encoding lacks becomes its replacement, as Ruby's encode does
    return new String(text.toString().getBytes(through), through).getBytes(StandardCharsets.UTF_8);
  }
}
