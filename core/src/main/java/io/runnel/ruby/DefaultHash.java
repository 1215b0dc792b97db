package io.runnel.ruby;

import java.util.LinkedHashMap;

/** {@code Hash.new(value)}: a map that gives a value for keys that it has not. */
final class DefaultHash extends LinkedHashMap<Object, Object> {
  private static final long serialVersionUID = 1L;

  private final transient Object missing;

  DefaultHash(Object missing) {
    this.missing = missing;
  }

  Object missing() {
    return missing;
  }
}
