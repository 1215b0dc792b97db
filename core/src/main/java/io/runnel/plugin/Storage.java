package io.runnel.plugin;

/** A small persistent map of a plugin ({@code <storage>}). Safe for use by several threads. */
public non-sealed interface Storage extends Plugin {
  /** The value of a key: null, Boolean, Long, Double, String, List or Map. */
  Object get(String key);

  void put(String key, Object value);

  void delete(String key);

  /** Writes to disk now. */
  void save();
}
