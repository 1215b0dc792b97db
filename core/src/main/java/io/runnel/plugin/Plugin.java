package io.runnel.plugin;

/**
 * What all plugins share. The constructor takes the configuration and the context and only checks
 * (a dry run ends there); {@link #start} acquires, {@link #stop} ends the work, {@link #close}
 * releases. The engine calls the three in this order, from one thread; {@code stop} and {@code
 * close} are also called where {@code start} failed or was never called.
 */
public sealed interface Plugin permits Filter, Formatter, Input, Output, Parser, Storage {
  /** Opens ports and files and starts threads; what fails here fails the start of the daemon. */
  default void start() throws Exception {}

  /** Ends the work and waits for it: afterwards this plugin emits nothing more. */
  default void stop() {}

  default void close() {}
}
