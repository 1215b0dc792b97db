package io.runnel.plugins.client;

import io.runnel.event.Bytes;
import java.io.IOException;
import java.io.OutputStream;

/**
 * The body of a request.
 *
 * @param length in bytes
 * @param writer writes exactly that many
 */
public record HttpBody(long length, Writer writer) {
  /** Writes the bytes. */
  public interface Writer {
    void writeTo(OutputStream out) throws IOException;
  }

  public static HttpBody of(Bytes bytes) {
    return new HttpBody(bytes.length(), bytes::writeTo);
  }

  public static HttpBody empty() {
    return new HttpBody(0, out -> {});
  }
}
