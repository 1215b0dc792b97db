package io.runnel.net;

/** Tells the operator of a fault that the server survived. Called by several threads. */
@FunctionalInterface
public interface Report {
  /**
   * @param error null where there is none
   */
  void warn(String message, Throwable error);
}
