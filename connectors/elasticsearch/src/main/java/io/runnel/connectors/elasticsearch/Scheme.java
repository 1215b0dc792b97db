package io.runnel.connectors.elasticsearch;

import java.util.Locale;

/** {@code scheme}. */
enum Scheme {
  HTTPS,
  HTTP;

  String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
