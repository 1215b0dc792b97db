package io.runnel.plugins.discovery;

import java.util.Optional;

/**
 * One place where events can be sent.
 *
 * @param name for messages, and the name that a certificate must have; empty where none is given
 * @param weight share of the load; 0 for none
 * @param standby used only while others are lost
 * @param sharedKey overrides the one of {@code <security>}
 */
public record Service(
    String host,
    int port,
    Optional<String> name,
    int weight,
    boolean standby,
    String username,
    String password,
    Optional<String> sharedKey) {
  /** Without the secrets. */
  @Override
  public String toString() {
    return host + ":" + port + " weight=" + weight + (standby ? " standby" : "");
  }
}
