package io.runnel.event;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A string of a record that is not valid UTF-8, or MessagePack binary. Everything else is a {@link
 * String}; bytes are kept as they came, so that nothing is lost on the way through.
 *
 * @param bytes the content; not copied, must not be changed
 * @param binary true for the MessagePack bin family, false for str
 */
public record RawBytes(byte[] bytes, boolean binary) {
  @Override
  public boolean equals(Object other) {
    return other instanceof RawBytes raw && raw.binary == binary && Arrays.equals(raw.bytes, bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes) * 31 + (binary ? 1 : 0);
  }

  /** The content as text; invalid sequences become U+FFFD. */
  @Override
  public String toString() {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
