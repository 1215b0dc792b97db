package io.runnel.net;

/** Starts threads for a server: the plugin context, as far as a server needs it. */
@FunctionalInterface
public interface Threads {
  /**
   * @param name what it does, for thread dumps
   * @param virtual whether there may be very many of them
   */
  Thread start(String name, boolean virtual, Runnable task);
}
