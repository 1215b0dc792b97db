package io.runnel.config;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLConnection;
import java.nio.charset.Charset;

/** Loads the text behind {@code @include http://…}. */
final class RemoteText {
  private static final int TIMEOUT_MILLIS = 10_000;

  private RemoteText() {}

  static String load(String url, Charset encoding, int maxBytes) throws IOException {
    URLConnection connection;
    try {
      connection = URI.create(url).toURL().openConnection();
    } catch (IllegalArgumentException e) {
      throw new IOException("no valid address", e);
    }
    connection.setConnectTimeout(TIMEOUT_MILLIS);
    connection.setReadTimeout(TIMEOUT_MILLIS);
    try (InputStream in = connection.getInputStream()) {
      byte[] bytes = in.readNBytes(maxBytes + 1);
      if (bytes.length > maxBytes) {
        throw new IOException("larger than " + maxBytes + " bytes");
      }
      return new String(bytes, encoding);
    }
  }
}
