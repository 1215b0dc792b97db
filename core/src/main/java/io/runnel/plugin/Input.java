package io.runnel.plugin;

/**
 * A source of events. After {@link #stop} has returned nothing more is emitted, and nothing that
 * was not emitted has been acknowledged to a client.
 */
public non-sealed interface Input extends Plugin {
  /**
   * True for one that has to take stock before anybody is told that the daemon is there: it is
   * started before those that open ports.
   */
  default boolean startsFirst() {
    return false;
  }
}
