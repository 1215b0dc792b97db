package io.runnel.plugins.discovery;

import java.util.Objects;
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
  /** Written out, as hashCode: what a record has by itself is made at run time, at each start. */
  @Override
  public boolean equals(Object other) {
    return other instanceof Service that
        && that.host.equals(host)
        && that.port == port
        && that.name.equals(name)
        && that.weight == weight
        && that.standby == standby
        && Objects.equals(that.username, username)
        && Objects.equals(that.password, password)
        && that.sharedKey.equals(sharedKey);
  }

  @Override
  public int hashCode() {
    return Objects.hash(host, port, name, weight, standby, username, password, sharedKey);
  }

  /** Without the secrets. */
  @Override
  public String toString() {
    return host + ":" + port + " weight=" + weight + (standby ? " standby" : "");
  }
}
